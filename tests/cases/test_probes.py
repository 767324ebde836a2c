"""The probes of precision: every wrong arithmetic is caught at every size, and no right one is
accused (docs/numerics.md)."""

from functools import lru_cache

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import most_products
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.difference import difference
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check, Outcome
from support import arithmetic
from support.arithmetic import RIGHT, WRONG, Factors, factors, in_order, pairwise, result

# products an output -> kernel, channels; the input is 4 x 4, there are eight output channels
SIZES = {
    4: ((2, 2), 1),
    36: ((3, 3), 4),
    576: ((3, 3), 64),
    9216: ((3, 3), 1024),
    100_008: ((3, 3), 11_112),
}
KINDS = {
    "float32": ("sparse", "wide-x", "wide-w"),
    "float16": ("sparse", "wide"),
    "bfloat16": ("sparse", "wide"),
    "float64": ("sparse",),
}

# What is wrong in each dtype: rounding to 11 bits changes no 16-bit input, and a tap rounded to
# float32 is a float32 sum.
CAUGHT = {
    "float32": {
        "TF32 inputs",
        "bfloat16 inputs",
        "float16 accumulation",
        "truncating accumulation",
        "weights scaled by 1 + 2^-14",
    },
    "float16": {
        "bfloat16 inputs",
        "float16 accumulation",
        "rounding per tap",
        "truncating accumulation",
        "weights scaled by 1 + 2^-14",
    },
    "bfloat16": {
        "float16 accumulation",
        "rounding per tap",
        "truncating accumulation",
        "weights scaled by 1 + 2^-14",
    },
    "float64": {
        "TF32 inputs",
        "bfloat16 inputs",
        "float16 accumulation",
        "weights scaled by 1 + 2^-14",
    },
}
EACH_SIZE = pytest.mark.parametrize("products", SIZES)


@lru_cache(maxsize=4)  # a quarter of a gigabyte each at the largest size
def _probe(products: int, dtype: str, data: str) -> tuple[Asked, list[Factors]]:
    kernel, channels = SIZES[products]
    case = make("probe", (4, 4), kernel, c=channels, m=8, dtype=dtype, data=data)
    assert most_products(case) == products
    asked = Asked(case)
    return asked, factors(case, asked.tensors)


def _outcome(products: int, dtype: str, data: str, sums: arithmetic.Arithmetic) -> Outcome:
    asked, given = _probe(products, dtype, data)
    return difference(
        asked.answer(), Comparisons(Check.OUTPUT, returned(result(asked.case, given, sums)))
    )[0]


def _right(dtype: str) -> list[str]:
    return ["float64"] if dtype == "float64" else list(RIGHT)


@EACH_SIZE
@pytest.mark.parametrize("dtype", KINDS)
def test_each_wrong_arithmetic_is_caught(products: int, dtype: str) -> None:
    for name in sorted(CAUGHT[dtype]):
        outcomes = {data: _outcome(products, dtype, data, WRONG[name]) for data in KINDS[dtype]}
        assert set(outcomes.values()) - {Outcome.AGREES}, (name, outcomes)


@EACH_SIZE
@pytest.mark.parametrize("dtype", KINDS)
def test_no_right_arithmetic_is_accused(products: int, dtype: str) -> None:
    for data in KINDS[dtype]:
        for name in _right(dtype):
            assert _outcome(products, dtype, data, RIGHT[name]) is Outcome.AGREES, (name, data)


@EACH_SIZE
@pytest.mark.parametrize(
    "name",
    ["TF32 inputs", "bfloat16 inputs", "float16 accumulation", "weights scaled by 1 + 2^-14"],
)
def test_sparse_tells_by_far(products: int, name: str) -> None:
    """docs/numerics.md: `sparse` puts each of these at 98 times the bound or more, whatever the
    number of products."""
    asked, given = _probe(products, "float32", "sparse")
    golden = asked.answer().golden
    assert golden.sums.n.max() <= 8
    bound = golden.bound()
    error = golden.error(result(asked.case, given, WRONG[name]))
    assert (error[bound > 0] / bound[bound > 0]).max() >= 98


@EACH_SIZE
@pytest.mark.parametrize("data", ["wide-x", "wide-w"])
def test_wide_operands_leave_little_equal(products: int, data: str) -> None:
    asked, given = _probe(products, "float32", data)
    golden = asked.answer().golden
    assert golden.exact().all()
    for name in (
        "TF32 inputs",
        "bfloat16 inputs",
        "float16 accumulation",
        "weights scaled by 1 + 2^-14",
    ):
        equal = float((result(asked.case, given, WRONG[name]) == golden.expected()).mean())
        assert equal < (0.5 if products == 4 else 0.1), (name, equal)


@EACH_SIZE
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_wide_owes_equality_everywhere_at_every_size(products: int, dtype: str) -> None:
    golden = _probe(products, dtype, "wide")[0].answer().golden
    assert golden.exact().all()
    assert np.isfinite(golden.expected().astype(np.float64)).all()
    assert not (
        golden.expected().astype(np.float64)
        == np.ldexp(golden.values.astype(np.float64), golden.exponent)
    ).all()  # it rounds


@EACH_SIZE
def test_sparse_reaches_every_number_of_products_up_to_eight(products: int) -> None:
    """Outputs of one product show truncation, which a bound of n roundings hides; and none is left
    without any test."""
    counts = np.bincount(_probe(products, "float32", "sparse")[0].answer().golden.sums.n.ravel())
    assert counts[1] >= 8
    assert counts[0] <= 0.05 * counts.sum()


@pytest.mark.parametrize("channels", [1, 4, 64, 1000, 1024])
@pytest.mark.parametrize("kernel", [(3,), (3, 3), (4, 4), (3, 5)])
def test_sparse_weights_fall_on_as_many_taps_as_they_can(
    channels: int, kernel: tuple[int, ...]
) -> None:
    case = make("probe", (4,) * len(kernel), kernel, c=channels, m=3, data="sparse")
    W = Asked(case).tensors.W.integers.reshape(channels, 3, case.taps)
    for m in range(3):
        assert np.count_nonzero(W[:, m]) == min(8, channels * case.taps)
        assert np.count_nonzero(W[:, m].any(axis=0)) == min(8, case.taps)


def test_the_simulations_do_what_they_are_named_for() -> None:
    ones = np.array([[2.0**24], [1.0], [1.0]])
    assert in_order(ones) == 2**24
    assert in_order(ones[::-1]) == pairwise(ones[::-1]) == 2**24 + 2
    assert arithmetic.cut(np.array([2049.0, 2051.0]), 11).tolist() == [2048, 2052]
    assert arithmetic.cut(np.array([2051.0, -2051.0]), 11, np.trunc).tolist() == [2050, -2050]
    taps = Factors(
        x=np.array([[2048.0], [1.0], [1.0]]),
        w=np.ones(3),
        taps=np.array([0, 1, 1]),
        dtype="float16",
    )
    assert arithmetic.per_tap(taps, np.float16) == 2050
    assert in_order(taps.products, np.float16) == 2048
    assert arithmetic.truncating(taps) == 2050


def test_every_wrong_arithmetic_is_asked_of_some_dtype() -> None:
    assert set().union(*CAUGHT.values()) == set(WRONG)
    assert all(isinstance(_probe(4, "float32", data)[0].case, Case) for data in KINDS["float32"])
