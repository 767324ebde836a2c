"""Pads as public bug reports tell them."""

from .reported import Planted


class PadsOfAxesReversed(Planted):
    """Crops the axes by the pads of the axes in reverse order.

    Like tensorflow/tensorflow#24151, where the paddings of height and width were exchanged.
    """

    partly = ("pads_swapped",)  # where one axis's begin is the other's end

    def pads(self, axis: int) -> tuple[int, int]:
        return (
            super().pads(axis)
            if self.wanted(axis) is not None
            else super().pads(self.rank - 1 - axis)
        )


class EndPadsAtBothEnds(Planted):
    """Crops by the end pads on both sides.

    Like pytorch/glow#4585, where pads that differ were broken.
    """

    named = ("end_pads_at_both_ends",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (begin, end) if self.wanted(axis) is not None else (end, end)


class EndPadsLeftWhereBeginPads(Planted):
    """Crops the end of an axis only where nothing is cropped from its begin.

    Like PINTO0309/onnx2tf#243, where a slice looked at one of the two ends alone.
    """

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (begin, 0) if begin and self.wanted(axis) is None else (begin, end)


class PadsTakenForSame(Planted):
    """Returns the size of the input times the stride, cropped as for SAME_UPPER, wherever one of
    the pads is above 0.

    PINTO0309/onnx2tf#56: pads were turned into SAME, which is another size for kernel 3, stride 3,
    pads of 1.
    """

    partly = (
        "pads_ignored",
        "pads_added",
        "pads_swapped",
        "crops_at_end",
    )  # where SAME's pads happen to be these

    def pads(self, axis: int) -> tuple[int, int]:
        if self.wanted(axis) is not None or not any(self.explicit):
            return super().pads(axis)
        total = self.natural(axis) - self.inputs[axis] * self.strides[axis]
        return total // 2, total - total // 2


class PadsIgnoredWhereStrideAboveKernel(Planted):
    """Ignores pads where the stride of an axis is above the kernel's size.

    Like PINTO0309/onnx2tf#68, where pads beside larger strides were lost.
    """

    named = ("pads_ignored",)

    def pads(self, axis: int) -> tuple[int, int]:
        above = any(stride > size for stride, size in zip(self.strides, self.kernel, strict=True))
        return (0, 0) if above and self.wanted(axis) is None else super().pads(axis)
