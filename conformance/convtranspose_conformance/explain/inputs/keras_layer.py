"""Keras's layers as text: `keras.layers.Conv2DTranspose(8, 3, strides=2, padding="same")`, under
Keras's own size rule."""

import re
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.geometry import Axis

from ..geometry.keras_window import KerasAxis
from ..geometry.window import Window, axis_name, unless
from .keras_input import STATED, channels_first, keras_input
from .keras_same import auto_pad_note
from .options import SUITE
from .signature import REQUIRED, Bound, Written, bound
from .subject import Subject

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
_COMPOSED = (
    "celu",
    "exponential",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu6",
    "silu",
    "soft_shrink",
    "softmax",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
)
_SIGNATURE: dict[str, Any] = {
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
_IRRELEVANT = {
    "kernel_initializer": "glorot_uniform",
    "bias_initializer": "zeros",
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "activity_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
}
_BASE = ("name", "trainable", "dtype", *STATED)
_DTYPES = ("float32", "float16", "bfloat16", "float64")


def keras_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. `x` is the input's shape as ONNX has it, N,C,D1,..., whatever
    data_format says. Raises Unreadable."""
    found = LAYER.fullmatch(call.function)
    assert found is not None
    rank = int(found["rank"] or found["long"])
    given = bound(call, _SIGNATURE | _IRRELEVANT, _BASE)
    shape, notes = keras_input(given, rank, x)
    layer = _axes(given, rank)
    axes = _geometry(given, shape)
    kept = [
        _window(given, n, said, axis)
        for n, (said, axis) in enumerate(zip(layer, axes, strict=True))
    ]
    case = _case(given, shape, kept)
    return Subject(
        case=case,
        title=call.text,
        notes=(
            *notes,
            *_layout(given, x),
            *_sizes(layer, kept),
            *_same(layer, case, kept),
            *_after(given),
        ),
    )


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
    strides, dilations = (
        given.per_axis("strides", rank, 1),
        given.per_axis("dilation_rate", rank, 1),
    )
    if max(strides) > 1 and max(dilations) > 1:
        raise given.wrong("dilation_rate", f"1 beside strides = {strides}, by Keras's own check")
    each = zip(x[2:], given.per_axis("kernel_size", rank, 1), strides, dilations, strict=True)
    return [
        Axis(
            input=size,
            kernel=k,
            stride=s,
            dilation=d,
            output_padding=0,
            begin=0,
            end=0,
            output_shape=None,
            auto_pad="NOTSET",
            opset=11,
        )
        for size, k, s, d in each
    ]


def _window(given: Bound, number: int, said: KerasAxis, axis: Axis) -> Window:
    """What the layer keeps of one axis."""
    window = said.window(axis)
    if window is None:
        size, rule = said.size(axis), said.rule(axis)
        back = (
            f"ceil({size} / {axis.stride}) = {-(-size // axis.stride)}, and not {axis.input}, "
            "inputs lead to it"
        )
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
    return Case(
        suite=SUITE,
        name="call",
        x_shape=x,
        w_shape=w_shape,
        attributes=attributes,
        bias=given.truth("use_bias"),
        dtype=dtype,
        opset=opset_for(dtype),
    )


def _layout(given: Bound, x: Shape | None) -> tuple[str, ...]:
    """In which order the layer has its axes, where that is not the order of what is printed, or of
    --x as it was given."""
    if channels_first(given):
        return (
            "data_format channels_first is ONNX's own layout, that of the arrays X and Y below; "
            "the code has channels_last, which "
            "TensorFlow takes on a CPU too, and so transposes them; the weights are laid out the "
            "same",
        )
    if x is None:
        return ()
    own, spatial = (
        ",".join(map(str, (x[0], *x[2:], x[1]))),
        ",".join(axis_name(n) for n in range(len(x) - 2)),
    )
    return (
        f"--x is N,C,{spatial} in ONNX's order; this layer's own order is N,{spatial},C, in which "
        f"X is {own}",
    )


def _sizes(layer: list[KerasAxis], kept: list[Window]) -> tuple[str, ...]:
    """Keras's rule with its numbers, axis by axis where they differ."""
    rules = [said.rule(w.axis) for said, w in zip(layer, kept, strict=True)]
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


def _after(given: Bound) -> tuple[str, ...]:
    """An activation is no attribute of ConvTranspose."""
    found = given.values["activation"]
    if found in (None, "linear"):
        return ()
    if not isinstance(found, str):
        raise given.wrong("activation", "a name in quotes, or none")
    if found in _ACTIVATIONS:
        said = f'helper.make_node("{_ACTIVATIONS[found]}", ["Y"], ["Z"]) follows'
    elif found in _COMPOSED:
        said = f"the operators that make up {found} follow"
    else:
        raise given.wrong(
            "activation",
            "a name of keras.activations: "
            f"{', '.join(sorted((*_ACTIVATIONS, *_COMPOSED, 'linear')))}",
        )
    return (f"ConvTranspose has no activation: in ONNX {said}, and the code below stops before it",)
