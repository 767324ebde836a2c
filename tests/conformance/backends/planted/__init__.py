"""Mutants of the operator: backends that are right but for one rule, each broken as implementations have broken it.

`planted:NAME` names one. The module it stands in is its class; the first line of its docstring says what it does wrong.
"""

from typing import Any

from . import accuracy, auto_pad, bias, dtype, geometry, gradients, group, kernel, layout, sizes, special, state, tensors, validation
from .base import PLANTED, Correct, Planted

__all__ = ["CLASSES", "PLANTED", "Correct", "Planted"]

CLASSES = ("geometry", "layout", "group", "bias", "dtype", "accuracy", "special", "state", "validation", "gradients")
MODULES = (geometry, auto_pad, sizes, layout, kernel, group, bias, dtype, accuracy, special, state, tensors, validation, gradients)


def __getattr__(name: str) -> Any:
    for planted in PLANTED:
        if planted.__name__ == name:
            return planted
    raise AttributeError(f"there is no mutant {name}")
