"""Two rules that meet in some answers: neither's condition says so, and each has the name that says
no more than was seen."""

from collections.abc import Sequence
from itertools import product

import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.diagnosis.conditions.wider import widened, within
from convtranspose_conformance.diagnosis.evidence import Evidence
from convtranspose_conformance.diagnosis.measured.named import that_says_least
from convtranspose_conformance.diagnosis.measured.several import together
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.worker.observation import Observation, returned
from convtranspose_reports import Check
from support.simulated import Rule, Simulated

GRIDS = [
    make("meeting", (x, 3), k, dilations=dilations, strides=(2, 3), auto_pad=word, initializer=w)
    for x, k, dilations, word, w in product(
        (3, 4),
        ((3, 2), (2, 2)),
        ((1, 1), (2, 1)),
        ("SAME_LOWER", "SAME_UPPER", "VALID"),
        (True, False),
    )
]
FOR_EACH_AXIS = "rank == 2 and max(kernel) != min(kernel)"
MEET = (f"dilations_reversed where {FOR_EACH_AXIS}", "same_lower_as_upper where rank == 2")
EVEN = "not (max(dilations) != min(dilations))"
WITHIN_ITSELF = "not (any([k > 1 and d > 1 for k, d in zip(kernel, dilations)]))"


def _follows(*faults: str) -> Rule:
    def rule(asked: Asked) -> Observation:
        return returned(asked.answer(Explanation(faults=faults)).golden.expected())

    return rule


def _evidence(rule: Rule, cases: Sequence[Case] = GRIDS) -> Evidence:
    backend = Simulated(rule)
    replies = backend.ask(cases)
    wrong, right = ([r for r in replies if r.wrong is w] for w in (True, False))
    return Evidence(wrong, right, Check.OUTPUT, ask=backend.ask, pool=lambda: cases)


def _said(name: str, where: str, *alike: str) -> Diagnosis:
    rules = tuple(Explanation(faults=(each,)) for each in (name, *alike))
    return Diagnosis(kind="fault", explanations=rules, where=where, seen_where=where)


@pytest.mark.parametrize("even", [EVEN, WITHIN_ITSELF])
@pytest.mark.parametrize("meet", [True, False])
def test_a_condition_is_left_out_where_the_other_rule_alone_asked_for_it(
    meet: bool, even: str
) -> None:
    """Where both act, either seems to be false; a rule that truly stops there keeps its
    condition."""
    lower = f"same_lower_as_upper where rank == 2 and {even}"
    evidence = _evidence(_follows(*(MEET if meet else (MEET[0], lower))))
    diagnoses = [
        _said("dilations_reversed", FOR_EACH_AXIS),
        _said("same_lower_as_upper", f"rank == 2 and {even}"),
    ]
    left = range(len(evidence.wrong))
    wider = _said("same_lower_as_upper", "rank == 2")
    assert dict(widened(evidence, diagnoses, left)) == ({diagnoses[1]: wider} if meet else {})


def test_rules_that_nothing_tells_apart_meet_others_under_each_name() -> None:
    evidence = _evidence(_follows(*MEET))
    steps = _said("dilations_of_next_axis", FOR_EACH_AXIS, "dilations_reversed")
    said = [steps, _said("same_lower_as_upper", "rank == 2")]
    found = [together(said, reply) for reply in evidence.wrong]
    names = {e.name for d in found if d is not None for e in d.explanations}
    assert names == {
        f"{first} where {FOR_EACH_AXIS} ; {MEET[1]}"
        for first in ("dilations_of_next_axis", "dilations_reversed")
    }


def test_of_names_that_are_one_under_a_condition_that_stands_which_says_least() -> None:
    """Where only SAME_LOWER is wrong nothing is said of SAME_UPPER."""
    where = "auto_pad == 'SAME_LOWER' and rank == 2"
    evidence = _evidence(_follows(f"same_lower_as_upper where {where}"))
    for name in ("same_swapped", "same_lower_as_upper"):
        assert that_says_least(evidence, f"{name} where {where}") == (
            f"same_lower_as_upper where {where}"
        )
    assert that_says_least(evidence, "same_swapped") == "same_swapped"


def test_what_is_said_under_more_conditions_than_elsewhere_is_said_once() -> None:
    wide = _said("same_lower_as_upper", "rank == 2")
    narrow = _said("same_lower_as_upper", f"auto_pad == 'SAME_LOWER' and {wide.where}")
    narrowest = _said("same_lower_as_upper", f"group == 1 and {narrow.where}")
    another = _said("same_swapped", narrow.where)
    assert within([wide, narrow, narrowest, another]) == {narrow: wide, narrowest: wide}
