"""MLX's functions: `mx.conv_transpose2d(x, w, stride=2)`, by PyTorch's size rule, with arguments in
an order of their own and the channels last."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Written, bound
from ..subject import Subject
from .torch_layer import function_subject

_Sizes = tuple[int | None, ...]
_FUNCTION: dict[str, Any] = {
    "input": REQUIRED,
    "weight": REQUIRED,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "output_padding": 0,
    "groups": 1,
    "stream": None,
}


def mlx_function(call: Written, rank: int, x: Shape | None, w: Shape | None) -> Subject:
    """The case of a call, `x` and `w` in ONNX's order: X of the text is N, sizes, C, and its W is
    M, kernel, C/group. Raises Unreadable."""
    given = bound(call, _FUNCTION)
    given = replace(given, values={**given.values, "bias": None})
    group = given.values["groups"] if type(given.values["groups"]) is int else 1
    own = replace(call, x=_channels_first(call.x), w=_as_onnx(call.w, group))
    return function_subject(own, given, rank, (x, w, "float32"), "mlx")


def _channels_first(sizes: _Sizes | None) -> _Sizes | None:
    return None if not sizes else (sizes[0], sizes[-1], *sizes[1:-1])


def _as_onnx(sizes: _Sizes | None, group: int) -> _Sizes | None:
    """C, M/group, kernel; None where M is not known, or is none of so many groups."""
    if not sizes or sizes[0] is None or sizes[0] % group:
        return None
    maps, kernel, channels = sizes[0], sizes[1:-1], sizes[-1]
    return (None if channels is None else channels * group, maps // group, *kernel)
