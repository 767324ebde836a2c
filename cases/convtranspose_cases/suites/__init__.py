"""The suites by name, and cases by id."""

from difflib import get_close_matches
from functools import cache
from types import ModuleType

from convtranspose_reference.errors import UserError

from ..case import Case
from ..notation import CALL_SUITES, NotationError, find_call, is_call
from . import (
    accuracy,
    artifacts,
    convolution,
    core,
    exhaustive_1d,
    gradients,
    invalid,
    random,
    repeatability,
    resize,
    seeds,
    special,
    subpixel,
)

SUITES: dict[str, ModuleType] = {
    "seeds": seeds,
    "core": core,
    "exhaustive-1d": exhaustive_1d,
    "accuracy": accuracy,
    "special": special,
    "invalid": invalid,
    "gradients": gradients,
    "repeatability": repeatability,
    "convolution": convolution,
    "artifacts": artifacts,
    "resize": resize,
    "subpixel": subpixel,
    "random": random,
}
DEFAULT_SUITES = ("seeds", "core", "accuracy")


class UnknownName(UserError, ValueError):
    """A suite, case or other name that does not exist; the message says what does."""

    def __init__(self, kind: str, name: str, known: object) -> None:
        super().__init__(f"unknown {kind} {name!r}; known: {known}")


def suite_cases(name: str, seed: int = 0) -> tuple[Case, ...]:
    """The cases of a suite; `seed` draws another `random` suite. Raises UnknownName."""
    if name not in SUITES:
        raise UnknownName("suite", name, ", ".join(SUITES))
    return _made(name, seed if name == "random" else 0)


@cache
def _made(name: str, seed: int) -> tuple[Case, ...]:
    return tuple(random.cases(seed) if name == "random" else SUITES[name].cases())


def title_of(name: str) -> str:
    """What a suite, or a call that stands in none, asks."""
    return CALL_SUITES[name] if name in CALL_SUITES else str(SUITES[name].TITLE)


@cache
def _by_id(suite: str, seed: int) -> dict[str, Case]:
    return {case.id: case for case in suite_cases(suite, seed)}


def case_named(case_id: str, seed: int = 0) -> Case | None:
    """As `find_case`; None for an id that says no case."""
    suite = case_id.partition("/")[0]
    if suite in SUITES:
        return _by_id(suite, seed if suite == "random" else 0).get(case_id)
    try:
        return find_call(case_id) if is_call(case_id) else None
    except NotationError:
        return None


def find_case(case_id: str, seed: int = 0) -> Case:
    """The case called `suite/name`, or the one that the id itself says. Raises UnknownName,
    NotationError."""
    if is_call(case_id):
        return find_call(case_id)
    suite, _, name = case_id.partition("/")
    for case in suite_cases(suite, seed):
        if case.name == name:
            return case
    near = get_close_matches(name, [case.name for case in suite_cases(suite, seed)], n=3)
    listed = f"`convtranspose list cases --suite {suite}` lists them"
    raise UnknownName(
        "case", case_id, f"{suite}/{f', {suite}/'.join(near)}, ...; {listed}" if near else listed
    )
