"""What the backends do with one call, one check at a time: the grounds on which `judge` decides
afterwards, used ahead of the call."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check

from ..backends.api import Array, Call, Unsupported
from ..backends.entry import Entry
from ..backends.registry import BUILT_IN
from ..rules.answers import Asked, Explanation
from ..verdict.deviation_files import declared_of
from ..verdict.deviations import Deviation
from ..verdict.machine import NAMES
from .followed_files import Habits, habits_of
from .kernels import ELSEWHERE, kernels_here, resolved
from .prediction import Does, Prediction

NO_HABITS = Habits(versions="", follows=(), declines=())
MOST_ELEMENTS = 2**48
PREDICTED = tuple(entry for entry in BUILT_IN if entry.device == "cpu")


def predictions(case: Case) -> list[Prediction]:
    """What each backend of the CPU does with the call: its output, or the shape that it states
    where it computes none; of a forbidden call whether it refuses. None for tensors that no memory
    holds."""
    if max(prod(case.x_shape), prod(case.w_shape)) > MOST_ELEMENTS:
        return []
    asked = Asked(case)
    return [predicted(entry, asked, first_check(entry, case)) for entry in PREDICTED]


def first_check(entry: Entry, case: Case) -> Check:
    """What a backend is asked first of a call."""
    if case.refusal() is not None:
        return Check.REJECTION
    return Check.OUTPUT if "output" in entry.checks else Check.OUTPUT_SHAPE


def predicted(entry: Entry, asked: Asked, check: Check) -> Prediction:
    """What one backend does with one check of a call. Imports no framework."""
    known = habits_of(entry.name)
    habits, case = known or NO_HABITS, asked.case
    bare = Prediction(
        entry=entry, check=check, case=case, does=Does.UNKNOWN, versions=habits.versions
    )
    if known is None:
        return bare
    if why := unsayable(entry, case):
        return replace(bare, does=Does.UNSUPPORTED, reason=why, within=_within(entry, case, check))
    if why := habits.declined(case, check):
        return replace(bare, does=Does.DECLINES, reason=why)
    speaking, kernels = _speaking(entry, case, check)
    bare = replace(bare, kernels=kernels)
    if check is Check.REJECTION:
        return _of_forbidden(bare, speaking)
    return _of_legal(bare, asked, speaking, habits.readings(case, check))


def _within(entry: Entry, case: Case, check: Check) -> Prediction | None:
    """What becomes of the call that several start with: the case without its bias, or bare of all
    that cuts its output, too. None where it conforms, or is not sayable either."""
    whole = replace(
        case.attributes, pads=None, auto_pad=None, output_padding=None, output_shape=None
    )
    starts = [replace(case, bias=False), replace(case, bias=False, attributes=whole)]
    sayable = (start for start in starts if start != case and not _unsayable(entry, start))
    start = None if check is Check.REJECTION else next(sayable, None)
    if start is None or start.refusal() is not None:
        return None
    made = predicted(entry, Asked(start), check)
    return None if made.does is Does.CONFORMS else made


def unsayable(entry: Entry, case: Case) -> str:
    """Why one call of the backend's API cannot say the case; "" where it can. A bias hides nothing
    of what else it cannot say."""
    why = _unsayable(entry, case)
    rest = _unsayable(entry, replace(case, bias=False)) if why and case.bias else ""
    return f"{why}; {rest}" if rest not in ("", why) else why


def _unsayable(entry: Entry, case: Case) -> str:
    if not entry.sayable:
        return ""
    try:
        resolved(entry.sayable)(_call(case))
    except Unsupported as unsupported:
        return str(unsupported)
    return ""


def _call(case: Case) -> Call:
    """The call with arrays of no memory: shapes and dtype are all that its words depend on."""
    without = case.b_shape is None or case.data == "terms"  # numbers of that kind have no B
    B = None if without else _array(case.b_shape or (), case.dtype)
    return Call.of(case, _array(case.x_shape, case.dtype), _array(case.w_shape, case.dtype), B)


def _array(shape: Shape, dtype: str) -> Array:
    one: NDArray[np.generic] = np.zeros((), FORMATS[dtype].dtype)
    return as_strided(one, shape, (0,) * len(shape))


@cache
def _declared(backend: str, check: Check) -> list[Deviation]:
    return declared_of(backend, (check.value,))


def _speaking(entry: Entry, case: Case, check: Check) -> tuple[list[Deviation], dict[str, str]]:
    """The declarations that hold for the call on this machine; then its kernels, where on another
    machine others would."""
    here, depends = [], False
    for each in _declared(entry.name, check):
        if not (each.machine or each.when.names & NAMES):
            here += [each] * each.concerns(case, check)
            continue
        holds, *elsewhere = [
            _holds(each.told(kernels), case, check) for kernels in (kernels_here(entry), *ELSEWHERE)
        ]
        here += [each] * holds
        depends |= any(other != holds for other in elsewhere)
    return here, kernels_here(entry) if depends else {}


def _holds(told: Deviation, case: Case, check: Check) -> bool:
    return told.fits and told.concerns(case, check)


def _of_forbidden(bare: Prediction, speaking: Sequence[Deviation]) -> Prediction:
    if not speaking:
        return replace(bare, does=Does.REFUSES)
    does = Does.ACCEPTS if speaking[0].accepted else Does.DIES
    return replace(bare, does=does, because=(speaking[0],))


def _of_legal(
    bare: Prediction, asked: Asked, speaking: Sequence[Deviation], readings: tuple[str, ...]
) -> Prediction:
    rules = [d for d in speaking if d.explanation is not None and not d.accuracy]
    explanation, followed = _merged(rules, readings)
    answer = asked.answer(explanation)
    if stops := [d for d in speaking if d.error is not None and not d.undefined]:
        does = _stop(stops[0])
        return replace(bare, does=does, because=(stops[0],), reason=answer.refused)
    allowed = {each.key for _, each in asked.conforming()}
    because = tuple(d for d in rules if _key(asked, d, followed) not in allowed)
    conforms = answer.key in allowed
    prediction = replace(
        bare,
        answer=answer,
        because=() if conforms else because,
        follows=_that_matter(asked, explanation, explanation.readings if conforms else followed),
        accuracy=next((d.accuracy for d in speaking if d.accuracy), ""),
    )
    if answer.refused:
        return replace(prediction, does=Does.RAISES, reason=answer.refused)
    undefined = [d for d in speaking if d.undefined]
    if undefined:
        return replace(prediction, does=Does.UNDEFINED, because=tuple(undefined))
    return replace(prediction, does=Does.CONFORMS if conforms else Does.DIFFERS)


def _stop(deviation: Deviation) -> Does:
    error = deviation.error
    died = error is not None and error.type in ("CRASHED", "TIMED_OUT", "OUT_OF_MEMORY")
    return Does.DIES if died else Does.RAISES


def _merged(
    rules: Iterable[Deviation], readings: tuple[str, ...]
) -> tuple[Explanation, tuple[str, ...]]:
    """All rules at once, and the readings that the backend follows of clauses that they leave
    open."""
    given = _widest([d.explanation for d in rules if d.explanation is not None])
    named = tuple(dict.fromkeys(name for each in given for name in each.readings))
    faults = tuple(dict.fromkeys(name for each in given for name in each.faults))
    labels = {_label(name) for name in named}
    followed = tuple(name for name in readings if _label(name) not in labels)
    return Explanation(readings=(*named, *followed), faults=faults), followed


def _widest(given: list[Explanation]) -> list[Explanation]:
    """Without those whose rules another one has among its own, in an order of its own."""
    sets = [{*each.readings, *each.faults} for each in given]
    return [each for each, own in zip(given, sets, strict=True) if not any(own < o for o in sets)]


def _label(reading: str) -> str:
    return reading.partition(":")[0]


def _key(asked: Asked, deviation: Deviation, followed: tuple[str, ...]) -> object:
    explanation = deviation.explanation or Explanation()
    named = {_label(name) for name in explanation.readings}
    rest = tuple(name for name in followed if _label(name) not in named)
    return asked.answer(explanation.under(*rest)).key


def _that_matter(
    asked: Asked, explanation: Explanation, followed: tuple[str, ...]
) -> tuple[str, ...]:
    """The readings without which the answer would be another; none where it is the text's."""
    if asked.answer(explanation).key == asked.answer().key:
        return ()
    key = asked.answer(explanation).key
    return tuple(
        name
        for name in followed
        if asked.answer(
            replace(explanation, readings=tuple(r for r in explanation.readings if r != name))
        ).key
        != key
    )
