"""auto_pad: how large Y is, and where it begins."""

from textbook import Array

from .base import Planted as Base


class Planted(Base, abstract=True):
    kind = "geometry"

    @property
    def same(self) -> bool:
        return self.auto_pad.startswith("SAME")


class SameLowerAsUpper(Planted):
    """Takes SAME_LOWER for SAME_UPPER."""

    named = ("same_lower_as_upper",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("LOWER", "UPPER")


class SameUpperAsLower(Planted):
    """Takes SAME_UPPER for SAME_LOWER."""

    named = ("same_upper_as_lower",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("UPPER", "LOWER")


class SameSwapped(Planted):
    """Takes SAME_UPPER for SAME_LOWER and the other way round."""

    named = ("same_swapped",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = {"SAME_UPPER": "SAME_LOWER", "SAME_LOWER": "SAME_UPPER"}.get(
            self.auto_pad, self.auto_pad
        )


class SameIsInputSize(Planted):
    """Gives SAME the size of the input in every opset, as opset 1 alone says."""

    named = ("same_size_of_input",)

    def same_size(self, axis: int) -> int:
        return self.inputs[axis]


class SameGrowsWithOutputPadding(Planted):
    """Adds output_padding to the size that SAME asks for."""

    named = ("D:output_padding_adds_size",)

    def same_size(self, axis: int) -> int:
        return super().same_size(axis) + self.output_padding[axis]


class SameTotalWithoutOutputPadding(Planted):
    """Leaves output_padding out of the total padding of SAME, so that Y begins too early."""

    named = ("output_padding_left_out_of_total",)
    partly = ("output_padding_ignored",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if self.wanted(axis) is None or self.output_shape is not None:
            return begin, end
        first, last = self.split(begin + end - self.output_padding[axis])
        return first, last + self.output_padding[axis]


class SameTotalWithoutDilation(Planted):
    """Works out where SAME begins from the kernel without its dilation."""

    named = ("dilation_left_out_of_total",)

    def pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().pads(axis)
        if not self.same:
            return begin, end
        first = self.split(begin + end - self.reach(axis) + self.kernel[axis])[0]
        return first, begin + end - first


class SameOfOddInputsShort(Planted):
    """Gives SAME an even size: one less where input * stride is odd."""

    def same_size(self, axis: int) -> int:
        return super().same_size(axis) // 2 * 2


class ValidAsSameUpper(Planted):
    """Takes VALID for SAME_UPPER."""

    named = ("valid_as_same",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = self.auto_pad.replace("VALID", "SAME_UPPER")


class AutoPadIgnored(Planted):
    """Ignores auto_pad."""

    named = ("same_as_notset",)

    def read(self, X: Array, W: Array) -> None:
        super().read(X, W)
        self.auto_pad = "NOTSET"


class NegativeSameClamped(Planted):
    """Clamps a negative total padding of SAME to 0: Y has the size without pads."""

    named = ("C:clamped",)
    partly = ("C:zeros_at_end",)  # of gradients: what of dY is beyond Y is left out

    def split(self, total: int) -> tuple[int, int]:
        return (0, 0) if total < 0 and self.output_shape is None else super().split(total)


class NegativeSameAtEnd(Planted):
    """Puts all zeros of a negative total padding of SAME at the end."""

    named = ("C:zeros_at_end",)

    def split(self, total: int) -> tuple[int, int]:
        return (0, total) if total < 0 and self.output_shape is None else super().split(total)


class ForwardSameLowerAsUpper(Planted):
    """Takes SAME_LOWER for SAME_UPPER in Conv."""

    named = ("same_lower_as_upper",)

    def forward_pads(self, axis: int) -> tuple[int, int]:
        begin, end = super().forward_pads(axis)
        return (end, begin) if self.auto_pad == "SAME_LOWER" else (begin, end)
