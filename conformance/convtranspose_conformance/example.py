"""The smallest case of a finding, in numbers that a reader can follow, with a script that shows it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reports import Check, Example

from .backend import PartialShape, Unsupported
from .backends import Entry
from .outcome import Observation, Seen
from .predict import Asked
from .source import reproducer

SHOWN = 96  # elements of an array shown in full


def array_text(array: NDArray[Any]) -> str:
    """An array as text: integers without a point, long ones with their middle left out."""
    values = array.astype(np.float64)
    plain = (
        values.astype(np.int64)
        if np.isfinite(values).all() and (values == np.trunc(values)).all() and np.abs(values).max(initial=0) < 1e9
        else values
    )
    return np.array2string(plain, threshold=SHOWN, max_line_width=76, precision=9, separator=", ")


def shape_text(shape: PartialShape | None) -> str:
    """A shape as text; "?" for a size that is left open."""
    return "none" if shape is None else "[" + ", ".join("?" if d is None else str(d) for d in shape) + "]"


def example_of(entry: Entry, asked: Asked, check: Check, seen: Observation, differing: str) -> Example:
    """Inputs, expected and actual outputs of one case, and its reproducer for the backend."""
    case, answer = asked.case, asked.answer()
    X, W, B = asked.tensors.arrays(case.dtype)
    values = check is Check.OUTPUT or bool(seen.dtype)
    expected = (
        f"refused: {answer.refused}" if answer.refused else array_text(answer.golden.expected()) if values else shape_text(answer.shape)
    )
    return Example(
        case=case.id,
        summary=case.summary(),
        inputs={name: array_text(a) for name, a in (("X", X), ("W", W), ("B", B)) if a is not None},
        expected_shape="none" if answer.refused else shape_text(answer.shape),
        actual_shape=shape_text(seen.shape) if seen.seen is Seen.RETURNED else "none",
        expected=expected,
        actual=_actual(seen, values),
        differing=differing,
        reproducer=_script(entry, asked, expected),
    )


def _actual(seen: Observation, values: bool) -> str:
    if seen.seen is not Seen.RETURNED:
        return f"{seen.seen}: {seen.kind}: {seen.message}"
    return array_text(seen.array()) if values else shape_text(seen.shape)


def _script(entry: Entry, asked: Asked, expected: str) -> str:
    try:
        return reproducer(entry.name, asked.case, asked.tensors, expected, asked.seed)
    except Unsupported as error:
        return f"# no script: {error}"
