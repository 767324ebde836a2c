"""A call read from the operator text once more: what it forbids, and where each output lies. Shares
no code with the reference.

The implementations that must never be accused (`im2col.py`, `jax_conv.py`, `torch_float64.py`) take
their geometry from here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import ml_dtypes
import numpy as np

from convtranspose_conformance.backends.api import Array, Call, Refused

MOST_ELEMENTS = 2**32  # an answer beyond it could be held by nobody here
_WORDS = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
_LEAST = {
    "strides": 1,
    "dilations": 1,
    "kernel_shape": 1,
    "output_padding": 0,
    "output_shape": 0,
    "pads": 0,
}
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisCall:
    """What the call says of one spatial axis: `size` inputs, `kernel` taps; `shape` is output_shape
    or None."""

    size: int
    kernel: int
    stride: int
    dilation: int
    extra: int
    pads: Pair
    shape: int | None

    @property
    def reach(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    @property
    def unpadded(self) -> int:
        return self.stride * (self.size - 1) + self.extra + self.reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A legal call. Along each axis, `pads` are cut off the sums of a ConvTranspose or put around
    the input of a Conv (below 0: the opposite), output_padding included, and `sizes` are left."""

    transposed: bool
    group: int
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    reaches: tuple[int, ...]
    pads: tuple[Pair, ...]
    sizes: tuple[int, ...]


def read(call: Call) -> Reading:
    """The call by the operator text. Raises Refused where the text forbids it."""
    given = call.attributes.given()
    for complaint in (*_of_shapes(call, given), *_of_values(call, given)):
        raise Refused("attributes", "ValueError", complaint)
    axes, word = list(_axes(call, given)), given.get("auto_pad", "NOTSET")
    transposed = call.op == "ConvTranspose"
    placed = [(_transposed if transposed else _forward)(axis, word, call.opset) for axis in axes]
    sizes = tuple(size for size, _ in placed)
    if min(sizes) < 0 or prod(max(size, 1) for size in sizes) > MOST_ELEMENTS:
        raise Refused("attributes", "ValueError", f"an output of {list(sizes)}")
    return Reading(
        transposed=transposed,
        group=given.get("group", 1),
        strides=tuple(axis.stride for axis in axes),
        dilations=tuple(axis.dilation for axis in axes),
        reaches=tuple(axis.reach for axis in axes),
        pads=tuple(pads for _, pads in placed),
        sizes=sizes,
    )


def _of_shapes(call: Call, given: dict[str, Any]) -> Iterator[str]:
    """What is wrong with ranks, channels and group."""
    X, W, group = call.X.shape, call.W.shape, given.get("group", 1)
    if len(X) < 3 or len(W) != len(X):
        yield f"X of rank {len(X)} with W of rank {len(W)}"
        return
    if group < 1:
        yield f"group {group}"
        return
    if min(W[2:]) < 1:
        yield "a kernel without taps"
    if call.op == "ConvTranspose" and (X[1] != W[0] or X[1] % group):
        yield f"{X[1]} channels against {W[0]} in {group} groups"
    if call.op == "Conv" and (X[1] != W[1] * group or W[0] % group):
        yield f"{X[1]} channels against {group} x {W[1]}, {W[0]} maps"
    maps = W[1] * group if call.op == "ConvTranspose" else W[0]
    if call.B is not None and call.B.shape != (maps,):
        yield f"B {call.B.shape} for {maps} maps"


def _of_values(call: Call, given: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the attributes' own values."""
    rank, word = call.X.ndim - 2, given.get("auto_pad", "NOTSET")
    for name, least in _LEAST.items():
        values = given.get(name)
        if values is not None and (
            len(values) != rank * (1 + (name == "pads")) or min(values) < least
        ):
            yield f"{name} {values}"
    if given.get("kernel_shape", call.W.shape[2:]) != call.W.shape[2:]:
        yield "a kernel_shape that is not W's"
    if word not in _WORDS or ("pads" in given and word != "NOTSET"):
        yield f"auto_pad {word!r}"
    if call.op == "Conv" and given.keys() & {"output_padding", "output_shape"}:
        yield "an attribute that Conv has not"
    ones = (1,) * rank
    limits = zip(
        given.get("output_padding", ()),
        given.get("strides", ones),
        given.get("dilations", ones),
        strict=False,
    )
    if any(extra >= max(stride, dilation) for extra, stride, dilation in limits):
        yield "an output_padding of the stride and the dilation or more"


def _axes(call: Call, given: dict[str, Any]) -> Iterator[AxisCall]:
    rank = call.X.ndim - 2
    ones, zeros = (1,) * rank, (0,) * rank
    pads = given.get("pads", zeros + zeros)
    for i in range(rank):
        yield AxisCall(
            size=call.X.shape[2 + i],
            kernel=call.W.shape[2 + i],
            stride=given.get("strides", ones)[i],
            dilation=given.get("dilations", ones)[i],
            extra=given.get("output_padding", zeros)[i],
            pads=(pads[i], pads[rank + i]),
            shape=given["output_shape"][i] if "output_shape" in given else None,
        )


def _transposed(axis: AxisCall, word: str, opset: int) -> tuple[int, Pair]:
    """Size and cut of one axis: output_shape, else SAME, else the pads."""
    size, (begin, end) = axis.shape, axis.pads
    if size is None and word.startswith("SAME"):
        size = axis.size * (axis.stride if opset >= 11 else 1)
    if size is None:
        size = axis.unpadded - begin - end
    else:
        begin_is_half = (word == "SAME_UPPER") == (opset >= 11 or axis.shape is None)
        total = axis.unpadded - size
        begin = total // 2 if begin_is_half else total - total // 2
    # From the sums alone, which know no output_padding and, of no input, are one filter long.
    return size, (begin, axis.stride * max(axis.size - 1, 0) + axis.reach - begin - size)


def _forward(axis: AxisCall, word: str, opset: int) -> tuple[int, Pair]:
    pads = axis.pads
    if word.startswith("SAME"):
        size = -(-axis.size // axis.stride) if opset >= 11 else axis.size
        total = max(axis.stride * (size - 1) + axis.reach - axis.size, 0)
        pads = (
            (total // 2, total - total // 2)
            if word == "SAME_UPPER"
            else (total - total // 2, total // 2)
        )
    return (axis.size + sum(pads) - axis.reach) // axis.stride + 1, pads


def trimmed(array: Array, cuts: tuple[Pair, ...]) -> Array:
    """`array` with that much cut off each end of its spatial axes; below 0: so many zeros put
    there."""
    grown = np.pad(array, [(0, 0), (0, 0), *((max(-a, 0), max(-b, 0)) for a, b in cuts)])
    return grown[
        (
            ...,
            *(
                slice(max(a, 0), n - max(b, 0))
                for n, (a, b) in zip(grown.shape[2:], cuts, strict=True)
            ),
        )
    ]


def opposite(cuts: tuple[Pair, ...]) -> tuple[Pair, ...]:
    return tuple((-a, -b) for a, b in cuts)


def with_bias(Y: Array, B: Array | None) -> Array:
    return Y if B is None else Y + B.astype(Y.dtype).reshape(1, -1, *(1,) * (Y.ndim - 2))


def rounded(values: Array, dtype: np.dtype[Any]) -> Array:
    """float32 or float64 values in `dtype`, rounded to nearest once: ml_dtypes would take float64
    to bfloat16 through float32."""
    with np.errstate(all="ignore"):
        if values.dtype == np.float64 and dtype == ml_dtypes.bfloat16:
            exponents = np.maximum(np.frexp(values)[1] - 8, -133)  # 8 bits, 2**-133 the smallest
            values = np.where(
                np.isfinite(values),
                np.ldexp(np.rint(np.ldexp(values, -exponents)), exponents),
                values,
            )
        return values.astype(dtype)
