"""A declared deviation: which backend differs from the text, where, and how exactly. `judge`
applies them; `deviation_files` reads them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from convtranspose_cases import Case
from convtranspose_reports import Outcome

from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Explanation
from ..rules.predicate import Predicate, PredicateError, Together
from .machine import condition, machine_facts


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

    def is_in(self, message: str) -> bool:
        """Is the pattern found in it? A dot stands for the end of a line, too: what a process says
        as it dies has several."""
        return re.search(self.pattern, message, re.DOTALL) is not None


class Differs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A difference that no rule predicts: its `outcome`, and a `pattern` searched in what differs.
    It takes any such difference for the declared one, and expects none: for what is not
    understood yet."""

    outcome: Outcome
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One declaration: `explanation` (readings, faults), `accuracy` (alone, or on top of it),
    `error` or `differs` says how the backend differs; of a forbidden call (check `rejection`)
    `accepted`, or what else it is that is no refusal. `suite` is the one whose cases show it.
    `fits`: does `machine` hold, as far as is told? `inherited`: the backend for which it was
    declared, where this one builds on that; it is never stale here."""

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
    differs: Differs | None = None
    inherited: str = ""

    @property
    def id(self) -> str:
        return f"{self.backend}/{self.check}/{self.name}"

    @property
    def kind(self) -> str:
        if self.accepted or self.differs is not None:
            return "accepted" if self.accepted else "differs"
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
        if self.error is not None or self.differs is not None or self.accepted:
            return self.reason
        rules = self.explanation.sentences() if self.explanation else []
        return "; ".join([*rules, *([ACCURACY[self.accuracy][0]] if self.accuracy else [])])

    def covers(self, version: str) -> bool:
        """Are the version and the kernels those that the declaration speaks of? An empty range
        holds every version; what is inherited speaks of another backend's."""
        return (
            not self.inherited
            and self.fits
            and (not self.versions or _within(version, self.versions))
        )

    def told(self, kernels: Mapping[str, str]) -> "Deviation":
        """The declaration where the backend's worker told this of its `kernels`: `machine` and
        `when` speak of them."""
        when = self.when.on(machine_facts(kernels))
        return replace(self, fits=holds_here(self.machine, kernels), when=when)

    def concerns(self, case: Case, check: str) -> bool:
        """Does the declaration speak of this check of this case?"""
        try:
            return check == self.check and self.when(case)
        except PredicateError as error:
            raise PredicateError(f"{self.where}: {error}") from error


class Declared(tuple[Deviation, ...]):
    """Declarations of one check of one backend, which are asked at once of what they speak."""

    @cached_property
    def _when(self) -> Together:
        return Together([d.when for d in self])

    def concerning(self, case: Case) -> list[Deviation]:
        """Those that speak of the case."""
        try:
            return [self[number] for number in self._when.holding(case)]
        except PredicateError:  # it says where the declaration stands
            return [d for d in self if d.concerns(case, d.check)]


def concerning(declared: Sequence[Deviation], case: Case, check: str) -> list[Deviation]:
    """The declarations that speak of this check of this case."""
    if isinstance(declared, Declared):
        return declared.concerning(case)
    return [d for d in declared if d.concerns(case, check)]


def holds_here(machine: str, kernels: Mapping[str, str]) -> bool:
    """Does an expression over the machine, "" for any, hold where a worker told `kernels`?"""
    return not machine or condition(machine).holds(machine_facts(kernels))


@cache
def _within(version: str, versions: str) -> bool:
    try:
        return Version(version) in SpecifierSet(versions, prereleases=True)
    except InvalidVersion:
        return False
