"""Backends that are right where the kernel is odd, and misbehave where it is even, in one way each.
`misbehaving:NAME` names one."""

import ctypes
import os
import subprocess
import sys
import time
import unittest
from typing import Any, ClassVar

import numpy as np

from textbook import Array, Textbook


class Misbehaving(Textbook):
    """`misbehave` runs in place of the answer on guilty nodes."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        return (
            self.misbehave(X, W, B)
            if W.shape[2] % 2 == 0 and X.shape[2] == 5
            else super().answer(X, W, B)
        )

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        raise NotImplementedError


class Segfaults(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        ctypes.string_at(0)


class Aborts(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        os.abort()


class Exits(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        os._exit(0)


class ExitsPolitely(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        sys.exit(0)


class Interrupts(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        raise KeyboardInterrupt


class Hangs(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        while True:
            time.sleep(60)


class HangsWithAChild(Misbehaving):
    """Hangs in a process that it started, as a framework with a compiler of its own would."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(600)"], check=False)


class Shouts(Misbehaving):
    """Megabytes on both streams, through Python and past it: a nuisance, not a fault."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        line = "no sense at all " * 64
        for _ in range(4096):
            print(line)
            print(line, file=sys.stderr)
        os.write(1, b"\xff" * 2**20)
        os.write(2, b"\x00" * 2**20)
        return [self.compute(X, W, B)]


class Allocates(Misbehaving):
    """Without bound, from Python: MemoryError in the end."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        kept = []
        while True:
            kept.append(np.empty(2**24))


class FillsMemory(Misbehaving):
    """Without bound, and writes to all of it."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        kept = []
        while True:
            kept.append(np.ones(2**24))


class Skips(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        raise unittest.SkipTest("no even kernels here")


class TwoPartError(Exception):
    """Pickles, and fails to unpickle: `args` holds one value, `__init__` takes two."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(f"{what} at {where}")


class RaisesWhatDoesNotUnpickle(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        raise TwoPartError("no kernel", "device 7")


class RaisesWhatHasNoText(Misbehaving):
    """`str(error)` raises."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        class Mute(Exception):
            def __str__(self) -> str:
                raise ValueError("nothing to say")

        raise Mute


class ReturnsNestedLists(Misbehaving):
    """A list of plain lists where the output should be an array."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return [self.compute(X, W, B).tolist()]


class ReturnsNothing(Misbehaving):
    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return []


class ReturnsObjects(Misbehaving):
    """An array that cannot be sent as bytes."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return [self.compute(X, W, B).astype(object)]


class ReturnsText(Misbehaving):
    """An array of strings."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return [self.compute(X, W, B).astype(str)]


class ReturnsRecords(Misbehaving):
    """An array of a structured dtype."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return [self.compute(X, W, B).view([("value", "<f4")])]


class ReturnsBigEndian(Misbehaving):
    """The right numbers in the other byte order: the same values to whoever reads the dtype."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return [self.compute(X, W, B).astype(">f4")]


class ReturnsATuple(Misbehaving):
    """A tuple instead of a list: allowed."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return (self.compute(X, W, B),)


class ReturnsTheArray(Misbehaving):
    """The array itself: understood."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return self.compute(X, W, B)


class LeavesAChild(Misbehaving):
    """Answers, and leaves a process behind each time."""

    children: ClassVar[list[Any]] = []

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        self.children.append(
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        )
        return [self.compute(X, W, B)]


class AskedMore(Textbook):
    """Reverses the kernel. Misbehaves wherever a run asks beyond a plan of lines with stride 2; a
    first call of no attributes is taken."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        planned = X.ndim == 3 and self.given.get("strides", [2]) == [2]
        return super().answer(X, W, B) if planned else self.misbehave(X, W, B)

    def filters(self, W: Array) -> Array:
        return np.flip(W, tuple(range(2, W.ndim)))

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        raise NotImplementedError


class AskedMoreHangs(AskedMore):
    misbehave = Hangs.misbehave


class AskedMoreHangsWithAChild(AskedMore):
    misbehave = HangsWithAChild.misbehave


class AskedMoreSegfaults(AskedMore):
    misbehave = Segfaults.misbehave


class AskedMoreAllocates(AskedMore):
    misbehave = Allocates.misbehave


class AskedMoreReturnsObjects(AskedMore):
    misbehave = ReturnsObjects.misbehave


class AskedMoreAnswers(AskedMore):
    """The same rule wherever it is asked."""

    def misbehave(self, X: Array, W: Array, B: Array | None) -> Any:
        return super(AskedMore, self).answer(X, W, B)
