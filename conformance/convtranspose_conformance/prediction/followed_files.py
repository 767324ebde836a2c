"""Which reading of an open clause each backend was seen to follow, and what it declines: a file a
backend, in TOML."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from convtranspose_cases import Case

from ..rules.predicate import Predicate


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """`readings` that a backend follows, or with the `reason` what it declines, under one check (""
    for any) of the cases for which `when` holds (None: of all)."""

    check: str
    when: Predicate | None
    readings: tuple[str, ...] = ()
    reason: str = ""

    def concerns(self, case: Case, check: str) -> bool:
        """Does it speak of this check of this case?"""
        return self.check in ("", check) and (self.when is None or self.when(case))


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What was seen of one backend, of `versions`."""

    versions: str
    follows: tuple[Habit, ...]
    declines: tuple[Habit, ...]

    def readings(self, case: Case, check: str) -> tuple[str, ...]:
        """The readings of open clauses that it follows there."""
        return tuple(
            name for each in self.follows if each.concerns(case, check) for name in each.readings
        )

    def declined(self, case: Case, check: str) -> str:
        """Why it declines the call; "" where it does not."""
        return next((each.reason for each in self.declines if each.concerns(case, check)), "")


@cache
def habits_of(backend: str) -> Habits | None:
    """What the project ships of a backend; None where it knows nothing of it."""
    file = files(__package__).joinpath("followed", f"{backend}.toml")
    if not file.is_file():
        return None
    content = tomllib.loads(file.read_text("utf-8"))
    return Habits(
        versions=content["versions"],
        follows=tuple(_habits(content.get("follows", []))),
        declines=tuple(_habits(content.get("declines", []))),
    )


def _habits(entries: list[dict[str, object]]) -> Iterator[Habit]:
    for entry in entries:
        given = dict(entry)
        when, readings = given.pop("when", ""), given.pop("readings", [])
        yield Habit(
            check=str(given.pop("check", "")),
            when=Predicate(str(when)) if when else None,
            readings=tuple(map(str, readings)) if isinstance(readings, list) else (),
            reason=str(given.pop("reason", "")),
        )
