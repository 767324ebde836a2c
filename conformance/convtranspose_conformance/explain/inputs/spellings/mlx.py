"""MLX's functions: `mx.conv_transpose2d(x, w, stride=2)`, by PyTorch's size rule, with arguments in
an order of their own and the channels last."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Written, bound
from ..subject import Subject
from .torch_layer import function_subject

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
    """The case of a call, `x` and `w` in ONNX's order: W of the text, M, kernel, C/group, is none
    that says C. Raises Unreadable."""
    given = bound(call, _FUNCTION)
    given = replace(given, values={**given.values, "bias": None})
    return function_subject(replace(call, x=None, w=None), given, rank, (x, w, "float32"), "mlx")
