"""Mutants of the operator: backends that are right but for one rule, each broken as implementations
have broken it.

`planted:NAME` names one; the first paragraph of its docstring says what it does wrong. Those of the
modules `REPORTED` come from public bug reports, were written before anyone looked at what diagnosis
makes of them, and never serve to set one of its thresholds.
"""

from typing import Any

from . import (
    accuracy,
    auto_pad,
    bias,
    composed,
    dtype,
    geometry,
    gradients,
    group,
    kernel,
    layout,
    reported,
    reported_layout,
    reported_pads,
    reported_steps,
    reported_types,
    sizes,
    special,
    state,
    tensors,
    validation,
)
from .base import PLANTED, Correct, Planted

__all__ = ["CLASSES", "PLANTED", "Correct", "Planted"]

CLASSES = (
    "geometry",
    "layout",
    "group",
    "bias",
    "dtype",
    "accuracy",
    "special",
    "state",
    "validation",
    "gradients",
    "resize",
    "subpixel",
)
REPORTED = (reported, reported_pads, reported_steps, reported_layout, reported_types)
MODULES = (
    *(
        geometry,
        auto_pad,
        sizes,
        layout,
        kernel,
        group,
        bias,
        dtype,
        accuracy,
        special,
        state,
        tensors,
        validation,
        gradients,
        composed,
    ),
    *REPORTED,
)


def __getattr__(name: str) -> Any:
    for planted in PLANTED:
        if planted.__name__ == name:
            return planted
    raise AttributeError(f"there is no mutant {name}")
