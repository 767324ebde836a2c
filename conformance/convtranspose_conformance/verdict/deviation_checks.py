"""What a declaration in a file has to be: names that exist, one kind of difference, patterns."""

import re
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Literal

import msgspec
from packaging.specifiers import SpecifierSet

from convtranspose_cases import SUITES
from convtranspose_cases.limits import shown
from convtranspose_reference.readings import READINGS

from ..rules.accuracy_classes import ACCURACY
from ..rules.faults import FAULTS, FormulaError, base_of, rule
from ..rules.predicate import Predicate, PredicateError
from .deviations import Differs, ErrorPattern
from .machine import condition
from .toml_text import Wrong


class DeclaredInFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A declaration as a file has it."""

    name: str
    check: Literal["output", "output_shape", "gradient", "repeatability", "rejection"]
    versions: str
    when: str
    cause: Literal["framework", "text", "suite"]
    reason: str
    machine: str = ""
    upstream: list[str] = []
    reading: str | list[str] = []
    fault: str | list[str] = []
    rule: str | list[str] = []
    accuracy: str = ""
    error: ErrorPattern | None = None
    differs: Differs | None = None
    accepted: bool = False
    suite: str = ""


def check_names(rules: Mapping[str, tuple[str, ...]]) -> None:
    """Raises Wrong for a reading, fault or class that there is not."""
    library: dict[str, Mapping[str, object]] = {
        "reading": READINGS,
        "fault": FAULTS,
        "accuracy": ACCURACY,
    }
    for kind, names in rules.items():
        known = library[kind]
        for name in names:
            if name not in known:
                near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.4)) or "-"
                all_of_them = "`convtranspose list readings` lists all"
                raise Wrong(kind, f"unknown {kind} {name!r}; near: {near}; {all_of_them}")


def check_rules(rules: tuple[str, ...]) -> None:
    """Is each a measured rule, or a fault under a condition?"""
    for text in rules:
        base, where = base_of(text)
        try:
            if where:
                Predicate(where)
            if base not in FAULTS:
                rule(base)
        except (FormulaError, PredicateError) as error:
            raise Wrong("rule", error) from error


def check_kind(entry: DeclaredInFile, rules: Mapping[str, tuple[str, ...]]) -> None:
    """Is it said in one way how the backend differs?"""
    given = [kind for kind, names in rules.items() if names]
    others = (entry.error, entry.differs)
    if bool(given) + sum(each is not None for each in others) + entry.accepted != 1:
        key = given[0] if given else "accepted" if entry.accepted else ""
        raise Wrong(
            key,
            "either error, or reading / fault / rule / accuracy, or differs, or accepted, says how "
            "the backend differs",
        )
    rejection = entry.accepted or entry.error or entry.differs
    if entry.accepted if entry.check != "rejection" else not rejection:
        raise Wrong(
            "check",
            "accepted is for check = 'rejection', which knows nothing else but error and differs",
        )


def check_values(entry: DeclaredInFile) -> None:
    """Raises Wrong for a suite, range of versions or pattern that is none."""
    if entry.suite not in ("", *SUITES):
        raise Wrong("suite", f"unknown suite {entry.suite!r}; known: {', '.join(SUITES)}")
    if entry.machine:
        try:
            condition(entry.machine)
        except PredicateError as error:
            raise Wrong("machine", f"machine = {shown(entry.machine)!r}: {error}") from error
    for key, said in (("error", entry.error), ("differs", entry.differs)):
        _check_pattern(key, said.pattern if said else "")
    try:
        _versions(entry.versions)
    except ValueError as error:  # InvalidSpecifier is one; another is a number of many digits
        raise Wrong(
            "versions",
            f"versions = {shown(entry.versions)!r} is no version range such as '==2.13.*'",
        ) from error


@cache
def _versions(text: str) -> SpecifierSet:
    """A range, of which many declarations have the same. Raises ValueError."""
    return SpecifierSet(text)


def _check_pattern(key: str, pattern: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python will read in another way one day
            re.compile(pattern)
    except (re.error, OverflowError, Warning) as error:
        raise Wrong(key, f"pattern: {shown(str(error))}") from error
    except RecursionError as error:
        raise Wrong(key, "pattern: is nested too deep") from error
