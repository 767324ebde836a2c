"""Every declared difference is a finding with a bug report, whose script, pasted into a fresh interpreter, shows the claimed numbers."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np
import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.notation import is_call
from convtranspose_conformance.backends import BUILT_IN
from convtranspose_conformance.deviations import Deviation, declared
from convtranspose_conformance.example import array_text
from convtranspose_conformance.judge import predicts_a_difference
from convtranspose_conformance.outcome import Seen, stopped
from convtranspose_conformance.predict import ROUNDED, Asked
from convtranspose_conformance.run import execute
from convtranspose_conformance.session import Plan
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check, Finding, Run, Verdict
from convtranspose_reports.bug_report import bug_report, others

CHECKS = ("output", "output_shape")
SLOW_TO_IMPORT = ("torch", "tensorflow")
FEW = 1  # cases of a kind
ENTRIES = [e for e in BUILT_IN if e.device == "cpu" and not e.why_unusable()]
VERSIONS = {entry.name: entry.installed_version() for entry in ENTRIES}
OURS = [d for d in declared([e.name for e in BUILT_IN]) if d.backend in VERSIONS and d.check in CHECKS and d.covers(VERSIONS[d.backend])]
# Numbers that hang on memory are other ones each time, and a death ends the interpreter that a script is pasted into.
HERE = [d for d in OURS if d.error is None or not (d.error.undefined or d.error.type == "CRASHED")]
PASTED = """
import contextlib, io, json, sys
found = []
for script in json.load(sys.stdin):
    error = ""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        try:
            exec(script, {"__name__": "__main__"})
        except Exception as raised:
            error = [type(raised).__name__, str(raised)]
    found.append([printed.getvalue(), error])
print(json.dumps(found))
"""


def _size(case: Case) -> tuple[int, str]:
    return prod(case.x_shape) + prod(case.w_shape) + len(case.attributes.given()), case.id


def _tells(deviation: Deviation, case: Case) -> bool:
    """Is the backend expected to differ, as far as the declaration says? One of precision speaks of numbers that can be rounded."""
    rounded = case.data not in ROUNDED or case.channels_per_group * case.taps + case.bias > 1
    speaks = not deviation.accuracy or case.data in ROUNDED or case.data.startswith("special")
    return speaks and rounded and predicts_a_difference(deviation, Asked(case))


def _showing(deviation: Deviation, cases: list[Case]) -> Iterator[Case]:
    """The smallest cases of each kind that show a declaration, those first of which no other one of the backend speaks."""
    rivals = [d for d in HERE if (d.backend, d.check) == (deviation.backend, deviation.check) and d is not deviation]
    concerned = [case for case in cases if deviation.check in case.checks and deviation.concerns(case, deviation.check)]
    concerned.sort(key=lambda case: any(d.concerns(case, d.check) for d in rivals))
    for kind in dict.fromkeys(map(_kind, concerned)):
        telling = [case for case in concerned if _kind(case) == kind and _tells(deviation, case)]
        yield from telling[:: max(len(telling) // 6, 1)] if deviation.accuracy else telling[:FEW]  # some sums come out right


def _kind(case: Case) -> tuple[int, str, str]:
    """What an API may have no word for, and what rounds."""
    return case.rank, case.dtype, case.data


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    if not HERE:
        pytest.skip(f"declarations are for other versions than {VERSIONS}")
    suites = sorted({"seeds", "core", "accuracy"} | {d.suite for d in HERE})
    pool = sorted((case for suite in suites for case in suite_cases(suite)), key=_size)
    cases = list(dict.fromkeys(case for deviation in HERE for case in _showing(deviation, pool)))
    plan = Plan(entries=ENTRIES, listed=[], suites=suites, cases=cases, deviations=OURS, partial="what shows a declaration")
    return execute(plan, tmp_path_factory.mktemp("run"))


def _shown(run: Run) -> list[Finding]:
    mine = {d.id for d in HERE} | {finding.id for finding in run.findings if finding.verdict is Verdict.FAILS}
    return [finding for finding in run.findings if finding.example is not None and finding.id in mine]


def test_every_declaration_is_a_finding_with_an_example(run: Run) -> None:
    assert {d.id for d in HERE} <= {finding.id for finding in _shown(run)}
    assert {finding.verdict.value for finding in _shown(run)} == {"deviates"}


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
        assert all(f"- {name}: {said}" in text for name, said in others(run, finding, finding.example).items())


def test_others_are_asked_the_same_call(run: Run) -> None:
    answered = [finding for finding in _shown(run) if finding.example and others(run, finding, finding.example)]
    assert len(answered) > 0.8 * len(_shown(run))
    assert all(finding.backend not in others(run, finding, finding.example) for finding in answered if finding.example)
    said = {said for finding in answered if finding.example for said in others(run, finding, finding.example).values()}
    assert "as expected" in said
    assert len(said) > 1


@pytest.mark.parametrize("backend", VERSIONS)
def test_a_pasted_script_shows_what_is_claimed(run: Run, backend: str, tmp_path: Path) -> None:
    findings = [finding for finding in _shown(run) if finding.backend == backend]
    assert {d.id for d in HERE if d.backend == backend} <= {finding.id for finding in findings}
    scripts = [finding.example.reproducer for finding in findings if finding.example]
    together = [scripts] if backend.startswith(SLOW_TO_IMPORT) else [[script] for script in scripts]
    seen = [each for some in together for each in _pasted(some, tmp_path)]
    for finding, (printed, error) in zip(findings, seen, strict=True):
        assert finding.example is not None
        assert (finding.id, _expected(printed)) == (finding.id, finding.example.expected)
        assert (finding.id, _actual(finding.check, printed, error)) == (finding.id, _without_addresses(finding.example.actual))


def _pasted(scripts: list[str], directory: Path) -> list[tuple[str, list[str]]]:
    """What a fresh interpreter without this project prints for each script, and the exception that it ends with."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-c", PASTED],
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        cwd=directory,
        env=environment,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [(printed, error) for printed, error in json.loads(ran.stdout.splitlines()[-1])]


def _expected(printed: str) -> str:
    return printed.partition("expected:\n")[2].rstrip("\n")


def _actual(check: Check, printed: str, error: list[str]) -> str:
    """What was printed or raised, in the words of an example."""
    if error:
        return _without_addresses(f"{Seen.REFUSED}: {error[0]}: {stopped(Seen.REFUSED, '', *error).message}")
    if check is Check.OUTPUT_SHAPE:
        return _after("Y_shape", printed).replace("None", "?")
    dtype, shape = _after("Y.dtype", printed), json.loads(_after("Y.shape", printed).replace("(", "[").replace(")", "]").replace(",]", "]"))
    numbers = re.findall(r"[^\s\[\]]+", printed.partition("\nY is ")[2].partition("\nexpected:")[0])
    return array_text(np.array([float(number) for number in numbers]).astype(FORMATS[dtype].dtype).reshape(shape))


def _after(name: str, printed: str) -> str:
    return next(line for line in printed.splitlines() if line.startswith(f"{name} is ")).removeprefix(f"{name} is ")


def _without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text)
