"""Keras's backend function as text: `K.conv2d_transpose(x, kernel, output_shape, (2, 2), "same")`,
which is TensorFlow's with a padding in small letters and a default of its own."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ...signature import REQUIRED, Written, bound
from ...subject import Subject
from .call import tensorflow_subject

_SIGNATURE: dict[str, Any] = {
    "x": REQUIRED,
    "kernel": REQUIRED,
    "output_shape": REQUIRED,
    "strides": (1, 1),
    "padding": "valid",
    "data_format": None,
    "dilation_rate": None,
}
_NAMES = {"x": "input", "kernel": "filters", "dilation_rate": "dilations"}
BACKENDS = ("K", "backend")  # what its name ends with, before the function's


def backend_subject(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a call. `x`, `w` in ONNX's order. Raises Unreadable."""
    own = dict(bound(call, _SIGNATURE).values)
    if isinstance(own["padding"], str):
        own["padding"] = own["padding"].upper()
    own["data_format"] = {"channels_first": "NCHW"}.get(str(own["data_format"]))
    named = {_NAMES.get(name, name): value for name, value in own.items()}
    again = replace(call, positional=(), named=named, stars=("", ""))
    return tensorflow_subject(again, 2, x, w, dtype)
