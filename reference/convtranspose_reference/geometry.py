"""Shapes, attributes and rules in; begin and end pads and the output's shape out.

One axis at a time, since the text gives every equation per axis. What the text leaves open, and
what implementations read differently, is a field of `Rules`: `TEXT` reads literally, `readings.py`
holds the others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any

from .attributes import Attributes, InvalidInput, Shape, check

LATEST_OPSET = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One spatial axis as the call gives it. `begin`, `end` are `pads`, 0 where absent;
    `output_shape` None where absent."""

    input: int
    kernel: int
    stride: int
    dilation: int
    output_padding: int
    begin: int
    end: int
    output_shape: int | None
    auto_pad: str
    opset: int

    @property
    def effective_kernel(self) -> int:
        """(kernel_shape - 1) * dilation + 1."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def natural(self) -> int:
        """Output size without pads: stride * (input - 1) + output_padding + effective kernel."""
        return self.stride * (self.input - 1) + self.output_padding + self.effective_kernel

    @property
    def same(self) -> bool:
        """Is auto_pad SAME_UPPER or SAME_LOWER?"""
        return self.auto_pad.startswith("SAME")


Pads = tuple[int, int]


def floor_half(total: int) -> int:
    """total_padding / 2, rounded down (clause E: what the official test
    `convtranspose_output_shape` expects)."""
    return total // 2


def extra_at_begin(axis: Axis) -> bool:
    """Does an odd total put its extra element at the begin? Clauses A, F: the If/Else below
    total_padding.

    Opset 1 states the opposite condition, but says of auto_pad alone that SAME_UPPER has the extra
    at the end.
    """
    inverted = axis.opset < 11 and axis.output_shape is not None
    return (axis.auto_pad != "SAME_UPPER") != inverted


def same_size(axis: Axis) -> int:
    """Output size that SAME asks for: clause B, input * stride (opset 1: input), D, whatever
    output_padding is."""
    return axis.input if axis.opset < 11 else axis.input * axis.stride


def split(axis: Axis, total: int, rules: "Rules") -> Pads:
    """`total` padding over the two ends, the extra element of an odd one where the rules put it."""
    if total < 0 and total % 2 and rules.odd_negative is not None:
        return rules.odd_negative(axis, total)
    half = floor_half(total)
    return (total - half, half) if rules.extra_at_begin(axis) else (half, total - half)


def _below_max(axis: Axis) -> str:
    """Clause K: "less than the corresponding stride/dilation dimension", read as less than the
    larger of the two."""
    limit = max(axis.stride, axis.dilation)
    return "" if axis.output_padding < limit else f"less than max(stride, dilation) = {limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the clauses are read: one function each. A None leaves the text's own equation in force.

    `output_padding_limit` returns what would be accepted, "" where the axis is fine (K);
    `odd_negative` (E), `negative_same` (C), `negative_shape` (J) and `shape_pads` (F, G) return
    (begin, end); `refuses` pairs a clause (J, R) with what says why it refuses.
    """

    output_padding_limit: Callable[[Axis], str] = _below_max
    same_size: Callable[[Axis], int] = same_size
    extra_at_begin: Callable[[Axis], bool] = extra_at_begin
    odd_negative: Callable[[Axis, int], Pads] | None = None
    negative_same: Callable[[Axis, int], Pads] | None = None
    negative_shape: Callable[[Axis, int], Pads] | None = None
    shape_pads: Callable[[Axis], Pads] | None = None
    refuses: tuple[tuple[str, Callable[["Geometry"], str]], ...] = ()


TEXT = Rules()


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the fields is kept
class Geometry:
    """Where everything lands. `begins`, `ends` are the pads in force (negative: rows of zeros are
    added), `spatial` the output's sizes; `y_shape` is N x M x spatial."""

    batch: int
    channels: int
    maps: int
    group: int
    axes: tuple[Axis, ...]
    begins: Shape
    ends: Shape

    @cached_property
    def spatial(self) -> Shape:
        return tuple(
            a.natural - b - e for a, b, e in zip(self.axes, self.begins, self.ends, strict=True)
        )

    @property
    def y_shape(self) -> Shape:
        return (self.batch, self.maps, *self.spatial)

    @cached_property
    def kernel(self) -> Shape:
        return tuple(axis.kernel for axis in self.axes)

    @cached_property
    def reach(self) -> Shape:
        """Sizes of the output without pads and output_padding: as far as the filter reaches."""
        return tuple(a.stride * max(a.input - 1, 0) + a.effective_kernel for a in self.axes)

    @cached_property
    def landings(self) -> tuple[Any, ...]:
        """Per tap of the kernel, in W's order, the index of where on `reach` its products with X
        land."""
        along = [
            [
                slice(b, max(b + a.stride * (a.input - 1) + 1, b), a.stride)
                for b in (a.dilation * t for t in range(a.kernel))
            ]
            for a in self.axes
        ]
        return tuple((..., *where) for where in product(*along))

    @property
    def key(self) -> tuple[Shape, Shape]:
        """Two geometries of one call with the same key give the same output."""
        return self.begins, self.spatial


def pads_of(axis: Axis, rules: Rules = TEXT) -> Pads:
    """Begin and end pads of one axis. Raises InvalidInput for an output_padding over its limit
    (clause K)."""
    if accepted := rules.output_padding_limit(axis):
        raise InvalidInput("K", "output_padding", axis.output_padding, accepted)
    if axis.output_shape is not None:
        if rules.shape_pads is not None and not axis.same:
            return rules.shape_pads(axis)
        total, negative = axis.natural - axis.output_shape, rules.negative_shape
    elif axis.same:
        total, negative = axis.natural - rules.same_size(axis), rules.negative_same
    else:
        return axis.begin, axis.end
    return (
        negative(axis, total) if total < 0 and negative is not None else split(axis, total, rules)
    )


def axes_of(
    x_shape: Shape, w_shape: Shape, attributes: Attributes, opset: int = LATEST_OPSET
) -> tuple[Axis, ...]:
    """The spatial axes of a call, defaults filled in. X is N x C x D1..., W's kernel is
    `w_shape[2:]`."""
    rank = len(x_shape) - 2
    ones, zeros = (1,) * rank, (0,) * rank
    pads = attributes.pads or zeros + zeros
    each = zip(
        x_shape[2:],
        w_shape[2:],
        attributes.strides or ones,
        attributes.dilations or ones,
        attributes.output_padding or zeros,
        pads[:rank],
        pads[rank:],
        attributes.output_shape or (None,) * rank,
        strict=True,
    )
    return tuple(
        Axis(
            input=x,
            kernel=k,
            stride=s,
            dilation=d,
            output_padding=o,
            begin=b,
            end=e,
            output_shape=size,
            auto_pad=attributes.auto_pad or "NOTSET",
            opset=opset,
        )
        for x, k, s, d, o, b, e, size in each
    )


def geometry(
    x_shape: Shape,
    w_shape: Shape,
    attributes: Attributes,
    *,
    b_shape: Shape | None = None,
    rules: Rules = TEXT,
    opset: int = LATEST_OPSET,
) -> Geometry:
    """Pads and output shape of a ConvTranspose call: X is N x C x D1..., W is C x M/group x k1...,
    B is (M,).

    Raises InvalidInput naming the clause for anything that the text of `opset`, read by `rules`,
    forbids (M: a size below 0). Source: ConvTranspose, the equations for output_shape and
    total_padding, and the sentences of auto_pad.
    """
    return placed(unplaced(x_shape, w_shape, attributes, b_shape=b_shape, opset=opset), rules)


def unplaced(
    x_shape: Shape, w_shape: Shape, attributes: Attributes, *, b_shape: Shape | None, opset: int
) -> Geometry:
    """A call as `geometry` takes it, checked, its pads not yet derived: what every reading starts
    from. Raises InvalidInput."""
    check("ConvTranspose", x_shape, w_shape, b_shape, attributes)
    axes = axes_of(x_shape, w_shape, attributes, opset)
    group = 1 if attributes.group is None else attributes.group
    none = (0,) * len(axes)
    return Geometry(
        batch=x_shape[0],
        channels=x_shape[1],
        maps=w_shape[1] * group,
        group=group,
        axes=axes,
        begins=none,
        ends=none,
    )


def placed(call: Geometry, rules: Rules) -> Geometry:
    """An `unplaced` call under `rules`. Raises InvalidInput as `geometry` does."""
    pads = [pads_of(axis, rules) for axis in call.axes]
    layout = Geometry(
        batch=call.batch,
        channels=call.channels,
        maps=call.maps,
        group=call.group,
        axes=call.axes,
        begins=tuple(b for b, _ in pads),
        ends=tuple(e for _, e in pads),
    )
    sizes = layout.spatial
    if min(sizes) < 0:
        raise InvalidInput("M", "output size", list(sizes), "at least 0 along each axis")
    if max(layout.batch, 1) * max(layout.maps, 1) * prod(max(size, 1) for size in sizes) > 2**62:
        raise InvalidInput("M", "output size", list(layout.y_shape), "fewer than 2**62 elements")
    if rules.refuses:
        refuse(layout, rules)
    return layout


def refuse(found: Geometry, rules: Rules) -> None:
    """Raises InvalidInput naming the clause where one of `rules.refuses` refuses these sizes."""
    for clause, refuses in rules.refuses:
        if why := refuses(found):
            raise InvalidInput(clause, "shape", list(found.y_shape), why)


def output_shape_of(
    x_shape: Shape,
    w_shape: Shape,
    b_shape: Shape | None = None,
    *,
    rules: Rules = TEXT,
    opset: int = LATEST_OPSET,
    **attributes: object,
) -> Shape:
    """The shape of Y alone, N x M x spatial, from shapes and ONNX attributes. Raises InvalidInput
    as `geometry` does."""
    given = Attributes.of(**attributes)
    return geometry(
        tuple(x_shape), tuple(w_shape), given, b_shape=b_shape, rules=rules, opset=opset
    ).y_shape
