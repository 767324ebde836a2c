"""Every declared difference is a finding with a bug report, whose script, pasted into a fresh
interpreter, shows the claimed numbers."""

import re
import signal
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.notation import is_call
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.answers import ROUNDED
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.scripts.repeatability import FIRST
from convtranspose_conformance.verdict.deviation_files import declared
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.worker.last_words import last_words
from convtranspose_conformance.worker.observation import Seen
from convtranspose_conformance.worker.process import Limits, Worker
from convtranspose_reports import Check, Example, Finding, Run, Verdict
from convtranspose_reports.page.bug_report import bug_report, others
from support.pasted import Ran, actual, alone, by_the_reference, expected, ran, without_addresses
from support.showing import is_death, is_undefined, showing, size

ENTRIES = [e for e in BUILT_IN if e.device == "cpu" and not e.why_unusable()]
VERSIONS = {entry.name: entry.installed_version() for entry in ENTRIES}
DECLARED = [
    d
    for d in declared([e.name for e in BUILT_IN])
    if d.backend in VERSIONS and replace(d, fits=True).covers(VERSIONS[d.backend])
]
DEATHS = {d.id for d in DECLARED if is_death(d)}
ENTRY_CHECKS = {entry.name: entry.checks for entry in ENTRIES}
LIMITS = Limits(case_s=20)  # a declared hang takes all of it; a first call may import for long


@cache
def here() -> list[Deviation]:
    """Those that speak of the kernels of this machine, as workers tell them."""
    frameworks = {entry.name: entry.distributions[0] for entry in ENTRIES}
    kernels: dict[str, dict[str, str]] = {}  # by framework: its backends have the same kernels
    for entry in ENTRIES:
        if frameworks[entry.name] not in kernels:
            with Worker(entry, LIMITS) as worker:
                worker.start()
                kernels[frameworks[entry.name]] = worker.kernels
    spoken_of = (each.told(kernels[frameworks[each.backend]]) for each in DECLARED)
    return [d for d in spoken_of if d.fits]


def certain() -> set[str]:
    return {d.id for d in here() if not is_undefined(d)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    if not DECLARED:
        pytest.skip(f"declarations are for other versions than {VERSIONS}")
    suites = sorted({"seeds", "core", "accuracy"} | {d.suite for d in here()})
    drawn = [(suite, seed) for suite in suites for seed in ((0, 1) if suite == "random" else (0,))]
    pool = sorted((case for each in drawn for case in suite_cases(*each)), key=size)
    cases = showing(here(), pool)
    plan = Plan(
        entries=ENTRIES,
        listed=[],
        suites=suites,
        cases=cases,
        deviations=here(),
        limits=LIMITS,
        partial="what shows a declaration",
    )
    return execute(plan, tmp_path_factory.mktemp("run"))


def _shown(run: Run) -> list[Finding]:
    mine = {d.id for d in here()} | {
        finding.id for finding in run.findings if finding.verdict is Verdict.FAILS
    }
    return [
        finding for finding in run.findings if finding.example is not None and finding.id in mine
    ]


def test_every_declaration_is_a_finding_with_an_example(run: Run) -> None:
    assert certain() <= {finding.id for finding in _shown(run)}
    undeclared = {
        finding.id: finding.sentence
        for finding in _shown(run)
        if finding.verdict is not Verdict.DEVIATES
    }
    assert undeclared == {}


def test_examples_are_calls_of_their_own(run: Run) -> None:
    examples = [finding.example for finding in _shown(run) if finding.example]
    assert sum(is_call(example.case) for example in examples) > 0.8 * len(examples)


def test_every_finding_has_a_whole_bug_report(run: Run) -> None:
    titles = {entry.name: entry.title for entry in ENTRIES}
    for finding in _shown(run):
        assert finding.example is not None
        text = bug_report(run, finding)
        title, sentence, *_ = text.split("\n\n")
        assert re.match(r"# Conv(Transpose)?: ", title)
        assert titles[finding.backend] in title
        assert finding.sentence in sentence
        assert f": {VERSIONS[finding.backend]}" in text
        for part in (finding.example.reproducer, finding.example.expected, finding.example.actual):
            assert part.rstrip() in text
        assert all(f"\n- {label}, " in text for label in finding.clauses)
        assert finding.clauses
        assert all(
            f"- {name}: {said}" in text
            for name, said in others(run, finding, finding.example).items()
        )


def test_others_are_asked_the_same_call(run: Run) -> None:
    answered = [
        finding
        for finding in _shown(run)
        if finding.example and others(run, finding, finding.example)
    ]
    assert len(answered) > 0.8 * len(_shown(run))
    assert all(
        finding.backend not in others(run, finding, finding.example)
        for finding in answered
        if finding.example
    )
    remarks = {
        remark
        for finding in answered
        if finding.example
        for remark in others(run, finding, finding.example).values()
    }
    assert "as expected" in remarks
    assert len(remarks) > 1


@pytest.mark.parametrize("backend", VERSIONS)
def test_a_pasted_script_shows_what_is_claimed(run: Run, backend: str, tmp_path: Path) -> None:
    findings = [
        finding
        for finding in _shown(run)
        if finding.backend == backend and finding.id not in DEATHS
    ]
    scripts = [_example(finding).reproducer for finding in findings]
    seen = ran(scripts, tmp_path)
    assert not [
        finding.id
        for finding, each in zip(findings, seen, strict=True)
        if not _shows(finding, each)
    ]
    compared = [
        (finding.id, _expects_the_reference(finding, each))
        for finding, each in zip(findings, seen, strict=True)
    ]
    assert [id for id, same in compared if same is False] == []
    assert "output" not in ENTRY_CHECKS[backend] or any(same for _, same in compared)


def _expects_the_reference(finding: Finding, seen: Ran) -> bool | None:
    """Is what is expected what the reference makes of the script's own arrays? None where no sum of
    exact numbers says so."""
    example = _example(finding)
    case = find_case(example.case)
    if (
        finding.check is not Check.OUTPUT
        or not _is_exact(case)
        or example.expected.startswith("refused")
        or "X" not in seen.given
    ):
        return None
    return by_the_reference(case, seen.given) == example.expected


def _is_exact(case: Case) -> bool:
    """Does the reference, which computes in float64 and by the text of opset 22, give the very
    numbers? SAME was another before 11."""
    return case.opset >= 11 and case.data not in ROUNDED and not case.data.startswith("special")


def _shows(finding: Finding, seen: Ran) -> bool:
    """Does the script print what was expected, and the answer? One that is another each time has to
    be there."""
    claimed, shown = _example(finding), actual(finding.check, seen.printed, seen.error)
    return expected(seen.printed) == claimed.expected and (
        finding.id not in certain() or shown == without_addresses(claimed.actual)
    )


@pytest.mark.parametrize("id", sorted(DEATHS))
def test_a_pasted_script_dies_or_hangs_as_is_claimed(run: Run, id: str, tmp_path: Path) -> None:
    if id not in {d.id for d in here()}:
        pytest.skip("declared for other kernels")
    (example,) = (_example(finding) for finding in run.findings if finding.id == id)
    how, _, rest = example.actual.partition(": ")
    ended = alone(
        example.reproducer, tmp_path, LIMITS.case_s if how == Seen.TIMED_OUT else LIMITS.start_s
    )
    assert expected(ended.printed).removesuffix(f"\n{FIRST}:") == example.expected
    if ended.status is None:
        assert (how, rest) == (Seen.TIMED_OUT, f"timeout: no answer within {LIMITS.case_s:g} s")
    else:
        name, words = signal.Signals(-ended.status).name, last_words(ended.complained)
        died, _, with_words = rest.partition("; ")
        assert (how, died) == (Seen.CRASHED, name)
        # without last words of its own a script's are what the framework wrote as it was imported
        assert with_words in ("", words)


def test_a_script_of_a_forbidden_call_says_which_clause_forbids_it(run: Run) -> None:
    titles = {clause.label: clause.title for clause in run.header.clauses}
    forbidden = [finding for finding in _shown(run) if finding.check is Check.REJECTION]
    assert forbidden
    for finding in forbidden:
        (label,) = finding.clauses
        assert f"\n# {label}, {titles[label]}: " in _example(finding).reproducer
        assert f"(clause {label})" in _example(finding).expected


def _example(finding: Finding) -> Example:
    assert finding.example is not None
    return finding.example
