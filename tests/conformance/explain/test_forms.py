"""The code of remedies: resize-convolution and sub-pixel convolution in three frameworks, run, are
what NumPy makes of the same arrays."""

from functools import cache
from math import prod
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_conformance.explain.code.resize_forms import odd, resize_forms
from convtranspose_conformance.explain.code.snippet import Code
from convtranspose_conformance.explain.code.stride_one import arrays
from convtranspose_conformance.explain.code.subpixel_forms import low_kernel, subpixel_forms
from convtranspose_reference import conv
from support.snippets import answers

FRAMEWORKS = ("torch", "tensorflow", "onnxruntime")


def _case(x: tuple[int, ...], k: tuple[int, ...], **given: Any) -> Case:
    return make("explained", x, k, **given)


CASES = [
    _case((5, 5), (3, 3), strides=(2, 2)),
    _case((5, 4), (3, 5), strides=(2, 2), pads=(1, 2, 1, 2), c=4, m=6, group=2, bias=True),
    _case((4, 3), (3, 4), strides=(2, 3), c=2, m=3, bias=True, n=2),
    _case((4, 4), (5, 5), strides=(3, 3), output_padding=(1, 2), c=2, m=2, dtype="float16"),
    _case((5,), (3,), strides=(2,), auto_pad="SAME_UPPER", bias=True, m=2),
    _case((5,), (2,), strides=(4,), c=2, m=2, group=2),
    _case((3, 2, 3), (3, 3, 3), strides=(2, 1, 3), c=2, m=2, bias=True),
    _case((7, 7), (3, 3), strides=(2, 2), dilations=(2, 3)),
    _case((4, 4), (1, 1), strides=(2, 2), output_shape=(9, 8), dtype="bfloat16"),
]


def _resized(X: Any, sizes: tuple[int, ...]) -> Any:
    for axis, size in enumerate(sizes, 2):
        X = np.take(X, np.arange(size) * X.shape[axis] // size, axis=axis)
    return X


def _made(case: Case, kernel: tuple[int, ...]) -> tuple[Any, Any, Any]:
    made: dict[str, Any] = {}
    exec("\n".join(arrays(case, kernel)), made)
    bias = made.get("B", np.zeros(case.maps, np.float32))
    return made["X"], made["V"], bias


def _by_resize(case: Case) -> Any:
    kernel = tuple(odd(a.kernel) for a in case.axes)
    X, V, B = _made(case, kernel)
    dilations = tuple(a.dilation for a in case.axes)
    pads = [d * (k - 1) // 2 for k, d in zip(kernel, dilations, strict=True)]
    given = {"pads": pads + pads, "dilations": dilations, "group": case.group}
    return conv(_resized(X, case.y_shape()[2:]), V, B, **given)


def _by_subpixel(case: Case) -> Any:
    """After ICNR: the convolution, then each of its outputs a stride of times, cut to Y's size."""
    kernel = tuple(low_kernel(a.kernel, a.stride) for a in case.axes)
    X, V, B = _made(case, kernel)
    sizes, strides = case.y_shape()[2:], [a.stride for a in case.axes]
    low = [-(-n // s) for n, s in zip(sizes, strides, strict=True)]
    befores = [(k - 1) // 2 for k in kernel]
    afters = [
        n - i + k - 1 - b for n, i, k, b in zip(low, X.shape[2:], kernel, befores, strict=True)
    ]
    Y = conv(X, V, B, pads=[*befores, *afters], group=case.group)
    whole = _resized(Y, tuple(n * s for n, s in zip(low, strides, strict=True)))
    return whole[(..., *(slice(n) for n in sizes))]


FORMS = {"resize": (resize_forms, _by_resize), "subpixel": (subpixel_forms, _by_subpixel)}


def _kernel(case: Case, kind: str) -> tuple[int, ...]:
    if kind == "resize":
        return tuple(odd(a.kernel) for a in case.axes)
    return tuple(low_kernel(a.kernel, a.stride) for a in case.axes)


@cache
def _said(framework: str, kind: str) -> list[Any]:
    make_forms, _ = FORMS[kind]
    chosen = [code for case in CASES for code in make_forms(case) if code.framework == framework]
    sources = [
        "\n".join([*arrays(case, _kernel(case, kind)), code.source])
        for case, code in zip(CASES, chosen, strict=True)
    ]
    return answers(sources)


@pytest.mark.parametrize("kind", sorted(FORMS))
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_code_makes_what_numpy_makes(framework: str, kind: str) -> None:
    _, by_numpy = FORMS[kind]
    for case, said in zip(CASES, _said(framework, kind), strict=True):
        Y = by_numpy(case)
        assert said == ["float32", list(case.y_shape()), Y.ravel().tolist()], f"{case}: {said}"


@pytest.mark.parametrize("case", suite_cases("core")[::9], ids=lambda case: case.name)
def test_lines_fit_a_page(case: Case) -> None:
    if case.op == "Conv" or case.rank > 3:
        return
    codes: list[Code] = [*resize_forms(case), *subpixel_forms(case)]
    assert max(len(line) for code in codes for line in code.source.splitlines()) <= 100
    for code in codes:
        compile(code.source, code.title, "exec")


def test_one_call_where_one_says_it() -> None:
    square = {code.framework: code.source for code in subpixel_forms(CASES[0])}
    assert "F.pixel_shuffle(y, 2)" in square["torch"]
    assert "tf.nn.depth_to_space(y, 2)" in square["tensorflow"]
    assert '"DepthToSpace"' in square["onnxruntime"]
    oblong = {code.framework: code.source for code in subpixel_forms(CASES[2])}
    assert "permute([0, 1, 4, 2, 5, 3])" in oblong["torch"]
    assert '"Transpose"' in oblong["onnxruntime"]


def test_a_y_that_is_cropped_away_has_no_subpixel_form() -> None:
    cropped = _case((9,), (3,), strides=(2,), pads=(8, 8))
    assert cropped.y_shape()[2:] == (3,)
    assert subpixel_forms(cropped) == []
    assert len(resize_forms(cropped)) == 3
    assert prod(cropped.y_shape()) == 3
