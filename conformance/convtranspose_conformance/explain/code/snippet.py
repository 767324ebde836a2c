"""Code for a call: lines that make `Y` from the arrays X, W and B in ONNX layout, and why one call
of the framework does not do."""

from collections.abc import Sequence
from dataclasses import dataclass

from convtranspose_cases import Case

from ...backends import script

MOST_AXES = 3  # of the frameworks' own layers: 1, 2 or 3 spatial ones
LINE = 78  # leaves room for the indent of a page and for what stands before the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """`lines` for one API, called `title`. `why` proves that one call cannot say it, and is empty
    where one can.

    `framework` is the distribution that runs it; empty `lines`: nothing short says it, and `why`
    tells.
    """

    title: str
    framework: str
    lines: tuple[str, ...] = ()
    why: str = ""

    @property
    def source(self) -> str:
        return "\n".join(self.lines)


def call_source(function: str, given: Sequence[str]) -> str:
    """A call as Python text, on one line or on as few as its arguments need."""
    return script.call_source(function, given, LINE)


def keywords(**given: object) -> list[str]:
    """Keyword arguments as text; those that are None are left out."""
    return [f"{name}={script.literal(value)}" for name, value in given.items() if value is not None]


def arrays(case: Case) -> list[str]:
    """Lines that make example arrays X, W and, where the case has one, B."""
    target = script.dtype_source(case.dtype)
    shapes = [
        ("X", case.x_shape),
        ("W", case.w_shape),
        *([("B", case.b_shape)] if case.bias else []),
    ]
    made = [f"{name} = rng.integers(-4, 5, {shape}).astype({target})" for name, shape in shapes]
    return ["import ml_dtypes"] * (case.dtype == "bfloat16") + [
        "import numpy as np",
        "",
        "rng = np.random.default_rng(0)",
        *made,
    ]
