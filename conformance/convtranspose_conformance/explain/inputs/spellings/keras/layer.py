"""Keras's layers as text: `keras.layers.Conv2DTranspose(8, 3, strides=2, padding="same")`, under
Keras's own size rule."""

import re
from dataclasses import replace
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape
from convtranspose_reference.geometry import Axis

from ....geometry.keras_window import KerasAxis
from ....geometry.window import Window, attributes_of, axis_name, bare_axis
from ...channels import bias_of, channels_of
from ...loading import of_keras
from ...options import SUITE
from ...signature import REQUIRED, Bound, Written, bound
from ...size_rule import keras_rule
from ...subject import Origin, Subject, listed
from ...written.fold import NameInText
from .activation import activation_note
from .auto_pad import auto_pad_note
from .stated_input import STATED, channels_first, keras_input

LAYER = re.compile(r"(?:\w+\.)*(?:Conv|Convolution)(?P<rank>[123])DTranspose")
SIGNATURE: dict[str, Any] = {
    "filters": REQUIRED,
    "kernel_size": REQUIRED,
    "strides": 1,
    "padding": "valid",
    "output_padding": None,
    "data_format": None,
    "dilation_rate": 1,
    "activation": None,
    "use_bias": True,
}
IRRELEVANT = {
    "kernel_initializer": "glorot_uniform",
    "bias_initializer": "zeros",
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "activity_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
}
SIZES = {
    "kernel_size": "3",
    "strides": "2",
    "padding": "same",
    "output_padding": "0",
    "dilation_rate": "1",
}
BASE = ("name", "trainable", "dtype", "output_shape", *STATED)
KERAS_1 = {
    "nb_filter": "filters",
    "subsample": "strides",
    "border_mode": "padding",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
}
_DTYPES = ("float32", "float16", "bfloat16", "float64")


def keras_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. `x` is the input's shape as ONNX has it, N,C,D1,..., whatever
    data_format says. Raises Unreadable."""
    name = LAYER.fullmatch(call.function)
    assert name is not None
    named = {KERAS_1.get(key, key): value for key, value in call.named.items()}
    given = bound(replace(call, named=named), SIGNATURE | IRRELEVANT, BASE)
    subject = layer_subject(call, given, int(name["rank"]), x)
    return replace(subject, loading=of_keras(subject.case.rank, subject.case.bias))


def layer_subject(call: Written, given: Bound, rank: int, x: Shape | None) -> Subject:
    """The case of a call by Keras's size rule, its arguments by Keras's names. Raises
    Unreadable."""
    given.require(SIZES, keras_rule(given, rank))
    shape, notes = keras_input(given, rank, x, call)
    layer, axes = _axes(given, rank), _geometry(given, shape)
    kept = [_window(given, n, *each) for n, each in enumerate(zip(layer, axes, strict=True))]
    channels = channels_of(given, ("", "filters", ""), shape[1])
    case = _case(given, shape, channels.M, kept)
    about_layer = (
        *_aside(given),
        *_layout(given, x),
        *_sizes(layer, kept),
        *_same(layer, case, kept),
    )
    _, about_bias = bias_of(given, "use_bias")
    notes = (*notes, *channels.notes, *about_bias, *about_layer, *activation_note(given))
    return Subject(
        case=case,
        title=call.text,
        notes=notes,
        assumed=channels.assumed
        | (_open_of_input(given, call) if any("assumed, --x" in n for n in notes) else set()),
        origin=Origin(framework="keras", function=call.function, line=call.line),
    )


def _open_of_input(given: Bound, call: Written) -> set[str]:
    """What the text leaves open of X: its sizes, and its channels where no other layer says
    them."""
    at = 1 if given.values["data_format"] == "channels_first" else -1
    return {"x"} if call.x is not None and call.x[at] is not None else {"x", "C"}


def _axes(given: Bound, rank: int) -> list[KerasAxis]:
    padding = given.word("padding", ("valid", "same"))
    if given.values["output_padding"] is None:
        return [KerasAxis(padding=padding, output_padding=None)] * rank
    strides, extra = given.per_axis("strides", rank, 1), given.per_axis("output_padding", rank, 0)
    if any(o >= s for o, s in zip(extra, strides, strict=True)):
        raise given.wrong(
            "output_padding", f"less than strides = {strides} on every axis, by Keras's own check"
        )
    return [KerasAxis(padding=padding, output_padding=o) for o in extra]


def _geometry(given: Bound, x: Shape) -> list[Axis]:
    rank = len(x) - 2
    strides = given.per_axis("strides", rank, 1)
    dilations = given.per_axis("dilation_rate", rank, 1)
    if max(strides, default=1) > 1 and max(dilations, default=1) > 1:
        raise given.wrong("dilation_rate", f"1 beside strides = {strides}, by Keras's own check")
    kernels = given.per_axis("kernel_size", rank, 1)
    return list(map(bare_axis, x[2:], kernels, strides, dilations))


def _window(given: Bound, number: int, layer: KerasAxis, axis: Axis) -> Window:
    """What the layer keeps of one axis."""
    window = layer.window(axis)
    if window is None:
        size, rule = layer.size(axis), layer.rule(axis)
        back = (
            f"ceil({size} / {axis.stride}) = {-(-size // axis.stride)}, and not {axis.input}, "
            "inputs lead to it"
        )
        why = f"Keras makes the size of {axis_name(number)} {rule}, but under SAME {back}"
        raise given.wrong("output_padding", f"one that TensorFlow takes; {why}")
    return window


def _case(given: Bound, x: Shape, maps: int, kept: list[Window]) -> Case:
    """The layer in ONNX: pads and output_padding say every window that Keras makes."""
    dtype = _dtype(given)
    w_shape = (x[1], maps, *(w.axis.kernel for w in kept))
    return Case(
        suite=SUITE,
        name="call",
        x_shape=x,
        w_shape=w_shape,
        attributes=attributes_of(kept),
        bias=bias_of(given, "use_bias")[0],
        dtype=dtype,
        opset=opset_for(dtype),
    )


def _dtype(given: Bound) -> str:
    """A word, or a name such as tf.float16; what is neither is no dtype of a layer's sums."""
    dtype = given.values.get("dtype")
    if isinstance(dtype, NameInText):
        word = dtype.text.rpartition(".")[2]
        return word if word in _DTYPES else "float32"
    return "float32" if dtype is None else given.word("dtype", _DTYPES)


def _layout(given: Bound, x: Shape | None) -> tuple[str, ...]:
    """In which order the layer has its axes, where that is not the order of what is printed, or of
    --x as it was given."""
    if channels_first(given):
        return (
            "data_format channels_first is ONNX's own layout, that of the arrays X and Y below; "
            "the code has channels_last, which TensorFlow takes on a CPU too, and so transposes "
            "them; the weights are laid out the same",
        )
    if x is None:
        return ()
    own = listed((x[0], *x[2:], x[1]))
    spatial = ",".join(axis_name(n) for n in range(len(x) - 2))
    return (
        f"--x is N,C,{spatial} in ONNX's order; this layer's own order is N,{spatial},C, in which "
        f"X is {own}",
    )


def _aside(given: Bound) -> tuple[str, ...]:
    """Keras 1 had the size as an argument; the layer works it out."""
    if given.values.get("output_shape") is None:
        return ()
    return ("output_shape is no argument of this layer, and is left aside: see Keras's size",)


def _sizes(layer: list[KerasAxis], kept: list[Window]) -> tuple[str, ...]:
    """Keras's rule with its numbers, axis by axis where they differ."""
    rules = [own.rule(w.axis) for own, w in zip(layer, kept, strict=True)]
    if len(set(rules)) == 1:
        return (f"Keras's size: {rules[0]}",)
    return tuple(f"Keras's size of {axis_name(n)}: {rule}" for n, rule in enumerate(rules))


def _same(layer: list[KerasAxis], case: Case, kept: list[Window]) -> tuple[str, ...]:
    """Whether auto_pad says a layer with padding="same", where the call is one that can be worked
    out."""
    return (
        (auto_pad_note(case, kept),)
        if layer[0].padding == "same" and case.refusal() is None
        else ()
    )
