"""SAME and output_shape as public bug reports tell them."""

import numpy as np

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "geometry"

    @property
    def same(self) -> bool:
        return self.output_shape is None and self.auto_pad.startswith("SAME")


# SAME


class StrideOfFirstAxisInSame(Planted):
    """Gives SAME the input's size times the first axis's stride on every axis.

    PaddlePaddle/Paddle#20997: SAME took stride[0] where stride[i] was meant.
    """

    partly = (
        "first_stride_for_all",
        "same_size_of_input",
        "strides_ignored",
    )  # where the other axes have one input, or the first axis's stride is 1

    def same_size(self, axis: int) -> int:
        return self.inputs[axis] * self.strides[0] if self.opset >= 11 else super().same_size(axis)


class SameSizeOfFirstAxis(Planted):
    """Gives SAME the first axis's output size on every axis.

    Like xmartlabs/Bender#29, where sizes were right for square images only.
    """

    partly = (
        "first_stride_for_all",
        "same_size_of_input",
        "strides_ignored",
    )  # where all axes have one input, or the first axis's stride is 1

    def same_size(self, axis: int) -> int:
        return super().same_size(0)


class SamePadsInterleaved(Planted):
    """Lists SAME's pads as all begins, then all ends, and begins Y as if they were begin and end of
    one axis after the other.

    robertknight/rten#1399: the branch of SAME returned its pads in another order than its caller
    took them.
    """

    partly = (
        "same_swapped",
        "same_upper_as_lower",
        "same_lower_as_upper",
        "crops_at_end",
        "C:zeros_at_end",
    )  # where the other axis's pads happen to be these

    def pads(self, axis: int) -> tuple[int, int]:
        pads = [super(SamePadsInterleaved, self).pads(each) for each in range(self.rank)]
        total = sum(pads[axis])
        begin = (
            [*(begin for begin, _ in pads), *(end for _, end in pads)][2 * axis]
            if self.same
            else pads[axis][0]
        )
        return begin, total - begin


class SameAsConvPads(Planted):
    """Begins SAME's Y where Conv's formula says: the padding that X of its size would need.

    opencv/opencv#10702: the padding was worked out with input and output in Conv's order.
    """

    partly = (
        "same_swapped",
        "same_upper_as_lower",
        "crops_at_begin",
        "C:zeros_at_end",
        "E:zeros_at_end",
        "E:truncated",
    )  # for small totals

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if not self.same:
            return begin, end
        whole = (-(-self.inputs[axis] // self.strides[axis]) - 1) * self.strides[axis]
        first = self.split(max(whole + self.reach(axis) - self.inputs[axis], 0))[0]
        return first, begin + end - first


class SameByHalfKernelWithOutputPadding(Planted):
    """Where output_padding is given, be it 0, crops half the kernel at both ends for SAME.

    tensorflow/tensorflow#50168: an output_padding of 0 gave other sizes than none.
    """

    partly = ("D:half_kernel_pads",)  # that reading takes an output_padding of 0 for none

    def pads(self, axis: int) -> tuple[int, int]:
        given = self.same and "output_padding" in self.given
        return (self.reach(axis) // 2,) * 2 if given else super().pads(axis)


class SameUpperAsLowerIn3d(Planted):
    """Takes SAME_UPPER for SAME_LOWER in three dimensions.

    Like mpc-msri/EzPC#78, a mismatch of SAME in three dimensions alone.
    """

    named = ("same_upper_as_lower",)
    partly = ("same_swapped",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("UPPER", "LOWER") if self.rank == 3 else self.auto_pad


class SameSwappedWithoutOutputPadding(Planted):
    """Takes SAME_UPPER for SAME_LOWER and the other way round, and leaves output_padding out of
    SAME's total padding.

    microsoft/onnxruntime#8769 and microsoft/onnxruntime#11927 report one each.
    """

    named = (
        "same_swapped + output_padding_left_out_of_total",
        "output_padding_left_out_of_total + same_swapped",
        "same_swapped + output_padding_ignored",
        "output_padding_ignored + same_swapped",
    )
    partly = (
        "same_swapped",
        "same_upper_as_lower",
        "same_lower_as_upper",
        "output_padding_left_out_of_total",
        "output_padding_ignored",
        "output_shape_extra_at_begin",
        "output_shape_extra_at_end",
        # where there is no output_padding, or the total is even without it, or output_shape is
        # given
        # beside SAME
    )

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = {"SAME_UPPER": "SAME_LOWER", "SAME_LOWER": "SAME_UPPER"}.get(
            self.auto_pad, self.auto_pad
        )

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        first = self.split(begin + end - self.output_padding[axis])[0] if self.same else begin
        return first, begin + end - first


# output_shape


class OutputShapeTotalWithoutOutputPadding(Planted):
    """Leaves output_padding out of the total padding of output_shape, so that Y begins too early.

    Like root-project/root#23088, whose review goes through the terms of that total.
    """

    named = ("output_padding_left_out_of_total", "output_padding_ignored")

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        first = (
            begin
            if self.output_shape is None
            else self.split(begin + end - self.output_padding[axis])[0]
        )
        return first, begin + end - first


class OutputShapeTotalWithoutDilation(Planted):
    """Works out where output_shape begins from the kernel without its dilation.

    Like onnx/onnx#1609, which quotes the formula from before it had dilations.
    """

    named = ("dilation_left_out_of_total",)
    partly = (
        "output_padding_left_out_of_total",
        "output_padding_ignored",
        "crops_at_end",
        # where output_padding is as large as what the dilation adds, or nothing is left to begin
        # with
    )

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        first = (
            begin
            if self.output_shape is None
            else self.split(begin + end - self.reach(axis) + self.kernel[axis])[0]
        )
        return first, begin + end - first


class GrownWithBorderValues(Planted):
    """Repeats the values at the border, not zeros, where negative pads grow Y.

    Like Xilinx/onnx-mlir#423, a wrong value of padding.
    """

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: list[int]) -> Array:
        cut = [(max(begin, 0), max(end, 0)) for begin, end in pads]
        left = [
            wide - begin - end for wide, (begin, end) in zip(canvas.shape[2:], cut, strict=True)
        ]
        if min(left) < 1:
            return super().crop(canvas, pads, sizes)
        grown = [(max(-begin, 0), max(-end, 0)) for begin, end in pads]
        return np.pad(super().crop(canvas, cut, left), [(0, 0), (0, 0), *grown], mode="edge")
