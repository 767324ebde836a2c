"""What a wrong answer looks like where no rule explains it: a shift, a factor, the rows, channels or groups that alone are wrong."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reports import Check, Outcome

from .hypotheses import Reply
from .outcome import Observation, Seen
from .predict import Answer

Array = NDArray[Any]
_NODE = re.compile(r"\{\{.*?\}\}")  # where in its graph TensorFlow was
SHIFTS = (-1, 1, -2, 2, -3, 3)
MESSAGE = 80  # characters of an error's message that tell errors apart


@dataclass(frozen=True, slots=True)
class Pattern:
    """`name` is the same for answers that look alike; `sentence` says what one of them looks like."""

    name: str
    sentence: str

    @property
    def cluster(self) -> str:
        """The outcome; of what stopped, with the error."""
        outcome = self.name.partition(":")[0]
        return outcome if outcome in (Outcome.VALUES_DIFFER, Outcome.SHAPE_DIFFERS) else self.name


def pattern_of(answered: Reply, check: Check) -> Pattern:
    """How the answer differs from the text's: the first of the patterns below that it has."""
    seen, text, outcome = answered.seen, answered.asked.answer(), answered.outcome
    if outcome is Outcome.ACCEPTED:
        refused = answered.case.refusal()
        which = f"{refused.attribute} (clause {refused.clause})" if refused else "a legal call"
        return Pattern(f"{outcome}: {which}", f"answers a call that the text forbids: {refused}")
    if seen.seen is not Seen.RETURNED:
        return _stopped(seen, outcome)
    if text.refused or check in (Check.GRADIENT, Check.REPEATABILITY):
        return Pattern(str(outcome), f"{outcome}: no rule predicts it")
    if seen.shape != text.shape:
        return _of_shape(text, seen)
    if check is Check.OUTPUT_SHAPE or seen.dtype != text.dtype or 0 in text.shape:
        return Pattern(f"{outcome}: {seen.dtype}", f"returns {seen.dtype} where X is of {text.dtype}")
    return _of_values(text, seen.array().astype(np.float64), answered.case.group, outcome)


def _stopped(seen: Observation, outcome: Outcome) -> Pattern:
    """An error's type and message, without its numbers."""
    message = re.sub(r"\d+", "N", " ".join(_NODE.sub("", seen.message).split()))[:MESSAGE]
    said = f"stops with {seen.kind}, saying: {message}" if message else f"stops with {seen.kind}"
    return Pattern(f"{outcome}: {seen.kind}: {message}", said)


def _of_shape(text: Answer, seen: Observation) -> Pattern:
    found = seen.shape or ()
    if len(found) != len(text.shape):
        return Pattern("SHAPE_DIFFERS: rank", f"returns {len(found)} dimensions where the text asks for {len(text.shape)}")
    if sorted(map(str, found)) == sorted(map(str, text.shape)):
        return Pattern("SHAPE_DIFFERS: order", f"returns the dimensions in another order: {list(found)} for {list(text.shape)}")
    names = ["N", "M", *(f"spatial axis {i}" for i in range(len(found) - 2))]
    sizes = zip(names, found, text.shape, strict=True)
    off = {name: f - e for name, f, e in sizes if f is not None and e is not None and f != e}
    said = ", ".join(f"{name} {abs(by)} too {'long' if by > 0 else 'short'}" for name, by in off.items())
    signs = ", ".join(f"{re.sub('[0-9]', '', name).strip()} {'long' if by > 0 else 'short'}" for name, by in off.items())
    return Pattern(f"SHAPE_DIFFERS: {', '.join(dict.fromkeys(signs.split(', ')))}", f"returns {said}")


def _of_values(text: Answer, found: Array, group: int, outcome: Outcome) -> Pattern:
    expected = text.golden.expected().astype(np.float64)
    wrong = ~((found == expected) | (np.isnan(found) & np.isnan(expected)))
    if outcome is Outcome.INEXACT:
        return Pattern(str(outcome), f"{int(wrong.sum())} of {wrong.size} values are off by more than rounding explains, none by much")
    tried: tuple[Callable[[], str], ...] = (
        lambda: _whole(expected, found),
        lambda: _scaled(expected, found),
        lambda: _moved(expected, found),
        lambda: _by_channel(expected, found),
        lambda: _confined(wrong, expected, found, group),
    )
    said = next(filter(None, (test() for test in tried)), "")
    share = f"{int(wrong.sum())} of {wrong.size} values differ"
    key = re.sub(r"\d+", "k", said) if said else "no pattern"
    return Pattern(f"{outcome}: {key}", f"{share}: {said}" if said else f"{share}, in no simple pattern")


def _whole(expected: Array, found: Array) -> str:
    if not found.any():
        return "all are 0"
    if not np.isfinite(found).all() and np.isfinite(expected).all():
        return "some are not finite where all should be"
    return ""


def _scaled(expected: Array, found: Array) -> str:
    """A constant factor over everything."""
    there = expected != 0
    if not there.any() or found[~there].any():
        return ""
    ratios = found[there] / expected[there]
    return f"all are scaled by {ratios[0]:g}" if ratios.size > 1 and np.ptp(ratios) == 0 else ""


def _moved(expected: Array, found: Array) -> str:
    """A shift, a reversal or an exchange of axes."""
    axes = range(2, expected.ndim)
    for axis, k in product(axes, SHIFTS):
        if abs(k) < expected.shape[axis] - 1 and (_cut(found, axis, k) == _cut(expected, axis, -k)).all() and _cut(found, axis, k).any():
            return f"shifted by {abs(k)} towards the {'end' if k > 0 else 'begin'} along spatial axis {axis - 2}"
    for axis in axes:
        if expected.shape[axis] > 1 and (np.flip(expected, axis) == found).all():
            return f"reversed along spatial axis {axis - 2}"
    if expected.ndim > 3 and expected.shape[2:] == expected.shape[:1:-1]:
        turned = expected.transpose(0, 1, *range(expected.ndim - 1, 1, -1))
        return "the spatial axes are exchanged" if (turned == found).all() else ""
    return ""


def _cut(array: Array, axis: int, k: int) -> Array:
    """Without the first k along an axis, or without the last -k."""
    index: list[Any] = [slice(None)] * array.ndim
    index[axis] = slice(k, None) if k > 0 else slice(None, k)
    return np.asarray(array[tuple(index)])


def _by_channel(expected: Array, found: Array) -> str:
    """A constant of its own added to each output channel, as a wrong bias would."""
    off = np.moveaxis(found - expected, 1, 0).reshape(expected.shape[1], -1)
    if off.shape[1] < 2 or not np.isfinite(off).all() or (off != off[:, :1]).any():
        return ""
    return f"each output channel is off by a constant: {', '.join(f'{v:g}' for v in off[:8, 0])}"


def _confined(wrong: Array, expected: Array, found: Array, group: int) -> str:
    """The part of the output outside which everything is right."""
    where = next(_parts(wrong, group), "")
    zeros = " (0 there)" if not found[wrong].any() else ""
    return f"only {where} differ{zeros}" if where else "zeros in place of the values that differ" if zeros else ""


def _parts(wrong: Array, group: int) -> Iterator[str]:
    images, channels = (np.flatnonzero(wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis))) for axis in (0, 1))
    if len(images) < wrong.shape[0]:
        yield f"images {_listed(images)} of {wrong.shape[0]}"
    groups = np.unique(channels // max(wrong.shape[1] // group, 1))
    if len(groups) < group:
        yield f"the outputs of groups {_listed(groups)} of {group}"
    if len(channels) < wrong.shape[1]:
        yield f"output channels {_listed(channels)} of {wrong.shape[1]}"
    for axis in range(2, wrong.ndim):
        rows = np.flatnonzero(wrong.any(axis=tuple(a for a in range(wrong.ndim) if a != axis)))
        if said := _rows(rows, wrong.shape[axis]):
            yield f"{said} along spatial axis {axis - 2}"


def _rows(rows: Array, size: int) -> str:
    """Which of the rows of an axis: one in k, the last, the first; "" for neither."""
    first, step = rows[0], rows[1] - rows[0] if len(rows) > 1 else 1
    if 1 < step < size - 1 and rows.tolist() == list(range(first % step, size, step)):
        return f"1 in {step}, from number {first} on,"
    if first > 0 and rows[-1] == size - 1:
        return f"the last {size - first}"
    return f"the first {rows[-1] + 1}" if first == 0 and rows[-1] < size - 1 else ""


def _listed(numbers: Array) -> str:
    return ", ".join(map(str, numbers[:8])) + (", ..." if len(numbers) > 8 else "")
