"""Declared deviations: which backend differs from the text, where, and how exactly. One TOML file a
backend; `judge` applies them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from convtranspose_cases import SUITES, Case
from convtranspose_reference.errors import UserError
from convtranspose_reference.readings import READINGS

from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Explanation
from ..rules.faults import FAULTS
from ..rules.predicate import Predicate, PredicateError
from .machine import condition, machine_facts

SHOWN_BY = {
    "rejection": "invalid",
    "gradient": "gradients",
    "repeatability": "repeatability",
}  # the suite of a check that has its own
Cause = Literal["framework", "text", "suite"]


class DeviationError(UserError, ValueError):
    """A deviations file that cannot be used; the message names file, line, what was found and what
    is accepted."""


class ErrorPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A refusal or death: `type` is the exception's type, or CRASHED, TIMED_OUT or NOT_REPEATABLE;
    `pattern` is searched in its message.

    Type VALUES_DIFFER is for numbers that no rule predicts, such as memory that nobody wrote:
    `pattern` is searched in what differs. Where those numbers happen to be right the case conforms,
    so that such a declaration is never stale.
    """

    type: str
    pattern: str

    @property
    def undefined(self) -> bool:
        """Does no rule predict the numbers?"""
        return self.type == "VALUES_DIFFER"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    check: Literal["output", "output_shape", "gradient", "repeatability", "rejection"]
    versions: str
    when: str
    cause: Cause
    reason: str
    machine: str = ""
    upstream: list[str] = []
    reading: str | list[str] = []
    fault: str | list[str] = []
    accuracy: str = ""
    error: ErrorPattern | None = None
    accepted: bool = False
    suite: str = ""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    backend: str
    deviation: list[dict[str, Any]] = []
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One declaration: `explanation` (readings, faults), `accuracy` (alone, or on top of it) or
    `error` says how the backend differs; of a forbidden call (check `rejection`) `accepted`, or the
    `error` that a refusal is not. `suite` is the one whose cases show it. `fits`: does `machine`
    hold, as far as is told?"""

    backend: str
    name: str
    check: str
    versions: str
    when: Predicate
    cause: str
    reason: str
    upstream: tuple[str, ...]
    explanation: Explanation | None
    accuracy: str
    error: ErrorPattern | None
    machine: str
    where: str
    accepted: bool = False
    suite: str = "core"
    fits: bool = True

    @property
    def id(self) -> str:
        return f"{self.backend}/{self.check}/{self.name}"

    @property
    def kind(self) -> str:
        if self.accepted:
            return "accepted"
        if self.explanation is None or self.accuracy:
            return "accuracy" if self.accuracy else "error"
        return "fault" if self.explanation.faults else "reading"

    @property
    def rule_name(self) -> str:
        """Readings, faults and class; the declaration's own name where it has none."""
        rules = self.explanation.name if self.explanation else ""
        return " + ".join(filter(None, (rules, self.accuracy))) or self.name

    @property
    def undefined(self) -> bool:
        """Does no rule predict the numbers?"""
        return self.error is not None and self.error.undefined

    def sentence(self) -> str:
        """What the backend does instead."""
        if self.error is not None or self.accepted:
            return self.reason
        rules = self.explanation.sentences() if self.explanation else []
        return "; ".join([*rules, *([ACCURACY[self.accuracy][0]] if self.accuracy else [])])

    def covers(self, version: str) -> bool:
        """Are the version and the kernels those that the declaration speaks of? An empty range
        holds every version."""
        return self.fits and (not self.versions or _within(version, self.versions))

    def told(self, kernels: Mapping[str, str]) -> "Deviation":
        """The declaration where the backend's worker told this of its `kernels`: does `machine`
        hold there?"""
        return replace(self, fits=_holds(self.machine, machine_facts(kernels)))

    def concerns(self, case: Case, check: str) -> bool:
        """Does the declaration speak of this check of this case?"""
        try:
            return check == self.check and self.when(case)
        except PredicateError as error:
            raise PredicateError(f"{self.where}: {error}") from error


def _holds(machine: str, facts: Mapping[str, Any]) -> bool:
    return not machine or condition(machine).holds(facts)


@cache
def _within(version: str, versions: str) -> bool:
    try:
        return Version(version) in SpecifierSet(versions, prereleases=True)
    except InvalidVersion:
        return False


def load(path: Path, backends: Iterable[str]) -> list[Deviation]:
    """The declarations of one file. Raises DeviationError naming file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DeviationError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeviationError(
            f"{path}: is no UTF-8 text: {error.reason} at byte {error.start}"
        ) from error
    return parse(text, str(path), backends)


def parse(text: str, where: str, backends: Iterable[str]) -> list[Deviation]:
    """The declarations of a file's text; `where` is its name in errors."""
    try:
        content = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise DeviationError(f"{where}: {error}") from error
    except msgspec.ValidationError as error:
        raise DeviationError(f"{where}:{_line(text, 0, _key_of(error))}: {error}") from error
    if content.draft:
        raise DeviationError(
            f"{where}:{_line(text, 0, 'draft')}: draft = true: accepted is a reviewed file, in "
            "which this line is removed"
        )
    known = set(backends)
    if content.backend not in known and not set(content.backend) & {":", ".", "@"}:
        raise DeviationError(
            f"{where}:{_line(text, 0, 'backend')}: unknown backend {content.backend!r}; known: "
            f"{', '.join(sorted(known))}"
        )
    found = []
    for number, entry in enumerate(content.deviation, start=1):
        try:
            found.append(
                _deviation(
                    content.backend,
                    msgspec.convert(entry, _Entry),
                    f"{where}:{_line(text, number, '')}",
                )
            )
        except (msgspec.ValidationError, PredicateError, _Wrong) as error:
            raise DeviationError(
                f"{where}:{_line(text, number, _key_of(error))}: {error}"
            ) from error
        if found[-1].id in {d.id for d in found[:-1]}:
            raise DeviationError(
                f"{where}:{_line(text, number, 'name')}: {found[-1].id} is declared twice"
            )
    return found


class _Wrong(ValueError):
    """What is wrong with the value of one `key` of an entry."""

    def __init__(self, key: str, message: str) -> None:
        self.key = key
        super().__init__(message)


def _key_of(error: Exception) -> str:
    """The key that an error is about, "" for the entry as a whole."""
    if isinstance(error, _Wrong):
        return error.key
    if isinstance(error, PredicateError):
        return "when"
    named = re.search(r"\$\.(\w+)", str(error)) or re.search(r"unknown field `(\w+)`", str(error))
    return named[1] if named else ""


def _deviation(backend: str, entry: _Entry, where: str) -> Deviation:
    readings = (entry.reading,) if isinstance(entry.reading, str) else tuple(entry.reading)
    faults = (entry.fault,) if isinstance(entry.fault, str) else tuple(entry.fault)
    for kind, names, known in (
        ("reading", readings, READINGS),
        ("fault", faults, FAULTS),
        ("accuracy", [entry.accuracy][: bool(entry.accuracy)], ACCURACY),
    ):
        for name in names:
            if name not in known:
                near = get_close_matches(name, known, n=3, cutoff=0.4)
                raise _Wrong(
                    kind,
                    f"unknown {kind} {name!r}; near: {', '.join(near) or '-'}; `convtranspose list "
                    "readings` lists all",
                )
    given = [
        (k, v)
        for k, v in (("reading", readings), ("fault", faults), ("accuracy", entry.accuracy))
        if v
    ]
    if bool(given) + (entry.error is not None) + entry.accepted != 1:
        key = given[0][0] if given else "accepted" if entry.accepted else ""
        raise _Wrong(
            key,
            "either error, or reading / fault / accuracy, or accepted, says how the backend "
            "differs",
        )
    if entry.accepted if entry.check != "rejection" else not (entry.accepted or entry.error):
        raise _Wrong(
            "check", "accepted is for check = 'rejection', which knows nothing else but error"
        )
    if entry.suite not in ("", *SUITES):
        raise _Wrong("suite", f"unknown suite {entry.suite!r}; known: {', '.join(SUITES)}")
    try:
        SpecifierSet(entry.versions)
        if entry.machine:
            condition(entry.machine)
        if entry.error is not None:
            re.compile(entry.error.pattern)
    except InvalidSpecifier as error:
        raise _Wrong(
            "versions", f"versions = {entry.versions!r} is no version range such as '==2.13.*'"
        ) from error
    except re.error as error:
        raise _Wrong("error", f"pattern: {error}") from error
    except PredicateError as error:
        raise _Wrong("machine", f"machine = {entry.machine!r}: {error}") from error
    return Deviation(
        backend=backend,
        name=entry.name,
        check=entry.check,
        versions=entry.versions,
        when=Predicate(entry.when),
        cause=entry.cause,
        reason=entry.reason,
        upstream=tuple(entry.upstream),
        accuracy=entry.accuracy,
        error=entry.error,
        where=where,
        machine=entry.machine,
        fits=_holds(entry.machine, machine_facts({})),
        accepted=entry.accepted,
        suite=entry.suite or SHOWN_BY.get(entry.check, "core"),
        explanation=Explanation(readings=readings, faults=faults) if readings or faults else None,
    )


_HEAD = re.compile(r"""\s*\[\[\s*["']?deviation["']?\s*\]\]""")


def _line(text: str, number: int, key: str) -> int:
    """Line of `key` in the `number`-th [[deviation]] (0: the file's head), of the entry's header
    where the key has none there."""
    lines = text.splitlines()
    heads = [i for i, line in enumerate(lines) if _HEAD.match(line)]
    if number > len(heads):  # an array of tables written in one line
        return next(
            (i + 1 for i, line in enumerate(lines) if line.lstrip().startswith("deviation")), 1
        )
    start = heads[number - 1] if number else 0
    stop = next((i for i in heads if i > start), len(lines))
    found = (
        i + 1
        for i in range(start, stop)
        if key and lines[i].partition("=")[0].strip().strip("\"'") == key
    )
    return next(found, start + 1)


def declared(backends: Iterable[str]) -> list[Deviation]:
    """The declarations that the project ships, for its own backends."""
    known = list(backends)
    found: list[Deviation] = []
    for file in sorted(files(__package__).joinpath("declared").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            found += parse(file.read_text(encoding="utf-8"), f"declared/{file.name}", known)
    return found
