"""A finding as a bug report that can be pasted where the backend's bugs are kept: Markdown,
complete by itself."""

import re

from convtranspose_reports.legend import kernels_text
from convtranspose_reports.runs.record import BackendLine, Example, Finding, Verdict
from convtranspose_reports.runs.store import Run

TITLE_LENGTH = 110


def bug_report(run: Run, finding: Finding) -> str:
    """Title, sentence, versions, script, expected and how it comes about, actual, clauses, other
    answers; "" without an example."""
    example = finding.example
    if example is None:
        return ""
    backend = next((b for b in run.header.backends if b.name == finding.backend), None)
    title, versions = (
        (finding.backend, "") if backend is None else (backend.title, _versions(backend))
    )
    parts = [
        f"# {_title(title, finding)}",
        f"{_claim(title, finding.sentence)}.",
        _table("Versions", versions),
        _fenced("Script (needs what it imports)", example.reproducer, "python"),
        _fenced(f"Expected{_of(example.expected_shape, example.expected)}", example.expected),
        _fenced("How that comes about", example.arithmetic),
        _fenced(f"Actual{_of(example.actual_shape, example.actual)}", example.actual),
        _clauses(run, finding),
        _table("What others answer to the same call", _listed(others(run, finding, example))),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def others(run: Run, finding: Finding, example: Example) -> dict[str, str]:
    """Backend -> what it answers to the example's case, by the run's records where the case is one
    of the run's."""
    if example.others:
        return example.others
    return {
        kind.backend: answer_text(kind.verdict, kind.reason)
        for kind in run.records.to_case(example.case)
        if kind.check is finding.check and kind.backend != finding.backend
    }


def answer_text(verdict: Verdict, reason: str) -> str:
    """A verdict as a reader of another project's bug tracker understands it."""
    word = {
        Verdict.CONFORMS: "as expected",
        Verdict.UNSUPPORTED: "cannot say this call",
        Verdict.DECLINED: "declines this call",
    }.get(verdict, "differs")
    return word if verdict is Verdict.CONFORMS or not reason else f"{word}: {reason}"


def _title(title: str, finding: Finding) -> str:
    op = (
        "Conv"
        if finding.example and finding.example.summary.startswith("Conv ")
        else "ConvTranspose"
    )
    looks = finding.kind == "unexplained"  # then what stands behind "; " only counts
    claim = _claim(title, finding.sentence.partition("; ")[0] if looks else finding.sentence)
    return f"{op}: {claim if len(claim) <= TITLE_LENGTH else claim[: TITLE_LENGTH - 4] + ' ...'}"


def _claim(title: str, sentence: str) -> str:
    """Who does what, without a full stop: a rule lacks its subject, a declared reason is a whole
    sentence."""
    whole = sentence[:1].isupper() or sentence.endswith(".")
    return f"{title}{':' * whole} {sentence}".removesuffix(".")


def _of(shape: str, numbers: str) -> str:
    """The shape of numbers; a refusal has none, and a stated shape is the answer itself."""
    return "" if shape in ("none", "", numbers) else f", of shape {shape}"


def _versions(backend: BackendLine) -> str:
    libraries = _listed(backend.versions) or f"- {backend.version}"
    kernels = kernels_text(backend.kernels)
    return f"{libraries}\n- kernels: {kernels}" if kernels else libraries


def _listed(named: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {text}" for name, text in named.items())


def _table(title: str, lines: str) -> str:
    return f"**{title}**\n\n{lines}" if lines else ""


def _fenced(title: str, text: str, language: str = "") -> str:
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"**{title}**\n\n{fence}{language}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def _clauses(run: Run, finding: Finding) -> str:
    known = {clause.label: clause for clause in run.header.clauses}
    lines = [
        f"- {label}, {known[label].title}: {known[label].says}"
        for label in finding.clauses
        if label in known
    ]
    return _table("The operator's text (labels are this suite's)", "\n".join(lines))
