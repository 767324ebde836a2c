"""Suite `convolution`: the size rule written down a second time, the adjoint pair with
ConvTranspose, and the sizes that output_padding tells apart."""

from collections import Counter
from itertools import combinations, product

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.case import make
from convtranspose_cases.inputs import linear_of, raw
from convtranspose_cases.suites.grids import conv as conv_grid
from convtranspose_cases.suites.grids import covering
from convtranspose_conformance.rules.answers import Asked
from convtranspose_reference import conv_transpose
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry
from convtranspose_reference.geometry import geometry

SUITE = suite_cases("convolution")
FULL = [case for case in SUITE if 0 not in case.y_shape()]


def test_every_case_is_a_legal_conv() -> None:
    assert 350 < len(SUITE) < 450
    assert {case.op for case in SUITE} == {"Conv"}
    assert [case.id for case in SUITE if case.refusal()] == []


def test_every_dtype_meets_every_text_that_has_it() -> None:
    found = {(case.dtype, case.opset) for case in SUITE}
    older = product(("float16", "float32", "float64"), (1, 11, 22))
    assert found == {*older, ("bfloat16", 22)}
    assert set(Counter(case.rank for case in SUITE)) == {1, 2, 3}


def test_the_grid_has_all_pairs_and_is_what_covering_writes() -> None:
    assert conv_grid.ROWS.read_text(encoding="utf-8") == covering.texts()[conv_grid.ROWS]
    rows = list(conv_grid.rows())
    for one, other in combinations(conv_grid.FACTORS, 2):
        met = {(str(row[one]), str(row[other])) for row in rows}
        assert len(met) == len(conv_grid.FACTORS[one]) * len(conv_grid.FACTORS[other])


# Sizes


def _size(case: Case, axis: int) -> int:
    """input - filter + 1, with pads (input + begin + end), a dilated filter, and every stride-th
    of what comes out."""
    given, x, k = case.attributes, case.x_shape[2:][axis], case.w_shape[2:][axis]
    stride = given.strides[axis] if given.strides else 1
    dilation = given.dilations[axis] if given.dilations else 1
    if given.auto_pad in ("SAME_UPPER", "SAME_LOWER"):
        return x if case.opset == 1 else (x + stride - 1) // stride
    pads = given.pads or (0,) * 2 * case.rank
    unstrided = x + pads[axis] + pads[axis + case.rank] - dilation * (k - 1)
    return len(range(0, unstrided, stride))


@pytest.mark.parametrize("case", SUITE, ids=lambda case: case.name)
def test_the_size_rule(case: Case) -> None:
    assert case.y_shape()[2:] == tuple(_size(case, axis) for axis in range(case.rank))
    assert linear_of(case)(np.ones(case.x_shape), np.ones(case.w_shape)).shape == case.y_shape()


# The adjoint pair


def _transposed(case: Case) -> tuple[Attributes, tuple[int, ...]]:
    """The attributes of the ConvTranspose that leads back, and its output_padding: what the stride
    left over of the input."""
    axes, pads, sizes = conv_geometry(case.x_shape, case.w_shape, case.attributes, opset=case.opset)
    extra = tuple(
        a.input + b + e - a.effective_kernel - a.stride * (size - 1)
        for a, (b, e), size in zip(axes, pads, sizes, strict=True)
    )
    given = Attributes(
        strides=case.attributes.strides,
        dilations=case.attributes.dilations,
        group=case.attributes.group,
        pads=(*(b for b, _ in pads), *(e for _, e in pads)),
        output_padding=extra,
    )
    return given, extra


def _drawn(case: Case) -> np.ndarray:
    shape = case.y_shape()
    words = raw(case.id, "Y", int(np.prod(shape)))
    return (words % np.uint64(15)).astype(np.int64).reshape(shape) - 7


@pytest.mark.parametrize("case", FULL, ids=lambda case: case.name)
def test_conv_and_conv_transpose_are_adjoint(case: Case) -> None:
    """<conv(x, w), y> = <x, conv_transpose(y, w)> in integers, W as it stands."""
    given, extra = _transposed(case)
    X = (raw(case.id, "x", int(np.prod(case.x_shape))) % np.uint64(9)).astype(np.int64) - 4
    W = (raw(case.id, "w", int(np.prod(case.w_shape))) % np.uint64(9)).astype(np.int64) - 4
    X, W, Y = X.reshape(case.x_shape), W.reshape(case.w_shape), _drawn(case)
    back = conv_transpose(Y.astype(float), W.astype(float), **given.given())
    assert back.shape == X.shape
    assert all(0 <= e < a.stride for e, a in zip(extra, case.axes, strict=True))
    assert int((linear_of(case)(X, W) * Y).sum()) == int((back.astype(np.int64) * X).sum())


@pytest.mark.parametrize(
    "case",
    [case for case in FULL if case.rank == 1 and not case.axes[0].same],
    ids=lambda c: c.name,
)
def test_a_stride_of_neighbours_leads_to_one_size_and_output_padding_tells_them_apart(
    case: Case,
) -> None:
    stride, (size,) = case.axes[0].stride, case.y_shape()[2:]
    leading = [
        (x, _transposed(other)[1][0])
        for x in range(1, case.x_shape[2] + stride + 1)
        for other in [_of_input(case, x)]
        if other.refusal() is None and other.y_shape()[2] == size
    ]
    assert len(leading) == stride
    assert [extra for _, extra in leading] == list(range(stride))
    given = _transposed(case)[0]
    back = [
        geometry(
            (1, 1, size),
            (1, 1, *case.w_shape[2:]),
            Attributes(
                strides=given.strides,
                dilations=given.dilations,
                pads=given.pads,
                output_padding=(extra,),
            ),
        ).spatial[0]
        for _, extra in leading
    ]
    assert back == [x for x, _ in leading]


def _of_input(case: Case, x: int) -> Case:
    fields = {name: getattr(case, name) for name in case.__dataclass_fields__}
    return Case(**fields | {"x_shape": (*case.x_shape[:2], x)})


# Opset 1


def test_same_of_opset_1_keeps_the_size_or_is_read_as_the_later_texts() -> None:
    case = find_case("convolution/conv_x_5_k_3_auto_same_upper_strides_2_opset_1")
    answers = {str(choice.get("B")): answer.shape for choice, answer in Asked(case).conforming()}
    assert answers == {"input_size": (1, 1, 5), "input_times_stride": (1, 1, 3)}


@pytest.mark.parametrize("given", [{"strides": (1,)}, {"strides": (2,), "opset": 11}])
def test_elsewhere_the_texts_agree(given: dict[str, object]) -> None:
    case = make("t", (5,), (3,), op="Conv", auto_pad="SAME_LOWER", **{"opset": 1} | given)  # type: ignore[arg-type]
    assert len(Asked(case).conforming()) == 1
