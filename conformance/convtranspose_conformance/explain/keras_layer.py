"""Keras's layers as text: `keras.layers.Conv2DTranspose(8, 3, strides=2, padding="same")`, under Keras's own size rule."""

import re
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.geometry import Axis

from .adhoc import SUITE
from .code import unless
from .keras_rules import KerasAxis
from .signature import REQUIRED, Bound, Written, bound
from .subject import Subject
from .torch_layer import ASSUMED_CHANNELS, input_shape
from .window import Window, axis_name

LAYER = re.compile(
    r"(?:(?:(?:tf|tensorflow)\.)?keras\.)?(?:layers\.)?(?:Conv(?P<rank>[123])DTranspose|Convolution(?P<long>[123])DTranspose)"
)
_ACTIVATIONS = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "elu": "Elu",
    "selu": "Selu",
}
_SIGNATURE: dict[str, Any] = {"filters": REQUIRED, "kernel_size": REQUIRED, "strides": 1, "padding": "valid", "output_padding": None,
                              "data_format": None, "dilation_rate": 1, "activation": None, "use_bias": True}  # fmt: skip
_IRRELEVANT = {"kernel_initializer": "glorot_uniform", "bias_initializer": "zeros", "kernel_regularizer": None, "bias_regularizer": None,
               "activity_regularizer": None, "kernel_constraint": None, "bias_constraint": None}  # fmt: skip
_BASE = ("name", "trainable", "dtype", "input_shape")
_DTYPES = ("float32", "float16", "bfloat16", "float64")


def keras_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. `x` is the input's shape as ONNX has it, N,C,D1,..., whatever data_format says. Raises Unreadable."""
    found = LAYER.fullmatch(call.function)
    assert found is not None
    rank = int(found["rank"] or found["long"])
    given = bound(call, _SIGNATURE | _IRRELEVANT, _BASE)
    shape, notes = input_shape(call.function, rank, x[1] if x and len(x) > 1 else ASSUMED_CHANNELS, x, known=False)
    layer = _axes(given, rank)
    axes = _geometry(given, shape)
    kept = [_window(given, n, said, axis) for n, (said, axis) in enumerate(zip(layer, axes, strict=True))]
    case = _case(given, shape, kept)
    return Subject(case=case, title=call.text, notes=(*notes, *_layout(given), *_sizes(layer, kept), *_same(layer, kept), *_after(given)))


def _axes(given: Bound, rank: int) -> list[KerasAxis]:
    padding = given.word("padding", ("valid", "same"))
    if given.values["output_padding"] is None:
        return [KerasAxis(padding=padding, output_padding=None)] * rank
    strides, extra = given.per_axis("strides", rank, 1), given.per_axis("output_padding", rank, 0)
    if any(o >= s for o, s in zip(extra, strides, strict=True)):
        raise given.wrong("output_padding", f"less than strides = {strides} on every axis, by Keras's own check")
    return [KerasAxis(padding=padding, output_padding=o) for o in extra]


def _geometry(given: Bound, x: Shape) -> list[Axis]:
    rank = len(x) - 2
    strides, dilations = given.per_axis("strides", rank, 1), given.per_axis("dilation_rate", rank, 1)
    if max(strides) > 1 and max(dilations) > 1:
        raise given.wrong("dilation_rate", f"1 beside strides = {strides}, by Keras's own check")
    each = zip(x[2:], given.per_axis("kernel_size", rank, 1), strides, dilations, strict=True)
    return [
        Axis(input=size, kernel=k, stride=s, dilation=d, output_padding=0, begin=0, end=0, output_shape=None, auto_pad="NOTSET", opset=11)
        for size, k, s, d in each
    ]


def _window(given: Bound, number: int, said: KerasAxis, axis: Axis) -> Window:
    """What the layer keeps of one axis."""
    window = said.window(axis)
    if window is None:
        size, rule = said.size(axis), said.rule(axis)
        back = f"ceil({size} / {axis.stride}) = {-(-size // axis.stride)}, and not {axis.input}, inputs lead to it"
        why = f"Keras makes the size of {axis_name(number)} {rule}, but under SAME {back}"
        raise given.wrong("output_padding", f"one that TensorFlow takes; {why}")
    return window


def _case(given: Bound, x: Shape, kept: list[Window]) -> Case:
    """The layer in ONNX: pads and output_padding say every window that Keras makes."""
    pads = (*(w.begin for w in kept), *(max(w.end, 0) for w in kept))
    attributes = Attributes.of(
        dilations=unless(tuple(w.axis.dilation for w in kept), 1),
        output_padding=unless(tuple(max(-w.end, 0) for w in kept), 0),
        pads=unless(pads, 0),
        strides=unless(tuple(w.axis.stride for w in kept), 1),
    )
    dtype = given.word("dtype", _DTYPES) if given.values.get("dtype") is not None else "float32"
    w_shape = (x[1], given.integer("filters", 1), *(w.axis.kernel for w in kept))
    return Case(suite=SUITE, name="call", x_shape=x, w_shape=w_shape, attributes=attributes, bias=given.truth("use_bias"), dtype=dtype,
                opset=opset_for(dtype))  # fmt: skip


def _layout(given: Bound) -> tuple[str, ...]:
    if given.values["data_format"] is None:
        return ()
    layout = given.word("data_format", ("channels_last", "channels_first"))
    if layout == "channels_last":
        return ()
    return (
        "data_format channels_first is ONNX's own layout: leave out the transposes of X and Y below; the weights are laid out the same",
    )


def _sizes(layer: list[KerasAxis], kept: list[Window]) -> tuple[str, ...]:
    """Keras's rule with its numbers, axis by axis where they differ."""
    rules = [said.rule(w.axis) for said, w in zip(layer, kept, strict=True)]
    if len(set(rules)) == 1:
        return (f"Keras's size: {rules[0]}",)
    return tuple(f"Keras's size of {axis_name(n)}: {rule}" for n, rule in enumerate(rules))


def _same(layer: list[KerasAxis], kept: list[Window]) -> tuple[str, ...]:
    """Whether auto_pad says a layer with padding="same", and why it does not."""
    if layer[0].padding != "same":
        return ()
    if layer[0].output_padding is not None:
        return ("auto_pad cannot say it: SAME_UPPER makes input * stride, whatever output_padding is; with explicit pads it is said",)
    for number, w in enumerate(kept):
        total = w.full - w.size
        if total < 0:
            split = f"total_padding {total} would be split to begin = {total // 2}, end = {total - total // 2}"
            return (f"auto_pad=SAME_UPPER cannot say it: on {axis_name(number)} its {split}, and Keras puts all its zeros at the end",)
    return ("auto_pad=SAME_UPPER says the same; these pads do so for every input size, too, and every reading agrees on them",)


def _after(given: Bound) -> tuple[str, ...]:
    """An activation is no attribute of ConvTranspose."""
    found = given.values["activation"]
    if found in (None, "linear"):
        return ()
    if not isinstance(found, str):
        raise given.wrong("activation", "a name in quotes, or none")
    node = _ACTIVATIONS.get(found.lower())
    said = f'helper.make_node("{node}", ["Y"], ["Z"])' if node else "the operators that make it up"
    return (f"ConvTranspose has no activation: in ONNX {said} follows, and the code below stops before it",)
