"""Backends that are right but for one planted fault, each of a kind that implementations have had. `planted:NAME` names one."""

from typing import Any, ClassVar

import ml_dtypes
import numpy as np
from textbook import Array, Correct, Textbook

__all__ = ["PLANTED", "Correct", "Planted"]

PLANTED: list[type[Textbook]] = []


class Planted(Textbook):
    """Base of every faulty backend; each is registered as it is defined."""

    def __init_subclass__(cls) -> None:
        PLANTED.append(cls)


# Pads and sizes


class PadsSwapped(Planted):
    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (end, begin) if self.wanted(axis) is None else (begin, end)


class PadsOfOneAxis(Planted):
    """Takes the pads of the first axis for all."""

    def pads(self, axis: int) -> tuple[int, int]:
        return super().pads(0) if self.wanted(axis) is None else super().pads(axis)


class PadsMadeSymmetric(Planted):
    """Pads the begin on both sides."""

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        return (begin, begin) if self.wanted(axis) is None else (begin, end)


class SameLowerAsUpper(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("LOWER", "UPPER")


class SameUpperAsLower(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("UPPER", "LOWER")


class SameIsInputSize(Planted):
    def same_size(self, axis: int) -> int:
        return self.inputs[axis]


class SameGrowsWithOutputPadding(Planted):
    def same_size(self, axis: int) -> int:
        return super().same_size(axis) + self.output_padding[axis]


class ValidAsSameUpper(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("VALID", "SAME_UPPER")


class NegativeTotalsClamped(Planted):
    def split(self, total: int) -> tuple[int, int]:
        return super().split(max(total, 0))


class OutputShapeIgnored(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_shape = None


class OutputShapeTailHeavy(Planted):
    """The extra element of an odd total at the end, whatever auto_pad."""

    def split(self, total: int) -> tuple[int, int]:
        return super().split(total) if self.output_shape is None else (total // 2, total - total // 2)


class PadsBesideOutputShape(Planted):
    """Begins where pads say, although output_shape is given."""

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if self.output_shape is None or "pads" not in self.given:
            return begin, end
        return self.explicit[axis], begin + end - self.explicit[axis]


class OutputPaddingAtBegin(Planted):
    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        extra = self.output_padding[axis] if self.wanted(axis) is None else 0
        return begin - extra, end + extra


class OutputPaddingIgnored(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.output_padding = [0] * self.rank


# Axes


class StridesSwapped(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.strides.reverse()


class DilationsSwapped(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations.reverse()


class DilationIgnoredWhereStrided(Planted):
    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.dilations = [1 if s > 1 else d for s, d in zip(self.strides, self.dilations, strict=True)]


class SquareKernelsTransposed(Planted):
    def filters(self, W: Array) -> Array:
        return W.swapaxes(-1, -2) if W.ndim > 3 and W.shape[-1] == W.shape[-2] else W


class KernelFlipped(Planted):
    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if self.op == "ConvTranspose" else W


class ReturnsChannelsLast(Planted):
    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        return np.moveaxis(super().compute(X, W, B), 1, -1)


# Channels


class BiasIgnored(Planted):
    def add(self, Y: Array, B: Array) -> Array:
        return Y


class BiasOfTheFirstGroupForAll(Planted):
    def bias(self, B: Array) -> Array:
        return np.tile(B[: B.size // self.group], self.group)


class BiasBeforeZerosAreAdded(Planted):
    """Adds B before negative pads grow the output, so the new rows lack it."""

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        return super().add(super().add_up(X, W, sizes), self.kept) if self.kept is not None else super().add_up(X, W, sizes)

    def bias(self, B: Array) -> Array:
        self.kept = B.astype(self.accumulator)
        return B

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.kept: Array | None = None

    def add(self, Y: Array, B: Array) -> Array:
        return Y if self.op == "ConvTranspose" else super().add(Y, B)


class GroupsMixedUp(Planted):
    """Every group of X meets the next group's filters."""

    def filters(self, W: Array) -> Array:
        return np.roll(W, W.shape[0] // self.group, axis=0)


class GroupsInterleaved(Planted):
    """Output channels come map by map, groups inside."""

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        Y = super().add_up(X, W, sizes)
        return Y.reshape(Y.shape[0], self.group, -1, *Y.shape[2:]).swapaxes(1, 2).reshape(Y.shape)


class ChannelsSwappedWithinGroups(Planted):
    """Takes W as M/group x C/group where both are equal."""

    def filters(self, W: Array) -> Array:
        channels = W.shape[0] // self.group
        if self.op == "Conv" or channels != W.shape[1]:
            return W
        return W.reshape(self.group, channels, *W.shape[1:]).swapaxes(1, 2).reshape(W.shape)


class ChannelTailDropped(Planted):
    """Sums whole vectors of four channels only, once there is one."""

    def filters(self, W: Array) -> Array:
        channels = W.shape[0] // self.group
        if self.op == "Conv" or channels < 4:
            return W
        kept = W.reshape(self.group, channels, *W.shape[1:]).copy()
        kept[:, channels - channels % 4 :] = 0
        return kept.reshape(W.shape)


class FirstImageOnly(Planted):
    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        Y = super().add_up(X, W, sizes)
        Y[1:] = 0
        return Y


# Numbers


class OverlapsOverwritten(Planted):
    def land(self, canvas: Array, at: Any, values: Array) -> None:
        canvas[at] = values


class LastInputDropped(Planted):
    """A loop that ends one early, along the last axis, where there are four inputs or more."""

    def add_up(self, X: Array, W: Array, sizes: list[int]) -> Array:
        if X.shape[-1] < 4:
            return super().add_up(X, W, sizes)
        short = X.copy()
        short[..., -1] = 0
        return super().add_up(short, W, sizes)


class TensorFloat32(Planted):
    """X and W keep 10 explicit bits of their significand: TF32 matrix units."""

    def numbers(self, array: Array) -> Array:
        if array.dtype != np.float32:
            return array
        bits = array.view(np.uint32) if array.flags.c_contiguous else array.copy().view(np.uint32)
        return ((bits + np.uint32(0x0FFF) + ((bits >> np.uint32(13)) & np.uint32(1))) & np.uint32(0xFFFFE000)).view(np.float32)


class BFloat16Inputs(Planted):
    def numbers(self, array: Array) -> Array:
        return array.astype(ml_dtypes.bfloat16)


class Float16Accumulation(Planted):
    accumulator: ClassVar[Any] = np.float16

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            return super().compute(X, W, B)


class HalfSummedInHalf(Planted):
    """float16 alone sums in float16, as without a wider accumulator."""

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        self.accumulator = np.float16 if X.dtype == np.float16 else np.float64  # type: ignore[misc]
        with np.errstate(over="ignore", invalid="ignore"):
            return super().compute(X, W, B)


class DoubleAsSingle(Planted):
    accumulator: ClassVar[Any] = np.float32


class ReturnsDouble(Planted):
    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        return super().compute(X, W, B).astype(np.float64)


# Manners


class InputsChanged(Planted):
    """Works in the caller's X."""

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        Y = super().compute(X, W, B)
        X *= 0
        return Y


class WeightsKeptFromAnEarlierCall(Planted):
    """Packs W once for each shape."""

    packed: ClassVar[dict[Any, Array]] = {}

    def filters(self, W: Array) -> Array:
        return self.packed.setdefault((self.op, W.shape, self.group), W.copy())


# Conv


class ConvolvesInsteadOfCorrelating(Planted):
    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim))) if self.op == "Conv" else W


class ForwardSameLowerAsUpper(Planted):
    def forward_pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().forward_pads(axis)
        return (end, begin) if self.auto_pad == "SAME_LOWER" else (begin, end)
