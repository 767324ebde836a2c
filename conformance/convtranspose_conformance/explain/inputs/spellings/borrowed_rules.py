"""Layers that rest on JAX's or Keras's rule under names of their own: Haiku's
`hk.Conv2DTranspose(8, 3)`, Trax's `tl.ConvTranspose(8, (3, 3))`, Sonnet's
`snt.Conv2DTranspose(8, 3)`, tensorpack's `Conv2DTranspose("up", x, 8, 3)` and the function
`keras.ops.conv_transpose(x, w, 2)`."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..asked import Weights
from ..channels import ASSUMED_CHANNELS, filters_in_text
from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import keras_rule, word_rule
from ..subject import Subject, Unreadable
from ..written.fold import NameInText
from .jax import transposed
from .keras import layer as keras_layer
from .old_tensorflow import SCOPED, scoped

_HAIKU: dict[str, Any] = {
    "output_channels": REQUIRED,
    "kernel_shape": REQUIRED,
    "stride": 1,
    "output_shape": None,
    "padding": "SAME",
    "with_bias": True,
    "w_init": None,
    "b_init": None,
    "data_format": None,
    "mask": None,
    "name": None,
}
_TRAX: dict[str, Any] = {
    "filters": REQUIRED,
    "kernel_size": REQUIRED,
    "strides": None,
    "padding": "VALID",
    "rhs_dilation": None,
    "dimension_numbers": None,
    "kernel_initialzer": None,  # as Trax spells it
    "bias_initializer": None,
}
_STAX: dict[str, Any] = {
    "out_chan": REQUIRED,
    "filter_shape": REQUIRED,
    "strides": None,
    "padding": "VALID",
    "W_init": None,
    "b_init": None,
}
_SONNET: dict[str, Any] = {
    "output_channels": REQUIRED,
    "kernel_shape": REQUIRED,
    "output_shape": None,
    "stride": 1,
    "rate": 1,
    "padding": "SAME",
    "with_bias": True,
    "w_init": None,
    "b_init": None,
    "data_format": "NHWC",
    "name": None,
}
_TENSORPACK: dict[str, Any] = {
    "variable_scope": REQUIRED,
    "inputs": REQUIRED,
    "filters": REQUIRED,
    "kernel_size": SCOPED,
    "strides": (1, 1),
    "padding": "same",
    "data_format": None,
    "activation": None,
    "use_bias": True,
    "kernel_initializer": None,
}


_FUNCTION: dict[str, Any] = {
    "inputs": REQUIRED,
    "kernel": REQUIRED,
    "strides": 1,
    "padding": "valid",
    "output_padding": None,
    "data_format": None,
    "dilation_rate": 1,
}
IN_ORDER = "C,M,k1,... in ONNX's order"


def keras_function(call: Written, x: Shape | None, w: Shape | None) -> Subject:
    """The case of `keras.ops.conv_transpose`, its kernel as sizes, M, C. `w` in ONNX's order.
    Raises Unreadable."""
    given = bound(call, _FUNCTION)
    channels = (ASSUMED_CHANNELS, call.x[-1] if call.x and call.x[-1] else ASSUMED_CHANNELS)
    own, notes = filters_in_text(call.w, len(call.w or ()) - 2, last=True, channels=channels)
    w, notes = (w, ()) if w or not own else ((own[-1], own[-2], *own[:-2]), notes)
    first = given.values["data_format"] == "channels_first"
    stated = call.x[1 if first else -1] if call.x and len(call.x) > 2 else None
    if w is not None and stated not in (None, w[0]):
        raise Unreadable(
            f"{call.function}: the text gives it an input of {stated} channels: accepted is "
            f"{w[0]}, as the kernel has it"
        )
    strides = given.values["strides"]
    rank = len(strides) if isinstance(strides, list | tuple) else len(call.x or (0,) * 4) - 2
    if rank < 1:
        raise Unreadable(f"{call.function}: {max(rank, 0)} spatial axes: accepted are 1 to 3")
    if w is None:
        known = {**given.values, "kernel_size": NameInText("kernel")}
        rule = keras_rule(replace(given, values=known), rank)
        usual = (ASSUMED_CHANNELS, ASSUMED_CHANNELS, *(3,) * rank)
        sizes = {"strides": "2", "padding": "same", "output_padding": "0", "dilation_rate": "1"}
        given.require(sizes, rule, Weights(order=IN_ORDER, usual=usual))
    assert w is not None
    values = {"filters": w[1], "kernel_size": w[2:], "activation": None, "use_bias": False}
    full = replace(given, values={**given.values, **values})
    if call.x is None:  # the channels are those of W
        call = replace(call, x=(*(None,) * (len(w) - 1), w[0]))
    subject = keras_layer.layer_subject(call, full, len(w) - 2, x)
    return replace(subject, notes=(*notes, *subject.notes))


def haiku_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """By JAX's rule, SAME by default. Raises Unreadable."""
    given = bound(call, _HAIKU)
    _no_output_shape(given)
    rule = word_rule(given, rank, ("kernel_shape", "stride", "padding"))
    given.require({"kernel_shape": "3", "stride": "2", "padding": "SAME"}, rule)
    own = given.values
    named = {
        "features": own["output_channels"],
        "kernel_size": _each(own["kernel_shape"], rank),
        "strides": _each(own["stride"], rank),
        "padding": own["padding"],
        "use_bias": own["with_bias"],
    }
    return _flax(call, named, x)


def trax_subject(call: Written, x: Shape | None) -> Subject:
    """By JAX's rule, VALID by default. Raises Unreadable."""
    given = bound(call, _TRAX)
    kernel = given.values["kernel_size"]
    rank = len(kernel) if isinstance(kernel, list | tuple) else 2
    rule = word_rule(given, rank, ("kernel_size", "strides", "padding"))
    usual = {"kernel_size": str((3,) * rank), "strides": str((2,) * rank), "padding": "SAME"}
    given.require(usual, rule)
    own = given.values
    named = {
        "features": own["filters"],
        "kernel_size": own["kernel_size"],
        "strides": own["strides"],
        "padding": own["padding"],
        "kernel_dilation": own["rhs_dilation"],
    }
    return _flax(call, named, x)


def _flax(call: Written, named: dict[str, Any], x: Shape | None) -> Subject:
    """By Flax's layer, but for its transpose_kernel, which these have not."""
    subject = transposed.flax_subject(replace(call, positional=(), named=named, stars=("", "")), x)
    notes = (note.partition("; transpose_kernel")[0] for note in subject.notes)
    return replace(subject, notes=tuple(notes))


def stax_subject(call: Written, x: Shape | None) -> Subject:
    """By JAX's rule, VALID by default. Raises Unreadable."""
    given = bound(call, _STAX, ("dimension_numbers", "parameterization"))
    kernel = given.values["filter_shape"]
    rank = len(kernel) if isinstance(kernel, list | tuple) else 2
    rule = word_rule(given, rank, ("filter_shape", "strides", "padding"))
    usual = {"filter_shape": str((3,) * rank), "strides": str((2,) * rank), "padding": "SAME"}
    given.require(usual, rule)
    own = given.values
    named = {
        "features": own["out_chan"],
        "kernel_size": own["filter_shape"],
        "strides": own["strides"],
        "padding": own["padding"],
    }
    return _flax(call, named, x)


def sonnet_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """By Keras's rule, SAME by default; VALID makes input * stride + kernel - 1, which Keras's
    output_padding says. Raises Unreadable."""
    given = bound(call, _SONNET)
    _no_output_shape(given)
    own = given.values
    strides = _each(own["stride"], rank)
    more = tuple(each - 1 if type(each) is int else 0 for each in strides)
    valid = isinstance(own["padding"], str) and own["padding"].upper() == "VALID"
    values = {
        "filters": own["output_channels"],
        "kernel_size": own["kernel_shape"],
        "strides": own["stride"],
        "padding": own["padding"],
        "data_format": "channels_first" if str(own["data_format"])[1:2] == "C" else None,
        "output_padding": more if valid else None,
        "dilation_rate": own["rate"],
        "activation": None,
        "use_bias": own["with_bias"],
    }
    return keras_layer.layer_subject(call, replace(given, values=values), rank, x)


def tensorpack_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """By Keras's rule, SAME by default. Raises Unreadable."""
    given = bound(call, scoped(_TENSORPACK, call))
    values = {**given.values, "output_padding": None, "dilation_rate": 1}
    return keras_layer.layer_subject(call, replace(given, values=values), rank, x)


def _each(value: Any, rank: int) -> Any:
    return value if isinstance(value, list | tuple) else (value,) * rank


def _no_output_shape(given: Bound) -> None:
    if given.values["output_shape"] is not None:
        raise given.wrong("output_shape", "a padding in its place, which makes the size")
