"""output_shape and output_padding: how large Y is, and where it begins."""

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "geometry"

    @property
    def same(self) -> bool:
        return self.auto_pad.startswith("SAME")


# output_shape


class OutputShapeIgnored(Planted):
    """Ignores output_shape."""

    named = ("output_shape_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_shape = None


class OutputShapeOfFirstAxis(Planted):
    """Takes the first value of output_shape for all axes."""

    def wanted(self, axis: int) -> int | None:
        return super().wanted(axis) if self.output_shape is None else self.output_shape[0]


class OutputShapeTailHeavy(Planted):
    """Splits an odd total padding of output_shape with the extra element at the end, whatever
    auto_pad."""

    named = ("output_shape_extra_at_end",)

    def split(self, total: int) -> tuple[int, int]:
        return (
            super().split(total) if self.output_shape is None else (total // 2, total - total // 2)
        )


class OutputShapeHeadHeavy(Planted):
    """Splits an odd total padding of output_shape with the extra element at the begin, whatever
    auto_pad."""

    named = ("output_shape_extra_at_begin",)

    def split(self, total: int) -> tuple[int, int]:
        return (
            super().split(total) if self.output_shape is None else (total - total // 2, total // 2)
        )


class OutputShapeExtraAtEndUnlessSame(Planted):
    """Splits an odd total padding of output_shape with NOTSET or VALID with the extra element at
    the end."""

    named = ("F:extra_at_end",)

    def split(self, total: int) -> tuple[int, int]:
        if self.output_shape is None or self.same:
            return super().split(total)
        return total // 2, total - total // 2


class OutputShapeSplitOfOpset1(Planted):
    """Splits the total padding of output_shape by opset 1's condition in every opset."""

    # at the end wherever the text says the begin, and the other way round
    named = (
        "F:extra_at_end",
        "same_swapped",
        "output_shape_extra_at_end",
        "output_shape_extra_at_begin",
    )

    def split(self, total: int) -> tuple[int, int]:
        begin, end = super().split(total)
        return (end, begin) if self.output_shape is not None and self.opset >= 11 else (begin, end)


class OutputShapeCropsAtEnd(Planted):
    """Crops to output_shape at the end alone."""

    named = ("crops_at_end", "J:zeros_at_end")

    def split(self, total: int) -> tuple[int, int]:
        return super().split(total) if self.output_shape is None else (0, total)


class OutputShapeCropsAtBegin(Planted):
    """Crops to output_shape at the begin alone."""

    named = ("crops_at_begin",)

    def split(self, total: int) -> tuple[int, int]:
        return super().split(total) if self.output_shape is None else (total, 0)


class OutputShapeOffByParity(Planted):
    """Crops to output_shape by the same at both ends, so that an odd total leaves one element too
    many."""

    def split(self, total: int) -> tuple[int, int]:
        return super().split(total) if self.output_shape is None else (total // 2, total // 2)


class OutputShapeClampedAtNatural(Planted):
    """Returns no more than the size without pads where output_shape asks for more."""

    named = ("output_shape_total_clamped",)

    def split(self, total: int) -> tuple[int, int]:
        return (0, 0) if total < 0 and self.output_shape is not None else super().split(total)


class OutputShapeGrowsWithOutputPadding(Planted):
    """Adds output_padding to output_shape."""

    def wanted(self, axis: int) -> int | None:
        return (
            super().wanted(axis)
            if self.output_shape is None
            else self.output_shape[axis] + self.output_padding[axis]
        )


class PadsBesideOutputShape(Planted):
    """Begins where pads say, although output_shape is given."""

    named = ("output_shape_begins_at_pads",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if self.output_shape is None or "pads" not in self.given:
            return begin, end
        return self.explicit[axis], begin + end - self.explicit[axis]


# output_padding, and the size without pads


class OutputPaddingAtBegin(Planted):
    """Adds the elements of output_padding at the begin of the axis."""

    named = ("output_padding_at_begin",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        extra = self.output_padding[axis] if self.wanted(axis) is None else 0
        return begin - extra, end + extra


class OutputPaddingIgnored(Planted):
    """Ignores output_padding."""

    named = ("output_padding_ignored",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_padding = [0] * self.rank


class OutputPaddingTwice(Planted):
    """Adds output_padding at both ends."""

    named = ("output_padding_on_both_ends",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (
            (begin - self.output_padding[axis], end) if self.wanted(axis) is None else (begin, end)
        )


class OutputPaddingOfLastAxis(Planted):
    """Takes the last axis's output_padding for all."""

    partly = ("output_padding_ignored",)  # where the last axis has none

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_padding = [self.output_padding[-1]] * self.rank


class OutputPaddingOfZeros(Planted):
    """Fills the elements of output_padding with zeros, although pads leave products there."""

    named = ("output_padding_not_computed",)

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        Y = super().crop(canvas, pads, sizes).copy()
        for axis, extra in enumerate(self.output_padding):
            if extra and self.wanted(axis) is None:
                np.moveaxis(Y, 2 + axis, 0)[max(Y.shape[2 + axis] - extra, 0) :] = 0
        return Y


class SizeWithoutDilation(Planted):
    """Works out Y's size from the kernel without its dilation."""

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (
            (begin, end + self.reach(axis) - self.kernel[axis])
            if self.wanted(axis) is None
            else (begin, end)
        )


class SizeOfWholeStrides(Planted):
    """Ends Y only where the last stride ends, also where the kernel is shorter than it."""

    named = ("size_at_least_input_times_stride",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (
            (begin, end - max(self.strides[axis] - self.reach(axis), 0))
            if self.wanted(axis) is None
            else (begin, end)
        )
