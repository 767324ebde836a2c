"""Why answers are wrong: the fewest explanations that predict every wrong answer and speak wrongly
of no right one (docs/diagnosis.md).

An explanation is held against all that is known of the backend, then against fresh cases that it
speaks of. Where it holds in some cases only, a condition over the attributes has to tell those
apart, and fresh cases have to bear that out. What is left stays unexplained.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome

from ..rules.answers import Explanation
from ..rules.faults.arithmetic import ARITHMETIC
from ..rules.predicate import Predicate
from ..verdict.reply import Ask, Pool, Reply, nothing
from ..worker.observation import Seen
from .candidates import SINGLES, differs, pairs
from .class_search import Precision
from .conditions import holds
from .evidence import Evidence
from .patterns import pattern_of
from .result import Diagnosis

ROUNDING = {fault.name for fault in ARITHMETIC}
ELSEWHERE = 0.25  # of the errors that an explanation takes for refusals
HARDEST = 6  # wrong answers that every pair is held against
MOST = 0.5  # of what is left: what a rule covers at least that holds in parts
WEIGHED = 40  # wrong answers of which the hardest are taken


def diagnose(
    wrong: Sequence[Reply],
    right: Sequence[Reply],
    check: Check,
    *,
    ask: Ask | None = None,
    pool: Pool = nothing,
    declared: Sequence[Explanation] = (),
    accuracies: Iterable[str] = (),
) -> list[Diagnosis]:
    """A diagnosis for each wrong answer. `ask` asks the backend cases of the `pool`, to bear
    explanations out and to tell them apart; `declared` is what it is known to do besides,
    `accuracies` the classes that it is known to be of in other checks."""
    found: dict[str, Diagnosis] = {}
    counts = Counter(each.case.op for each in wrong)
    for (
        op,
        _,
    ) in (
        counts.most_common()
    ):  # two implementations, often by the same hands: what explains one is tried on the other
        mine = [each for each in wrong if each.case.op == op]
        others = [each for each in right if each.case.op == op]
        evidence = Evidence(
            mine, others, check, ask=ask, pool=partial(_of_op, pool, op), declared=declared
        )
        search = _Search(evidence, list(dict.fromkeys(found.values())), accuracies)
        found |= zip((each.case.id for each in mine), search.run(), strict=True)
    return [found[each.case.id] for each in wrong]


def _of_op(pool: Pool, op: str) -> Iterator[Case]:
    return (case for case in pool() if case.op == op)


def _one_order_of_each(alike: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """By name; of the two orders of one pair, which nothing told apart, the first."""
    found: dict[frozenset[str], Explanation] = {}
    for explanation in sorted(alike, key=lambda e: e.name):
        found.setdefault(frozenset((*explanation.readings, *explanation.faults)), explanation)
    return tuple(found.values())


class _Search:
    """The stages, simplest first. Each takes what the ones before it left."""

    def __init__(
        self, evidence: Evidence, elsewhere: Sequence[Diagnosis], accuracies: Iterable[str]
    ) -> None:
        self._evidence, self._wrong, self._elsewhere, self._classes = (
            evidence,
            evidence.wrong,
            elsewhere,
            set(accuracies),
        )
        self._found: dict[int, Diagnosis] = {}

    def run(self) -> list[Diagnosis]:
        if self._evidence.check not in (Check.REPEATABILITY, Check.REJECTION):
            self._evidence.fit(SINGLES)
            self._always()
            self._compositions()
            self._as_elsewhere()
            self._sometimes()
            self._accuracies()
            self._accuracies_on_top()
            self._consequences()
            self._errors()
        return [self._found.get(i) or self._rest(each) for i, each in enumerate(self._wrong)]

    def _left(self, *seen: Seen) -> list[int]:
        return [
            i
            for i, each in enumerate(self._wrong)
            if i not in self._found and (not seen or each.seen.seen in seen)
        ]

    def _ranked(self) -> list[Explanation]:
        """Those that fit most of what is left first; of equals the one with fewer parts."""
        left = set(self._left())
        counted = [
            (len(covered & left), e)
            for e, covered in self._evidence.fitting.items()
            if covered & left
        ]
        return [
            e
            for _, e in sorted(
                counted,
                key=lambda pair: (-pair[0], len(pair[1].readings + pair[1].faults), pair[1].name),
            )
        ]

    def _always(self) -> None:
        """Explanations that hold wherever they say something else than the text."""
        for explanation in self._ranked():
            left = self._evidence.fitting[explanation] & set(self._left())
            if left and not self._stops_elsewhere(left) and self._evidence.always(explanation):
                self._take(explanation, left, "")

    def _as_elsewhere(self) -> None:
        """What explains the other operator, under the same condition, where nothing speaks against
        it here."""
        for found in [each for each in self._elsewhere if each.explanations and each.where]:
            fitting = self._evidence.fitting.get(found.explanations[0], set())
            left, holding = fitting & set(self._left()), Predicate(found.where)
            inside = all(holds(holding, self._wrong[i].case) for i in left)
            if (
                left
                and inside
                and not any(
                    holds(holding, each.case)
                    for each in self._evidence.against(found.explanations[0])
                )
            ):
                self._found |= dict.fromkeys(left, found)

    def _sometimes(self) -> None:
        """Explanations that hold under a condition."""
        for explanation in self._ranked():
            left = self._evidence.fitting[explanation] & set(self._left())
            computes = any(
                self._wrong[i].seen.seen is Seen.RETURNED for i in left
            )  # any other refusal would look like a rule's
            where = (
                self._evidence.where(explanation)
                if computes and not self._stops_elsewhere(left)
                else None
            )
            if where is not None:
                self._take(explanation, left, where)
        for explanation in self._ranked():
            computed = [
                i
                for i in self._left(Seen.RETURNED)
                if self._wrong[i].outcome is not Outcome.INEXACT
            ]
            covered = [i for i in computed if i in self._evidence.fitting[explanation]]
            if len(covered) < MOST * len(
                computed
            ):  # what explains the lesser part under long conditions does so by chance
                continue
            for part, where in self._evidence.where_in_parts(explanation, covered):
                self._take(explanation, set(part), where)

    def _stops_elsewhere(self, left: set[int]) -> bool:
        """Do the errors that an explanation takes for its refusals stop many of the calls that it
        leaves?"""
        stopped = {
            i: pattern_of(self._wrong[i], self._evidence.check).name
            for i in self._left(Seen.REFUSED)
        }
        mine = {name for i, name in stopped.items() if i in left}
        others = [i for i, name in stopped.items() if name in mine and i not in left]
        return len(others) > ELSEWHERE * len(left & stopped.keys())

    def _take(self, explanation: Explanation, left: set[int], where: str) -> None:
        """Explains what is `left`, together with the explanations of the same that nothing tells
        from this one."""
        fitting = self._evidence.fitting
        alike = [
            e
            for e, covered in fitting.items()
            if covered >= left
            and len(e.faults + e.readings) == len(explanation.faults + explanation.readings)
        ]
        alike = [e for e in alike if e == explanation or where or self._evidence.always(e)]
        told = self._evidence.told_apart(alike, where)
        chosen = _one_order_of_each(told)
        kind = "fault" if any(e.faults for e in chosen) else "reading"
        found = Diagnosis(
            kind=kind,
            explanations=chosen,
            where=where,
            seen_where=where or self._evidence.narrowest(left, explanation),
        )
        self._found |= dict.fromkeys(left, found)

    def _accuracies(self) -> None:
        """Accuracy classes of what no rule explains."""
        known = {
            found.accuracy for found in (*self._elsewhere, *self._found.values())
        } | self._classes
        rules = [e for found in dict.fromkeys(self._found.values()) for e in found.explanations]
        for name, numbers in Precision(self._evidence, known, rules).alone(
            self._left(Seen.RETURNED)
        ):
            seen_where = self._evidence.seen_where([self._wrong[i].case for i in numbers])
            self._found |= dict.fromkeys(
                numbers, Diagnosis(kind="accuracy", accuracy=name, seen_where=seen_where)
            )

    def _compositions(self) -> None:
        """Two rules at once, of those that fit the hardest of what is left, first of what none fits
        alone."""
        left = [
            i for i in self._left(Seen.RETURNED) if self._wrong[i].outcome is not Outcome.INEXACT
        ]
        weighed = left[:: max(len(left) // WEIGHED, 1)]
        fitted = set[int]().union(*self._evidence.fitting.values())
        hardest = sorted(
            weighed, key=lambda i: (i in fitted, self._is_open(i), -self._weight(self._wrong[i]))
        )[:HARDEST]
        candidates = dict.fromkeys(
            chain.from_iterable(self._pairs_of(self._wrong[i]) for i in hardest)
        )
        fitting = self._evidence.fitting
        fitting |= {
            pair: {i for i in left if self._evidence.explains(pair, self._wrong[i])}
            for pair in candidates
        }
        self._always()
        for pair in candidates:  # a condition on top of two rules would fit too much
            del fitting[pair]

    def _is_open(self, i: int) -> bool:
        """Has the case several conforming answers? Each pair would have as many."""
        return len(self._wrong[i].asked.conforming()) > 1

    def _weight(self, answered: Reply) -> int:
        """How many rules say something of the case: the more, the less fits it by chance."""
        return sum(answered.asked.answer(e).key != answered.asked.answer().key for e in SINGLES)

    def _pairs_of(self, answered: Reply) -> Iterable[Explanation]:
        """Pairs that fit, made of rules that each say something of the case, or that fit other
        answers where none fits this one."""
        fitting = self._evidence.fitting
        others = (
            []
            if any(self._wrong[i] is answered for covered in fitting.values() for i in covered)
            else list(fitting)
        )
        speaking = [
            e for e in SINGLES if e in others or differs(e, self._evidence.check, answered.asked)
        ]
        return [pair for pair in pairs(speaking) if self._evidence.explains(pair, answered)]

    def _accuracies_on_top(self) -> None:
        """A rule that is none of rounding, and an accuracy class on top of it."""
        for found in dict.fromkeys(self._found.values()):
            if (
                not found.explanations
                or {name for e in found.explanations for name in e.faults} & ROUNDING
            ):
                continue
            rule, holding = found.explanations[0], Predicate(found.where) if found.where else None
            left = [
                i
                for i in self._left(Seen.RETURNED)
                if holding is None or holds(holding, self._wrong[i].case)
            ]
            left = [i for i in left if differs(rule, self._evidence.check, self._wrong[i].asked)]
            for name, numbers in Precision(self._evidence, (), ()).on_top(rule, left):
                seen_where = found.where or self._evidence.seen_where(
                    [self._wrong[i].case for i in numbers]
                )
                both = Diagnosis(
                    kind="accuracy",
                    explanations=(rule,),
                    accuracy=name,
                    where=found.where,
                    seen_where=seen_where,
                )
                self._found |= dict.fromkeys(numbers, both)

    def _consequences(self) -> None:
        """Refusals where a rule that is at work leaves no output to return."""
        at_work = [
            found
            for found in dict.fromkeys(self._found.values())
            if found.explanations and not found.where
        ]
        for i in self._left(Seen.REFUSED):
            asked = self._wrong[i].asked
            cause = next(
                (found for found in at_work if asked.answer(found.explanations[0]).refused), None
            )
            if cause is not None:
                self._found[i] = cause

    def _errors(self) -> None:
        """Refusals and deaths that are alike, where a condition tells their cases from those that
        are answered."""
        alike: dict[str, list[int]] = {}
        for i in self._left():
            if self._wrong[i].seen.seen is not Seen.RETURNED:
                alike.setdefault(pattern_of(self._wrong[i], self._evidence.check).name, []).append(
                    i
                )
        for numbers in alike.values():
            if self._wrong[numbers[0]].outcome in (Outcome.INPUT_CHANGED, Outcome.NOT_REPEATABLE):
                pattern = pattern_of(self._wrong[numbers[0]], self._evidence.check)
                self._found |= dict.fromkeys(numbers, Diagnosis(kind="error", pattern=pattern))
            else:
                self._errors_of(numbers)

    def _errors_of(self, numbers: list[int]) -> None:
        """Conditions that tell these errors from all answers, unless fresh cases contradict
        them."""
        pattern = pattern_of(self._wrong[numbers[0]], self._evidence.check)
        answered = [each.case for each in self._wrong if each.seen.seen is Seen.RETURNED]
        parts = self._evidence.parts(
            lambda: [self._wrong[i].case for i in numbers],
            lambda: [*self._evidence.right_cases(), *answered],
            lambda where: self._evidence.bears_out(where, _stopped),
        )
        for part, where, borne_out in parts:
            if borne_out is not False:
                found = Diagnosis(kind="error", where=where, seen_where=where, pattern=pattern)
                self._found |= dict.fromkeys((numbers[i] for i in part), found)

    def _rest(self, answered: Reply) -> Diagnosis:
        kind = "accepted" if answered.outcome is Outcome.ACCEPTED else "unexplained"
        return Diagnosis(kind=kind, pattern=pattern_of(answered, self._evidence.check))


def _stopped(answered: Reply) -> bool:
    return answered.seen.seen is not Seen.RETURNED
