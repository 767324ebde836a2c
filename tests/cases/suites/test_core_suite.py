"""What `core` holds: enough of everything that the clauses ask for, and the same on every
machine."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import pytest

from convtranspose_cases import Case, UnknownName, find_case, make, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import FEATURES, NAMES, clauses, facts, features
from convtranspose_cases.suites import core, random
from convtranspose_cases.suites.grids.conv_transpose import FACTORS, case_of
from convtranspose_reference import InvalidInput
from convtranspose_reference.readings import READINGS, rules_for
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace

CORE = suite_cases("core")
FACTS = {case.id: facts(case) for case in CORE}
ABOUT_INVALID_INPUT = {"H", "L", "N"}
BESIDE = {"U", "V", "W", "Z"}  # of what stands before and after a convolution
COMPOSED = [*suite_cases("resize"), *suite_cases("subpixel")]


def test_names_are_many_unique_and_plain() -> None:
    assert len(CORE) >= 600
    assert len({case.id for case in CORE}) == len(CORE)
    assert all(re.fullmatch(r"[a-z0-9_]+", case.name) for case in CORE)


def test_a_name_stands_for_one_call() -> None:
    """`cases` keeps one case a name: two calls of one name would silently lose one of them."""
    calls: dict[str, set[Case]] = {}
    for family in core.FAMILIES:
        for case in family():
            calls.setdefault(case.name, set()).add(case)
    assert {name for name, found in calls.items() if len(found) > 1} == set()
    drawn = [case for seed in range(3) for case in random.cases(seed, 300)]
    assert len({c.name for c in drawn}) == len(set(drawn))


def test_the_list_does_not_depend_on_the_hash_seed() -> None:
    script = (
        "from convtranspose_cases import suite_cases; print(*map(repr, suite_cases('core') + "
        "suite_cases('seeds')), sep='\\n')"
    )
    lists = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    }
    assert lists == {"".join(f"{case!r}\n" for case in CORE + suite_cases("seeds"))}


def test_every_triple_of_factor_values_is_a_case() -> None:
    """From the factors alone: each combination of three values that can be told from the case is in
    `core`."""
    calls = {case.name for case in CORE}
    names = list(FACTORS)
    rows = [row for row in _grid_rows() if case_of("core", row).name in calls]
    for three in combinations(names, 3):
        seen = {tuple(row[name] for name in three) for row in rows}
        wanted = set(product(*(FACTORS[name] for name in three)))
        assert seen >= wanted, (three, sorted(wanted - seen, key=str)[:3])


def _grid_rows() -> list[dict[str, Any]]:
    """The rows behind the grid's cases, recorded where they become cases."""
    rows: list[dict[str, Any]] = []

    def recorded(suite: str, row: dict[str, Any]) -> Case:
        rows.append(dict(row))
        return case_of(suite, row)

    original, core.case_of = core.case_of, recorded  # type: ignore[assignment]
    try:
        list(core.grid())
    finally:
        core.case_of = original
    return rows


def test_the_grid_is_legal_whatever_the_combination() -> None:
    draw = iter(range(10**9))
    for number in range(3000):
        row = {
            name: values[(number * 7919 + next(draw) * 104729) % len(values)]
            for name, values in FACTORS.items()
        }
        case = case_of("core", row)
        assert case.y_shape()
        assert 0 not in case.y_shape()


# What the clauses ask for, as a predicate over the facts of a case, and how many cases at least.
Test = Callable[[dict[str, Any]], bool]


def _transposed(test: Test) -> Test:
    return lambda f: f["op"] == "ConvTranspose" and test(f)


def _asymmetric(f: dict[str, Any]) -> bool:
    return bool(f["pads"][: f["rank"]] != f["pads"][f["rank"] :])


def _beyond(f: dict[str, Any], by: int) -> bool:
    return any(
        size - natural == by
        for size, natural in zip(f["output_shape"], f["natural"], strict=bool(f["output_shape"]))
    )


SAME = ("SAME_UPPER", "SAME_LOWER")
REQUIREMENTS: dict[str, tuple[Test, int]] = {
    "1-D": (lambda f: f["rank"] == 1, 100),
    "2-D": (lambda f: f["rank"] == 2, 300),
    "3-D": (lambda f: f["rank"] == 3, 100),
    "Conv": (lambda f: f["op"] == "Conv", 25),
    "strides differ between axes": (_transposed(lambda f: len(set(f["strides"])) > 1), 200),
    "dilations differ between axes": (_transposed(lambda f: len(set(f["dilations"])) > 1), 150),
    "kernel sizes differ between axes": (_transposed(lambda f: len(set(f["kernel"])) > 1), 200),
    "input sizes differ between axes": (_transposed(lambda f: len(set(f["input"])) > 1), 500),
    "output_padding differs between axes": (
        _transposed(lambda f: len(set(f["output_padding"])) > 1),
        50,
    ),
    "pads differ between axes": (_transposed(lambda f: len(set(f["pads"][: f["rank"]])) > 1), 50),
    "asymmetric pads": (_transposed(_asymmetric), 60),
    "pads so large that taps hit nothing": (
        _transposed(
            lambda f: any(
                b >= k or e >= k
                for b, e, k in zip(
                    f["pads"], f["pads"][f["rank"] :], f["effective_kernel"], strict=False
                )
            )
        ),
        20,
    ),
    "effective kernel below stride": (
        _transposed(
            lambda f: any(k < s for k, s in zip(f["effective_kernel"], f["strides"], strict=True))
        ),
        50,
    ),
    "effective kernel equal to stride": (
        _transposed(
            lambda f: any(
                k == s > 1 for k, s in zip(f["effective_kernel"], f["strides"], strict=True)
            )
        ),
        50,
    ),
    "stride and dilation above 1 on one axis": (
        _transposed(
            lambda f: any(s > 1 < d for s, d in zip(f["strides"], f["dilations"], strict=True))
        ),
        100,
    ),
    "kernel 1 with a stride": (
        _transposed(lambda f: set(f["kernel"]) == {1} and max(f["strides"]) > 1),
        6,
    ),
    "VALID": (_transposed(lambda f: f["auto_pad"] == "VALID"), 30),
    "output_padding with pads": (
        _transposed(lambda f: max(f["output_padding"]) > 0 and max(f["pads"]) > 0),
        40,
    ),
    "output_padding with M/g > 1": (
        _transposed(lambda f: max(f["output_padding"]) > 0 and f["M"] // f["group"] > 1),
        60,
    ),
    "output_padding of the stride or more": (
        _transposed(
            lambda f: any(o >= s for o, s in zip(f["output_padding"], f["strides"], strict=True))
        ),
        20,
    ),
    "output_padding of max(stride, dilation) - 1": (
        _transposed(
            lambda f: any(
                o == max(s, d) - 1 > 0
                for o, s, d in zip(f["output_padding"], f["strides"], f["dilations"], strict=True)
            )
        ),
        60,
    ),
    "output_shape below the input": (
        _transposed(
            lambda f: any(
                n < i for n, i in zip(f["output_shape"], f["input"], strict=bool(f["output_shape"]))
            )
        ),
        3,
    ),
    "output_shape beside pads": (
        _transposed(lambda f: bool(f["output_shape"]) and max(f["pads"]) > 0),
        10,
    ),
    "group with C/g and M/g unequal": (
        _transposed(lambda f: f["group"] > 1 and f["C"] != f["M"]),
        60,
    ),
    "group with both above 1": (
        _transposed(lambda f: f["group"] > 1 and min(f["C"], f["M"]) // f["group"] > 1),
        30,
    ),
    "depthwise": (_transposed(lambda f: f["C"] == f["group"] > 1), 20),
    "bias": (lambda f: f["bias"], 200),
    "bias in groups": (_transposed(lambda f: f["bias"] and f["group"] > 1), 60),
    "channel tails 5, 7, 17": (_transposed(lambda f: bool({f["C"], f["M"]} & {5, 7, 17})), 12),
    "batch above 1": (lambda f: f["N"] > 1, 200),
    "N = 0": (lambda f: f["N"] == 0, 2),
    "C = 0": (_transposed(lambda f: f["C"] == 0), 2),
    "M = 0": (_transposed(lambda f: f["M"] == 0), 2),
    "input of size 0": (_transposed(lambda f: 0 in f["input"]), 4),
    "output of size 0": (_transposed(lambda f: 0 in f["output"]), 2),
    "C = 0 with bias": (_transposed(lambda f: f["C"] == 0 and f["bias"]), 2),
    "opset 1": (lambda f: f["opset"] == 1, 20),
    "opset 11": (lambda f: f["opset"] == 11, 500),
    "opset 22": (lambda f: f["opset"] == 22, 100),
    "W as graph input": (lambda f: not f["initializer"], 200),
    "W as initializer": (lambda f: f["initializer"], 200),
    "thousands of products": (lambda f: f["products"] > 9000, 4),
    "outputs wider than 2048": (lambda f: f["dtype"] == "float16" and max(f["output"]) > 2048, 2),
    **{
        f"{dtype}": (lambda f, dtype=dtype: f["dtype"] == dtype, 50)
        for dtype in ("float32", "float64", "float16", "bfloat16")
    },  # type: ignore[misc]
    **{
        f"{data} in {dtype}": (
            lambda f, data=data, dtype=dtype: (f["data"], f["dtype"]) == (data, dtype),
            4,
        )  # type: ignore[misc]
        for dtype, kinds in {
            "float32": ("integers", "dense", "sparse", "wide-x", "wide-w"),
            "float64": ("integers", "dense", "sparse"),
            "float16": ("integers", "dense", "sparse", "wide"),
            "bfloat16": ("integers", "dense", "sparse", "wide"),
        }.items()
        for data in kinds
    },
    **{
        f"{auto} with {kind} totals": (
            _transposed(
                lambda f, auto=auto, test=test: (
                    f["auto_pad"] == auto
                    and not f["output_shape"]
                    and any(map(test, f["total_padding"]))
                )
            ),
            8,
        )  # type: ignore[misc]
        for auto in SAME
        for kind, test in {
            "odd": lambda t: t % 2,
            "even": lambda t: t % 2 == 0 and t,
            "negative": lambda t: t < 0,
        }.items()
    },
    **{
        f"{auto} with output_shape, {kind} totals": (
            _transposed(
                lambda f, auto=auto, test=test: (
                    f["auto_pad"] == auto
                    and bool(f["output_shape"])
                    and any(map(test, f["total_padding"]))
                )
            ),
            4,
        )  # type: ignore[misc]
        for auto in ("NOTSET", "VALID", *SAME)
        for kind, test in {
            "odd": lambda t: t % 2,
            "even": lambda t: t % 2 == 0,
            "negative": lambda t: t < 0,
        }.items()
    },
    **{
        f"{auto} with output_padding": (
            _transposed(
                lambda f, auto=auto: f["auto_pad"] == auto and max(f["output_padding"]) > 0
            ),
            5,
        )  # type: ignore[misc]
        for auto in ("VALID", *SAME)
    },
    **{
        f"output_shape {by:+d} of natural": (_transposed(lambda f, by=by: _beyond(f, by)), 4)
        for by in (-3, -2, -1, 0, 1, 2, 3)
    },  # type: ignore[misc]
}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_core_holds_enough_of(name: str) -> None:
    test, least = REQUIREMENTS[name]
    assert sum(bool(test(f)) for f in FACTS.values()) >= least


def test_facts_are_the_names_of_predicates_and_plain() -> None:
    plain = (str, int, bool, float, list)
    for f in FACTS.values():
        assert f.keys() == NAMES
        kinds = {name: {type(i) for i in v} for name, v in f.items() if type(v) is list}
        assert kinds.pop("given") <= {str}
        assert all(of <= {int} for of in kinds.values())
        assert all(type(v) in plain for v in f.values())


NOTHING_BESIDE: dict[str, Any] = {
    "resize": "",
    "scales": [],
    "sizes": [],
    "coordinates": "",
    "nearest_mode": "",
    "cubic_coeff_a": 0.0,
    "exclude_outside": False,
    "antialias": False,
    "policy": "",
    "scale": [],
    "resized": [],
    "whole": True,
    "shuffle": "",
    "blocksize": 0,
}


def test_facts_of_what_stands_beside_a_convolution_by_hand() -> None:
    resize = Resize.of(mode="cubic", scales=(2, 1.5), cubic_coeff_a=-0.5, antialias=True)
    case = make(
        "hand",
        (4, 3),
        (3, 2),
        m=8,
        op="Conv",
        resize=resize,
        depth_to_space=DepthToSpace(2, mode="CRD"),
    )
    by_name = facts(case)
    assert {name: by_name[name] for name in NOTHING_BESIDE} == {
        "resize": "cubic",
        "scales": [2.0, 1.5],
        "sizes": [],
        "coordinates": "half_pixel",
        "nearest_mode": "round_prefer_floor",
        "cubic_coeff_a": -0.5,
        "exclude_outside": False,
        "antialias": True,
        "policy": "stretch",
        "scale": [2.0, 1.5],
        "resized": [8, 4],
        "whole": False,
        "shuffle": "CRD",
        "blocksize": 2,
    }
    assert (by_name["input"], by_name["output"], by_name["M"]) == ([4, 3], [12, 6], 8)


FACTS_BY_HAND = {
    "op": "ConvTranspose",
    "rank": 2,
    "dtype": "float32",
    "data": "integers",
    "opset": 11,
    "initializer": True,
    "bias": True,
    "N": 2,
    "C": 4,
    "M": 6,
    "group": 2,
    "auto_pad": "SAME_UPPER",
    "given": ["auto_pad", "dilations", "group", "strides"],
    "input": [4, 3],
    "kernel": [3, 2],
    "effective_kernel": [3, 3],
    "strides": [2, 3],
    "dilations": [1, 2],
    "output_padding": [0, 0],
    "pads": [0, 0, 0, 0],
    "output_shape": [],
    "natural": [9, 9],
    "total_padding": [1, 0],
    "output": [8, 9],
    "products": 4,
    "forbidden": "",
    "X": [2, 4, 4, 3],
    "W": [4, 3, 3, 2],
    "B": [6],
    "kernel_shape": [],
    **NOTHING_BESIDE,
}


def test_facts_by_hand() -> None:
    case = make(
        "hand",
        (4, 3),
        (3, 2),
        n=2,
        c=4,
        m=6,
        group=2,
        strides=(2, 3),
        dilations=(1, 2),
        auto_pad="SAME_UPPER",
        bias=True,
    )
    assert facts(case) == FACTS_BY_HAND
    assert (
        case.name == "x_4_3_k_3_2_n2_c4_m6_auto_same_upper_dilations_1_2_group_2_strides_2_3_bias"
    )


def test_every_case_names_clauses_and_every_clause_has_cases() -> None:
    counts = Counter(label for case in CORE + suite_cases("seeds") for label in clauses(case))
    assert all(clauses(case) for case in CORE + suite_cases("seeds"))
    assert set(counts) == set(CLAUSES) - ABOUT_INVALID_INPUT - BESIDE
    assert min(counts.values()) >= 4
    beside = Counter(label for case in COMPOSED for label in clauses(case) if not case.refusal())
    assert min(beside[label] for label in BESIDE) >= 4


def test_a_case_names_each_clause_whose_readings_matter_to_it() -> None:
    missing = Counter()
    for case in CORE:
        # G's reading takes absent pads as zeros: without pads it is F's `no_pads`, and G is not
        # what is asked.
        named = set(clauses(case)) | ({"G"} if case.attributes.pads is None else set())
        if case.op == "ConvTranspose":
            usual = case.geometry().key
            for name, reading in READINGS.items():
                if reading.clause not in named:
                    try:
                        missing[name] += case.geometry(rules_for([name])).key != usual
                    except InvalidInput:
                        missing[name] += 1
    assert +missing == {}


BY_HAND: list[
    tuple[dict[str, Any], str]
] = [  # a line of 4 under a filter of 3, but for what is given
    ({}, "QST"),
    ({"auto_pad": "VALID"}, "PQST"),
    ({"auto_pad": "SAME_UPPER", "strides": (2,)}, "AQST"),  # total 1
    ({"auto_pad": "SAME_UPPER", "strides": (3,), "k": (1,)}, "CQST"),  # total -2
    ({"auto_pad": "SAME_LOWER", "strides": (5,), "k": (2,)}, "ACEQST"),  # total -3
    ({"auto_pad": "SAME_UPPER", "strides": (2,), "opset": 1}, "ABQST"),  # total 5
    ({"auto_pad": "SAME_UPPER", "strides": (2,), "output_padding": (1,)}, "DKQST"),  # total 2
    ({"output_padding": (1,), "strides": (2,), "dilations": (2,)}, "QST"),
    ({"output_padding": (1,), "dilations": (2,)}, "KQST"),
    ({"output_shape": (12,), "strides": (2,)}, "EFJQST"),  # natural 9
    ({"output_shape": (3,)}, "FIQST"),  # natural 6
    ({"output_shape": (3,), "opset": 1}, "AFIQST"),  # total 3
    ({"output_shape": (8,), "strides": (2,), "pads": (1, 1)}, "FGQST"),
    ({"output_shape": (6,), "auto_pad": "SAME_UPPER"}, "QST"),
    ({"bias": True}, "OQST"),
    ({"kernel_shape": (3,)}, "OQST"),
    ({"n": 0}, "QRST"),
    ({"x": (2,), "pads": (2, 2)}, "MQRST"),
    ({"op": "Conv", "bias": True, "pads": (1, 2)}, "QT"),
    ({"op": "Conv", "n": 0}, "QRT"),
    ({"op": "Conv", "resize": Resize.of(mode="linear", scales=(1.5,))}, "QTZ"),  # 6
    ({"op": "Conv", "resize": Resize.of(mode="linear", scales=(1.4,))}, "QTUZ"),  # 5.6
    ({"op": "Conv", "resize": Resize.of(scales=(2,))}, "QTVZ"),
    ({"op": "Conv", "resize": Resize.of(mode="linear", sizes=(3,), antialias=True)}, "QTWZ"),
]


@pytest.mark.parametrize(("given", "named"), BY_HAND)
def test_clauses_of_calls_by_hand(given: dict[str, Any], named: str) -> None:
    assert "".join(clauses(make("clauses", **({"x": (4,), "k": (3,)} | given)))) == named


def test_every_clause_is_in_a_row_by_hand() -> None:
    assert {label for _, named in BY_HAND for label in named} == set(CLAUSES) - ABOUT_INVALID_INPUT


@pytest.mark.parametrize("base", sorted(READINGS))
def test_no_reading_changes_a_call_of_which_its_clause_says_nothing(base: str) -> None:
    """Under a reading of another clause, too."""
    for case in (each for each in CORE[::3] if each.op == "ConvTranspose"):
        try:
            placed = case.geometry(rules_for([base]))
        except InvalidInput:
            continue
        for reading in READINGS.values():
            clause = CLAUSES[reading.clause]
            if clause.is_open(case.opset) and not clause.can_matter(case, placed):
                assert case.geometry(rules_for([base, reading.id])).key == placed.key, case.id


def test_open_clauses_are_those_of_the_notes() -> None:
    assert {c.label for c in CLAUSES.values() if c.is_open(22)} == {"E", "K", "R", *"UVW"}
    assert {c.label for c in CLAUSES.values() if c.is_open(1)} == {"A", "B", "E", "K", "R", *"UVW"}
    assert {r.clause for r in READINGS.values()} >= set("ABCDEFGJKRUVW")
    assert all(r.name != CLAUSES[r.clause].text for r in READINGS.values())


def test_every_row_of_the_matrix_has_cases() -> None:
    counts = Counter(name for case in CORE + suite_cases("seeds") for name in features(case))
    elsewhere = {
        name
        for suite in ("special", "invalid", "resize", "subpixel")
        for case in suite_cases(suite)
        for name in features(case)
    }
    assert set(counts) | elsewhere == set(FEATURES)
    # a row of their own for special and invalid, four for resize, one for subpixel
    assert len(set(FEATURES) - set(counts)) <= 7


def test_random_draws_another_set_for_another_seed() -> None:
    one, again, other = random.cases(1, 50), random.cases(1, 50), random.cases(2, 50)
    assert one == again
    assert len(one) == 50
    assert not {c.name for c in one} & {c.name for c in other} or one != other


def test_a_suite_is_made_once() -> None:
    assert suite_cases("core") is suite_cases("core", 0) is suite_cases("core", seed=0)


@pytest.mark.parametrize("name", ["nosuch/case", "core/no_such_case", "core"])
def test_unknown_names_say_what_is_known(name: str) -> None:
    with pytest.raises(UnknownName, match="known: "):
        find_case(name)
