"""The cases that show a declared difference, for runs that have to be short."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from math import prod

from convtranspose_cases import Case
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.prediction.predict import unsayable
from convtranspose_conformance.rules.answers import ROUNDED, Asked
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.judge import predicts_a_difference

FEW = 1  # cases of a kind
SOME = 6  # where not every case shows it: sums come out right, and memory that nobody wrote
DEATHS = ("CRASHED", "TIMED_OUT")
ENTRIES = {entry.name: entry for entry in (*BUILT_IN, *ON_REQUEST)}


def is_death(deviation: Deviation) -> bool:
    """Does it end the process that asks?"""
    return deviation.error is not None and deviation.error.type in DEATHS


def is_undefined(deviation: Deviation) -> bool:
    """Are the numbers other ones each time, and sometimes the right ones?"""
    return deviation.error is not None and deviation.error.undefined


def size(case: Case) -> tuple[int, str]:
    """Small cases come first."""
    return prod(case.x_shape) + prod(case.w_shape) + len(case.attributes.given()), case.id


def showing(deviations: Sequence[Deviation], cases: Sequence[Case]) -> list[Case]:
    """For each declaration the smallest cases of each kind that show it, those first of which no
    other one of its check speaks."""
    concerned = {
        d.id: [case for case in cases if d.check in case.checks and d.concerns(case, d.check)]
        for d in deviations
    }
    spoken_of = Counter(
        (d.backend, d.check, case.id) for d in deviations for case in concerned[d.id]
    )
    chosen: list[Case] = []
    for deviation in deviations:
        alone_first = sorted(
            concerned[deviation.id],
            key=lambda case: spoken_of[deviation.backend, deviation.check, case.id] > 1,
        )
        for kind in dict.fromkeys(map(_kind, alone_first)):
            chosen += _telling(deviation, [case for case in alone_first if _kind(case) == kind])
    return list(dict.fromkeys(chosen))


def _telling(deviation: Deviation, cases: Sequence[Case]) -> list[Case]:
    telling = (case for case in cases if _tells(deviation, case))
    certain = not is_undefined(deviation) and deviation.differs is None
    if certain and not deviation.accuracy:
        return list(islice(telling, FEW))
    several = list(telling)
    return several[:: max(len(several) // SOME, 1)]


def _kind(case: Case) -> tuple[int, str, str]:
    """What an API may have no word for, and what rounds."""
    return case.rank, case.dtype, case.data


def _tells(deviation: Deviation, case: Case) -> bool:
    """Is the backend expected to differ, as far as the declaration says? One of precision speaks of
    numbers that can be rounded; one that only says that numbers differ, of any; none of a call that
    the backend's API cannot say."""
    if unsayable(ENTRIES[deviation.backend], case):
        return False
    if deviation.check == "rejection" or deviation.differs is not None:
        return True
    if is_undefined(deviation) or is_death(deviation):
        return True
    rounded = case.data not in ROUNDED or case.channels_per_group * case.taps + case.bias > 1
    speaks = not deviation.accuracy or case.data in ROUNDED or case.data.startswith("special")
    return speaks and rounded and predicts_a_difference(deviation, Asked(case))
