"""One backend asked about single cases, outside any plan; and why a case fails, in a form that two
cases can share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from convtranspose_cases import Case
from convtranspose_reports import Check, Verdict

from ..backends.api import Call
from ..backends.registry import Entry
from ..diagnosis.candidates import SINGLES, accuracy_class, differs, fits, pairs
from ..diagnosis.class_marks import bears_marks, is_refuted
from ..diagnosis.patterns import Pattern, pattern_of
from ..examples.shrink import QUESTIONS, Shrunk, shrink
from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Asked, Explanation
from ..verdict.deviations import Deviation
from ..verdict.judge import Judgement, judge
from ..verdict.reply import Reply
from ..worker.observation import Observation, Seen
from ..worker.process import Worker

Answer = Callable[[Call, tuple[str, ...]], dict[str, Observation]]  # as `Worker.ask`


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What there is to say against one check of a case.

    `kind`: declared, contradicted (a declaration predicts otherwise, and the backend conforms),
    explained, composed or unexplained. `names`: the declarations' ids, every single explanation
    that fits, where none does every pair, or what unexplained failures have in common
    (`pattern.py`).
    """

    check: Check
    kind: str
    names: frozenset[str]

    def covers(self, other: "Cause | None") -> bool:
        """Is the other one this cause, as far as can be told? It may rule out some of the
        explanations, and bring no new one.

        Of pairs, many fit a small case by chance: one that explains both is enough.
        """
        if self.kind == "composed":
            return other is not None and self.meets(other)
        return (
            other is not None
            and (other.check, other.kind) == (self.check, self.kind)
            and other.names <= self.names
        )

    def meets(self, other: "Cause") -> bool:
        """May both be one and the same?"""
        return (other.check, other.kind) == (self.check, self.kind) and not other.names.isdisjoint(
            self.names
        )

    @property
    def name(self) -> str:
        return " or ".join(sorted(self.names))


@dataclass(frozen=True)
class Answered:
    """One check of one case, asked and judged."""

    entry: Entry
    asked: Asked
    check: Check
    seen: Observation
    judgement: Judgement

    @property
    def case(self) -> Case:
        return self.asked.case

    @cached_property
    def cause(self) -> Cause | None:
        """None where nothing is wrong."""
        if self.judgement.verdict is Verdict.DEVIATES:
            return Cause(
                check=self.check, kind="declared", names=frozenset(self.judgement.reproduces)
            )
        if self.judgement.contradicts:
            return Cause(
                check=self.check, kind="contradicted", names=frozenset(self.judgement.contradicts)
            )
        if self.judgement.verdict is not Verdict.FAILS:
            return None
        found = {e.name for e in self._explanations} or {self._accuracy} - {""}
        kind = "composed" if self._pairs else "explained" if found else "unexplained"
        return Cause(check=self.check, kind=kind, names=frozenset(found or {self._pattern.cluster}))

    @property
    def _reply(self) -> Reply:
        return Reply(self.asked, self.seen, self.judgement.outcome, wrong=True)

    @cached_property
    def _explanations(self) -> list[Explanation]:
        if self.check in (Check.REPEATABILITY, Check.REJECTION):
            return []
        return [e for e in SINGLES if self._fits(e)] or self._pairs

    @cached_property
    def _pairs(self) -> list[Explanation]:
        """Two rules that each say something of the case, where neither alone fits."""
        if (
            self.seen.seen is not Seen.RETURNED
            or self._accuracy
            or any(self._fits(e) for e in SINGLES)
        ):
            return []
        speaking = [e for e in SINGLES if differs(e, self.check, self.asked)]
        return [pair for pair in pairs(speaking) if self._fits(pair)]

    def _fits(self, explanation: Explanation) -> bool:
        return fits(explanation, self.check, self._reply) and differs(
            explanation, self.check, self.asked
        )

    @cached_property
    def _accuracy(self) -> str:
        """A class that allows the answer, and whose marks it bears."""
        found = accuracy_class(self._reply, self.check)
        marked = found and bears_marks(found, [self._reply]) and not is_refuted(found, self._reply)
        return found if marked else ""

    @property
    def _pattern(self) -> Pattern:
        return pattern_of(self._reply, self.check)

    @property
    def sentence(self) -> str:
        """What the backend does instead."""
        if self.judgement.contradicts:
            return (
                f"conforms where it is declared to differ: {', '.join(self.judgement.contradicts)}"
            )
        if self.judgement.deviation is not None:
            return self.judgement.deviation.sentence()
        if self._explanations:
            return "; or ".join("; ".join(e.sentences()) for e in self._explanations)
        if self._accuracy:
            return ACCURACY[self._accuracy][0]
        stopped = self.seen.seen is not Seen.RETURNED  # then the pattern has the message already
        return (
            self._pattern.sentence
            if stopped
            else f"{self._pattern.sentence}: {self.judgement.reason}"
        )


class Interview:
    """Asks a backend, through `answer`, and judges with its declarations."""

    def __init__(
        self,
        entry: Entry,
        answer: Answer,
        deviations: list[Deviation],
        seed: int = 0,
        kernels: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """`kernels`: what the worker behind `answer` told, asked for when it has answered."""
        self.entry, self._answer, self._seed = entry, answer, seed
        self._deviations = [d for d in deviations if d.backend == entry.name]
        self._kernels = kernels

    def ask(self, case: Case, checks: tuple[str, ...] = ()) -> list[Answered]:
        """Each of the case's checks that the backend offers, or those of `checks` among them.
        Raises as `Worker.ask` does."""
        wanted = tuple(
            c for c in self.entry.checks if c in case.checks and (not checks or c in checks)
        )
        asked = Asked(case, self._seed)
        found = self._answer(Call.of(case, *asked.arrays()), wanted) if wanted else {}
        if wanted and self._kernels is not None:
            self._deviations = [d.told(self._kernels()) for d in self._deviations]
            self._kernels = None
        return [self._judged(asked, Check(name), seen) for name, seen in found.items()]

    def _judged(self, asked: Asked, check: Check, seen: Observation) -> Answered:
        verdict = judge(asked, check, seen, self._deviations, self.entry.installed_version())
        return Answered(self.entry, asked, check, seen, verdict)


def interview_with(worker: Worker, deviations: list[Deviation]) -> Interview:
    """An interview that judges by the kernels of which the worker tells."""
    return Interview(worker.entry, worker.ask, deviations, kernels=lambda: worker.kernels)


def smallest(
    answered: Answered,
    ask: Callable[[Case, tuple[str, ...]], list[Answered]],
    questions: int = QUESTIONS,
) -> Shrunk:
    """The smallest case found on which the check has the same cause. Raises ValueError where
    nothing is wrong."""
    cause = answered.cause
    if cause is None:
        raise ValueError(f"{answered.case.id}: nothing is wrong with it")
    checks = (answered.check.value,)
    return shrink(
        answered.case, lambda case: any(cause.covers(a.cause) for a in ask(case, checks)), questions
    )
