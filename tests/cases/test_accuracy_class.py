"""Simulated arithmetic through the whole chain: suite `accuracy`, figures, class
(docs/numerics.md)."""

from functools import cache

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.goldens import golden
from convtranspose_cases.inputs import Scaled, Tensors, linear_of, most_products
from convtranspose_cases.suites.accuracy import MAPS, PROBED, SIZES
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.rules.comparison import Comparison
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.difference import difference
from convtranspose_conformance.verdict.precision_figures import measured, statistics
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import (
    BackendLine,
    CaseLine,
    Check,
    Header,
    Outcome,
    Record,
    Run,
    Verdict,
)
from convtranspose_reports.runs import accuracy as classes
from convtranspose_reports.runs.accuracy import (
    BEYOND,
    BFLOAT16,
    IN_DTYPE,
    ROUNDED,
    TF32,
    TRUNCATING,
    UNKNOWN,
    Accuracy,
    accuracies,
)
from support.arithmetic import RIGHT, WRONG, Arithmetic, Factors, factors, result

SIMULATED = (1, 4, 36, 576, 9216)
SINGLES = {"float32 accumulation", "float64 accumulation", ROUNDED}
OWN = {
    "TF32 inputs": {"float32": TF32, "float64": TF32},
    "bfloat16 inputs": {"float32": BFLOAT16, "float64": BFLOAT16, "float16": BFLOAT16},
    "float16 accumulation": {
        "float32": BEYOND,
        "float64": BEYOND,
        "float16": IN_DTYPE,
        "bfloat16": BEYOND,
    },
    "rounding per tap": {"float16": IN_DTYPE, "bfloat16": IN_DTYPE},
    "truncating accumulation": {
        "float32": TRUNCATING,
        "float16": TRUNCATING,
        "bfloat16": TRUNCATING,
    },
    "weights scaled by 1 + 2^-14": dict.fromkeys(PROBED, BEYOND),
}
EACH = [(name, dtype) for name, dtypes in OWN.items() for dtype in dtypes]


@cache
def _asked(dtype: str) -> list[tuple[Asked, list[Factors]]]:
    """The cases that the class is made from, at sizes that the simulations reach in no time."""
    wanted = [
        c
        for c in suite_cases("accuracy")
        if c.dtype == dtype and most_products(c) in SIMULATED and _is_main(c)
    ]
    asked = [Asked(case) for case in wanted]
    return [(each, factors(each.case, each.tensors)) for each in asked]


def _is_main(case: Case) -> bool:
    return (
        any(case.x_shape == (1, c, *x) and case.w_shape == (c, MAPS, *k) for x, k, c in SIZES)
        and not case.bias
    )


def _run(dtype: str, arithmetic: Arithmetic, kinds: tuple[str, ...] = ()) -> Run:
    records, cases = [], []
    for asked, given in _asked(dtype):
        if kinds and asked.case.data not in kinds:
            continue
        seen = returned(result(asked.case, given, arithmetic))
        outcome, _ = difference(asked.answer(), Comparisons(Check.OUTPUT, seen))
        cases.append(
            CaseLine(name=asked.case.id, suite="accuracy", summary="", features=[], clauses=[])
        )
        records.append(
            Record(
                case=asked.case.id,
                backend="simulated",
                check=Check.OUTPUT,
                outcome=outcome,
                verdict=Verdict.CONFORMS,
                measured=measured(asked, Comparisons(Check.OUTPUT, seen)),
            )
        )
    backend = BackendLine(
        name="simulated", title="", route="", version="1", device="CPU", usable=True, asked=True
    )
    header = Header(
        suite_version="1",
        seed=0,
        environment={},
        backends=[backend],
        suites=[],
        clauses=[],
        features={},
    )
    return Run(header=header, cases=cases, records=records)


def _class(dtype: str, arithmetic: Arithmetic, kinds: tuple[str, ...] = ()) -> Accuracy:
    (found,) = accuracies(_run(dtype, arithmetic, kinds))
    return found


@pytest.mark.parametrize(("name", "dtype"), EACH, ids=lambda value: str(value).replace(" ", "_"))
def test_each_wrong_arithmetic_has_its_own_class(name: str, dtype: str) -> None:
    found = _class(dtype, WRONG[name])
    assert found.name == OWN[name][dtype], {
        kind: {n: r.passed for n, r in sizes.items()} for kind, sizes in found.vector.items()
    }


@pytest.mark.parametrize("dtype", PROBED)
def test_no_right_arithmetic_has_a_worse_class(dtype: str) -> None:
    for name in ["float64"] if dtype == "float64" else RIGHT:
        found = _class(dtype, RIGHT[name])
        assert found.name in SINGLES, (name, found.name)
        assert found.largest("r") <= 1.2, name


def test_sums_in_float64_round_once_where_the_dtype_is_shorter() -> None:
    assert [_class(dtype, RIGHT["float64"]).name for dtype in PROBED] == [
        ROUNDED,
        "float64 accumulation",
        ROUNDED,
        ROUNDED,
    ]


def test_the_class_is_never_the_largest_bound_that_fits() -> None:
    """TF32 inputs stay within the proved bound of 9,216 dense products, and are told by the other
    probes and by r."""
    found = _class("float32", WRONG["TF32 inputs"])
    assert found.vector["dense"][9216].passed
    assert found.vector["dense"][9216].r > 36
    assert found.name == TF32


def test_r_and_z_set_the_class_where_every_probe_passes() -> None:
    vector = {
        kind: dict(sizes)
        for kind, sizes in _class("float32", RIGHT["float32 in order"]).vector.items()
    }
    for figure, value in (("r", 2.5), ("z", 7.0)):
        given = {"passed": True, "rounded": False, "r": 0.5, "z": 0.0, figure: value}
        assert (
            classes.class_of(
                "float32", vector | {"dense": vector["dense"] | {36: classes.Result(**given)}}
            )
            == BEYOND
        )


def test_too_few_probes_have_no_class() -> None:
    assert _class("float32", RIGHT["float64"], ("dense",)).name == UNKNOWN
    assert _class("float32", RIGHT["float64"], ("integers", "dense")).name == UNKNOWN
    assert _class("float32", RIGHT["float64"], ("integers", "wide-x")).name == classes.EXACT
    assert _class("float32", WRONG["TF32 inputs"], ("integers", "wide-x")).name == BEYOND


def test_a_probe_that_fails_in_one_of_two_cases_of_a_size_has_failed() -> None:
    run = _run("float32", RIGHT["float64"])
    worse = [
        Record(
            case=r.case,
            backend=r.backend,
            check=r.check,
            outcome=Outcome.INEXACT,
            verdict=r.verdict,
            measured=r.measured,
        )
        for r in run.records
        if r.measured and (r.measured.data, r.measured.products) == ("wide-x", 36)
    ]
    (found,) = accuracies(Run(header=run.header, cases=run.cases, records=[*run.records, *worse]))
    assert {n: result.passed for n, result in found.vector["wide-x"].items()} == {
        n: n != 36 for n in SIMULATED
    }
    assert found.name == BEYOND


def _one_signed(case: Case) -> tuple[Tensors, Asked]:
    asked = Asked(case)
    given = asked.tensors
    X, W = (Scaled(integers=np.abs(t.integers), exponent=t.exponent) for t in (given.X, given.W))
    return Tensors(X=X, W=W, B=None), asked


def test_one_signed_data_invalidate_r() -> None:
    """Right sums of positive products err by more than the model says, since partial sums grow with
    k, not with its root."""
    case = make("accuracy", (4, 4), (3, 3), c=256, m=4, data="dense")
    given, asked = _one_signed(case)
    expected = golden(given, linear_of(case), case.dtype, case.geometry())
    Y = result(case, factors(case, given), RIGHT["float32 in order"])
    assert statistics(Comparison(expected, Y), asked.squares) == (None, None)
    half = Tensors(
        X=given.X, W=asked.tensors.W, B=None
    )  # positive X, as behind a ReLU: the products still cancel
    r, z = statistics(
        Comparison(
            golden(half, linear_of(case), case.dtype, case.geometry()),
            result(case, factors(case, half), RIGHT["float32 in order"]),
        ),
        asked.squares,
    )
    assert r is not None
    assert r < 1
    assert z is not None
    assert abs(z) < 4


def test_figures_are_of_returned_outputs_of_the_suite_alone() -> None:
    asked, given = _asked("float32")[0]
    right = result(asked.case, given, RIGHT["float64"])
    assert measured(asked, Comparisons(Check.OUTPUT, returned(right)))
    assert not measured(asked, Comparisons(Check.OUTPUT_SHAPE, returned(right)))
    assert not measured(asked, Comparisons(Check.OUTPUT, returned(right[:, 1:])))
    assert not measured(asked, Comparisons(Check.OUTPUT, returned(right.astype(np.float64))))
    elsewhere = Asked(make("core", (4, 4), (3, 3), data="dense"))
    assert not measured(
        elsewhere, Comparisons(Check.OUTPUT, returned(elsewhere.answer().golden.expected()))
    )


def test_fewer_than_64_outputs_have_no_r() -> None:
    asked = Asked(make("accuracy", (4, 4), (3, 3), data="dense"))
    found = measured(asked, Comparisons(Check.OUTPUT, returned(asked.answer().golden.expected())))
    assert found
    assert (found.outputs, found.rounded, found.r, found.z) == (36, 36, None, None)
    assert 0 < found.worst <= 1


def test_an_output_that_is_not_finite_has_no_figures_but_fails() -> None:
    asked, given = next(each for each in _asked("float32") if each[0].case.data == "dense")
    Y = result(asked.case, given, RIGHT["float64"])
    Y[0, 0, 0, 0] = np.inf
    found = measured(asked, Comparisons(Check.OUTPUT, returned(Y)))
    assert found
    assert (found.worst, found.r, found.z) == (None, None, None)
    assert (
        difference(asked.answer(), Comparisons(Check.OUTPUT, returned(Y)))[0] is not Outcome.AGREES
    )


@pytest.mark.parametrize("dtype", PROBED)
def test_every_probe_is_asked_from_one_product_to_a_hundred_thousand(dtype: str) -> None:
    cases = [case for case in suite_cases("accuracy") if case.dtype == dtype]
    sizes = {data: {most_products(c) for c in cases if c.data == data} for data in PROBED[dtype]}
    assert sizes["dense"] == sizes["sparse"] == {1, 4, 9, 36, 144, 576, 2304, 9216, 36_864, 100_008}
    assert all({1, 4, 9} <= found for found in sizes.values())
    for case in cases:
        expected = Asked(case).answer().golden
        assert np.isfinite(expected.expected().astype(np.float64)).all(), case.id
        assert expected.exact().all() or case.data in classes.ROUNDING, case.id
        assert expected.values.size >= 64 or case.data != "dense", case.id
