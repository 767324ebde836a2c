"""Plain convolutions as text, read as ONNX's Conv: `nn.Conv2d(16, 8, 3)`, `Conv2D(8, 3)`,
`tf.nn.conv2d(x, w, 2, "SAME")`."""

from dataclasses import replace
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape

from ....geometry.window import unless
from ...asked import Weights
from ...channels import (
    ASSUMED_CHANNELS,
    Channels,
    bias_of,
    channels_of,
    filters_in_text,
    in_text,
    input_shape,
)
from ...signature import REQUIRED, Bound, Written, bound
from ...size_rule import convolution_rule, same_or_valid_rule
from ...subject import Origin, Subject, Unreadable, listed
from ...written.fold import NameInText
from ..keras.layer import KERAS_1
from ..keras.stated_input import STATED, keras_input

_TORCH: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
    "device": None,
    "dtype": None,
}
_FUNCTION: dict[str, Any] = {
    "input": REQUIRED,
    "weight": REQUIRED,
    "bias": None,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
}
_KERAS: dict[str, Any] = {
    "filters": REQUIRED,
    "kernel_size": REQUIRED,
    "strides": 1,
    "padding": "valid",
    "data_format": None,
    "dilation_rate": 1,
    "groups": 1,
    "activation": None,
    "use_bias": True,
}
_OTHERS = (
    "kernel_initializer",
    "bias_initializer",
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "name",
    "trainable",
    "dtype",
)
_TF: dict[str, Any] = {
    "input": REQUIRED,
    "filters": REQUIRED,
    "strides": REQUIRED,
    "padding": REQUIRED,
    "data_format": None,
    "dilations": None,
    "name": None,
}


_EXAMPLES = (ASSUMED_CHANNELS, ASSUMED_CHANNELS)


def torch_convolution(call: Written, rank: int, x: Shape | None, *, lazy: bool) -> Subject:
    """The case of `nn.Conv{1,2,3}d`. Raises Unreadable."""
    signature = {k: v for k, v in _TORCH.items() if not (lazy and k == "in_channels")}
    given = bound(call, signature)
    rule = convolution_rule(given, rank, ("kernel_size", "stride", "padding", "dilation"))
    given.require({"kernel_size": "3", "stride": "1", "padding": "1", "dilation": "1"}, rule)
    mode = given.values["padding_mode"]
    notes = () if mode == "zeros" else ("padding_mode pads with other values than Conv's zeros",)
    C = None if x is None else x[1]
    channels = channels_of(given, ("" if lazy else "in_channels", "out_channels", "groups"), C)
    kernel = given.per_axis("kernel_size", rank, 1)
    bias = bias_of(given, "bias")[0]
    return _subject(call, given, (channels, kernel, bias), x, notes, "torch")


def torch_function(call: Written, rank: int, x: Shape | None, w: Shape | None) -> Subject:
    """The case of `F.conv{1,2,3}d`, W of shape M, C/group, kernel. Raises Unreadable."""
    given = bound(call, _FUNCTION)
    own, notes = filters_in_text(call.w, rank, last=False, channels=_EXAMPLES)
    w, notes = (w, ()) if w else (own, notes)
    known = replace(
        given, values={**given.values, "kernel": NameInText("kernel") if w is None else w[2:]}
    )
    rule = convolution_rule(known, rank, ("kernel", "stride", "padding", "dilation"))
    usual = {"stride": "1", "padding": "1", "dilation": "1", "groups": "1"}
    given.require(usual, rule, _asked(w, rank))
    w = _weights(call, w, rank)
    group = given.integer("groups", 1)
    channels = Channels(C=w[1] * group, M=w[0], group=group)
    made = (channels, w[2:], given.values["bias"] is not None)
    return _subject(call, given, made, x, notes, "torch")


def keras_convolution(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of `keras.layers.Conv{1,2,3}D`. Raises Unreadable."""
    given = bound(_first_version(call, rank), _KERAS, (*_OTHERS, *STATED))
    rule = same_or_valid_rule(given, rank, ("kernel_size", "strides", "padding", "dilation_rate"))
    usual = {"kernel_size": "3", "strides": "1", "dilation_rate": "1", "padding": "same"}
    given.require(usual, rule)
    stated: tuple[str, ...] = ()
    if x is None and any(given.values.get(n) is not None and given.known(n) for n in STATED):
        x, stated = keras_input(given, rank, None, call)
    C = None if x is None else x[1]
    if C is None and call.x and len(call.x) == rank + 2:
        C = call.x[-1]
    channels = channels_of(given, ("", "filters", "groups"), C)
    made = (channels, given.per_axis("kernel_size", rank, 1), bias_of(given, "use_bias")[0])
    return _subject(call, given, made, x, stated, "keras")


def _first_version(call: Written, rank: int) -> Written:
    """By today's names where they are those of Keras 1: `Convolution2D(8, 3, 3)` states each size
    of its kernel as an argument."""
    named = {KERAS_1.get(key, key): value for key, value in call.named.items()}
    own, positional = call.function.rpartition(".")[2], call.positional
    if own.startswith("Convolution") and len(positional) == rank + 1:
        positional = (positional[0], tuple(positional[1:]))
    return replace(call, named=named, positional=positional)


def tensorflow_function(call: Written, rank: int, x: Shape | None, w: Shape | None) -> Subject:
    """The case of `tf.nn.conv{1,2,3}d`; `w` in ONNX's order. Raises Unreadable."""
    named = {{"filter": "filters", "stride": "strides"}.get(k, k): v for k, v in call.named.items()}
    given = bound(_with(call, named), _TF, ("use_cudnn_on_gpu",))
    own, notes = filters_in_text(call.w, rank, last=True, channels=_EXAMPLES)
    w, notes = (w, ()) if w or not own else ((own[-1], own[-2], *own[:-2]), notes)
    sizes = {"kernel": NameInText("kernel") if w is None else w[2:]}
    known = replace(given, values={**given.values, **sizes})
    rule = same_or_valid_rule(known, rank, ("kernel", "strides", "padding", "dilations"))
    given.require({"strides": "1", "dilations": "1", "padding": "SAME"}, rule, _asked(w, rank))
    w = _weights(call, w, rank)
    channels = Channels(C=w[1], M=w[0])
    return _subject(call, given, (channels, w[2:], False), x, notes, "tensorflow")


def _with(call: Written, named: dict[str, Any]) -> Written:
    return Written(
        function=call.function,
        positional=call.positional,
        named=named,
        text=call.text,
        x=call.x,
        line=call.line,
    )


def _asked(w: Shape | None, rank: int) -> Weights | None:
    usual = (ASSUMED_CHANNELS, ASSUMED_CHANNELS, *(3,) * rank)
    return None if w else Weights(order="M,C/group,k1,...", usual=usual)


def _weights(call: Written, w: Shape | None, rank: int) -> Shape:
    if w is None or len(w) != rank + 2:
        raise Unreadable(
            f"{call.function}: --w {listed(w or ())}: accepted are {rank + 2} sizes, "
            "M,C/group,k1,..."
        )
    return w


def _subject(
    call: Written,
    given: Bound,
    made: tuple[Channels, Shape, bool],
    x: Shape | None,
    notes: tuple[str, ...],
    framework: str,
) -> Subject:
    channels, kernel, bias = made
    rank, last = len(kernel), framework != "torch"
    shape, about_x = (
        in_text(call.function, call.x, rank, channels.C, last=last) if x is None else (x, ())
    )
    if shape is None:
        shape, about_x = input_shape(call.function, rank, channels.C, None, known=not last)
    case = Case(
        suite="adhoc",
        name="call",
        op="Conv",
        x_shape=shape,
        w_shape=(channels.M, channels.C // channels.group, *kernel),
        attributes=_attributes(given, kernel, channels.group),
        bias=bias,
        dtype=call.dtype or "float32",
        opset=opset_for(call.dtype or "float32"),
    )
    return Subject(
        case=case,
        title=call.text,
        notes=(*about_x, *channels.notes, *notes),
        assumed=channels.assumed | ({"x"} if any("assumed, --x" in n for n in about_x) else set()),
        origin=Origin(framework=framework, function=call.function, line=call.line),
    )


def _attributes(given: Bound, kernel: Shape, group: int) -> Attributes:
    rank, values = len(kernel), given.values
    stride = "stride" if "stride" in values else "strides"
    dilation = next(n for n in ("dilation", "dilation_rate", "dilations") if n in values)
    strides = _spatial(given, stride, rank)
    dilations = _spatial(given, dilation, rank)
    padding = values["padding"]
    word = padding.lower() if isinstance(padding, str) else ""
    auto_pad, pads = None, None
    if word == "same" and "stride" in values and max(strides) > 1:
        raise given.wrong("padding", "integers beside a stride above 1, as PyTorch checks")
    if word == "same" and "stride" in values:  # PyTorch's: half at the begin, the rest at the end
        totals = [d * (k - 1) for k, d in zip(kernel, dilations, strict=True)]
        pads = (*(t // 2 for t in totals), *(t - t // 2 for t in totals))
    elif word == "same":
        auto_pad = "SAME_UPPER"
    elif word == "causal" and rank == 1:
        pads = (dilations[0] * (kernel[0] - 1), 0)
    elif word != "valid":
        each = given.per_axis("padding", rank, 0)
        pads = each + each
    return Attributes.of(
        auto_pad=auto_pad,
        dilations=unless(dilations, 1),
        group=group if group > 1 else None,
        pads=None if pads is None else unless(tuple(pads), 0),
        strides=unless(strides, 1),
    )


def _spatial(given: Bound, name: str, rank: int) -> Shape:
    value = given.values[name]
    if value is None:
        return (1,) * rank
    if isinstance(value, list | tuple) and len(value) == rank + 2:
        return given.per_axis(name, rank + 2, 1)[1:-1]
    return given.per_axis(name, rank, 1)
