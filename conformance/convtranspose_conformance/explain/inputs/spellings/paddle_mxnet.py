"""PaddlePaddle's and MXNet's layers, by PyTorch's size rule: `paddle.nn.Conv2DTranspose(16, 8, 3)`,
`gluon.nn.Conv2DTranspose(8, 3)` and `mx.sym.Deconvolution(x, num_filter=8, kernel=(3, 3))`."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ...geometry.window import unless
from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import told_sizes, torch_rule
from ..subject import Subject, listed
from ..written.fold import leaves
from .said_by_word import kept_by, paddle_same
from .torch_layer import Names, function_subject, layer_subject

_SIZES = {"kernel_size": "4", "padding": "1", "output_padding": "0", "dilation": "1"}
_PADDLE: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "weight_attr": None,
    "bias_attr": None,
    "data_format": None,
}
_FUNCTION: dict[str, Any] = {
    "x": REQUIRED,
    "weight": REQUIRED,
    "bias": None,
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "output_size": None,
    "data_format": None,
}
_STATIC: dict[str, Any] = {
    "input": REQUIRED,
    "num_filters": REQUIRED,
    "output_size": None,
    "filter_size": REQUIRED,
    "padding": 0,
    "stride": 1,
    "dilation": 1,
    "groups": 1,
    "param_attr": None,
    "bias_attr": None,
    "use_cudnn": True,
    "act": None,
    "name": None,
    "data_format": "NCHW",
}
# by rank: where Paddle has groups before dilation, in its layers and in its functions
_LAYER_GROUPS_FIRST, _FUNCTION_GROUPS_FIRST = (1,), (1, 3)
_GLUON: dict[str, Any] = {
    "channels": REQUIRED,
    "kernel_size": REQUIRED,
    "strides": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "layout": None,
    "activation": None,
    "use_bias": True,
    "weight_initializer": None,
    "bias_initializer": None,
    "in_channels": 0,
}
_DECONVOLUTION: dict[str, Any] = {
    "data": None,
    "weight": None,
    "bias": None,
    "kernel": REQUIRED,
    "stride": 1,
    "dilate": 1,
    "pad": 0,
    "adj": 0,
    "target_shape": None,
    "num_filter": REQUIRED,
    "num_group": 1,
    "workspace": None,
    "no_bias": True,
    "cudnn_tune": None,
    "cudnn_off": None,
    "layout": None,
    "name": None,
}


def paddle_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer of `paddle.nn`. Raises Unreadable."""
    given = bound(call, _ordered(_PADDLE, rank in _LAYER_GROUPS_FIRST), ("name",))
    usual = _SIZES | {"stride": "2"}
    order = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    given.require(usual, _rule(given, rank, order))
    given, same = _without_word(given, rank)
    values = {**given.values, "bias": given.values["bias_attr"] is not False}
    last = str(given.values["data_format"]).endswith("C")
    names_of = Names(rank=rank, framework="paddle", last=last, ends=True)
    return _same(layer_subject(call, replace(given, values=values), x, names_of), same)


def paddle_function(call: Written, rank: int, x: Shape | None, w: Shape | None) -> Subject:
    """The case of `F.conv{1,2,3}d_transpose`, W of shape C, M/group, kernel. Raises Unreadable."""
    given = bound(call, _ordered(_FUNCTION, rank in _FUNCTION_GROUPS_FIRST), ("name",))
    given, same = _without_word(given, rank)
    if given.values["output_size"] is not None:
        raise given.wrong("output_size", "an output_padding in its place, which says the same")
    return _same(function_subject(call, given, rank, (x, w, "float32"), "paddle"), same)


def paddle_static(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of `paddle.static.nn.conv{2,3}d_transpose`, and of `fluid.layers` before it: a
    function that makes its weights. Raises Unreadable."""
    given = bound(call, _STATIC)
    given = replace(given, values={**given.values, "output_padding": 0})
    order = ("filter_size", "stride", "padding", "output_padding", "dilation")
    usual = {"filter_size": "4", "stride": "2", "padding": "1", "dilation": "1"}
    given.require(usual, _rule(given, rank, order))
    given, same = _without_word(given, rank)
    if same and given.values["output_size"] is not None:
        raise given.wrong(
            "output_size", 'none beside padding="SAME", whose rule for it is not known'
        )
    groups = given.values["groups"] or 1
    values = {**given.values, "bias": given.values["bias_attr"] is not False, "groups": groups}
    names = Names(
        rank=rank,
        C="",
        M="num_filters",
        kernel="filter_size",
        framework="paddle",
        last=str(given.values["data_format"]).endswith("C"),
        ends=True,
    )
    asked = replace(call, output_size=given.values["output_size"])
    return _same(layer_subject(asked, replace(given, values=values), x, names), same)


def _ordered(signature: dict[str, Any], groups_first: bool) -> dict[str, Any]:
    """The signature, with `groups` and `dilation` in the order in which they are positional."""
    names = list(signature)
    at = names.index("dilation")
    if groups_first:
        names[at : at + 2] = reversed(names[at : at + 2])
    return {name: signature[name] for name in names}


def gluon_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer of `mxnet.gluon.nn`. Raises Unreadable."""
    given = bound(call, _GLUON, ("prefix", "params"))
    order = ("kernel_size", "strides", "padding", "output_padding", "dilation")
    given.require(_SIZES | {"strides": "2"}, torch_rule(given, rank, order))
    values = dict(given.values)
    C = "in_channels" if values["in_channels"] not in (0, None) else ""
    names = Names(
        rank=rank, C=C, M="channels", stride="strides", bias="use_bias", framework="mxnet"
    )
    return layer_subject(call, replace(given, values=values), x, names)


def deconvolution(call: Written, x: Shape | None) -> Subject:
    """The case of MXNet's operator. Raises Unreadable."""
    given = bound(call, _DECONVOLUTION, ("attr", "out"))
    kernel = given.values["kernel"]
    rank = len(kernel) if isinstance(kernel, list | tuple) else 2
    target = given.values["target_shape"]
    rule = torch_rule(given, rank, ("kernel", "stride", "pad", "adj", "dilate"))
    usual = {"kernel": "(4, 4)", "stride": "2", "pad": "1", "adj": "0", "dilate": "1"}
    rule = f"Y is {told_sizes(target)}, as target_shape says" if leaves(target) else rule
    given.require(usual | {"target_shape": "(8, 8)"}, rule)
    asked = () if target in (None, 0, (), []) else given.per_axis("target_shape", rank, 0)
    values = {**given.values, "bias": given.values["no_bias"] in (False, 0)}
    names = Names(
        rank=rank,
        C="",
        M="num_filter",
        groups="num_group",
        kernel="kernel",
        padding="pad",
        extra="adj",
        dilation="dilate",
        framework="mxnet",
    )
    read = layer_subject(call, replace(given, values=values), x, names)
    return _of_target(given, read, asked) if any(asked) else read


def _of_target(given: Bound, read: Subject, target: Shape) -> Subject:
    """With the pads and the output_padding that make the size asked for. Source: MXNet,
    `DeconvolutionParam::InferPad`: half of what is too much at each end, rounded up, and what is
    odd as adj."""
    bare = replace(read.case.attributes, pads=None, output_padding=None)
    natural = replace(read.case, attributes=bare).y_shape()[2:]
    if "x" in read.assumed and any(h < size for h, size in zip(natural, target, strict=True)):
        read = _led_back(replace(read, case=replace(read.case, attributes=bare)), target)
        natural = read.case.y_shape()[2:]
    more = [have - size for have, size in zip(natural, target, strict=True)]
    if min(more) < 0:
        raise given.wrong("target_shape", f"at most {list(natural)}, by MXNet's own check")
    pads = tuple((each + 1) // 2 for each in more) * 2
    extra = tuple(each % 2 for each in more)
    attributes = replace(bare, pads=unless(pads, 0), output_padding=unless(extra, 0))
    note = f"target_shape {list(target)} goes before pad and adj, by MXNet's own rule"
    case = replace(read.case, attributes=attributes)
    return replace(read, case=case, notes=(*read.notes, note))


_BACK = (
    "the text does not state the input's size: X {} is the smallest on which target_shape is "
    "possible"
)


def _led_back(read: Subject, target: Shape) -> Subject:
    """On the smallest input whose output, without pads, is not smaller than what is asked for."""
    sizes = (
        max(-(-(size - axis.effective_kernel) // axis.stride) + 1, 1)
        for size, axis in zip(target, read.case.axes, strict=True)
    )
    case = replace(read.case, x_shape=(*read.case.x_shape[:2], *sizes))
    others = [note for note in read.notes if "assumed, --x" not in note]
    back = _BACK.format(listed(case.x_shape))
    return replace(read, case=case, notes=(*others, back), assumed=read.assumed - {"x"})


_NOTE = (
    "PaddlePaddle's SAME pads as a plain convolution over an input of this size does, with "
    "dilation 1: Y is not input * stride"
)


def _same(read: Subject, same: bool) -> Subject:
    """With what padding="SAME" keeps, and the output_padding behind it. Raises Unreadable."""
    if not same:
        return read
    extra = read.case.attributes.output_padding or ()
    case = replace(read.case, attributes=replace(read.case.attributes, output_padding=None))
    kept = kept_by(replace(read, case=case), paddle_same, _NOTE)
    attributes = replace(kept.case.attributes, output_padding=unless(extra, 0) if extra else None)
    return replace(kept, case=replace(kept.case, attributes=attributes))


def _rule(given: Bound, rank: int, order: tuple[str, ...]) -> str:
    """By PyTorch's rule, or by that of the word; empty where a name may be a word."""
    word = given.values["padding"]
    if not isinstance(word, str):
        return torch_rule(given, rank, order)
    plain = {**given.values, "padding": 0, **({"dilation": 1} if word.upper() == "SAME" else {})}
    natural = torch_rule(replace(given, values=plain), rank, order)
    if word.upper() != "SAME" or not natural:
        return natural
    return f"{natural}, less what a plain convolution pads an input of this size by"


def _without_word(given: Bound, rank: int) -> tuple[Bound, bool]:
    """`VALID` and `SAME` as no padding, and whether it is SAME; pairs of all axes as those of the
    spatial ones. Raises Unreadable for another word."""
    value = given.values["padding"]
    if isinstance(value, str) and value.upper() not in ("SAME", "VALID"):
        raise given.wrong("padding", 'integers, "SAME" or "VALID"')
    if isinstance(value, str):
        same = value.upper() == "SAME"
        return replace(given, values={**given.values, "padding": 0}), same
    if isinstance(value, list | tuple) and len(value) == rank + 2:
        last = str(given.values["data_format"]).endswith("C")
        pairs = value[1:-1] if last else value[2:]
        if all(isinstance(each, list | tuple) and len(each) == 2 for each in pairs):
            ends = [end for pair in pairs for end in pair]
            return replace(given, values={**given.values, "padding": ends}), False
    return given, False
