"""PyTorch's layers and functions as text: `nn.ConvTranspose2d(16, 8, 3, stride=2)`,
`F.conv_transpose2d(x, w, stride=2)`."""

import re
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Shape

from ..geometry.window import unless
from .options import SUITE
from .signature import REQUIRED, Bound, Name, Written, bound
from .subject import Subject, Unreadable, listed

MODULE = re.compile(r"(?:(?:torch\.)?nn\.)?(?P<lazy>Lazy)?ConvTranspose(?P<rank>[123])d")
FUNCTION = re.compile(
    r"(?:(?:torch\.)?nn\.functional\.|F\.|torch\.|functional\.)?conv_transpose(?P<rank>[123])d"
)
ASSUMED = 5
ASSUMED_CHANNELS = 4
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


def torch_module(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. `x` is the input's shape. Raises Unreadable."""
    name = MODULE.fullmatch(call.function)
    assert name is not None
    rank, lazy = int(name["rank"]), bool(name["lazy"])
    signature = {k: v for k, v in _MODULE.items() if not (lazy and k == "in_channels")}
    given = bound(call, signature)
    channels = (x[1] if x else ASSUMED_CHANNELS) if lazy else given.integer("in_channels", 1)
    maps, groups = given.integer("out_channels", 1), given.integer("groups", 1)
    if channels % groups:
        raise given.wrong("groups", f"a divisor of in_channels = {channels}")
    if maps % groups:
        raise given.wrong("groups", f"a divisor of out_channels = {maps}")
    if given.values["padding_mode"] != "zeros":
        raise given.wrong("padding_mode", '"zeros", the only one that ConvTranspose layers take')
    shape, notes = input_shape(call.function, rank, channels, x, known=not lazy)
    kernel = given.per_axis("kernel_size", rank, 1)
    case = _case(
        given, shape, (channels, maps // groups, *kernel), given.truth("bias"), _dtype(given)
    )
    return Subject(case=case, title=call.text, notes=notes)


def input_shape(
    function: str, rank: int, channels: int, x: Shape | None, *, known: bool
) -> tuple[Shape, tuple[str, ...]]:
    """`x`, checked; or a size that is assumed, with the note that says so. `known`: the layer
    itself states its input channels."""
    if x is not None:
        if len(x) != rank + 2:
            raise Unreadable(
                f"{function}: --x {listed(x)}: accepted are {rank + 2} sizes, N,C and {rank} "
                "spatial"
            )
        if x[1] != channels:
            raise Unreadable(
                f"{function}: --x {listed(x)} has {x[1]} channels: accepted is in_channels = "
                f"{channels}"
            )
        return x, ()
    shape = (1, channels, *(ASSUMED,) * rank)
    what = "the input's size" if known else "the input's size and channels"
    return shape, (
        f"the layer does not state {what}: X {listed(shape)} is assumed, --x N,C,D1,... says "
        "another",
    )


def _dtype(given: Bound) -> str:
    dtype = given.values["dtype"]
    if dtype is None:
        return "float32"
    if not isinstance(dtype, Name) or dtype.text not in _DTYPES:
        raise given.wrong("dtype", ", ".join(_DTYPES))
    return _DTYPES[dtype.text]


def _case(given: Bound, x: Shape, w: Shape, bias: bool, dtype: str) -> Case:
    rank = len(x) - 2
    padding = given.per_axis("padding", rank, 0)
    groups = given.integer("groups", 1)
    attributes = Attributes.of(
        dilations=unless(given.per_axis("dilation", rank, 1), 1),
        group=groups if groups > 1 else None,
        output_padding=unless(given.per_axis("output_padding", rank, 0), 0),
        pads=unless(padding + padding, 0),
        strides=unless(given.per_axis("stride", rank, 1), 1),
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


def torch_function(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a functional call, whose text has neither the shapes `x` and `w` nor the `dtype`.
    Raises Unreadable."""
    name = FUNCTION.fullmatch(call.function)
    assert name is not None
    rank, given = int(name["rank"]), bound(call, _FUNCTION)
    for option, shape in (("--x", x), ("--w", w)):
        if shape is None:
            raise Unreadable(
                f"{call.function}: the text names its tensors, not their shapes: accepted is the "
                "call with --x and --w"
            )
        if len(shape) != rank + 2:
            raise Unreadable(
                f"{call.function}: {option} {listed(shape)}: accepted are {rank + 2} sizes"
            )
    assert x is not None
    assert w is not None
    return Subject(
        case=_case(given, x, w, given.values["bias"] is not None, dtype), title=call.text
    )
