from collections import Counter
from itertools import combinations, product

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.coverage import Coverage, coverage, rows_of
from convtranspose_cases.suites import core
from convtranspose_cases.suites.grids.conv_transpose import FACTORS, case_of

GRID = list(core.grid())
FIRST = {name: values[0] for name, values in FACTORS.items()}


def test_core_holds_every_pair_and_every_triple() -> None:
    sizes = [len(values) for values in FACTORS.values()]
    for strength, possible in (
        (2, sum(a * b for a, b in combinations(sizes, 2))),
        (3, sum(a * b * c for a, b, c in combinations(sizes, 3))),
    ):
        found = coverage(suite_cases("core"), strength)
        assert found == Coverage(strength=strength, present=possible, possible=possible)
        assert found.percent == 100


def test_one_case_less_is_less() -> None:
    counts = Counter(three for case in GRID for three in triples_of(case))
    alone = [three for three in triples_of(GRID[0]) if counts[three] == 1]
    assert alone
    less = coverage(GRID[1:], 3)
    assert less.present == less.possible - len(alone)
    assert less.percent < 100


def triples_of(case: Case) -> set[tuple[tuple[str, object], ...]]:
    return {three for row in rows_of(case) for three in combinations(row.items(), 3)}


def test_a_case_off_the_grid_counts_for_nothing() -> None:
    assert list(rows_of(make("hand", (7,), (3,)))) == []
    assert coverage([make("hand", (7,), (3,), strides=(2,))], 2).present == 0
    assert coverage([], 2).present == 0


def test_one_call_counts_its_own_combinations_alone() -> None:
    found = coverage([case_of("hand", FIRST)], 2)
    assert found.present == len(list(combinations(FACTORS, 2)))


def test_values_that_make_one_call_are_all_read_back() -> None:
    """A limit of 1 makes `largest` and `one` the same call, a limit of 0 `absent` of neither."""
    row = FIRST | {"rank": 1, "strides": "2_3_2", "output_padding": "largest"}
    assert [r["output_padding"] for r in rows_of(case_of("hand", row))] == ["largest", "one"]
    wide = FIRST | {"rank": 1, "strides": "3_1_2", "output_padding": "largest"}
    assert list(rows_of(case_of("hand", wide))) == [wide]


def test_every_row_is_read_back_from_its_case() -> None:
    for three in product(*(FACTORS[name] for name in ("rank", "padding", "strides"))):
        row = FIRST | dict(zip(("rank", "padding", "strides"), three, strict=True))
        assert row in list(rows_of(case_of("hand", row)))


def test_percent_is_rounded_down() -> None:
    assert Coverage(strength=2, present=9999, possible=10000).percent == 99.9
