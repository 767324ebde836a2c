"""Conditions that tell some cases from others: true of all inside, false of all outside, shortest
first."""

from itertools import islice

import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.diagnosis.conditions.contrast import Contrast, atoms, holds
from convtranspose_conformance.diagnosis.conditions.wide_statements import wide_texts, wide_truths
from convtranspose_conformance.rules.predicate import Predicate


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: object) -> Case:
    return make("generalise", x, k, **given)


LINES = [_case((x,), (k,), strides=(s,)) for x in (3, 4) for k in (1, 3) for s in (1, 2)]
GRIDS = [_case((x, x), (k, k), strides=(s, s)) for x in (3, 4) for k in (1, 3) for s in (1, 2)]
FORBIDDEN = make("generalise", (2,), (3,), pads=(3, 3))  # its output would have a size of -2


def _tells(where: str, inside: list[Case], outside: list[Case]) -> bool:
    said = Predicate(where)
    return all(said(case) for case in inside) and not any(said(case) for case in outside)


def test_one_statement_where_one_is_enough() -> None:
    found = list(Contrast(GRIDS, LINES).conditions())
    assert found[0] in ("rank == 2", "not (rank == 1)")
    assert all(_tells(where, GRIDS, LINES) for where in found)


def test_conditions_come_shortest_first() -> None:
    inside = [case for case in GRIDS if case.w_shape[2:] == (3, 3)]
    outside = [case for case in LINES + GRIDS if case not in inside]
    found = list(islice(Contrast(inside, outside).conditions(), 200))
    counts = [where.count(" and ") for where in found]
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert all(_tells(where, inside, outside) for where in found)


def test_three_statements_at_most() -> None:
    inside = [
        case for case in GRIDS if case.w_shape[2:] == (3, 3) and case.attributes.strides == (2, 2)
    ]
    outside = [case for case in LINES + GRIDS if case not in inside]
    assert next(Contrast(inside, outside).conditions(most=1), None) is None
    assert _tells(next(Contrast(inside, outside).conditions()), inside, outside)


def test_no_condition_where_cases_are_alike() -> None:
    """Cases that only a name tells apart."""
    one, other = (make("generalise", (3,), (3,), name=name) for name in ("one", "other"))
    assert list(Contrast([one], [other]).conditions()) == []
    assert Contrast([one], [other]).parts() == []


def test_every_condition_holds_where_nothing_is_outside() -> None:
    assert all(_tells(where, LINES, []) for where in islice(Contrast(LINES, []).conditions(), 20))


def test_parts_of_what_no_condition_holds_together() -> None:
    """Groups of lines, and biased cubes: each has its own condition."""
    groups = [_case((x,), (3,), c=2, m=2, group=2) for x in (3, 4, 5)]
    odd_ones = [_case((2, 2, 2), (3, 3, 3), bias=True)] * 2
    plain = [
        *LINES,
        *GRIDS,
        _case((2, 2, 2), (3, 3, 3)),
        _case((3,), (3,), bias=True),
        _case((3, 3), (3, 3), bias=True),
    ]
    inside = [*groups, *odd_ones]
    found = Contrast(inside, [*plain, _case((3,), (3,), c=2, m=2)]).parts()
    assert [part for part, _ in found] == [[0, 1, 2], [3, 4]]
    assert all(_tells(where, [inside[i] for i in part], plain) for part, where in found)


def test_the_whole_is_one_part_where_a_condition_holds_it_together() -> None:
    ((part, where),) = Contrast(GRIDS, LINES).parts()
    assert part == list(range(len(GRIDS)))
    assert _tells(where, GRIDS, LINES)


def test_narrowest_is_true_of_all_inside_and_of_the_fewest_outside() -> None:
    """What no two statements can tell from all outside is still said as closely as they can."""
    inside = [_case((3, 3), (3, 3), strides=(2, 2)), _case((4, 4), (3, 3), strides=(2, 2))]
    outside = [
        *LINES,
        *(case for case in GRIDS if case not in inside),
        _case((5, 5), (3, 3), strides=(2, 2)),
    ]
    said = Predicate(Contrast(inside, outside).narrowest())
    assert all(said(case) for case in inside)
    assert (
        sum(said(case) for case in outside) <= 3
    )  # two statements leave the one that is alike, and those of kernel 1 or stride 1


def test_narrowest_is_one_statement_where_a_second_adds_nothing() -> None:
    assert " and " not in Contrast(GRIDS, LINES).narrowest()


def test_narrowest_without_anything_outside() -> None:
    assert _tells(Contrast(LINES, []).narrowest(), LINES, [])


def test_forbidden_calls_have_conditions_too() -> None:
    """They have no output: what is said of it does not hold, and hinders nothing."""
    ((_, where),) = Contrast([FORBIDDEN], LINES).parts()
    assert holds(Predicate(where), FORBIDDEN)
    assert not holds(Predicate("0 in output"), FORBIDDEN)
    assert _tells(next(Contrast(GRIDS, LINES).conditions()), GRIDS, LINES)
    assert not holds(Predicate(next(Contrast(LINES, [FORBIDDEN]).conditions())), FORBIDDEN)


@pytest.mark.parametrize("atom", atoms(), ids=lambda atom: atom.text)
def test_every_statement_can_be_asked_of_every_case(atom: Predicate) -> None:
    empty = _case((0,), (3,), c=0, n=0, m=2)
    for case in (
        *LINES,
        *GRIDS,
        empty,
        _case((5,), (3,), op="Conv", auto_pad="SAME_UPPER", strides=(2,)),
        _case((3,), (3,), output_shape=(4,)),
    ):
        assert atom(case) in (True, False)


def test_every_statement_is_denied_too() -> None:
    texts = {atom.text for atom in atoms()}
    assert len(texts) == len(atoms())
    for atom in atoms()[: len(atoms()) // 2]:
        denied = [
            other
            for other in atoms()[len(atoms()) // 2 :]
            if all(other(case) != atom(case) for case in LINES + GRIDS)
        ]
        assert any(atom.text in other.text for other in denied), atom.text


def test_one_case_of_several_is_no_part() -> None:
    """Whatever two cases are, something sets each apart from the others."""
    inside = [LINES[0], GRIDS[-1]]
    assert Contrast(inside, [case for case in (*LINES, *GRIDS) if case not in inside]).parts() == []


def test_parts_may_take_more_statements_than_a_condition() -> None:
    """Rank 2, 4 inputs, a kernel of 3 and a stride of 2: no two statements say that."""
    kinds = [
        _case((x,) * r, (k,) * r, strides=(s,) * r, bias=b)
        for r in (1, 2)
        for x in (3, 4)
        for k in (1, 3)
        for s in (1, 2)
        for b in (False, True)
    ]
    inside = [
        case
        for case in kinds
        if (case.rank, case.x_shape[2], case.w_shape[2], case.attributes.strides)
        == (2, 4, 3, (2, 2))
    ]
    outside = [case for case in kinds if case not in inside]
    assert next(Contrast(inside, outside).conditions(most=2), None) is None
    ((part, where),) = Contrast(inside, outside).parts(most=4)
    assert sorted(part) == list(range(len(inside)))
    assert _tells(where, inside, outside)


@pytest.mark.parametrize(
    "case",
    [
        _case((4,), (3,)),
        _case((4, 3), (3, 2), strides=(2, 1), pads=(1, 0, 0, 2), output_padding=(1, 0)),
        _case((4, 5), (1, 2), c=4, m=4, group=4, output_shape=(9, 4), dilations=(1, 2)),
        _case((2, 3, 4), (2, 2, 2), auto_pad="SAME_UPPER", strides=(3, 1, 2), bias=True),
        _case((4,), (3,), n=0, c=2, m=3, auto_pad="NOTSET"),
        _case((4,), (3,), op="Conv", pads=(1, 1)),
    ],
    ids=str,
)
def test_statements_that_are_worked_out_at_once_hold_as_they_read(case: Case) -> None:
    truths = wide_truths(case)
    assert truths.shape == (len(wide_texts()),)
    wrong = [
        t for t, is_true in zip(wide_texts(), truths, strict=True) if Predicate(t)(case) != is_true
    ]
    assert wrong == []


def test_every_statement_is_another_one() -> None:
    assert len(set(wide_texts())) == len(wide_texts()) > 1000
