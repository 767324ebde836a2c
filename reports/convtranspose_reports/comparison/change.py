"""What changed from one run to another, as values: of a check, a declaration, a backend, a run."""

from enum import StrEnum

import msgspec

from convtranspose_reports.runs.record import (
    Check,
)


class Kind(StrEnum):
    """What became of an answer. The first four are regressions."""

    BROKEN = "broken"
    UNDECLARED = "undeclared"
    STALE = "stale"
    NO_LONGER_ANSWERED = "no longer answered"
    FIXED = "fixed"
    DECLARED = "declared"
    NO_LONGER_STALE = "no longer stale"
    NOW_ANSWERED = "now answered"
    CHANGED = "changed"


REGRESSIONS = frozenset({Kind.BROKEN, Kind.UNDECLARED, Kind.STALE, Kind.NO_LONGER_ANSWERED})


KINDS = {
    Kind.BROKEN: "what conformed differs now",
    Kind.UNDECLARED: "what differed as declared, or was not answered, differs undeclared now",
    Kind.STALE: "a declaration that held does not hold any more",
    Kind.NO_LONGER_ANSWERED: "what was answered is unsupported or declined now",
    Kind.FIXED: "what differed conforms now",
    Kind.DECLARED: "what differed undeclared differs as declared now",
    Kind.NO_LONGER_STALE: "a declaration that did not hold is gone, or holds",
    Kind.NOW_ANSWERED: "what was unsupported or declined is answered now",
    Kind.CHANGED: "what differed differs in another way now",
}


class _Part(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Side(_Part, frozen=True):
    """One of the two runs. `finished` is "" where it was cut short."""

    suite_version: str
    seed: int
    partial: str
    finished: str


class Change(_Part, frozen=True):
    """Questions of one check with one change in common. `was` and `now` say what the backend did
    and does; `cases` are the ids, in the run's order."""

    kind: Kind
    check: Check
    was: str
    now: str
    cases: list[str]


class BackendChanges(_Part, frozen=True):
    """Of one backend: its versions before and after ("" where it was not asked), how many questions
    both runs asked, how many of these have the same answer, how many one run alone asked."""

    name: str
    title: str
    old_version: str
    new_version: str
    old_kernels: dict[str, str]
    new_kernels: dict[str, str]
    both: int
    same: int
    new_questions: int
    vanished_questions: int
    changes: list[Change]

    def count(self, kind: Kind) -> int:
        """How many questions changed so; of stale declarations, how many declarations."""
        return sum(len(change.cases) for change in self.changes if change.kind is kind)

    @property
    def regressed(self) -> bool:
        return any(change.kind in REGRESSIONS for change in self.changes)


class RunChanges(_Part, frozen=True):
    """Two runs, and every backend of either, in the new one's order."""

    old: Side
    new: Side
    backends: list[BackendChanges]

    @property
    def regressed(self) -> bool:
        """Is anything worse than before?"""
        return any(backend.regressed for backend in self.backends)
