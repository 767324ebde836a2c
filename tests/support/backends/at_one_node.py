"""Adapters on the reference's arithmetic, wrong at calls of one kind alone: what strikes one node
of a model."""

from dataclasses import replace

import numpy as np

from convtranspose_conformance.backends.api import (
    Array,
    Call,
    Refused,
    Unsupported,
    refusals,
)
from convtranspose_reference import InvalidInput, depth_to_space, resize
from convtranspose_reference.resize import Resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace
from derives import Right


class Strict(Right):
    """Wrong nowhere: refuses what the text forbids."""

    def run(self, call: Call) -> Array:
        with refusals("run", InvalidInput):
            return super().run(call)


class Pixels(Right):
    """Wrong nowhere: resizes before a Conv, and makes blocks of what it gives."""

    composes = True

    def run(self, call: Call) -> Array:
        X = call.X
        if call.resize is not None:
            X = resize(X, opset=call.opset, **self.resize_of(call.resize).given())
        Y = super().run(replace(call, X=X))
        asked = call.depth_to_space
        return Y if asked is None else depth_to_space(Y, asked.blocksize, self.mode_of(asked))

    def resize_of(self, asked: Resize) -> Resize:
        return asked

    def mode_of(self, asked: DepthToSpace) -> str:
        return asked.mode


class Finite(Pixels):
    """Gives 0 for what is too large."""

    def run(self, call: Call) -> Array:
        Y = super().run(call)
        return np.where(np.isfinite(Y), Y, 0).astype(Y.dtype)


class CornersOfLinear(Pixels):
    """Aligns corners where X is interpolated."""

    def resize_of(self, asked: Resize) -> Resize:
        if asked.mode != "linear":
            return asked
        return replace(asked, coordinate_transformation_mode="align_corners")


class OtherBlocks(Pixels):
    """Takes the channel of a pixel from the other part of C."""

    def mode_of(self, asked: DepthToSpace) -> str:
        return "DCR" if asked.mode == "CRD" else "CRD"


class Grouped(Right):
    """Uses the filters of the first group for every group."""

    def run(self, call: Call) -> Array:
        if call.group == 1 or call.op == "Conv":
            return super().run(call)
        each = call.W.shape[0] // call.group
        W = np.concatenate([call.W[:each]] * call.group)
        return super().run(_with(call, W))


class Kernel5Stride2(Right):
    """Flips the kernel where it is 5 long and the stride is 2."""

    def run(self, call: Call) -> Array:
        if call.W.shape[2:] != (5, 5) or call.strides != (2, 2):
            return super().run(call)
        return super().run(_with(call, np.flip(call.W, (2, 3))))


class OutputPaddingAtFront(Right):
    """Puts output_padding before the output, in place of after it."""

    def run(self, call: Call) -> Array:
        Y = super().run(call)
        for axis, by in enumerate(call.output_padding, 2):
            Y = np.roll(Y, by, axis)
        return Y


class Truncates(Right):
    """Loses the last twelve bits of what a Conv with many channels gives."""

    def run(self, call: Call) -> Array:
        Y = super().run(call)
        if call.op != "Conv" or call.X.shape[1] < 8:
            return Y
        return (Y.view(np.uint32) & np.uint32(0xFFFFF000)).view(np.float32)


class NoGroups(Right):
    """Has no word for groups, and refuses a Conv with many channels."""

    def run(self, call: Call) -> Array:
        if call.group > 1:
            raise Unsupported("there is no group")
        if call.op == "Conv" and call.X.shape[1] >= 8:
            raise Refused("run", "ValueError", "too many channels")
        return super().run(call)


def _with(call: Call, W: Array) -> Call:
    return replace(call, W=np.ascontiguousarray(W))


class Infinite(Right):
    """Returns infinity wherever that is."""

    def run(self, call: Call) -> Array:
        return np.full_like(super().run(call), np.inf)


class NegativeInfinite(Right):
    """Returns minus infinity, which sums of positive numbers never reach."""

    def run(self, call: Call) -> Array:
        return np.full_like(super().run(call), -np.inf)
