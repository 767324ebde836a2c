"""Equinox's layers: `eqx.nn.ConvTranspose2d(16, 8, 3, stride=2, key=key)`, by PyTorch's size rule,
and with padding as a word by one of its own.

Source: equinox, `ConvTranspose._padding_transpose`: SAME makes input * stride, and has what is odd
at the end.
"""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import torch_rule
from ..subject import Subject, Unreadable
from .jax.transposed import MIRRORED
from .torch_layer import Names, layer_subject

_SIGNATURE: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "output_padding": 0,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "use_bias": True,
    "padding_mode": "ZEROS",
    "dtype": None,
    "key": None,
}
_USUAL = {
    "kernel_size": "4",
    "stride": "2",
    "padding": "1",
    "output_padding": "0",
    "dilation": "1",
}


def equinox_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer. Raises Unreadable."""
    given = bound(call, _SIGNATURE)
    given.require(_USUAL, torch_rule(given, rank, tuple(_USUAL)))
    mode = given.values["padding_mode"]
    if given.known("padding_mode") and str(mode).upper() != "ZEROS":
        raise given.wrong("padding_mode", '"ZEROS": no ConvTranspose wraps its output around')
    padding = given.values["padding"]
    if isinstance(padding, str) and padding.upper() == "VALID":
        given = replace(given, values={**given.values, "padding": 0})
    elif isinstance(padding, str):
        given = _same(given, rank)
    if call.x is not None and len(call.x) == rank + 2:
        raise Unreadable(
            f"{call.function}: the text gives it an input of {len(call.x)} sizes: accepted is one "
            f"image without a batch axis, of {rank + 1}, as Equinox checks"
        )
    names = Names(rank=rank, bias="use_bias", framework="equinox")
    read = layer_subject(call, given, x, names)
    mirrored = MIRRORED.partition("; ")[0].replace("JAX", "Equinox")
    return replace(read, notes=(*read.notes, mirrored))


def _same(given: Bound, rank: int) -> Bound:
    """Where what SAME cuts is even, and no more than the kernel lays down: as padding."""
    kernels, strides = (given.per_axis(name, rank, 1) for name in ("kernel_size", "stride"))
    dilations = given.per_axis("dilation", rank, 1)
    extra = given.per_axis("output_padding", rank, 0)
    axes = zip(kernels, strides, dilations, extra, strict=True)
    cut = [d * (k - 1) - s + o + 1 for k, s, d, o in axes]
    if any(each % 2 or each < 0 for each in cut):
        raise given.wrong(
            "padding", f"integers: SAME cuts {cut}, which is not the same at each end here"
        )
    return replace(given, values={**given.values, "padding": tuple(each // 2 for each in cut)})
