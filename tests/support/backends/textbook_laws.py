"""What the operator text forbids, one sentence a method: the textbook computes a legal call, and
refuses any other."""

from math import prod
from typing import Any

from textbook import Array, Textbook

LISTS = ("strides", "dilations", "kernel_shape", "output_padding", "output_shape", "pads")


def forbid(broken: bool, says: str) -> None:
    if broken:
        raise ValueError(says)


class Lawful(Textbook):
    """Refuses what is forbidden before anything is computed."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        self.refuse(X, W, B)
        return super().answer(X, W, B)

    def refuse(self, X: Array, W: Array, B: Array | None) -> None:
        """Every law in turn; raises ValueError."""
        self.law_of_ranks(X, W)
        self.law_of_group(X, W)
        self.law_of_channels(X, W)
        if B is not None:
            self.law_of_bias(W, B)
        for name in LISTS:
            if name in self.given:
                self.law_of_length(name, X.ndim - 2)
                getattr(self, f"law_of_{name}")(X, W)
        if "auto_pad" in self.given:
            self.law_of_auto_pad()
        if self.op == "Conv":
            self.law_of_conv()
        self.law_of_sizes(X, W)

    def law_of_ranks(self, X: Array, W: Array) -> None:
        forbid(
            X.ndim < 3 or W.ndim != X.ndim,
            "X and W have N or M, C and at least one spatial axis each",
        )
        forbid(0 in W.shape[2:], "a kernel has at least one tap on every axis")

    def law_of_group(self, X: Array, W: Array) -> None:
        group = self.given.get("group", 1)
        split = X.shape[1] if self.op == "ConvTranspose" else W.shape[0]
        forbid(group < 1 or split % group != 0, "group is at least 1 and divides the channels")

    def law_of_channels(self, X: Array, W: Array) -> None:
        wanted = (
            W.shape[0] if self.op == "ConvTranspose" else W.shape[1] * self.given.get("group", 1)
        )
        forbid(X.shape[1] != wanted, "X and W agree on C")

    def law_of_bias(self, W: Array, B: Array) -> None:
        maps = W.shape[1] * self.given.get("group", 1) if self.op == "ConvTranspose" else W.shape[0]
        forbid(B.shape != (maps,), "B has one value for each of M")

    def law_of_length(self, name: str, rank: int) -> None:
        forbid(
            len(self.given[name]) != (2 * rank if name == "pads" else rank),
            f"{name} has a value for each axis, pads two",
        )

    def law_of_strides(self, X: Array, W: Array) -> None:
        forbid(min(self.given["strides"]) < 1, "strides are positive")

    def law_of_dilations(self, X: Array, W: Array) -> None:
        forbid(min(self.given["dilations"]) < 1, "dilations are positive")

    def law_of_kernel_shape(self, X: Array, W: Array) -> None:
        forbid(tuple(self.given["kernel_shape"]) != W.shape[2:], "kernel_shape is W's")

    def law_of_pads(self, X: Array, W: Array) -> None:
        forbid(min(self.given["pads"]) < 0, "pads are 0 or more")
        forbid(
            self.given.get("auto_pad", b"NOTSET") != b"NOTSET",
            "pads and auto_pad exclude each other",
        )

    def law_of_auto_pad(self) -> None:
        forbid(
            self.given["auto_pad"] not in (b"NOTSET", b"SAME_UPPER", b"SAME_LOWER", b"VALID"),
            "auto_pad is one of four words",
        )

    def law_of_output_padding(self, X: Array, W: Array) -> None:
        ones = [1] * (X.ndim - 2)
        limits = map(max, self.given.get("strides", ones), self.given.get("dilations", ones))
        forbid(
            any(
                not 0 <= extra < limit
                for extra, limit in zip(self.given["output_padding"], limits, strict=True)
            ),
            "output_padding is below the stride or the dilation",
        )

    def law_of_output_shape(self, X: Array, W: Array) -> None:
        forbid(min(self.given["output_shape"]) < 0, "output_shape is 0 or more")

    def law_of_conv(self) -> None:
        forbid(
            "output_padding" in self.given or "output_shape" in self.given,
            "Conv has no output_padding and no output_shape",
        )

    def law_of_sizes(self, X: Array, W: Array) -> None:
        self.read(X, W)
        sizes = [self.size(axis) for axis in range(self.rank)]
        forbid(min(sizes) < 0, "Y has no size below 0")
        forbid(prod(size or 1 for size in sizes) > 2**62, "Y has no more than 2**62 elements")

    def size(self, axis: int) -> int:
        """The output size of one axis."""
        if self.op == "Conv":
            return (
                self.inputs[axis] + sum(self.forward_pads(axis)) - self.reach(axis)
            ) // self.strides[axis] + 1
        return self.natural(axis) - sum(self.pads(axis))
