import re
from functools import cache
from itertools import product

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.goldens import golden
from convtranspose_cases.inputs import linear_of, tensors
from convtranspose_cases.suites import DEFAULT_SUITES

CASES = suite_cases("exhaustive-1d")
Call = tuple[
    object, ...
]  # input, kernel, stride, dilation, output_padding, pads, auto_pad, output_shape


def call_of(case: Case) -> Call:
    given = case.attributes
    (x,), (k,) = case.x_shape[2:], case.w_shape[2:]
    (s,), (d,) = given.strides or (1,), given.dilations or (1,)
    (o,), pads = given.output_padding or (0,), given.pads or (0, 0)
    return (
        x,
        k,
        s,
        d,
        o,
        pads,
        given.auto_pad or "NOTSET",
        given.output_shape[0] if given.output_shape else None,
    )


@cache
def calls() -> frozenset[Call]:
    return frozenset(map(call_of, CASES))


def test_cases_are_many_and_none_is_there_twice() -> None:
    assert len(CASES) == 52_922
    assert len({case.name for case in CASES}) == len(CASES) == len(calls())
    assert all(re.fullmatch(r"[a-z0-9_]+", case.name) for case in CASES)
    assert "exhaustive-1d" not in DEFAULT_SUITES


def test_all_else_is_plain() -> None:
    """One channel, one image, float32 integers: what is not about one axis is `core`'s."""
    kinds = {
        (c.op, c.x_shape[:2], c.w_shape[:2], c.attributes.group, c.bias, c.dtype, c.data, c.opset)
        for c in CASES
    }
    assert kinds == {("ConvTranspose", (1, 1), (1, 1), None, False, "float32", "integers", 11)}


def test_every_combination_of_the_small_scope_is_there() -> None:
    """Counted anew from the issue's ranges; the size without pads by walking the taps."""
    missing = []
    for x, k, s, d in product((1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 5), (1, 2, 3, 4), (1, 2, 3)):
        last = max(s * i + d * j for i in range(x) for j in range(k))
        for o in range(max(s, d)):
            size = last + 1 + o
            wanted: list[Call] = [
                (x, k, s, d, o, (b, e), "NOTSET", None)
                for b in range(4)
                for e in range(4)
                if b + e <= size
            ]
            wanted += [
                (x, k, s, d, o, (0, 0), word, None)
                for word in ("VALID", "SAME_UPPER", "SAME_LOWER")
            ]
            shapes = [y for y in range(size - 3, size + 3) if y > 0]
            wanted += [
                (x, k, s, d, o, (0, 0), word, y)
                for word in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
                for y in shapes
            ]
            wanted += [(x, k, s, d, o, (1, 2), "NOTSET", y) for y in shapes]
            missing += [call for call in wanted if call not in calls()]
    assert missing == []


def test_output_shapes_reach_from_one_element_to_beyond_what_conv_leads_back_from() -> None:
    for word in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        for y in (1, 6, 10, 11, 12, 13, 14, 15, 16, 17):  # natural 13, stride 3
            assert (4, 4, 3, 1, 0, (0, 0), word, y) in calls()


def test_every_case_is_legal() -> None:
    sizes = [case.y_shape()[2] for case in CASES]
    assert min(sizes) == 0  # pads that leave nothing


def test_goldens_by_loops() -> None:
    """A sample of the definition, element by element: Y[stride * i + dilation * t - begin] += X[i]
    * W[t]."""
    for case in CASES[::97]:
        numbers, geometry = tensors(case), case.geometry()
        X, W = numbers.X.integers.ravel().tolist(), numbers.W.integers.ravel().tolist()
        (axis,), (begin,), (size,) = geometry.axes, geometry.begins, geometry.spatial
        Y = [0] * size
        for (i, x), (t, w) in product(enumerate(X), enumerate(W)):
            at = axis.stride * i + axis.dilation * t - begin
            if 0 <= at < size:
                Y[at] += x * w
        exact = golden(numbers, linear_of(case), case.dtype, geometry)
        assert exact.values.ravel().tolist() == Y, case.id
