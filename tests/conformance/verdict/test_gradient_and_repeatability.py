"""The checks `gradient` and `repeatability` can fail, each for the right reason, and never fail a
right backend."""

import contextlib
import io
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derives
from convtranspose_cases import make, suite_cases
from convtranspose_conformance.backends.api import Backend, Call, Refused, Unsupported
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.scripts.reproducer import reproducer
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.judge import Judgement, judge
from convtranspose_conformance.worker import serving
from convtranspose_conformance.worker.observation import Observation, Seen
from convtranspose_reports import Check, Outcome, Run, Verdict

WRONG_GRADIENTS = {
    "WeightGradientFlipped": (Outcome.VALUES_DIFFER, "dW["),
    "BiasGradientMissing": (Outcome.VALUES_DIFFER, "returned dX and dW, expected dX and dW and dB"),
    "BiasGradientOfOneImage": (Outcome.VALUES_DIFFER, "dB["),
    "InputGradientTransposed": (Outcome.VALUES_DIFFER, "dX["),
    "ChangesTheOutputGradient": (Outcome.INPUT_CHANGED, "changed its inputs"),
}
NOT_REPEATABLE = {
    "EveryOtherCallOff": "again: ",
    "KeepsWeights": "W and B negated",
    "RemembersAnEmptyBatch": "after other calls: ",
    "SecondLayoutWrong": "wrong layout: ",
    "SecondLayoutRefused": "no such layout",
}
CASES = {"gradient": suite_cases("gradients"), "repeatability": suite_cases("repeatability")}
SMALL = {
    check: [Asked(c) for c in cases if np.prod(c.y_shape()) * np.prod(c.w_shape) < 20_000]
    for check, cases in CASES.items()
}


def asked_of(
    backend: Backend, asked: Asked, check: str, deviations: tuple[Deviation, ...] = ()
) -> Judgement:
    kind, seen = serving.answer(backend, Call.of(asked.case, *asked.arrays()), check)
    assert kind == "seen", seen
    return judge(asked, Comparisons(Check(check), seen), list(deviations), "1")


@pytest.mark.parametrize("check", SMALL)
def test_a_right_backend_conforms(check: str) -> None:
    for asked in SMALL[check]:
        found = asked_of(derives.Right(), asked, check)
        assert (found.outcome, found.verdict) == (Outcome.AGREES, Verdict.CONFORMS), (
            asked.case.id,
            found,
        )


@pytest.mark.parametrize("name", WRONG_GRADIENTS)
def test_a_wrong_gradient_fails(name: str) -> None:
    outcome, reason = WRONG_GRADIENTS[name]
    found = [asked_of(getattr(derives, name)(), asked, "gradient") for asked in SMALL["gradient"]]
    failing = [each for each in found if each.verdict is Verdict.FAILS]
    assert (
        Counter(each.outcome for each in failing).most_common(1)[0][0] is outcome
    )  # a small dense one may pass for INEXACT
    assert len(failing) >= 5
    assert all(reason in each.reason for each in failing)


@pytest.mark.parametrize("name", NOT_REPEATABLE)
def test_an_answer_that_depends_on_more_than_the_call_is_not_repeatable(name: str) -> None:
    judgements = [
        asked_of(getattr(derives, name)(), asked, "repeatability")
        for asked in SMALL["repeatability"][::4]
    ]
    failing = [each for each in judgements if each.outcome is Outcome.NOT_REPEATABLE]
    assert {each.verdict for each in failing} == {Verdict.FAILS}
    assert len(failing) > len(judgements) // 2
    assert all(NOT_REPEATABLE[name] in each.reason for each in failing)


def test_another_form_may_round_otherwise_on_dense_numbers_alone() -> None:
    kinds = Counter()
    for asked in SMALL["repeatability"]:
        found = asked_of(derives.SecondLayoutRounds(), asked, "repeatability")
        if found.outcome is Outcome.NOT_REPEATABLE:
            assert asked.case.data == "integers"
        elif asked.case.data == "dense":
            assert found.reason == "rounds otherwise, within the bound: other layout"
        kinds[asked.case.data, found.outcome] += 1
    assert kinds["integers", Outcome.NOT_REPEATABLE] > 30
    assert kinds["dense", Outcome.AGREES] >= 2


def test_the_same_call_may_not_round_otherwise() -> None:
    case = make("repeatability", (6,), (3,), c=8, data="dense")
    asked = Asked(case)
    Y = derives.Right().run(Call.of(case, *asked.arrays()))
    first = Observation(seen=Seen.RETURNED, dtype="float32", shape=Y.shape, data=Y.tobytes())
    for name, outcome in (("again", Outcome.NOT_REPEATABLE), ("another layout", Outcome.AGREES)):
        part = replace(first, data=np.nextafter(Y, np.float32(0)).tobytes())
        assert (
            judge(
                asked, Comparisons(Check.REPEATABILITY, replace(first, parts={name: part})), [], "1"
            ).outcome
            is outcome
        )


def test_a_form_that_does_not_exist_is_said() -> None:
    found = asked_of(derives.SecondLayoutAbsent(), SMALL["repeatability"][0], "repeatability")
    assert (found.verdict, found.reason) == (
        Verdict.CONFORMS,
        "left out: no layout: not on this device",
    )


# Through a whole run

DECLARED = """
backend = "miniature:x"
[[deviation]]
name = "flips"
check = "gradient"
versions = "==1"
when = "op == 'Conv'"
cause = "framework"
reason = "It flips."
{how}
"""


def run(name: str, suite: str, directory: Path, deviations: str = "") -> Run:
    entry = Entry(
        name="miniature:x",
        title="miniature",
        route="none",
        target=f"derives:{name}",
        distributions=(),
        version="1",
        checks=("output", "gradient", "repeatability"),
    )
    some = plan(backends=["onnx-reference"], suites=[suite])
    chosen = replace(
        some,
        entries=[entry],
        cases=[a.case for a in SMALL[{"gradients": "gradient"}.get(suite, suite)]][:40],
        deviations=parse(deviations, "declared.toml", ["miniature:x"]) if deviations else [],
    )
    return execute(chosen, directory)


def test_a_flipped_weight_gradient_is_diagnosed_and_can_be_declared(tmp_path: Path) -> None:
    undeclared = run("WeightGradientFlipped", "gradients", tmp_path / "a")
    (finding,) = [f for f in undeclared.findings if f.verdict is Verdict.FAILS]
    assert (finding.name, finding.check) == ("weight_gradient_flipped", Check.GRADIENT)
    assert finding.example is not None
    assert "dY" in finding.example.inputs
    assert "dW, of shape" in finding.example.expected
    declared = run(
        "WeightGradientFlipped",
        "gradients",
        tmp_path / "b",
        DECLARED.format(how='fault = "weight_gradient_flipped"'),
    )
    verdicts = Counter(
        r.verdict for r in declared.records if "conv_" in r.case and "transpose_of" not in r.case
    )
    assert verdicts[Verdict.DEVIATES] >= 5
    assert not verdicts[Verdict.FAILS]


def test_undefined_numbers_are_declared_without_being_written_down(tmp_path: Path) -> None:
    how = 'error = { type = "VALUES_DIFFER", pattern = "dW" }'
    found = run("WeightGradientFlipped", "gradients", tmp_path, DECLARED.format(how=how))
    (finding,) = [f for f in found.findings if f.verdict is Verdict.DEVIATES]
    assert finding.example is not None
    assert finding.example.actual == "other numbers in every run"
    assert {r.reason for r in found.records if r.verdict is Verdict.DEVIATES} == {
        "no rule predicts the numbers: It flips."
    }
    lucky = run("Right", "gradients", tmp_path / "right", DECLARED.format(how=how))
    assert {r.verdict for r in lucky.records} == {Verdict.CONFORMS}
    assert lucky.findings == []


def test_a_declared_repetition_deviates_and_turns_stale_when_it_repeats(tmp_path: Path) -> None:
    text = DECLARED.replace('"gradient"', '"repeatability"').replace("op == 'Conv'", "True")
    text = text.format(how='error = { type = "NOT_REPEATABLE", pattern = "^wrong layout" }')
    found = run("SecondLayoutWrong", "repeatability", tmp_path / "a", text)
    assert Counter(r.verdict for r in found.records)[Verdict.DEVIATES] > 20
    assert not [r for r in found.records if r.verdict is Verdict.FAILS]
    assert [f.verdict for f in run("Right", "repeatability", tmp_path / "b", text).findings] == [
        Verdict.STALE
    ]


def test_each_case_is_asked_what_its_suite_asks() -> None:
    chosen = plan(
        backends=["torch-cpu", "onnxruntime-cpu"], suites=["seeds", "gradients", "repeatability"]
    )
    asked = {
        (e.name, c.suite): chosen.checks(e, n)
        for e in chosen.entries
        for n, c in enumerate(chosen.cases)
    }
    assert asked == {
        ("torch-cpu", "seeds"): ("output", "output_shape"),
        ("torch-cpu", "gradients"): ("gradient",),
        ("torch-cpu", "repeatability"): ("repeatability",),
        ("onnxruntime-cpu", "seeds"): ("output", "output_shape"),
        ("onnxruntime-cpu", "gradients"): (),
        ("onnxruntime-cpu", "repeatability"): ("repeatability",),
    }
    assert chosen.exercised == {"seeds", "gradients", "repeatability"}


def test_backends_that_offer_nothing_are_asked_only_by_name() -> None:
    names = [e.name for e in plan(backends=[], suites=["gradients"]).entries]
    assert "torch-cpu" in names
    assert not {"onnxruntime-cpu", "onnx-reference", "onnx-shape-inference"} & set(names)


def test_a_session_is_judged_again_from_the_same_answers() -> None:
    asked = SMALL["gradient"][:3]
    plain: Plan = replace(
        plan(backends=["torch-cpu"], suites=["gradients"]), cases=[a.case for a in asked]
    )
    session = Session(plain, asked)
    assert session.call(0).dY is not None


SCRIPTED = [
    c
    for c in suite_cases("gradients")
    if re.match(r"conv_4x4|transpose_of_conv_6x6|.*c2_m2_dilations_2_3", c.name)
]


def scripts_that_differ() -> list[str]:
    """Where a reproducer of gradients gives other bits than its adapter; run in a process of its
    own, for TensorFlow's sake."""
    wrong, compared = [], 0
    for name in ("torch-cpu", "tensorflow-cpu", "tensorflow-cpu-backprop-input"):
        entry = registered()[name]
        adapter = serving.load(entry)
        for asked in map(Asked, SCRIPTED):
            try:
                source = reproducer(
                    entry, asked.case, asked.tensors, "expected", dY=asked.output_gradient
                )
                X, W, B, dY = asked.arrays()
                assert dY is not None
                gradients = adapter.gradients(Call.of(asked.case, X, W, B, dY), dY)
            except (Unsupported, Refused):  # TensorFlow takes no dilations where oneDNN is off
                continue
            variables: dict[str, Any] = {}
            with contextlib.redirect_stdout(io.StringIO()):
                exec(source, variables)
            same = all(
                np.array_equal(variables[key], value)
                for key, value in zip(("dX", "dW"), gradients, strict=False)
            )
            wrong += [] if same else [f"{name} {asked.case.id}"]
            compared += 1
    assert compared >= 10
    return wrong


def test_a_reproducer_of_gradients_gives_what_the_adapter_gives() -> None:
    ran = subprocess.run(
        [sys.executable, __file__], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"


if __name__ == "__main__":
    print(scripts_that_differ())
