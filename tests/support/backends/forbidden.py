"""Backends that meet a call which the operator text forbids, each in a way of its own.
`forbidden:NAME` names one."""

import os
import time
import unittest
from typing import Any

import numpy as np

from textbook import Array, Correct


class Strict(Correct):
    """Refuses what is forbidden, as far as the tests ask."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        group, strides = self.given.get("group", 1), self.given.get("strides", [1])
        if group < 1 or min(strides) < 1 or (B is not None and B.shape != (W.shape[1] * group,)):
            return self.forbidden()
        return super().answer(X, W, B)

    def forbidden(self) -> Any:
        raise ValueError("not a legal call")


class Lenient(Strict):
    def forbidden(self) -> Any:
        return [np.zeros((1, 1, 1), np.float32)]


class Dies(Strict):
    def forbidden(self) -> Any:
        os.abort()


class Hangs(Strict):
    def forbidden(self) -> Any:
        time.sleep(600)


class Swallows(Strict):
    def forbidden(self) -> Any:
        return [np.zeros(2**40, np.float32)]


class Shrugs(Strict):
    def forbidden(self) -> Any:
        raise unittest.SkipTest("cannot be said here")
