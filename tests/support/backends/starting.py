"""Backends whose processes do not start, or not again. `starting:NAME` names one."""

import os
import time
from pathlib import Path
from typing import Any

from textbook import Array, Textbook

STARTS = "CONVTRANSPOSE_STARTS"  # a file that has a byte for each start
SLEEPS = 600


class Right(Textbook):
    pass


class _Once(Textbook):
    """Starts once; dies where the kernel is even."""

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if W.shape[2] % 2 == 0 and X.shape[2] == 5:
            os.abort()
        return super().answer(X, W, B)


class _Hanging(Textbook):
    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        if X.shape[2] == 3:  # the first call, of no case
            return super().answer(X, W, B)
        time.sleep(600)
        return None


def _once() -> type[Textbook]:
    starts = Path(os.environ[STARTS])
    with starts.open("a") as file:
        file.write("x")
    if len(starts.read_text()) > 1:
        raise ImportError("no licence for a second start")
    return _Once


def __getattr__(name: str) -> Any:
    if name == "Once":
        return _once()
    if name == "Hanging":
        return _Hanging
    if name == "Sleeping":
        time.sleep(SLEEPS)
    if name == "Exiting":
        os._exit(4)
    raise AttributeError(name)
