"""Named faults: rules that are never legal, and that implementations follow all the same. Each is a
transformation of a case.

A fault reproduces a backend's wrong answer exactly or it is not the explanation. With readings it
shares one mechanism (`rules.answers`).
"""

from collections.abc import Iterable
from functools import lru_cache

from convtranspose_cases import Case

from ..predicate import Predicate, PredicateError
from .arithmetic import ARITHMETIC
from .axes import AXES, LAST
from .bias_beyond import BIAS_BEYOND
from .composed import RESIZE, SHUFFLE
from .fault import Fault
from .formula import FormulaError
from .gradients import GRADIENTS, SHAPES
from .layout import BIAS, GROUP, LAYOUT
from .measured import fault_for, is_measured, rule
from .pads import OUTPUT_PADDING, PADS
from .sizes import SIZES
from .special import SPECIAL
from .steps import STEPS

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *PADS,
        *STEPS,
        *OUTPUT_PADDING,
        *SIZES,
        *BIAS_BEYOND,
        *LAYOUT,
        *AXES,
        *GROUP,
        *BIAS,
        *ARITHMETIC,
        *SHAPES,
        *SPECIAL,
        *GRADIENTS,
        *RESIZE,
        *SHUFFLE,
    )
}


UNDER = " where "


def base_of(name: str) -> tuple[str, str]:
    """A fault's name without its condition, and the condition: "bias_twice where rank == 2"."""
    base, _, where = name.partition(UNDER)
    return base, where


def acts(name: str, case: Case) -> bool:
    """Does the condition hold that stands in a fault's name? What cannot be said of a forbidden
    call does not."""
    where = base_of(name)[1]
    try:
        return not where or _condition(where)(case)
    except PredicateError:
        return False


@lru_cache(maxsize=256)
def _condition(where: str) -> Predicate:
    return Predicate(where)


def fault_of(name: str, case: Case) -> Fault:
    """The fault of a name, as it is of this call: one of the library, or a measured rule, whose
    text is its name. Raises KeyError for a name that is neither, FormulaError for a rule that says
    nothing of the call."""
    base, _ = base_of(name)
    return fault_for(base, case) if is_measured(base) else FAULTS[base]


def faults_of(names: Iterable[str], case: Case) -> list[Fault]:
    """The faults of those names whose conditions hold for the call: what holds under several
    conditions acts once where several of them do. Measured rules that say which channels are summed
    are one, whatever each of them says of it."""
    acting = list(dict.fromkeys(base_of(name)[0] for name in names if acts(name, case)))
    sums = [name for name in acting if is_measured(name) and rule(name).is_of_sums]
    if len(sums) > 1:
        acting = [", ".join(sums), *(name for name in acting if name not in sums)]
    acting.sort(key=lambda name: LAST.index(name) if name in LAST else -1)
    return [fault_of(name, case) for name in acting]


def changes_the_call(name: str) -> bool:
    """Does it compute another call, of other steps, say, from which other begins and sizes
    follow?"""
    base, _ = base_of(name)
    if is_measured(base):
        return rule(base).has("stride", "dilation")
    return any((FAULTS[base].case, FAULTS[base].rules))


def moves(name: str) -> bool:
    """Do other begins and sizes follow from it?"""
    base, _ = base_of(name)
    return changes_the_call(name) or (not is_measured(base) and bool(FAULTS[base].geometry))


def sentence_of(name: str) -> str:
    """What a backend does that has the fault."""
    base, where = base_of(name)
    sentence = rule(base).sentence if is_measured(base) else FAULTS[base].sentence
    return f"{sentence} (where {where})" if where else sentence


__all__ = [
    "FAULTS",
    "Fault",
    "FormulaError",
    "acts",
    "base_of",
    "changes_the_call",
    "fault_of",
    "faults_of",
    "is_measured",
    "moves",
    "rule",
    "sentence_of",
]
