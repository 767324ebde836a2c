"""Forbidden values of attributes that are taken, and legal ones that are refused."""

from collections.abc import Callable

from textbook import Array
from textbook_laws import forbid

from .base import Planted as Base


class Planted(Base, abstract=True):
    """What is forbidden is put right in `given` before the laws are asked."""

    kind = "validation"

    def every(self, name: str, change: Callable[[int], int]) -> None:
        self.given[name] = [change(value) for value in self.given[name]]


class NegativePadsGrow(Planted):
    """Lets pads below 0 add zeros."""

    def law_of_pads(self, X: Array, W: Array) -> None:
        forbid(
            self.given.get("auto_pad", b"NOTSET") != b"NOTSET",
            "pads and auto_pad exclude each other",
        )


class NegativePadsAsZero(Planted):
    """Takes pads below 0 for 0."""

    def law_of_pads(self, X: Array, W: Array) -> None:
        self.every("pads", lambda pad: max(pad, 0))
        super().law_of_pads(X, W)


class PadsIgnoredBesideAutoPad(Planted):
    """Ignores pads that stand beside auto_pad."""

    def law_of_pads(self, X: Array, W: Array) -> None:
        if self.given.get("auto_pad", b"NOTSET") != b"NOTSET":
            self.given["pads"] = [0] * len(self.given["pads"])


class PadsUsedBesideAutoPad(Planted):
    """Ignores auto_pad beside pads."""

    def law_of_pads(self, X: Array, W: Array) -> None:
        self.given["auto_pad"] = b"NOTSET"
        super().law_of_pads(X, W)


class UnknownAutoPadIgnored(Planted):
    """Takes an auto_pad that it does not know for NOTSET."""

    def law_of_auto_pad(self) -> None:
        known = (b"SAME_UPPER", b"SAME_LOWER", b"VALID")
        self.given["auto_pad"] = (
            self.given["auto_pad"] if self.given["auto_pad"] in known else b"NOTSET"
        )


class AutoPadInLowerCaseTaken(Planted):
    """Takes auto_pad in lower case."""

    def law_of_auto_pad(self) -> None:
        self.given["auto_pad"] = self.given["auto_pad"].upper()
        super().law_of_auto_pad()


class SameTakenForSameUpper(Planted):
    """Takes the word SAME, which other frameworks have, for SAME_UPPER."""

    def law_of_auto_pad(self) -> None:
        self.given["auto_pad"] = (
            b"SAME_UPPER" if self.given["auto_pad"] == b"SAME" else self.given["auto_pad"]
        )
        super().law_of_auto_pad()


# lists of the wrong length


class PadsOfBeginsTaken(Planted):
    """Takes pads with one value an axis for both ends."""

    def law_of_length(self, name: str, rank: int) -> None:
        if name == "pads" and len(self.given["pads"]) == rank:
            self.given["pads"] = self.given["pads"] * 2
        super().law_of_length(name, rank)


class LongListsCut(Planted):
    """Ignores the values of a list past the last axis."""

    def law_of_length(self, name: str, rank: int) -> None:
        self.given[name] = self.given[name][: 2 * rank if name == "pads" else rank]
        super().law_of_length(name, rank)


class ShortListsRepeated(Planted):
    """Takes the last value of a list that is too short for the axes that are left."""

    def law_of_length(self, name: str, rank: int) -> None:
        self.given[name] = self.given[name] + self.given[name][-1:] * (rank - len(self.given[name]))
        super().law_of_length(name, rank)


class StepsOfImagesAndChannelsTaken(Planted):
    """Takes strides and dilations that name the images' and channels' steps as well, those first
    and last."""

    def law_of_length(self, name: str, rank: int) -> None:
        if name in ("strides", "dilations") and len(self.given[name]) == rank + 2:
            self.given[name] = self.given[name][1:-1]
        super().law_of_length(name, rank)


class OutputShapeOfAllAxesTaken(Planted):
    """Takes an output_shape that begins with N and M."""

    def law_of_length(self, name: str, rank: int) -> None:
        if name == "output_shape" and len(self.given[name]) == rank + 2:
            self.given[name] = self.given[name][2:]
        super().law_of_length(name, rank)


# values out of range


class ZeroStridesAsOne(Planted):
    """Takes a stride of 0 for 1."""

    def law_of_strides(self, X: Array, W: Array) -> None:
        self.every("strides", lambda stride: stride or 1)
        super().law_of_strides(X, W)


class NegativeStridesAsPositive(Planted):
    """Ignores the sign of a stride."""

    def law_of_strides(self, X: Array, W: Array) -> None:
        self.every("strides", abs)
        super().law_of_strides(X, W)


class ZeroDilationsAsOne(Planted):
    """Takes a dilation of 0 for 1."""

    def law_of_dilations(self, X: Array, W: Array) -> None:
        self.every("dilations", lambda dilation: dilation or 1)
        super().law_of_dilations(X, W)


class NegativeDilationsAsPositive(Planted):
    """Ignores the sign of a dilation."""

    def law_of_dilations(self, X: Array, W: Array) -> None:
        self.every("dilations", abs)
        super().law_of_dilations(X, W)


class KernelShapeNotCompared(Planted):
    """Takes the kernel's sizes from W, whatever kernel_shape says."""

    def law_of_kernel_shape(self, X: Array, W: Array) -> None:
        return


class OutputPaddingAtTheLimitTaken(Planted):
    """Takes an output_padding of as much as the stride or the dilation."""

    def law_of_output_padding(self, X: Array, W: Array) -> None:
        ones = [1] * (X.ndim - 2)
        limits = map(max, self.given.get("strides", ones), self.given.get("dilations", ones))
        beyond = [
            extra > limit for extra, limit in zip(self.given["output_padding"], limits, strict=True)
        ]
        forbid(
            any(beyond) or min(self.given["output_padding"]) < 0,
            "output_padding is no more than the stride or the dilation",
        )


class OutputPaddingUnlimited(Planted):
    """Takes any output_padding of 0 or more."""

    def law_of_output_padding(self, X: Array, W: Array) -> None:
        forbid(min(self.given["output_padding"]) < 0, "output_padding is 0 or more")


class NegativeOutputPaddingAsZero(Planted):
    """Takes an output_padding below 0 for 0."""

    def law_of_output_padding(self, X: Array, W: Array) -> None:
        self.every("output_padding", lambda extra: max(extra, 0))
        super().law_of_output_padding(X, W)


class NegativeOutputShapeIgnored(Planted):
    """Takes an output_shape with a value below 0 for none, as where -1 asks to work it out."""

    def refuse(self, X: Array, W: Array, B: Array | None) -> None:
        if min(self.given.get("output_shape", [0])) < 0:
            del self.given["output_shape"]
        super().refuse(X, W, B)


class ConvAttributesNotKnownIgnored(Planted):
    """Ignores attributes of Conv that it has not."""

    def law_of_conv(self) -> None:
        return


# legal calls refused


class AsymmetricPadsRefused(Planted):
    """Refuses pads that differ between the ends."""

    def law_of_pads(self, X: Array, W: Array) -> None:
        super().law_of_pads(X, W)
        forbid(
            self.given["pads"][: X.ndim - 2] != self.given["pads"][X.ndim - 2 :],
            "pads are symmetric",
        )


class UnequalStridesRefused(Planted):
    """Refuses strides that differ between axes."""

    def law_of_strides(self, X: Array, W: Array) -> None:
        super().law_of_strides(X, W)
        forbid(len(set(self.given["strides"])) > 1, "one stride for all axes")


class DilatedGroupsRefused(Planted):
    """Refuses dilations with more than one group."""

    def law_of_dilations(self, X: Array, W: Array) -> None:
        super().law_of_dilations(X, W)
        forbid(
            self.given.get("group", 1) > 1 and max(self.given["dilations"]) > 1,
            "no dilations with groups",
        )
