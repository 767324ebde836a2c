"""Files of declared deviations, one a backend, in TOML. What is wrong with one is said with file
and line."""

from collections.abc import Iterable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from convtranspose_reference.errors import UserError

from ..rules.answers import Explanation
from ..rules.predicate import Predicate
from .deviation_checks import DeclaredInFile, check_kind, check_names, check_rules, check_values
from .deviations import Deviation, holds_here
from .machine import machine_facts
from .toml_text import TomlText

# the suite of a check that has its own
SHOWN_BY = {"rejection": "invalid", "gradient": "gradients", "repeatability": "repeatability"}


class DeviationError(UserError, ValueError):
    """A deviations file that cannot be used; the message names file, line, what was found and what
    is accepted."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    backend: str
    deviation: list[dict[str, Any]] = []
    draft: bool = False


def load(path: Path, backends: Iterable[str]) -> list[Deviation]:
    """The declarations of one file. Raises DeviationError naming file and line."""
    return _parsed(TomlText.read(path, "deviation", DeviationError), backends)


def with_declarations() -> list[str]:
    """The backends for which the project ships declarations."""
    shipped = (file.name for file in files(__package__).joinpath("declared").iterdir())
    return sorted(name.removesuffix(".toml") for name in shipped if name.endswith(".toml"))


def declared(backends: Iterable[str]) -> list[Deviation]:
    """The declarations that the project ships for those of its own backends that are named."""
    known = set(backends)
    return [d for name in with_declarations() if name in known for d in declared_of(name)]


def declared_of(backend: str, checks: Iterable[str] = ()) -> list[Deviation]:
    """Those of one of the project's backends, or of them those that speak of these `checks`: the
    others are not read, which takes the most of the time."""
    file = files(__package__).joinpath("declared", f"{backend}.toml")
    if not file.is_file():
        return []
    return parse(file.read_text("utf-8"), f"declared/{file.name}", (backend,), tuple(checks))


def parse(
    text: str, where: str, backends: Iterable[str], checks: tuple[str, ...] = ()
) -> list[Deviation]:
    """The declarations of a file's text, or those of these `checks` alone; `where` is its name in
    errors."""
    return _parsed(TomlText(text, where, "deviation", DeviationError), backends, checks)


def _parsed(
    file: TomlText, backends: Iterable[str], checks: tuple[str, ...] = ()
) -> list[Deviation]:
    content = file.content(_File)
    if content.draft:
        file.stop(
            0, "draft", "draft = true: accepted is a reviewed file, in which this line is removed"
        )
    file.require_known(content.backend, set(backends))
    deviations: list[Deviation] = []
    for number, entry in enumerate(content.deviation, start=1):
        if checks and entry.get("check") not in checks:
            continue
        made = file.made(number, entry, DeclaredInFile, partial(_deviation, content.backend))
        if made.id in {d.id for d in deviations}:
            file.stop(number, "name", f"{made.id} is declared twice")
        deviations.append(made)
    return deviations


def _deviation(backend: str, entry: DeclaredInFile, where: str) -> Deviation:
    rules = {
        "reading": _names(entry.reading),
        "fault": _names(entry.fault),
        "accuracy": _names([entry.accuracy] if entry.accuracy else []),
    }
    check_names(rules)
    rules["rule"] = _names(entry.rule)
    check_rules(rules["rule"])
    check_kind(entry, rules)
    check_values(entry)
    readings, faults = rules["reading"], (*rules["fault"], *rules["rule"])
    return Deviation(
        backend=backend,
        name=entry.name,
        check=entry.check,
        versions=entry.versions,
        when=Predicate(entry.when, machine_facts({})),
        cause=entry.cause,
        reason=entry.reason,
        upstream=tuple(entry.upstream),
        accuracy=entry.accuracy,
        error=entry.error,
        differs=entry.differs,
        where=where,
        machine=entry.machine,
        fits=holds_here(entry.machine, {}),
        accepted=entry.accepted,
        suite=entry.suite or SHOWN_BY.get(entry.check, "core"),
        explanation=Explanation(readings=readings, faults=faults) if readings or faults else None,
    )


def _names(given: str | list[str]) -> tuple[str, ...]:
    """One name, or several."""
    return (given,) if isinstance(given, str) else tuple(given)
