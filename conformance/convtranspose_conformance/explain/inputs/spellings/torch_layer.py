"""PyTorch's layers and functions as text: `nn.ConvTranspose2d(16, 8, 3, stride=2)`,
`F.conv_transpose2d(x, w, stride=2)`."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape

from ...geometry.window import unless
from ..asked import Weights
from ..channels import (
    ASSUMED_CHANNELS,
    EXAMPLE,
    bias_of,
    channels_of,
    filters_in_text,
    in_text,
    input_shape,
)
from ..loading import of_torch
from ..options import SUITE
from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import torch_rule
from ..subject import Origin, Subject, Unreadable, listed
from ..written.fold import NameInText
from .torch_output_size import led_back, of_output_size

MODULE = re.compile(r"(?:\w+\.)*(?P<lazy>Lazy)?ConvTranspose(?P<rank>[123])d")
FUNCTION = re.compile(r"(?:\w+\.)*conv_transpose(?P<rank>[123])d")
_DTYPES = {
    "torch.float32": "float32",
    "torch.float": "float32",
    "torch.float16": "float16",
    "torch.half": "float16",
    "torch.bfloat16": "bfloat16",
    "torch.float64": "float64",
    "torch.double": "float64",
}
_MODULE: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "groups": 1,
    "bias": True,
    "dilation": 1,
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
    "output_padding": 0,
    "groups": 1,
    "dilation": 1,
}


_SIZES = {
    "kernel_size": "4",
    "stride": "2",
    "padding": "1",
    "output_padding": "0",
    "dilation": "1",
}


def torch_module(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. `x` is the input's shape. Raises Unreadable."""
    name = MODULE.fullmatch(call.function)
    assert name is not None
    rank, lazy = int(name["rank"]), bool(name["lazy"])
    if lazy and call.positional[:1] == (0,):  # as it is printed, with the channels that it has yet
        call = replace(call, positional=call.positional[1:])
    signature = {k: v for k, v in _MODULE.items() if not (lazy and k == "in_channels")}
    given = bound(call, signature)
    given.require(_SIZES, torch_rule(given, rank, tuple(_SIZES)))
    return layer_subject(
        call, given, x, Names(rank=rank, C="" if lazy else "in_channels", check=_padding_mode)
    )


def _padding_mode(given: Bound) -> None:
    if given.known("padding_mode") and given.values["padding_mode"] != "zeros":
        raise given.wrong("padding_mode", '"zeros", the only one that ConvTranspose layers take')


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a framework whose layers have PyTorch's size rule calls the arguments; a name that is
    empty is no argument of the layer. `ends`: may the padding be one number for each end?"""

    rank: int
    C: str = "in_channels"
    M: str = "out_channels"
    groups: str = "groups"
    kernel: str = "kernel_size"
    stride: str = "stride"
    padding: str = "padding"
    extra: str = "output_padding"
    dilation: str = "dilation"
    bias: str = "bias"
    framework: str = "torch"
    last: bool = False
    ends: bool = False
    check: Callable[[Bound], None] = lambda given: None


def layer_subject(call: Written, given: Bound, x: Shape | None, names: Names) -> Subject:
    """The case of a layer by PyTorch's size rule. Raises Unreadable."""
    names.check(given)
    rank = names.rank
    C = x[1] if x is not None and len(x) > 1 else None
    if C is None and call.x is not None and len(call.x) == rank + 2:
        C = call.x[-1 if names.last else 1]
    channels = channels_of(given, (names.C, names.M, names.groups), C)
    stated = bool(names.C) and given.known(names.C) and bool(given.values[names.C])
    tensor, about_x = (None, ()) if x is not None else _in_text(call, names, channels.C)
    shape, notes = (
        (tensor, about_x)
        if tensor is not None
        else input_shape(call.function, rank, channels.C, x, known=stated)
    )
    kernel = given.per_axis(names.kernel, rank, 1)
    bias, about_bias = bias_of(given, names.bias)
    w_shape = (channels.C, channels.M // channels.group, *kernel)
    case = _case(given, names, shape, w_shape, bias, call.dtype or _dtype(given))
    assumed = x is None and (tensor is None or EXAMPLE in about_x[0])
    if assumed and (back := led_back(call.output_size, case)) is not None:
        case, notes, assumed = back, (_BACK.format(listed(back.x_shape)),), False
    case, asked = of_output_size(given.function, call.output_size, case, names.framework)
    return Subject(
        case=case,
        title=call.text,
        notes=(*notes, *channels.notes, *about_bias, *asked),
        assumed=channels.assumed | ({"x"} if assumed else set()),
        origin=Origin(framework=names.framework, function=call.function, line=call.line),
        loading=of_torch(bias) if names.framework == "torch" else (),
    )


_BACK = "the text does not state the input's size: X {} is the one that output_size leads back to"


def _in_text(call: Written, names: Names, C: int | None) -> tuple[Shape | None, tuple[str, ...]]:
    alone = names.framework in ("torch", "equinox")
    return in_text(call.function, call.x, names.rank, C, last=names.last, unbatched=alone)


def _dtype(given: Bound) -> str:
    dtype = given.values.get("dtype")
    if not isinstance(dtype, NameInText) or (
        dtype.text not in _DTYPES and "torch." not in dtype.text
    ):
        return "float32"
    if dtype.text not in _DTYPES:
        raise given.wrong("dtype", ", ".join(_DTYPES))
    return _DTYPES[dtype.text]


def _case(given: Bound, names: Names, x: Shape, w: Shape, bias: bool, dtype: str) -> Case:
    rank = len(x) - 2
    pads = _pads(given, names, rank)
    group = channels_of(
        given, (names.C if names.C in given.values else "", "", names.groups), x[1]
    ).group
    attributes = Attributes.of(
        dilations=unless(given.per_axis(names.dilation, rank, 1), 1),
        group=group if group > 1 else None,
        output_padding=unless(given.per_axis(names.extra, rank, 0), 0),
        pads=unless(pads, 0),
        strides=unless(given.per_axis(names.stride, rank, 1), 1),
    )
    return Case(
        suite=SUITE,
        name="call",
        x_shape=x,
        w_shape=w,
        attributes=attributes,
        bias=bias,
        dtype=dtype,
        opset=opset_for(dtype),
    )


def _pads(given: Bound, names: Names, rank: int) -> Shape:
    """The pads, begins first: alike at both ends of an axis, or begin and end of each in turn."""
    value = given.values[names.padding]
    if names.ends and isinstance(value, list | tuple) and len(value) == 2 * rank > rank:
        each = given.per_axis(names.padding, 2 * rank, 0)
        return each[::2] + each[1::2]
    return given.per_axis(names.padding, rank, 0) * 2


def torch_function(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a functional call; its text need not have the shapes `x` and `w`, nor the
    `dtype`. Raises Unreadable."""
    name = FUNCTION.fullmatch(call.function)
    assert name is not None
    rank, given = int(name["rank"]), bound(call, _FUNCTION)
    return function_subject(call, given, rank, (x, w, dtype), "torch")


def function_subject(
    call: Written,
    given: Bound,
    rank: int,
    beside: tuple[Shape | None, Shape | None, str],
    framework: str,
) -> Subject:
    """The case of a function by PyTorch's size rule, `beside` it X, W and the dtype. Raises
    Unreadable."""
    x, w, dtype = beside
    _no_tensor(given)
    usual_w = _weights(given, rank, _stated_channels(call, rank, x))
    C, maps = usual_w.usual[:2]
    own_w, about_w = filters_in_text(call.w, rank, last=False, channels=(C, maps))
    w, about_w = (w, ()) if w else (own_w, about_w)
    _require(given, call, w, usual_w)
    if w is None:
        raise Unreadable(
            f"{call.function}: the sizes of its weights are not read; accepted is the call with "
            f"--w {usual_w.order}"
        )
    _check_ranks(call, rank, x, w)
    own = in_text(call.function, call.x, rank, w[0], last=False, unbatched=framework == "torch")
    tensor, notes = own if x is None else (x, ())
    if tensor is None:
        tensor, notes = input_shape(call.function, rank, w[0], None, known=False)
    given, grouped = _of_each_channel(given, call, w)
    groups = channels_of(given, ("", "", "groups"), tensor[1])
    _check_bias(call, w[1] * groups.group)
    names = Names(rank=rank, ends=framework == "paddle")
    case = _case(given, names, tensor, w, given.values["bias"] is not None, dtype)
    return Subject(
        case=case,
        title=call.text,
        notes=(*about_w, *grouped, *groups.notes, *notes),
        assumed=frozenset({"C", "M"} if about_w else ())
        | ({"x"} if any("assumed" in note for note in notes) else set()),
        origin=Origin(framework=framework, function=call.function, line=call.line),
    )


def _require(given: Bound, call: Written, w: Shape | None, weights: Weights) -> None:
    """Raises NamesOpen for what the text leaves open, the names of the kernel too where the text
    makes the weights of them, or else the weights themselves."""
    rank = len(weights.usual) - 2
    named = w is None and call.kernel is not None and len(call.kernel) == rank
    usual = {name: value for name, value in _SIZES.items() if named or name != "kernel_size"}
    kernel = w[2:] if w else call.kernel if named else NameInText("kernel")
    known = replace(given, values={**given.values, "kernel_size": kernel})
    rule = torch_rule(known, rank, tuple(_SIZES))
    (known if named else given).require(usual, rule, None if w or named else weights)


def _check_ranks(call: Written, rank: int, x: Shape | None, w: Shape) -> None:
    """Raises Unreadable for a shape of another number of axes."""
    for option, shape in (("--x", x), ("--w", w)):
        if shape is not None and len(shape) != rank + 2:
            raise Unreadable(
                f"{call.function}: {option} {listed(shape)}: accepted are {rank + 2} sizes"
            )


def _no_tensor(given: Bound) -> None:
    """Raises Unreadable where X, W or B is a number."""
    for name in ("input", "weight", "bias"):
        if type(given.values.get(name)) is int:
            raise given.wrong(name, "a tensor; a layer, with its channels, is another call")


def _check_bias(call: Written, M: int) -> None:
    if call.b is not None and call.b not in ((M,), (None,)):
        found = ",".join("?" if size is None else str(size) for size in call.b)
        raise Unreadable(
            f"{call.function}: the text gives it a bias of {found}: accepted is one of {M}, as the "
            "weights say"
        )


def _of_each_channel(given: Bound, call: Written, w: Shape) -> tuple[Bound, tuple[str, ...]]:
    """With as many groups as channels where the text leaves both open and has one filter for
    each."""
    groups = given.values["groups"]
    if not isinstance(groups, NameInText) or call.w is None or call.w[0] is not None or w[1] != 1:
        return given, ()
    note = f"groups = {groups.text} is taken for the channels, one filter for each"
    return replace(given, values={**given.values, "groups": w[0]}), (note,)


def _stated_channels(call: Written, rank: int, x: Shape | None) -> int | None:
    """Those of X, as an option or the text says them."""
    if x is not None and len(x) > 1:
        return x[1]
    return call.x[1] if call.x is not None and len(call.x) == rank + 2 else None


def _weights(given: Bound, rank: int, C: int | None) -> Weights:
    """What --w takes: a usual shape for these channels and groups."""
    group = max(given.values["groups"], 1) if type(given.values["groups"]) is int else 1
    channels = C or max(ASSUMED_CHANNELS // group, 1) * group
    kernel = (int(_SIZES["kernel_size"]),) * rank
    usual = (channels, max(ASSUMED_CHANNELS // group, 1), *kernel)
    return Weights(order="C,M/group,k1,...", usual=usual)


def whole(sizes: tuple[int | None, ...] | None) -> Shape | None:
    """The sizes where all of them are known."""
    known = tuple(size for size in sizes or () if size is not None)
    return known if sizes is not None and len(known) == len(sizes) else None
