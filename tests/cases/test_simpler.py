"""What a search for the smallest case tries: lighter cases, by every road, from legal and from
forbidden ones."""

from math import prod

import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.notation import askable, called
from convtranspose_cases.simpler import PASSES, not_default, weight
from convtranspose_conformance.examples.shrink import shrink

RICH = make(
    "hand",
    (4, 5),
    (3, 2),
    n=2,
    c=4,
    m=6,
    group=2,
    strides=(2, 3),
    dilations=(2, 1),
    output_padding=(1, 2),
    output_shape=(9, 15),
    auto_pad="SAME_LOWER",
    kernel_shape=(3, 2),
    bias=True,
    dtype="bfloat16",
    data="wide",
    initializer=False,
)


def shrunk(case: Case, holds: object, questions: int = 400) -> Case:
    return shrink(case, holds, questions).case  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "case",
    [RICH, *suite_cases("seeds"), *suite_cases("gradients")[::40]],
    ids=lambda case: case.name,
)
def test_where_everything_holds_one_product_is_left(case: Case) -> None:
    small = shrunk(case, lambda _: True)
    assert (not_default(small), small.x_shape, small.w_shape) == ([], (1, 1, 1), (1, 1, 1))
    assert (small.dtype, small.data, small.bias, small.initializer) == (
        "float32",
        "ones",
        False,
        True,
    )
    assert small.checks == case.checks


def test_where_nothing_holds_the_case_comes_back() -> None:
    found = shrink(RICH, lambda _: False)
    assert found.case is RICH
    assert found.steps == ()
    assert found.questions > 20


@pytest.mark.parametrize(
    ("needs", "most"),
    [
        (lambda c: c.attributes.strides is not None and max(c.attributes.strides) > 1, (1, 1, 1)),
        (lambda c: c.group == 2 and c.maps // 2 > 1, (1, 2, 4)),
        (lambda c: c.rank == 2 and c.x_shape[2] < c.x_shape[3], (0, 2, 1)),
        (lambda c: sum(c.attributes.output_padding or (0,)) > 1, (2, 1, 1)),
        (
            lambda c: (
                (c.attributes.auto_pad or "").startswith("SAME")
                and c.attributes.output_shape is not None
            ),
            (2, 1, 1),
        ),
        (lambda c: c.dtype == "bfloat16" and c.x_shape[0] == 2, (0, 2, 1)),
        (lambda c: c.attributes.kernel_shape is not None and c.w_shape[2] == 3, (0, 1, 3)),
    ],
    ids=["stride", "group", "rank", "output_padding", "shape-under-same", "batch", "kernel"],
)
def test_only_what_is_needed_stays(needs: object, most: tuple[int, int, int]) -> None:
    found = shrunk(RICH, needs)
    assert needs(found)  # type: ignore[operator]
    assert (len(not_default(found)), prod(found.x_shape), prod(found.w_shape)) <= most
    assert prod(found.x_shape) <= most[1]


@pytest.mark.parametrize("case", suite_cases("invalid")[::7], ids=lambda case: case.name)
def test_a_forbidden_call_stays_forbidden_by_the_same_clause(case: Case) -> None:
    clause = case.refusal().clause  # type: ignore[union-attr]
    found = shrink(case, lambda c: c.refusal().clause == clause)  # type: ignore[union-attr]
    assert found.case.checks == ("rejection",)
    assert found.case.refusal().clause == clause  # type: ignore[union-attr]
    assert weight(found.case) <= weight(called(case))


def test_what_is_asked_is_lighter_askable_and_asked_once() -> None:
    asked: list[Case] = []

    def holds(case: Case) -> bool:
        asked.append(case)
        return case.group == 2

    shrink(RICH, holds)
    assert len({case.id for case in asked}) == len(asked)
    assert all(askable(case) and case.checks == RICH.checks for case in asked)


def test_questions_are_limited() -> None:
    for limit in (1, 7):
        asked: list[Case] = []
        found = shrink(
            RICH, lambda case, asked=asked: bool(asked.append(case)) or case.group == 2, limit
        )  # type: ignore[misc]
        assert (found.questions, len(asked)) == (limit, limit)


def test_the_same_search_gives_the_same_case() -> None:
    assert shrink(RICH, lambda case: case.bias) == shrink(RICH, lambda case: case.bias)


def test_every_pass_has_something_for_a_rich_case() -> None:
    forbidden = next(case for case in suite_cases("invalid") if case.name == "b_too_long_2d")
    composed = next(case for case in suite_cases("resize") if case.resize)
    idle = [each for each in PASSES if not any(list(each(c)) for c in (RICH, forbidden, composed))]
    assert idle == []
