"""The hand-written mutants of `tests/support/backends/planted`, judged as a worker and the
suite's judge do.

A mutant is killed by a case where the verdict is FAILS, nothing being declared. It is asked a case
only where it can differ: where the right backend's answer passes through a step that the mutant
changes.
"""

import types
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import FunctionType
from typing import Any

import planted
from convtranspose_cases import Case
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.worker import serving
from convtranspose_conformance.worker.observation import Observation, Seen
from convtranspose_reports import Check, Verdict
from support.mutation.official import failed_by
from whole import Whole

MUTANTS: dict[str, Any] = {mutant.__name__: mutant for mutant in planted.PLANTED}
# but for those of calls composed with Resize or DepthToSpace
OF_CONVOLUTIONS = [n for n, mutant in MUTANTS.items() if mutant.kind not in ("resize", "subpixel")]
RIGHT = {
    name: value
    for base in planted.Correct.__mro__[::-1]
    for name, value in vars(base).items()
    if not name.startswith("__")
}
STEPS = frozenset(name for name, value in RIGHT.items() if isinstance(value, FunctionType))
SETTINGS = RIGHT.keys() - STEPS - {"memory"}
MANY = 2048  # cases whose right answers are kept: as many as `core` and a few small suites have
LAWS = frozenset(name for name in STEPS if name.startswith("law_"))


class WrongItself(AssertionError):
    """The right backend fails a case, so that the case proves nothing of a mutant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Living:
    """A mutant that no case has killed yet, and which steps and settings of the right backend it
    changes."""

    name: str
    backend: Any
    changes: frozenset[str]

    @classmethod
    def of(cls, name: str) -> "Living":
        return cls(name=name, backend=Whole(name), changes=_changed(MUTANTS[name]))

    @classmethod
    def of_several(cls, names: Sequence[str]) -> "Living | None":
        """Several mutants in one, of which no two change the same; None where two do."""
        classes = [MUTANTS[name] for name in names]
        changes = [_changed(each) for each in classes]
        if sum(map(len, changes)) > len(frozenset[str]().union(*changes)):
            return None
        name = "And".join(names)
        both = types.new_class(name, tuple(classes), {"abstract": True})
        return cls(
            name=name, backend=Whole(names[0], both), changes=frozenset[str]().union(*changes)
        )

    def may_differ(self, call: Call, called: frozenset[str], usual: Observation) -> bool:
        """Can its answer be another than the right backend's `usual` one, which passed through the
        steps `called`?"""
        if not self.changes & called and not self.changes & SETTINGS:
            return False
        return not (self.changes <= LAWS and usual.seen is Seen.RETURNED) or not self._finds_legal(
            call
        )

    def _finds_legal(self, call: Call) -> bool:
        """Laws refuse a call or put its attributes right: where these do neither, the rest is the
        right backend's."""
        node = self.backend.node(call)
        given = dict(node.given)
        try:
            node.refuse(call.X, call.W, call.B)
        except ValueError:
            return False
        return bool(node.given == given)


def _changed(mutant: type) -> frozenset[str]:
    """The steps and settings of the right backend that a mutant has of its own."""
    own = [base for base in mutant.__mro__ if not issubclass(planted.Planted, base)]
    return frozenset(key for base in own for key in vars(base)) & (STEPS | SETTINGS)


class _Followed:
    """The right backend, each of its steps noting its name when called."""

    def __init__(self) -> None:
        self.called: set[str] = set()
        self._noting = type(
            "Noting", (planted.Correct,), {name: self._note(name) for name in STEPS}
        )
        self._backend = Whole("Correct", self._noting)

    def _note(self, name: str) -> Any:
        def noting(node: Any, *given: Any) -> Any:
            self.called.add(name)
            return getattr(super(self._noting, node), name)(*given)

        return noting

    def answer(self, asked: Asked, call: Call, check: str) -> Observation:
        """The right answer. Raises WrongItself where the suite's judge does not think so."""
        self.called.clear()
        seen = _seen(self._backend, call, check)
        if _fails(asked, check, seen):
            raise WrongItself(f"the right backend fails {asked.case.id}")
        return seen


@cache
def _followed() -> _Followed:
    return _Followed()


@lru_cache(MANY)
def asked(case: Case) -> Asked:
    """A case with the answers that rules give to it, which many mutants share."""
    return Asked(case)


@lru_cache(MANY)
def usual(case: Case, check: str) -> tuple[Observation, frozenset[str]]:
    """What the right backend answers, and the steps that it took. Raises WrongItself."""
    seen = _followed().answer(asked(case), Call.of(case, *asked(case).arrays()), check)
    return seen, frozenset(_followed().called)


def first_kills(names: Iterable[str], cases: Iterable[Case]) -> dict[str, str]:
    """Mutant -> the first of the cases that kills it; without those that survive. Every mutant
    starts afresh. Raises WrongItself."""
    alive, killed = [Living.of(name) for name in names], dict[str, str]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in cases:
            if not alive:
                break
            killed |= dict.fromkeys(_killed_by(case, alive), case.id)
            alive = [each for each in alive if each.name not in killed]
    return killed


def _killed_by(case: Case, alive: list[Living]) -> set[str]:
    """Those of the mutants that fail a check of one case."""
    call, killed = Call.of(case, *asked(case).arrays()), set[str]()
    for check in (check for check in case.checks if check in Whole.checks):
        right, called = usual(case, check)
        for each in alive:
            if each.may_differ(call, called, right):
                seen = _seen(each.backend, call, check)
                if seen != right and _fails(asked(case), check, seen):
                    killed.add(each.name)
    return killed


def _seen(backend: Any, call: Call, check: str) -> Observation:
    kind, seen = serving.answer(backend, call, check)
    if kind != "seen":
        raise AssertionError(f"{backend.versions()}, {check}: {seen}")
    return seen  # type: ignore[no-any-return]


def _fails(asked: Asked, check: str, seen: Observation) -> bool:
    return judge(asked, Comparisons(Check(check), seen), [], "1").verdict is Verdict.FAILS


def of_classes(*kinds: str) -> list[str]:
    """The names of the classes' mutants."""
    return [name for name, mutant in MUTANTS.items() if mutant.kind in kinds]


def described() -> list[dict[str, Any]]:
    """Every mutant's name, class, sentence and the names that the suite's library has for it."""
    return [
        {"name": n, "class": m.kind, "sentence": m.sentence(), "named": list(m.named)}
        for n, m in MUTANTS.items()
    ]


def official_kills(names: Iterable[str]) -> dict[str, list[str]]:
    """Mutant -> the official node tests that it fails."""
    kills = {}
    for name in names:
        mutant = MUTANTS[name]
        mutant.memory.clear()
        kills[name] = failed_by(
            lambda model, inputs, mutant=mutant: mutant.prepare(model, "CPU").run(
                [a.copy() for a in inputs]
            )
        )
    return kills
