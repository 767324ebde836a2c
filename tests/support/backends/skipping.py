"""Wrappers that skip, of ONNX's Backend API: `skipping:NAME` names one. What a skip is worth is for
the suite to say."""

import unittest
from typing import Any

from textbook import Array, Textbook


class Everything(Textbook):
    """Every call is skipped, the first included."""

    @classmethod
    def prepare(cls, model: Any, device: str = "CPU", **_: Any) -> Any:
        raise unittest.SkipTest("not today")


class BackendIsNotSupposedToImplementIt(Exception):
    """As onnx's own runner knows it, by its name."""


class AllButTheFirst(Textbook):
    """The call that asks whether anybody is there is answered, and no other."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if (X.shape, W.shape) == ((1, 1, 3), (1, 1, 2)):
            return super().answer(X, W, B)
        raise BackendIsNotSupposedToImplementIt("no such operator")


class Groups(Textbook):
    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if self.given.get("group", 1) > 1:
            raise unittest.SkipTest(f"group {self.given['group']} is left out")
        return super().answer(X, W, B)


class Crashes(Textbook):
    """A runtime in a process of its own, whose deaths are skips here."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if self.given.get("group", 1) > 1:
            raise unittest.SkipTest("the runtime ended with exit code -11")
        return super().answer(X, W, B)
