"""The published accuracy of diagnosis holds: the file speaks of the mutants that exist, and a
sample is diagnosed anew."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from support import ROOT
from support.mutation import diagnosed
from support.mutation import diagnosed_operators as operators

MUTANTS = diagnosed.handwritten.MUTANTS
PUBLISHED = json.loads(
    (ROOT / "benchmarks" / "figures" / "diagnosis.json").read_text(encoding="utf-8")
)
SAID = {each["name"]: each for each in PUBLISHED["mutants"]}
AGAIN = "measure anew: python benchmarks/diagnosis/diagnosis.py"
SAMPLE = (
    "PadsSwapped",
    "SameTotalWithoutDilation",
    "OutputShapeCropsAtEnd",
    "KernelFlippedInDepth",
    "ReturnsFourAxesIn1d",
    "BiasMissingFromNothing",
    "DepthwiseMapsRepeated",
    "HalfCutTowardsZero",
    "DoubleRefused",
    "WeightGradientFlipped",
    "OutputGradientChanged",
    "NegativePadsAsZero",
    "PadsAllAtBegin",
    "AutoPadIgnored",
)


def _as_read(said: list[Any]) -> Any:
    return json.loads(json.dumps([asdict(each) for each in said]))


def test_the_file_is_about_these_mutants() -> None:
    about = [
        {key: each[key] for key in ("name", "class", "sentence", "named", "partly")}
        for each in PUBLISHED["mutants"]
    ]
    now = [
        {
            "name": n,
            "class": m.kind,
            "sentence": m.sentence(),
            "named": list(m.named),
            "partly": list(m.partly),
        }
        for n, m in ((name, MUTANTS[name]) for name in diagnosed.handwritten.OF_CONVOLUTIONS)
    ]
    assert about == now, AGAIN


def test_verdicts_follow_from_what_is_said() -> None:
    for each in (*PUBLISHED["mutants"], *PUBLISHED["operators"].values()):
        said = [diagnosed.Said.of(one) for one in each["said"]]
        assert each["verdict"] == diagnosed.verdict(said, each["named"], each["partly"]), each[
            "name"
        ]


def test_what_is_true_of_cosmic_rays_mutants_is_what_was_worked_out() -> None:
    for each in PUBLISHED["operators"].values():
        assert each["named"] == list(operators.TRUE.get(each["name"], ())), AGAIN


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_is_diagnosed_as_published(name: str) -> None:
    """By name: how many answers each name covers changes with every case that a suite gains."""

    def named(said: Any) -> set[tuple[str, str, tuple[str, ...]]]:
        return {(one["check"], one["kind"], tuple(one["names"])) for one in said}

    assert named(_as_read(diagnosed.said_of(name))) == named(SAID[name]["said"]), AGAIN


def test_no_name_is_false_and_nearly_all_that_have_one_are_named() -> None:
    """Some are right in part: one to three answers each that the suites asked beside their own have
    shown."""
    measured = [*PUBLISHED["mutants"], *PUBLISHED["operators"].values()]
    assert [each["name"] for each in measured if each["verdict"] == "wrong"] == []
    held = [each["verdict"] for each in PUBLISHED["mutants"] if each["named"]]
    assert held.count("right") + held.count("part") >= 0.95 * len(held)
    assert held.count("right") >= 0.9 * len(held)


def test_the_library_does_not_hold_every_mutant() -> None:
    """A fault for each mutant would measure nothing."""
    rules = [each for each in PUBLISHED["mutants"] if each["verdict"] == "unexplained"]
    assert len(rules) >= 25


def test_verdicts_by_hand() -> None:
    def said(kind: str, *names: str) -> Any:
        return diagnosed.Said(
            check="output", kind=kind, names=names, where="", answers=1, held=0, held_out=0
        )

    true, other, rest = (
        said("fault", "a", "b"),
        said("fault", "c"),
        said("unexplained", "VALUES_DIFFER"),
    )
    assert diagnosed.verdict([true], ["a"]) == "right"
    assert diagnosed.verdict([true, rest], ["b"]) == "part"
    assert diagnosed.verdict([rest], ["a"]) == "none"
    assert diagnosed.verdict([true, other], ["a"]) == "wrong"
    assert diagnosed.verdict([true], []) == "wrong"
    assert diagnosed.verdict([true, rest], [], ["a"]) == "unexplained"
    assert diagnosed.verdict([said("error", "REJECTED")], []) == "by kind"


@pytest.mark.parametrize(
    ("held", "held_out", "verdict"),
    [(40, 40, "right"), (12, 12, "right"), (39, 40, "wrong"), (11, 11, "wrong"), (0, 0, "wrong")],
)
def test_a_measured_rule_is_true_where_enough_calls_bear_it_out(
    held: int, held_out: int, verdict: str
) -> None:
    measured = diagnosed.Said(
        check="output",
        kind="fault",
        names=("begin = pad_begin + pad_end on axes with pad_end > 0",),
        where="",
        answers=9,
        held=held,
        held_out=held_out,
    )
    of_gradients = replace(measured, check="gradient", answers=1, held=0, held_out=0)
    assert diagnosed.verdict([measured], ["crops_at_begin"]) == verdict
    assert diagnosed.verdict([of_gradients, measured], ["crops_at_begin"]) == verdict
    elsewhere = replace(of_gradients, where="rank == 2")
    assert diagnosed.verdict([elsewhere, measured], ["crops_at_begin"]) == "wrong"
    assert diagnosed.verdict([replace(measured, names=("bias_twice",))], ["no"]) == "wrong"
