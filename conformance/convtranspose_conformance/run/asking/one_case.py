"""One backend asked about single cases, outside any plan; and why a case fails, in a form that two
cases can share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from convtranspose_cases import Case
from convtranspose_reports import Check, Verdict

from ...backends.api import Call
from ...backends.entry import Entry
from ...diagnosis.candidates import SINGLES, accuracy_class, differs, explains, pairs
from ...diagnosis.class_marks import bears_marks, is_refuted
from ...diagnosis.patterns import pattern_of
from ...examples.shrink import MOST_QUESTIONS, Shrunk, shrink
from ...rules.accuracy_classes import ACCURACY
from ...rules.answers import Asked, Explanation
from ...verdict.deviations import Deviation
from ...verdict.reply import Reply, judged
from ...worker.observation import Observation, Seen
from ...worker.process import Worker
from ..credit import Credit

AskWorker = Callable[[Call, tuple[str, ...]], dict[str, Observation]]  # as `Worker.ask`


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """What there is to say against one check of a case.

    `kind`: declared, contradicted (a declaration predicts otherwise, and the backend conforms),
    explained, composed or unexplained. `names`: the declarations' ids, every single explanation
    that fits, where none does every pair, or what unexplained failures have in common
    (`patterns.py`). `sentence`: what the backend does instead, in this case.
    """

    check: Check
    kind: str
    names: frozenset[str]
    sentence: str = field(compare=False)

    def covers(self, other: "Cause | None") -> bool:
        """Is the other one this cause, as far as can be told? It may rule out some of the
        explanations, and bring no new one.

        Of pairs, many fit a small case by chance: one that explains both is enough.
        """
        if other is None or self.kind == "composed":
            return other is not None and self.meets(other)
        return (other.check, other.kind) == (self.check, self.kind) and other.names <= self.names

    def meets(self, other: "Cause") -> bool:
        """May both be one and the same?"""
        return (other.check, other.kind) == (self.check, self.kind) and not other.names.isdisjoint(
            self.names
        )

    @property
    def name(self) -> str:
        return " or ".join(sorted(self.names))


def cause_of(reply: Reply) -> Cause | None:
    """None where nothing is wrong."""
    judgement = reply.judgement
    if judgement.deviation is not None:
        return Cause(
            check=reply.check,
            kind="declared",
            names=frozenset(judgement.reproduces),
            sentence=judgement.deviation.sentence(),
        )
    if judgement.contradicts:
        return Cause(
            check=reply.check,
            kind="contradicted",
            names=frozenset(judgement.contradicts),
            sentence=f"conforms where it is declared to differ: {', '.join(judgement.contradicts)}",
        )
    return _of_failure(reply) if judgement.verdict is Verdict.FAILS else None


def _of_failure(reply: Reply) -> Cause:
    by_rules = reply.check not in (Check.REPEATABILITY, Check.REJECTION)
    singles = [e for e in SINGLES if explains(e, reply)] if by_rules else []
    if singles:
        return _explained(reply, "explained", singles)
    if name := accuracy_of(reply):
        return Cause(
            check=reply.check,
            kind="explained",
            names=frozenset((name,)),
            sentence=ACCURACY[name][0],
        )
    composed = _pairs(reply) if by_rules and reply.seen.seen is Seen.RETURNED else []
    return _explained(reply, "composed", composed) if composed else _unexplained(reply)


def _explained(reply: Reply, kind: str, explanations: list[Explanation]) -> Cause:
    return Cause(
        check=reply.check,
        kind=kind,
        names=frozenset(e.name for e in explanations),
        sentence="; or ".join("; ".join(e.sentences()) for e in explanations),
    )


def _unexplained(reply: Reply) -> Cause:
    pattern = pattern_of(reply)
    numbers = f": {reply.judgement.reason}"
    return Cause(
        check=reply.check,
        kind="unexplained",
        names=frozenset((pattern.cluster,)),
        # of what stopped the pattern has the message already
        sentence=pattern.sentence + (numbers if reply.seen.seen is Seen.RETURNED else ""),
    )


def _pairs(reply: Reply) -> list[Explanation]:
    """Two rules that each say something of the case. Only where neither alone fits."""
    speaking = [e for e in SINGLES if differs(e, reply.check, reply.asked)]
    return [pair for pair in pairs(speaking) if explains(pair, reply)]


def accuracy_of(reply: Reply) -> str:
    """A class that allows the answer, and whose marks it bears; "" for none."""
    name = accuracy_class(reply)
    marked = name and bears_marks(name, [reply]) and not is_refuted(name, reply)
    return name if marked else ""


class Interview:
    """Asks a backend, through `ask_worker`, and judges with its declarations."""

    def __init__(
        self,
        entry: Entry,
        ask_worker: AskWorker,
        deviations: list[Deviation],
        seed: int = 0,
        kernels: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """`kernels`: what the worker behind `ask_worker` told, asked for when it has answered."""
        self.entry, self._ask_worker, self._seed = entry, ask_worker, seed
        self._declared = [d for d in deviations if d.backend == entry.name]
        self._kernels, self._credit = kernels, Credit()

    def ask(self, case: Case, checks: tuple[str, ...] = ()) -> list[Reply]:
        """Each of the case's checks that the backend offers, or those of `checks` among them.
        Raises as `Worker.ask` does."""
        wanted = tuple(
            c for c in self.entry.checks if c in case.checks and (not checks or c in checks)
        )
        asked = Asked(case, self._seed)
        observed = self._ask_worker(Call.of(case, *asked.arrays()), wanted) if wanted else {}
        if wanted and self._kernels is not None:
            self._declared = [d.told(self._kernels()) for d in self._declared]
            self._kernels = None
        return [
            self._credit.settled(
                judged(self.entry, asked, Check(name), seen, self._declared),
                partial(self._seen, name),
                self._declared,
            )
            for name, seen in observed.items()
        ]

    def _seen(self, check: str, case: Case) -> Observation:
        return self._ask_worker(Call.of(case, *Asked(case, self._seed).arrays()), (check,))[check]


def interview_with(worker: Worker, deviations: list[Deviation]) -> Interview:
    """An interview that judges by the kernels of which the worker tells."""
    return Interview(worker.entry, worker.ask, deviations, kernels=lambda: worker.kernels)


def smallest(
    first: Reply,
    ask: Callable[[Case, tuple[str, ...]], list[Reply]],
    questions: int = MOST_QUESTIONS,
) -> Shrunk:
    """The smallest case found on which the check has the same cause. Raises ValueError where
    nothing is wrong."""
    cause = cause_of(first)
    if cause is None:
        raise ValueError(f"{first.case.id}: nothing is wrong with it")
    checks = (first.check.value,)
    return shrink(
        first.case,
        lambda case: any(cause.covers(cause_of(a)) for a in ask(case, checks)),
        questions,
    )
