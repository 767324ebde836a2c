"""The search for what a backend does instead, on backends that follow a rule: what is found, and
what must not be named."""

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import pairs
from convtranspose_conformance.diagnosis.patterns import pattern_of
from convtranspose_conformance.diagnosis.result import Diagnosis, shows
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.predicate import Predicate
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    derived,
    returned,
    stopped,
)
from convtranspose_reports import Check
from support.simulated import (
    Simulated,
    bias_of_next_channel,
    follows,
    last_input_dropped,
    overlap_overwritten,
    rules,
)


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("diagnose", x, k, **given)


def _cases(*sizes: int, **given: object) -> list[Case]:
    """Lines and grids of some sizes: plain, with strides, pads, dilations, groups, a bias."""
    cases = []
    for n, rank in ((n, rank) for n in sizes for rank in (1, 2)):
        x, k = (n,) * rank, (3,) * rank
        cases += [
            _case(x, k, **given),
            _case(x, k, strides=(2,) * rank, **given),
            _case(x, k, pads=(1,) * rank + (2,) * rank, **given),
            _case(x, k, dilations=(2,) * rank, **given),
            _case(x, k, c=4, m=4, group=2, **given),
            _case(x, k, m=2, bias=True, **given),
            _case(x, k, c=4, m=4, group=2, bias=True, strides=(2,) * rank, **given),
        ]
    return cases


ASKED, POOL = _cases(3, 4), _cases(5, 6, 7)
DILATED = [
    _case((x, 4), (2, 3), strides=(3, s), dilations=(d, 1), output_padding=(o, 1))
    for x in (3, 4)
    for s in (2, 3)
    for d in (1, 2)
    for o in (0, 1)
]


def _names(found: dict[str, Diagnosis]) -> set[str]:
    return {diagnosis.id for diagnosis in found.values()}


def _is_true(where: str, holds: set[str], cases: list[Case]) -> bool:
    return {case.name for case in cases if Predicate(where)(case)} == holds


def test_a_right_backend_has_nothing_to_diagnose() -> None:
    backend = Simulated(follows(""))
    assert backend.diagnosed(ASKED, POOL) == {}
    assert backend.more == []


def test_one_rule_is_found_and_borne_out() -> None:
    backend = Simulated(follows("kernel_flipped"))
    found = backend.diagnosed(ASKED, POOL)
    assert len(found) == len(ASKED)
    assert _names(found) == {"kernel_flipped"}
    assert {(d.kind, d.where) for d in found.values()} == {("fault", "")}
    assert backend.more
    assert not {case.id for case in backend.more} & {case.id for case in ASKED}


@pytest.mark.parametrize(
    "name", ["kernel_flipped", "first_map_for_group", "bias_reversed", "channels_swapped"]
)
def test_what_fits_the_text_and_the_rule_speaks_against_neither(name: str) -> None:
    """Of special values, sums overflow to the same Inf and bounds allow both."""
    cases = [*suite_cases("special")[::3], *suite_cases("core")[::40]]
    found = Simulated(follows(name)).diagnosed(cases, POOL)
    assert _names(found) == {name}


def test_a_reading_is_found() -> None:
    cases = [
        _case((x,), (1,), strides=(3,), auto_pad=pad)
        for x in (3, 4, 5)
        for pad in ("SAME_UPPER", "SAME_LOWER")
    ]
    right = _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER")  # not every auto_pad is ignored
    (found,) = set(Simulated(follows("C:clamped")).diagnosed([*cases, right], POOL).values())
    assert (found.kind, found.name) == ("reading", "C:clamped")
    assert "clamps a negative total padding" in found.sentence()


def test_without_more_to_ask_the_same_is_found() -> None:
    assert _names(Simulated(follows("kernel_flipped")).diagnosed(ASKED, None)) == {"kernel_flipped"}


def test_two_rules_apart_are_two_diagnoses() -> None:
    """Biased calls that are grouped show both, those that are not each its own."""
    flipped, twice = follows("kernel_flipped"), follows("bias_twice")
    found = Simulated(lambda asked: (twice if asked.case.bias else flipped)(asked)).diagnosed(
        ASKED, POOL
    )
    biased = {case.name for case in ASKED if case.bias}
    assert {name: d.name for name, d in found.items()} == {
        c.name: "bias_twice" if c.name in biased else "kernel_flipped" for c in ASKED
    }


def test_two_rules_at_once_are_named_as_a_pair() -> None:
    diagnoses = Simulated(follows("pads_swapped kernel_flipped")).diagnosed(ASKED, POOL)
    padded = {case.name for case in ASKED if case.attributes.pads}
    assert set(diagnoses) == {case.name for case in ASKED}
    assert {d.id for name, d in diagnoses.items() if name in padded} == {
        "pads_swapped + kernel_flipped"
    }
    assert {d.id for name, d in diagnoses.items() if name not in padded} <= {
        "pads_swapped + kernel_flipped",
        "kernel_flipped",
    }


def test_both_orders_of_two_faults_are_tried() -> None:
    one, other = rules("bias_of_first_group"), rules("bias_reversed")
    assert {e.faults for e in pairs([one, other])} == {
        ("bias_of_first_group", "bias_reversed"),
        ("bias_reversed", "bias_of_first_group"),
    }


def test_the_order_of_two_faults_is_named_where_it_matters() -> None:
    """B = 1 2 3 4 in two groups: reversed, then the first group's: 4 3 4 3; the other way round: 2
    1 2 1."""
    grouped = [
        _case((x,), (k,), c=4, m=4, group=2, bias=True) for x in (3, 4, 5) for k in (1, 2, 3)
    ]
    for order in ("bias_reversed bias_of_first_group", "bias_of_first_group bias_reversed"):
        assert _names(Simulated(follows(order)).diagnosed(grouped, None)) == {
            order.replace(" ", " + ")
        }


def test_readings_of_one_clause_are_no_pair() -> None:
    assert list(pairs([rules("C:clamped"), rules("C:zeros_at_end")])) == []
    assert [
        e.readings for e in pairs([rules("C:clamped"), rules("D:output_padding_adds_size")])
    ] == [("C:clamped", "D:output_padding_adds_size")]


def test_a_rule_for_some_cases_has_a_condition_that_is_true() -> None:
    found = Simulated(follows("bias_twice", lambda case: case.rank == 2)).diagnosed(ASKED, POOL)
    grids = {case.name for case in ASKED if case.rank == 2 and case.bias}
    (diagnosis,) = set(found.values())
    assert (set(found), diagnosis.name) == (grids, "bias_twice")
    biased = [case for case in (*ASKED, *POOL) if case.bias]
    assert _is_true(diagnosis.where, {case.name for case in biased if case.rank == 2}, biased)
    assert diagnosis.id == f"bias_twice where {diagnosis.where}"
    assert diagnosis.sentence().endswith(f"(where {diagnosis.where})")


def test_what_fresh_cases_showed_counts_for_the_condition() -> None:
    """One wrong answer, and twelve fresh cases, all asked before a condition is looked for: the
    backend has none left to ask."""
    asked = [_case((3, 3), (3, 3), m=2, bias=True), _case((3, 3), (3, 3), m=2)]
    fresh = [
        _case((x,) * rank, (3,) * rank, m=2, bias=True)
        for x in (4, 5, 6, 7, 8, 9)
        for rank in (1, 2)
    ]
    ((name, diagnosis),) = (
        Simulated(follows("bias_twice", lambda case: case.rank == 2))
        .diagnosed(asked, fresh)
        .items()
    )
    assert (name, diagnosis.name) == (asked[0].name, "bias_twice")
    assert _is_true(diagnosis.where, {case.name for case in fresh if case.rank == 2}, fresh)


def test_fresh_cases_that_are_refused_bear_nothing_out() -> None:
    asked = [_case((3,) * rank, (3,) * rank, m=2, bias=True) for rank in (1, 2)]
    fresh = [_case((x, x), (3, 3), m=2, bias=True) for x in (4, 5, 6, 7)]
    twice = follows("bias_twice", lambda case: case.rank == 2)
    known = {case.id for case in asked}

    def refuses_more(asked: Asked) -> Observation:
        return (
            twice(asked)
            if asked.case.id in known
            else stopped(Seen.REFUSED, "run", "RuntimeError", "no")
        )

    assert {d.kind for d in Simulated(refuses_more).diagnosed(asked, fresh).values()} == {
        "unexplained"
    }
    assert {d.name for d in Simulated(twice).diagnosed(asked, fresh).values()} == {"bias_twice"}


def test_a_condition_that_fresh_cases_deny_is_given_up() -> None:
    """Among those asked the grouped are the biased; fresh cases show which of the two it is."""
    asked = [
        _case((x, 3), (3, 3), c=4, m=4, **given)
        for x in range(3, 10)
        for given in ({}, {"group": 2, "bias": True})
    ]
    fresh = [
        _case((x, 3), (3, 3), c=4, m=4, **given)
        for x in range(10, 20)
        for given in ({"group": 2}, {"bias": True})
    ]
    for key in ("group", "bias"):
        backend = Simulated(
            follows(
                "kernel_flipped",
                lambda case, key=key: case.group > 1 if key == "group" else case.bias,
            )
        )
        (diagnosis,) = set(backend.diagnosed(asked, fresh).values())
        told = {case.name for case in fresh if (case.group > 1 if key == "group" else case.bias)}
        assert diagnosis.name == "kernel_flipped"
        assert _is_true(diagnosis.where, told, fresh), diagnosis.where


def test_a_rule_that_speaks_against_right_answers_is_never_named() -> None:
    """Wrong for a reason that no condition over the attributes tells."""
    backend = Simulated(follows("kernel_flipped", lambda case: case.x_shape[2] ** 2 % 7 < 3))
    cases = [_case((x,), (3,)) for x in range(3, 12)]
    assert {
        d.kind
        for d in backend.diagnosed(cases, [_case((x,), (3,)) for x in range(12, 40)]).values()
    } == {"unexplained"}


def test_what_fits_by_chance_is_thrown_out_by_fresh_cases() -> None:
    """Of two values, those of the next channel are the values reversed: three tell."""
    square = [_case((x,), (3,), bias=True, m=2) for x in (3, 4)]
    backend = Simulated(bias_of_next_channel)
    assert "bias_reversed" in _names(backend.diagnosed(square, None))
    more = [_case((x,), (3,), bias=True, m=m) for x in (5, 6) for m in (3, 4)]
    assert _names(backend.diagnosed(square, more)) == {"b_channel = (1 + m) % M"}


def test_ties_are_the_class_where_nothing_tells_apart_and_are_resolved_where_something_can() -> (
    None
):
    """Two axes: the next one is the one before, and the order is the reverse."""
    grids = [_case((x, 4), (2, 3), strides=(1, s)) for x in (3, 5) for s in (2, 3)]
    cubes = [_case((2, 3, 2), (1, 2, 1), strides=(1, 2, s)) for s in (1, 3)]
    for name in ("strides_of_next_axis", "strides_of_previous_axis", "strides_reversed"):
        (tied,) = set(Simulated(follows(name)).diagnosed(grids, None).values())
        assert {e.name for e in tied.explanations} == {
            "strides_of_next_axis",
            "strides_of_previous_axis",
            "strides_reversed",
        }
        assert tied.name == "strides_of_next_axis | strides_of_previous_axis | strides_reversed"
        assert tied.sentence().count("; or ") == 2
        assert _names(Simulated(follows(name)).diagnosed(grids, cubes)) == {name}


def test_what_explains_alone_is_before_what_explains_together() -> None:
    """In a line the first axis is the last, and is all of them. In a grid two of the three together
    do what the third does alone."""
    lines, grids = ([_case((x,) * rank, (3,) * rank) for x in (3, 4, 5, 6)] for rank in (1, 2))
    tied = {"kernel_flipped", "kernel_flipped_along_first_axis", "kernel_flipped_along_last_axis"}
    for name in tied:
        backend = Simulated(follows(name))
        assert _names(backend.diagnosed(lines, None)) == {" | ".join(sorted(tied))}
        assert _names(backend.diagnosed(lines, grids)) == {name}
        assert len({case.id for case in backend.more}) == len(
            backend.more
        )  # nothing is asked twice


def test_the_same_pair_in_two_orders_is_no_tie() -> None:
    found = Simulated(follows("bias_twice kernel_flipped")).diagnosed(
        [c for c in ASKED if c.bias], None
    )
    assert _names(found) == {"bias_twice + kernel_flipped"}


def test_errors_get_the_condition_under_which_they_come() -> None:
    def rule(asked: Asked) -> Observation:
        if asked.case.group > 1:
            return stopped(
                Seen.REFUSED, "run", "ValueError", f"cannot split {asked.case.x_shape[2]} rows"
            )
        return follows("")(asked)

    found = Simulated(rule).diagnosed(ASKED, POOL)
    grouped = {case.name for case in ASKED if case.group > 1}
    (diagnosis,) = set(found.values())
    assert (set(found), diagnosis.kind, diagnosis.name) == (
        grouped,
        "error",
        "REJECTED: ValueError: cannot split N rows",
    )
    assert _is_true(diagnosis.where, grouped, ASKED)


def test_errors_without_a_condition_are_unexplained() -> None:
    def rule(asked: Asked) -> Observation:
        odd = asked.case.x_shape[2] % 2
        return stopped(Seen.CRASHED, "run", "SIGSEGV", "SIGSEGV") if odd else follows("")(asked)

    cases = [_case((x,), (3,)) for x in range(5, 12)]
    found = Simulated(rule).diagnosed(cases, None)  # nothing bears a condition out
    assert {(d.kind, d.name) for d in found.values()} == {("unexplained", "CRASHED: SIGSEGV")}
    (borne_out,) = set(Simulated(rule).diagnosed(cases, POOL).values())
    assert (borne_out.kind, borne_out.where) == ("error", "any([i % 2 == 1 for i in input])")


def test_two_causes_with_one_message_are_one_error_where_either_is() -> None:
    def rule(asked: Asked) -> Observation:
        dilations = asked.case.attributes.dilations or (1,)
        if asked.case.group > 1 or max(dilations) > 1:
            return stopped(Seen.REFUSED, "run", "RuntimeError", "not supported yet")
        return follows("")(asked)

    (diagnosis,) = set(Simulated(rule).diagnosed([*ASKED, *DILATED], POOL).values())
    assert (diagnosis.kind, diagnosis.id) == ("error", "REJECTED: RuntimeError: not supported yet")
    assert set(diagnosis.where.split(" or ")) == {"(group > 1)", "(max(dilations) > 1)"}


def test_two_things_at_one_axis_are_a_condition() -> None:
    def rule(asked: Asked) -> Observation:
        given, rank = asked.case.attributes, asked.case.rank
        padding, dilations = given.output_padding or (0,) * rank, given.dilations or (1,) * rank
        if any(o > 0 and d > 1 for o, d in zip(padding, dilations, strict=True)):
            return stopped(Seen.REFUSED, "run", "RuntimeError", "not both")
        return follows("")(asked)

    (diagnosis,) = set(Simulated(rule).diagnosed([*ASKED, *DILATED], POOL).values())
    assert diagnosis.where == ("any([o > 0 and d > 1 for o, d in zip(output_padding, dilations)])")


def test_refusals_that_follow_from_a_rule_are_the_rules() -> None:
    """Pads that crop every axis: with the first one's for all, a short second axis has nothing
    left."""
    cropped = [_case((8, x), (1, 1), pads=(p, 0, p, 0)) for x in (2, 5, 6, 7, 8) for p in (1, 2)]
    backend = Simulated(follows("first_pads_for_all"))
    assert {backend.answers(case).seen.seen for case in cropped} == {Seen.RETURNED, Seen.REFUSED}
    assert _names(backend.diagnosed([*ASKED, *cropped], POOL)) == {"first_pads_for_all"}


def test_accuracy_is_named_for_each_dtype() -> None:
    cases = [
        _case((5, x), (3, 3), c=8, m=4, dtype=dtype, data="dense")
        for dtype in ("float16", "float64")
        for x in (4, 5, 6)
    ]

    def rule(asked: Asked) -> Observation:
        exact = asked.answer().golden.expected()
        if asked.case.dtype == "float64":
            return returned(exact.astype(np.float32).astype(np.float64))
        off = exact.copy()
        off.view(np.uint16)[...] += 4  # units of the last place: more than one rounding
        return returned(off)

    found = Simulated(rule).diagnosed(cases, None)
    assert {d.kind for d in found.values()} == {"accuracy"}
    asking = Simulated(rule).diagnosed(cases)  # a witness speaks against sums in float16
    assert {asking[c.name].kind for c in cases if c.dtype == "float16"} == {"unexplained"}
    names = {name: d.accuracy for name, d in found.items()}
    assert {names[c.name] for c in cases if c.dtype == "float16"} == {"accumulates in dtype"}
    assert {names[c.name] for c in cases if c.dtype == "float64"} == {"float32 arithmetic"}


def test_a_rule_with_rounding_on_top_is_both() -> None:
    cases = [
        _case((x, 3), (3, 3), c=8, m=4, dtype="float16", data=data)
        for x in (3, 4, 5)
        for data in ("integers", "dense")
    ]

    def rule(asked: Asked) -> Observation:
        wrong = asked.answer(rules("kernel_flipped")).golden.expected().copy()
        if asked.case.data == "dense":
            wrong.view(np.uint16)[...] += 4
        return returned(wrong)

    found = Simulated(rule).diagnosed(cases, None)
    assert _names(found) == {"kernel_flipped", "kernel_flipped + accumulates in dtype"}
    asking = Simulated(rule).diagnosed(cases)  # a witness speaks against sums in float16
    assert "kernel_flipped + accumulates in dtype" not in _names(asking)


def test_rules_that_the_library_does_not_hold_are_unexplained() -> None:
    for rule in (last_input_dropped, overlap_overwritten):
        found = Simulated(rule).diagnosed(ASKED, POOL)
        assert found
        assert {(d.kind, d.id) for d in found.values()} <= {
            ("unexplained", "VALUES_DIFFER"),
            ("unexplained", "SHAPE_DIFFERS"),
        }


def test_static_shapes_are_diagnosed_alike() -> None:
    padded = [_case((x,), (3,), pads=(1, 0), output_padding=(1,), strides=(2,)) for x in (3, 4, 5)]
    backend = Simulated(
        follows("output_padding_ignored", check=Check.OUTPUT_SHAPE), Check.OUTPUT_SHAPE
    )
    found = backend.diagnosed([*ASKED, *padded], None)
    assert set(found) == {case.name for case in padded}
    assert all(rules("output_padding_ignored") in d.explanations for d in found.values())


def test_every_wrong_answer_has_a_diagnosis_in_its_place() -> None:
    backend = Simulated(follows("bias_twice"))
    mixed = [*ASKED[::3], _case((6,), (3,), op="Conv", bias=True, m=2), *ASKED[1::3]]
    wrong = [case.name for case in mixed if case.bias]
    assert list(backend.diagnosed(mixed, POOL)) == wrong
    assert Explanation() not in {
        e for d in backend.diagnosed(mixed, POOL).values() for e in d.explanations
    }


def test_what_another_diagnosis_says_shows_nothing_of_the_unexplained() -> None:
    case = _case((4,), (3,))
    asked = Asked(case)
    seen = follows("kernel_flipped")(asked)
    reply = judged(BUILT_IN[0], asked, Check.OUTPUT, seen)
    known = Diagnosis(kind="fault", explanations=(rules("kernel_flipped"),))
    unexplained = Diagnosis(kind="unexplained", pattern=pattern_of(reply))
    assert shows(unexplained, reply)
    assert not shows(unexplained, reply, others=[unexplained, known])


def test_of_equivalent_rules_found_elsewhere_the_one_that_holds_here_is_said() -> None:
    """Where no call tells the two apart there, one of them may explain nothing here."""
    where = "rank == 2"
    first, second = rules("kernel_flipped"), rules("bias_twice")
    there = Diagnosis(kind="fault", explanations=(first, second), where=where, seen_where=where)
    backend = Simulated(follows("bias_twice", lambda case: case.rank == 2))
    cases = [_case((3,) * rank, (3,) * rank, m=2, bias=True) for rank in (1, 2)]
    wrong, right = ([r for r in backend.ask(cases) if r.wrong is w] for w in (True, False))
    found = diagnose(wrong, right, Check.OUTPUT, elsewhere=[there])
    assert {(d.explanations, d.where) for d in found} == {((second,), where)}


def test_gradients_are_explained_by_what_outputs_showed_before_any_other_rule() -> None:
    """Of these alone pads that are cropped at the end are as good as ignored: dY begins at 0."""
    there = Diagnosis(
        kind="fault",
        explanations=(rules("crops_at_end"),),
        where="max(pads) > 0",
        seen_where="max(pads) > 0",
    )

    def rule(asked: Asked) -> Observation:
        gradients = asked.answer(rules("crops_at_end")).gradients
        arrays = {name: golden.expected() for name, golden in gradients.items()}
        return derived(tuple(arrays.get(name) for name in ("dX", "dW", "dB")))

    backend = Simulated(rule, Check.GRADIENT)
    cases = [
        case
        for case in suite_cases("gradients")
        if case.op == "ConvTranspose" and any(case.attributes.pads or ())
    ]
    wrong, right = ([r for r in backend.ask(cases) if r.wrong is w] for w in (True, False))
    assert wrong
    found = diagnose(wrong, right, Check.GRADIENT, elsewhere=[there])
    assert {(d.explanations, d.where) for d in found} == {(there.explanations, there.where)}
    (alone, *_) = diagnose(wrong, right, Check.GRADIENT)
    assert alone.explanations != there.explanations
