"""Planted faults are found, shrunk with their explanation, counted, written down; a crash costs one
case, and the search goes on."""

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.notation import find_call
from convtranspose_cases.simpler import not_default, weight
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.onnx.backend_api import OnnxBackend
from convtranspose_conformance.cli import hunt
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run import fuzz
from convtranspose_conformance.run.asking.one_case import Interview, cause_of, smallest
from convtranspose_conformance.run.fuzz import (
    USUAL_CHECKS_DRAWN,
    Broken,
    Fuzz,
    FuzzFinding,
    Limit,
    Tally,
)
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.worker import serving
from convtranspose_conformance.worker.observation import Observation
from convtranspose_reports import Check, Verdict, read_run

EXPLAINED = {
    "KernelFlipped": "kernel_flipped",
    "BiasIgnored": "bias_missing",
    "PadsSwapped": "pads_swapped",
    "OutputPaddingAtBegin": "output_padding_at_begin",
    "BiasOfFirstGroup": "bias_of_first_group",
    "NegativeSameClamped": "C:clamped",
}


_asked = lru_cache(500)(Asked)


@pytest.fixture(autouse=True)
def asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches draw many calls alike; what rules answer to one is worked out once for all of
    them."""
    monkeypatch.setattr("convtranspose_conformance.run.asking.one_case.Asked", _asked)


def interview(name: str, deviations: str = "") -> Interview:
    """A backend asked in this process, for its output."""
    backend = OnnxBackend(name, "CPU", "unknown")

    def answer(call: Call, checks: tuple[str, ...]) -> dict[str, Observation]:
        return {check: serving.answer(backend, call, check)[1] for check in checks}

    entry = Entry(
        name=name,
        title=name,
        route="",
        target="",
        distributions=(),
        version="1.0",
        checks=("output",),
    )
    return Interview(entry, answer, parse(deviations, "test.toml", [name]) if deviations else [])


def searched(asking: Interview, examples: int, seed: int = 3) -> Tally:
    return Fuzz([asking], ("output",), seed, Limit(examples=examples), lambda found: None).run()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # special values in the textbook's arithmetic
@pytest.mark.parametrize("name", EXPLAINED)
def test_a_planted_fault_is_found_and_shrunk(name: str) -> None:
    tally = searched(interview(f"planted:{name}"), 250)
    shown = [found for found in tally.found if EXPLAINED[name] in found.cause.names]
    assert shown
    case = shown[0].reply.case
    assert find_call(case.id) == case
    assert len(not_default(case)) <= 3
    assert weight(case)[1] <= 12


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_right_backend_has_no_finding() -> None:
    tally = searched(interview("planted:Correct"), 120)
    assert tally.found == []
    assert tally.drawn == 120
    assert set(tally.verdicts["planted:Correct"]) == {Verdict.CONFORMS}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_same_seed_finds_the_same_and_another_draws_others() -> None:
    def said(seed: int) -> Any:
        tally = searched(interview("planted:KernelFlipped"), 60, seed)
        return tally.drawn, tally.questions, [(f.reply.case.id, f.met) for f in tally.found]

    first = said(1)
    assert first == said(1)
    assert first != said(2)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_known_cause_is_counted_and_reported_once() -> None:
    tally = searched(interview("planted:KernelFlipped"), 100)
    flipped = [found for found in tally.found if "kernel_flipped" in found.cause.names]
    assert len(flipped) == 1
    assert flipped[0].met > 10


DECLARED = """backend = "planted:BiasIgnored"
[[deviation]]
name = "no_bias"
check = "output"
versions = ""
when = "{when}"
fault = "bias_missing"
cause = "framework"
reason = "because"
"""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_declared_is_no_finding() -> None:
    tally = searched(interview("planted:BiasIgnored", DECLARED.format(when="bias")), 200)
    assert tally.found == []
    assert tally.verdicts["planted:BiasIgnored"][Verdict.DEVIATES] > 10


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_declaration_that_says_too_much_is_a_finding() -> None:
    declared = DECLARED.format(when="bias").replace("BiasIgnored", "Correct")
    tally = searched(interview("planted:Correct", declared), 200)
    assert [found.cause.kind for found in tally.found] == ["contradicted"]
    assert "planted:Correct/output/no_bias" in tally.found[0].cause.sentence


def test_what_the_suite_gets_wrong_stops_the_search_and_names_the_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> object:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("convtranspose_conformance.run.asking.one_case.judged", fails)
    with pytest.raises(Broken, match="asking call/") as broken:
        searched(interview("planted:Correct"), 50)
    assert isinstance(broken.value.__cause__, ZeroDivisionError)
    assert "the suite itself fails: ZeroDivisionError" in hunt.reason(
        broken.value.case, broken.value.__cause__
    )


def test_ctrl_c_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    findings: list[FuzzFinding] = []
    search = Fuzz(
        [interview("planted:KernelFlipped")], ("output",), 3, Limit(examples=500), findings.append
    )
    asked = Interview.ask

    def interrupted(self: Interview, *given: Any) -> Any:
        if search.tally.questions == 30:
            raise KeyboardInterrupt
        return asked(self, *given)

    monkeypatch.setattr(Interview, "ask", interrupted)
    with pytest.raises(KeyboardInterrupt):
        search.run()
    assert findings == search.tally.found
    assert findings


@pytest.mark.parametrize("name", EXPLAINED)
def test_shrinking_keeps_the_explanation(name: str) -> None:
    asking = interview(f"planted:{name}")
    first = next(
        a
        for case in suite_cases("core")
        for a in asking.ask(case)
        if (cause := cause_of(a)) and EXPLAINED[name] in cause.names
    )
    shrunk = smallest(first, asking.ask)
    (last,) = asking.ask(shrunk.case)
    of_first, of_last = cause_of(first), cause_of(last)
    assert of_first is not None
    assert of_last is not None
    assert EXPLAINED[name] in of_last.names
    assert of_last.names <= of_first.names
    assert len(not_default(shrunk.case)) <= 2
    assert weight(shrunk.case)[1] <= 4
    assert shrunk.questions <= 60


def test_nothing_wrong_is_nothing_to_shrink() -> None:
    asking = interview("planted:Correct")
    with pytest.raises(ValueError, match="nothing is wrong"):
        smallest(asking.ask(suite_cases("seeds")[0])[0], asking.ask)


# The commands, with workers


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def convtranspose(*arguments: object) -> Any:
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def test_a_crash_costs_one_case_is_found_and_shrunk_and_the_search_goes_on() -> None:
    done = convtranspose(
        "fuzz",
        "--backend",
        "misbehaving:Segfaults",
        "--examples",
        150,
        "--seed",
        0,
        "--check",
        "output",
    )
    assert done.exit_code == 1, done.output
    lines = done.stdout.splitlines()
    at = next(i for i, line in enumerate(lines) if "CRASHED" in line)
    crash = find_call(lines[at - 1])
    assert (crash.x_shape[2], crash.w_shape[2] % 2) == (5, 0)
    assert not_default(crash) == []
    assert "drawn: 150 cases" in done.stdout
    run = read_run("fuzz-report")
    assert crash.id in [case.name for case in run.cases]
    assert Path("fuzz-report/index.html").exists()
    again = convtranspose(
        "run", "--backend", "misbehaving:Segfaults", "--case", crash.id, "--out", "again"
    )
    assert again.exit_code == 1
    assert [(r.outcome, r.case) for r in read_run("again").records if r.check is Check.OUTPUT] == [
        ("CRASHED", crash.id)
    ]
    assert [f.name for f in Path().iterdir() if f.name.startswith(".")] == []


def test_shrink_prints_the_case_the_numbers_and_a_script() -> None:
    done = convtranspose("shrink", "core/x_5_k_3_c3_m2_bias", "--backend", "planted:BiasIgnored")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0] == "call/x_1_1_1_w_1_1_1_bias_ones"
    for words in (
        "explained: bias_missing",
        "leaves the bias out",
        "expected [1, 1, 1]\n  [[[2]]]",
        "actual [1, 1, 1]\n  [[[1]]]",
        "import planted",
    ):
        assert words in done.stdout
    crashed = convtranspose(
        "shrink",
        "core/x_5_k_4_dilations_1_strides_2",
        "--backend",
        "misbehaving:Segfaults",
        "--questions",
        40,
    )
    assert crashed.stdout.splitlines()[0] == "call/x_1_1_5_w_1_1_2_ones"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fuzz", "--backend", "torhc-cpu"], ["unknown backend 'torhc-cpu'"]),
        (
            ["fuzz", "--backend", "planted:Correct", "--check", "outptu"],
            ["--check outptu", "output_shape"],
        ),
        (["fuzz", "--backend", "planted:Correct", "--examples", "0"], ["--examples"]),
        (["fuzz", "--backend", "planted:Correct", "--out", "file"], ["--out file", "is a file"]),
        (
            ["fuzz", "--backend", "a.b", "--backend", "c.d", "--backend-version", "1"],
            ["--backend-version", "one --backend"],
        ),
        (
            ["fuzz", "--backend", "no_such_module:x", "--examples", "5"],
            ["call/", "cannot import no_such_module"],
        ),
        (
            ["shrink", "seeds/stride_2_filter_3", "--backend", "planted:Correct"],
            ["nothing to shrink with planted:Correct", "output conforms"],
        ),
        (
            ["shrink", "seeds/nosuch", "--backend", "planted:Correct"],
            ["unknown case 'seeds/nosuch'"],
        ),
        (["shrink", "call/x_1", "--backend", "planted:Correct"], ["part 'x_1'", "two sizes"]),
        (
            ["shrink", "seeds/stride_2_filter_3", "--backend", "planted:Correct", "--check", "x"],
            ["--check x"],
        ),
        (
            [
                "shrink",
                "seeds/stride_2_filter_3",
                "--backend",
                "planted:Correct",
                "--check",
                "gradient",
            ],
            ["none of its checks is offered"],
        ),
    ],
    ids=lambda value: " ".join(value[:4]) if value[0] in ("fuzz", "shrink") else "",
)
def test_what_cannot_be_done_is_2_with_what_is_accepted(
    arguments: list[str], words: list[str]
) -> None:
    Path("file").touch()
    done = convtranspose(*arguments)
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_without_hypothesis_the_pip_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    for name in (
        "convtranspose_conformance.cli.fuzz",
        "convtranspose_conformance.cli.hunt",
        "convtranspose_conformance.run.fuzz",
        "convtranspose_cases.strategies",
    ):
        monkeypatch.delitem(sys.modules, name, raising=False)
    done = convtranspose("fuzz", "--backend", "planted:Correct", "--examples", 5)
    assert done.exit_code == 2
    assert "pip install hypothesis" in done.stderr


def test_checks_choose_what_is_drawn() -> None:
    assert set(USUAL_CHECKS_DRAWN) < set(Check)
    assert set(fuzz.CHECKS_DRAWN) == set(Check)


@pytest.mark.parametrize("check", ["rejection", "gradient", "repeatability"])
def test_a_check_alone_draws_its_own_cases(check: str) -> None:
    seen: list[tuple[str, ...]] = []

    @settings(max_examples=20, database=None, suppress_health_check=list(HealthCheck))
    @given(fuzz.strategy((check,)))
    def look(case: Case) -> None:
        seen.append(case.checks)

    look()
    assert set(seen) == {(check,)}
