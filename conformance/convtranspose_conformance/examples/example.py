"""The smallest case of a finding, in numbers that a reader can follow, with a script that shows
it."""

from collections.abc import Mapping
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check, Example

from ..backends.api import Unsupported
from ..rules.answers import Answer, Asked
from ..scripts.repeatability import FIRST
from ..scripts.reproducer import reproducer
from ..verdict.concerned import concerned
from ..verdict.difference import shape_text
from ..verdict.reply import Reply
from ..worker.observation import Observation, Seen
from .worked_by_hand import spelled_out

_WITHOUT_AN_EXCEPTION = (Seen.CRASHED, Seen.TIMED_OUT, Seen.OUT_OF_MEMORY)
NO_SHAPE = "none"  # in place of the shape of what gave none
ELEMENTS_SHOWN = 96  # of an array; of more the middle is left out


def array_text(array: NDArray[Any]) -> str:
    """An array as text: integers without a point, long ones with their middle left out."""
    values = array.astype(np.float64)
    plain = (
        values.astype(np.int64)
        if np.isfinite(values).all()
        and (values == np.trunc(values)).all()
        and np.abs(values).max(initial=0) < 1e9
        else values
    )
    # as many as tell two numbers of the dtype apart
    digits = 17 if array.dtype == np.float64 else 9
    return np.array2string(
        plain, threshold=ELEMENTS_SHOWN, max_line_width=76, precision=digits, separator=", "
    )


def example_of(reply: Reply, differing: str) -> Example:
    """Inputs, expected and actual outputs of one case, and its reproducer for the backend.
    `differing`: one sentence of numbers."""
    asked, check, seen = reply.asked, reply.check, reply.seen
    case, answer = asked.case, asked.answer()
    X, W, B = asked.tensors.arrays(case.dtype)
    expected = expected_of(asked, check)
    dY = {"dY": asked.arrays()[3]} if check is Check.GRADIENT else {}
    return Example(
        case=case.id,
        summary=case.summary(),
        inputs={
            name: array_text(a)
            for name, a in ({"X": X, "W": W, "B": B} | dY).items()
            if a is not None
        },
        expected_shape=_one_shape(check, None if answer.refused else answer.shape),
        actual_shape=_one_shape(check, seen.shape if seen.seen is Seen.RETURNED else None),
        expected=expected,
        actual=_actual(seen, check),
        differing=differing,
        reproducer=_script(reply, expected),
        arithmetic="" if reply.looks else spelled_out(asked, reply.compared),
    )


def expected_of(asked: Asked, check: Check) -> str:
    """What the text asks for, as an example shows it."""
    answer = asked.answer()
    return f"refused: {answer.refused}" if answer.refused else _expected(answer, check)


def _one_shape(check: Check, shape: PartialShape | None) -> str:
    """The shape of the answer; gradients have one each, which stands beside their numbers."""
    return "" if check is Check.GRADIENT else shape_text(shape, NO_SHAPE)


def _expected(answer: Answer, check: Check) -> str:
    if check is Check.GRADIENT:
        return _named_arrays({name: golden.expected() for name, golden in answer.gradients.items()})
    return (
        shape_text(answer.shape)
        if check is Check.OUTPUT_SHAPE
        else array_text(answer.golden.expected())
    )


def _named_arrays(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Each with its shape, which an array without elements does not show."""
    return "\n".join(
        f"{name}, of shape {shape_text(array.shape)} =\n{array_text(array)}"
        for name, array in arrays.items()
    )


def _actual(seen: Observation, check: Check) -> str:
    if check is Check.REPEATABILITY and seen.parts:
        return "\n".join(starmap(_of_form, {FIRST: seen, **seen.parts}.items()))
    if seen.seen is not Seen.RETURNED:
        return _how_it_stopped(seen)
    if seen.digest:
        return f"{seen.dtype} of {shape_text(seen.shape)}, SHA-256 {seen.digest}"
    if check is Check.OUTPUT_SHAPE or not (seen.dtype or seen.parts):  # a shape that was stated
        return shape_text(seen.shape, NO_SHAPE)
    if check is Check.GRADIENT:
        return _named_arrays({name: part.array() for name, part in seen.parts.items()})
    return array_text(seen.array())


def _of_form(form: str, seen: Observation) -> str:
    """What one form of a repeated call gave."""
    return (
        _named_arrays({form: seen.array()})
        if seen.seen is Seen.RETURNED
        else f"{form}: {_how_it_stopped(seen)}"
    )


def _how_it_stopped(seen: Observation) -> str:
    """How, with the kind where the message does not begin with it."""
    return (
        f"{seen.seen}: "
        f"{seen.message if seen.message.startswith(seen.kind) else f'{seen.kind}: {seen.message}'}"
    )


def _script(reply: Reply, expected: str) -> str:
    asked, check, seen = reply.asked, reply.check, reply.seen
    dY = asked.output_gradient if check is Check.GRADIENT else None
    notes = (
        [f"What follows does not come back: {_how_it_stopped(seen)}"]
        if seen.seen in _WITHOUT_AN_EXCEPTION
        else []
    )
    repeated = tuple(seen.parts) if check is Check.REPEATABILITY else None
    try:
        return reproducer(
            reply.entry,
            asked.case,
            asked.tensors,
            expected,
            asked.seed,
            dY=dY,
            notes=notes,
            repeated=repeated,
            static=check is Check.OUTPUT_SHAPE,
            stops=seen.seen is not Seen.RETURNED,
            changes=seen.seen is Seen.INPUT_CHANGED,
            labels=concerned(reply),
        )
    except Unsupported as error:
        return f"# no script: {error}"
