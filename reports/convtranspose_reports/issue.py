"""What a run brings to light, as the text of an issue: Markdown whose first line is the title."""

from collections import Counter

from convtranspose_reports.page.bug_report import bug_report
from convtranspose_reports.runs.record import RED, BackendLine, Finding, Verdict
from convtranspose_reports.runs.store import Run

MOST_CHARACTERS = 60_000  # GitHub takes 65,536
MOST_LINES = 60  # of findings, in one issue


def issue_text(run: Run) -> str:
    """Versions, then what fails, what is declared and holds no more, and what seems repaired, each
    with its script as far as there is room; "" without news."""
    news = sorted((f for f in run.findings if f.verdict in RED), key=lambda f: (-f.cases, f.id))
    repaired = Counter[str]()
    for kind, count in run.records.counted_frames():
        if kind.verdict is Verdict.CONFORMS and kind.note == "fixed?":
            repaired[kind.backend] += count
    cut_short = run.footer is None
    if not (news or repaired or cut_short):
        return ""
    asked = [backend for backend in run.header.backends if backend.was_asked]
    parts = [
        f"# {_title(asked, news, repaired)}",
        "\n".join(_versions(backend) for backend in asked),
        "The run was cut short: what follows is a part." * cut_short,
        "\n".join(map(_line, news[:MOST_LINES])),
        f"... and {len(news) - MOST_LINES} more" * (len(news) > MOST_LINES),
        *(_repaired(name, count) for name, count in sorted(repaired.items())),
    ]
    return _with_scripts("\n\n".join(filter(None, parts)) + "\n", run, news)


def _title(asked: list[BackendLine], news: list[Finding], repaired: Counter[str]) -> str:
    who = sorted(
        {f.backend for f in news} | set(repaired) or {b.name for b in asked}
    )  # without either: a run that was cut short
    versions = {b.name: b.version for b in asked}
    named = ", ".join(f"{name} {versions.get(name, '')}".strip() for name in who)
    failing = sum(f.verdict is Verdict.FAILS for f in news)
    counts = [
        f"{failing} new differences" if failing > 1 else "a new difference" * failing,
        "declarations that hold no more" if len(news) > failing else "",
        "declared differences that are gone" if repaired else "",
    ]
    return f"{named}: {', '.join(filter(None, counts)) or 'the run was cut short'}"


def _versions(backend: BackendLine) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in backend.versions.items())
    return f"- `{backend.name}`: {libraries or backend.version}"


def _line(finding: Finding) -> str:
    cases = "1 case" if finding.cases == 1 else f"{finding.cases} cases"
    return f"- **{finding.verdict}** `{finding.id}`, {cases}: {finding.sentence}"


def _repaired(backend: str, count: int) -> str:
    cases = "1 case" if count == 1 else f"{count} cases"
    return (
        f"`{backend}` conforms in {cases} for which a difference is declared of other versions: "
        "is it repaired?"
    )


def _with_scripts(text: str, run: Run, news: list[Finding]) -> str:
    """The reports of findings behind the text, folded away, as many as there is room for."""
    for number, finding in enumerate(news):
        report = bug_report(run, finding)
        folded = f"\n<details><summary>{finding.id}</summary>\n\n{report}\n</details>\n" * bool(
            report
        )
        if len(text) + len(folded) > MOST_CHARACTERS:
            return f"{text}\n{len(news) - number} more have no script here: see the run's page.\n"
        text += folded
    return text
