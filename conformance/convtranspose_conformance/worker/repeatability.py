"""The check `repeatability`, inside the worker: one call asked again, after other calls, and in
other forms, against its first answer."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from convtranspose_reference.formats import FORMATS

from ..backends.api import Array, Backend, Call, Declined, Refused, Unsupported
from ..backends.forms import AFTER_OTHERS, AGAIN, NEGATED, SAME_CALL
from .observation import Observation, Seen, returned, stopped

# before a backend is loaded, which may put something else in their place
_in_order, _joined, _equal = np.ascontiguousarray, np.concatenate, np.array_equal
_Ask = Callable[[], Array]


def repeated(backend: Backend, call: Call) -> Observation:
    """The first output; in `parts` the answers that are not the same, by form; in `message` the
    forms that do not exist here.

    Raises Unsupported and Declined as `Backend.run` does. Where the call is refused, only whether
    it is refused again is seen.
    """
    first = _observed(lambda: backend.run(call))
    parts: dict[str, Observation] = {}
    absent = []
    for name, form in (
        _forms(backend, call)
        if first.seen is Seen.RETURNED
        else [(AGAIN, lambda: backend.run(call))]
    ):
        try:
            seen = _observed(form)
        except (Declined, Unsupported) as why:
            absent.append(f"{name}: {why}")
            continue
        if not same(first, seen, bits=name in SAME_CALL):
            parts[name] = seen
    return replace(first, parts=parts, message="; ".join(absent) or first.message)


def same(first: Observation, second: Observation, *, bits: bool) -> bool:
    """A refusal of the same kind, or the same numbers: the same bits, or up to the sign of a zero,
    which is recorded nowhere."""
    alike = [(o.seen, o.kind, o.dtype, o.shape) for o in (first, second)]
    if alike[0] != alike[1] or first.data == second.data:
        return alike[0] == alike[1]
    return not bits and _equal(first.array(), second.array())


def _observed(ask: _Ask) -> Observation:
    try:
        return returned(ask())
    except Refused as error:
        return stopped(Seen.REFUSED, error.stage, error.kind, error.message)


def _forms(backend: Backend, call: Call) -> Iterator[tuple[str, _Ask]]:
    yield AGAIN, lambda: backend.run(call)
    yield from backend.variants(call)
    yield NEGATED, lambda: _negated(backend, call)
    yield AFTER_OTHERS, lambda: _after_others(backend, call)


def _negated(backend: Backend, call: Call) -> Array:
    """Other numbers in the same shapes, and yet a known answer: rounding to nearest is symmetric,
    so Y changes its sign alone."""
    Y = backend.run(replace(call, W=-call.W, B=None if call.B is None else -call.B))
    seen = returned(Y)
    return -seen.array() if seen.seen is Seen.RETURNED and seen.dtype in FORMATS else Y


def _after_others(backend: Backend, call: Call) -> Array:
    """The call after calls of other batch sizes, an empty one included, whose own answers are not
    judged here."""
    for X in (call.X[:0], _joined([call.X, call.X])):
        other = replace(call, X=_in_order(X))
        try:
            backend.run(other)
        except (Declined, Refused, Unsupported):
            continue
    return backend.run(call)
