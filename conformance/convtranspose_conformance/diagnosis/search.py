"""Why answers are wrong: the fewest explanations that predict every wrong answer and speak wrongly
of no right one (docs/diagnosis.md).

An explanation is held against all that is known of the backend, then against fresh cases that it
speaks of. Where it holds in some cases only, a condition over the attributes has to tell those
apart, and fresh cases have to bear that out. What is left stays unexplained.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from itertools import chain

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome

from ..rules.answers import Explanation
from ..rules.faults.arithmetic import ARITHMETIC
from ..verdict.reply import Ask, Pool, Reply, nothing
from ..worker.observation import Seen
from .as_stated import Parts, borne_out
from .candidates import SINGLES, differs, explains, pairs
from .class_search import Precision
from .conditions.axes import Axes, seen_through
from .conditions.contrast import meets
from .conditions.errors import consequences, diagnosed_errors, stops_elsewhere
from .conditions.scope import condition_of, conditions_of_parts, narrowest, seen_where
from .conditions.wider import widened, within
from .evidence import Evidence, Fitting
from .measured.search import Measuring
from .measured.several import together
from .measured.types import typed
from .result import BY_RULE, Diagnosis, shows
from .thresholds import ASKED_AGAIN, HARDEST, MOST_COMPUTED, TRIED_ANEW, WEIGHED
from .unexplained import of_state, repeats, shows_values, unexplained

ROUNDING = {fault.name for fault in ARITHMETIC}


def diagnose(
    wrong: Sequence[Reply],
    right: Sequence[Reply],
    check: Check,
    *,
    ask: Ask | None = None,
    pool: Pool = nothing,
    declared: Sequence[Explanation] = (),
    accuracies: Iterable[str] = (),
    elsewhere: Sequence[Diagnosis] = (),
) -> list[Diagnosis]:
    """A diagnosis for each wrong answer. `ask` asks the backend cases of the `pool`, to bear
    explanations out and to tell them apart; `declared` is what it is known to do besides,
    `accuracies` the classes that it is known to be of in other checks, and `elsewhere` what
    explains its answers to these."""
    by_case: dict[str, Diagnosis] = {}
    # Two implementations, often by the same hands: what explains one is tried on the other.
    for op, _ in Counter(each.case.op for each in wrong).most_common():
        mine = [each for each in wrong if each.case.op == op]
        others = [each for each in right if each.case.op == op]
        of_op = partial(_of_op, pool, op)
        known = list(dict.fromkeys((*elsewhere, *by_case.values())))
        search = partial(
            _searched, check, of_op, declared=declared, elsewhere=known, accuracies=accuracies
        )
        axes = seen_through(mine, others, check, ask, of_op)
        found = _behind(axes, mine, others, ask, search) if axes else search(mine, others, ask)
        by_case |= zip((each.case.id for each in mine), found, strict=True)
    return [by_case[each.case.id] for each in wrong]


def _searched(
    check: Check,
    pool: Pool,
    wrong: Sequence[Reply],
    right: Sequence[Reply],
    ask: Ask | None,
    *,
    declared: Sequence[Explanation],
    elsewhere: Sequence[Diagnosis],
    accuracies: Iterable[str],
) -> list[Diagnosis]:
    """A diagnosis for each wrong answer of one operator."""
    evidence = Evidence(wrong, right, check, ask=ask, pool=pool, declared=declared)
    return _Search(evidence, elsewhere, accuracies).run()


def _behind(
    axes: Axes,
    wrong: Sequence[Reply],
    right: Sequence[Reply],
    ask: Ask | None,
    search: Callable[[Sequence[Reply], Sequence[Reply], Ask | None], list[Diagnosis]],
) -> list[Diagnosis]:
    """A diagnosis for each wrong answer, where some were returned under other axes: of what is
    behind these."""
    seen = [axes.reply(each) for each in wrong]
    left = [each for each in seen if each.wrong]
    right = [*right, *(each for each in seen if not each.wrong)]
    found = iter(search(left, right, ask and axes.ask(ask)) if left else ())
    said = [next(found) if each.wrong else axes.said for each in seen]
    return [
        d if before is behind or not behind.wrong else axes.above(d, before)
        for d, before, behind in zip(said, wrong, seen, strict=True)
    ]


def diagnosed_again(reduced: Reply, diagnoses: Sequence[Diagnosis], ask: Ask | None) -> Diagnosis:
    """A diagnosis of a wrong answer whose numbers are not kept: the backend is asked again, and
    what it says is held against the `diagnoses` of the others."""
    by_rule = [each for each in diagnoses if each.kind in BY_RULE]
    for reply in ask([reduced.case]) if ask and by_rule else ():
        for diagnosis in by_rule:
            if shows(diagnosis, reply):
                return diagnosis
    return unexplained(reduced)


def _of_op(pool: Pool, op: str) -> Iterator[Case]:
    return (case for case in pool() if case.op == op)


def _one_order_of_each(alike: Iterable[Explanation]) -> tuple[Explanation, ...]:
    """By name; of the two orders of one pair, which nothing told apart, the first."""
    chosen: dict[frozenset[str], Explanation] = {}
    for explanation in sorted(alike, key=lambda e: e.name):
        chosen.setdefault(frozenset(explanation.names), explanation)
    return tuple(chosen.values())


class _Search:
    """The stages, simplest first. Each takes what the ones before it left, and names it in
    `_named`, by number; `_fitting` says which single rules fit what."""

    def __init__(
        self, evidence: Evidence, elsewhere: Sequence[Diagnosis], accuracies: Iterable[str]
    ) -> None:
        self._evidence, self._wrong = evidence, evidence.wrong
        self._elsewhere, self._classes = elsewhere, set(accuracies)
        self._fitting: Fitting = {}
        self._named: dict[int, Diagnosis] = {}
        self._again, self._parts = ASKED_AGAIN, Parts()

    def run(self) -> list[Diagnosis]:
        # before other questions: each death costs a process, and kinds of calls that kill are left
        # out after some
        self._named |= diagnosed_errors(self._evidence, self._left(Seen.CRASHED))
        if self._evidence.check not in (Check.REPEATABILITY, Check.REJECTION):
            self._fitting = self._evidence.fit(SINGLES)
            self._types(as_asked=False)
            if self._evidence.check is Check.GRADIENT:
                self._as_elsewhere(set())  # of these alone, two rules may be one
            self._always(self._fitting)
            self._compositions()
            self._as_elsewhere(self._fitting.keys())
            self._borne_out()
            self._named |= consequences(self._evidence, self._left(Seen.REFUSED), self._at_work())
            self._named |= diagnosed_errors(self._evidence, self._left())
        return [self._named.get(i) or self._rest(each) for i, each in enumerate(self._wrong)]

    def _borne_out(self) -> None:
        """What is found besides, put on trial with all else; what speaks against it is measured,
        and all is found anew. Of what stood its trial the most counts."""
        measuring = Measuring(self._evidence, self._distinct())
        before, learned, stood = self._named, set[str](), list[dict[int, Diagnosis]]()
        for _ in range(TRIED_ANEW):
            self._named = dict(before)
            self._besides(measuring)
            parts = replace(self._all_parts(), learned=frozenset(learned))
            named, against = borne_out(self._evidence, self._named, parts)
            stood.insert(0, named)
            more = measuring.learns(against)
            if not more:
                break
            learned |= more
        self._named = max(stood, key=len)

    def _besides(self, measuring: Measuring) -> None:
        """What measuring finds, and what holds in some cases or of precision alone."""
        self._named |= measuring.diagnoses(self._left(Seen.RETURNED))
        self._parts = Parts(of=measuring.made_of, whole=measuring.whole)
        self._sometimes()
        self._in_parts()
        self._accuracies()
        self._accuracies_on_top()
        self._types(as_asked=True)
        self._widened()
        self._several()

    def _rest(self, reply: Reply) -> Diagnosis:
        """What nothing explains, by its pattern: before one of values is named, the same call is
        put again."""
        if self._again and shows_values(reply):
            self._again -= 1
            if not repeats(reply, self._evidence.asked_again(reply.case)):
                return of_state()
        return unexplained(reply)

    def _left(self, *seen: Seen) -> list[int]:
        return [
            i
            for i, each in enumerate(self._wrong)
            if i not in self._named and (not seen or each.seen.seen in seen)
        ]

    def _left_computed(self) -> list[int]:
        """What is left of answers that are no matter of precision."""
        return [
            i for i in self._left(Seen.RETURNED) if self._wrong[i].outcome is not Outcome.INEXACT
        ]

    def _distinct(self) -> list[Diagnosis]:
        """The diagnoses so far, each once."""
        return list(dict.fromkeys(self._named.values()))

    def _at_work(self) -> list[Diagnosis]:
        """The diagnoses so far; of gradients those of other checks, too."""
        elsewhere = self._elsewhere if self._evidence.check is Check.GRADIENT else ()
        return list(dict.fromkeys((*self._distinct(), *elsewhere)))

    def _ranked(self, fitting: Fitting) -> list[Explanation]:
        """Those that fit most of what is left first; of equals the one with fewer parts."""
        left = set(self._left())
        counted = [(len(covered & left), e) for e, covered in fitting.items() if covered & left]
        by_rank = sorted(
            counted,
            key=lambda pair: (-pair[0], len(pair[1].readings + pair[1].faults), pair[1].name),
        )
        return [e for _, e in by_rank]

    def _stops_elsewhere(self, left: set[int]) -> bool:
        return stops_elsewhere(self._wrong, self._left(Seen.REFUSED), left)

    def _always(self, fitting: Fitting) -> None:
        """Explanations that hold wherever they say something else than the text."""
        for explanation in self._ranked(fitting):
            left = fitting[explanation] & set(self._left())
            if not left or self._stops_elsewhere(left):
                continue
            if self._evidence.always(explanation, fitting[explanation]):
                self._take(fitting, explanation, left, "")

    def _types(self, *, as_asked: bool) -> None:
        """Element types that outputs are computed and returned in."""
        if self._evidence.check is not Check.OUTPUT:
            return
        for rule, where, numbers in typed(self._evidence, self._left(), as_asked=as_asked):
            said = Diagnosis(kind="fault", explanations=(rule,), where=where, seen_where=where)
            self._named |= dict.fromkeys(numbers, said)

    def _widened(self) -> None:
        """Conditions without what only other rules put into them."""
        left = self._left(Seen.RETURNED)
        wider = dict(widened(self._evidence, self._distinct(), left))
        self._named = {i: wider.get(said, said) for i, said in self._named.items()}
        once = within(self._distinct())
        self._named = {i: once.get(said, said) for i, said in self._named.items()}

    def _several(self) -> None:
        """What several of the rules found make together."""
        said = self._distinct()
        for i in self._left(Seen.RETURNED):
            found = together(said, self._wrong[i])
            if found is not None:
                self._named[i] = found

    def _as_elsewhere(self, looked_at: AbstractSet[Explanation]) -> None:
        """What explains the other operator, or another check, under the same condition, where
        nothing speaks against it here; of equivalent rules the first of which that is so. What
        holds everywhere may have been `looked_at` here already."""
        for other in self._elsewhere:
            if other.accuracy:
                continue
            for rule in other.explanations:
                known = not other.where and rule in looked_at
                left = set() if known else self._explained_here(rule, other.where)
                if left:
                    first = rule == other.explanations[0]
                    said = other if first else replace(other, explanations=(rule,))
                    self._named |= dict.fromkeys(left, said)
                    break

    def _explained_here(self, rule: Explanation, where: str) -> set[int]:
        """What is left that a rule found elsewhere explains, unless something speaks against it."""
        covered = self._fitting.get(rule) or self._explained_by(rule)
        left = covered & set(self._left())
        if not left or not all(meets(where, self._wrong[i].case) for i in left):
            return set()
        against = self._evidence.against(rule, covered)
        return set() if any(meets(where, each.case) for each in against) else left

    def _explained_by(self, rule: Explanation) -> set[int]:
        return {i for i in self._left(Seen.RETURNED) if explains(rule, self._wrong[i])}

    def _all_parts(self) -> Parts:
        """With the accuracy classes that are known by now."""
        return replace(self._parts, classes=self._known_classes)

    @property
    def _known_classes(self) -> frozenset[str]:
        told = (each.accuracy for each in (*self._elsewhere, *self._distinct()))
        return frozenset((*self._classes, *told)) - {""}

    def _sometimes(self) -> None:
        """Explanations that hold under a condition."""
        for explanation in self._ranked(self._fitting):
            covered = self._fitting[explanation]
            left = covered & set(self._left())
            if not any(self._wrong[i].seen.seen is Seen.RETURNED for i in left):
                continue  # any other refusal would look like a rule's
            if self._stops_elsewhere(left):
                continue
            where = condition_of(self._evidence, explanation, covered)
            if where is not None:
                self._take(self._fitting, explanation, left, where)

    def _in_parts(self) -> None:
        """Explanations of much of what is left, each part of it under a condition of its own."""
        for explanation in self._ranked(self._fitting):
            computed, covered = self._left_computed(), self._fitting[explanation]
            numbers = [i for i in computed if i in covered]
            if len(numbers) < MOST_COMPUTED * len(computed):
                continue
            for part, where in conditions_of_parts(self._evidence, explanation, covered, numbers):
                self._take(self._fitting, explanation, set(part), where)

    def _take(self, fitting: Fitting, explanation: Explanation, left: set[int], where: str) -> None:
        """Explains what is `left`, together with the explanations of the same that nothing tells
        from this one."""
        parts = len(explanation.faults + explanation.readings)
        alike = [
            e
            for e, covered in fitting.items()
            if covered >= left and len(e.faults + e.readings) == parts
        ]
        alike = [
            e for e in alike if e == explanation or where or self._evidence.always(e, fitting[e])
        ]
        chosen = _one_order_of_each(self._evidence.told_apart(alike, where))
        diagnosis = Diagnosis(
            kind="fault" if any(e.faults for e in chosen) else "reading",
            explanations=chosen,
            where=where,
            seen_where=where or narrowest(self._evidence, explanation, left),
        )
        self._named |= dict.fromkeys(left, diagnosis)

    def _compositions(self) -> None:
        """Two rules at once, of those that fit the hardest of what is left, first of what none fits
        alone. They hold everywhere: a condition on top of two rules would fit too much."""
        left = self._left_computed()
        weighed = left[:: max(len(left) // WEIGHED, 1)]
        fitted = set[int]().union(*self._fitting.values())
        hardest = sorted(
            weighed, key=lambda i: (i in fitted, self._is_open(i), -_weight(self._wrong[i]))
        )[:HARDEST]
        candidates = dict.fromkeys(
            chain.from_iterable(self._pairs_of(self._wrong[i], i in fitted) for i in hardest)
        )
        of_pairs = {
            pair: {i for i in left if explains(pair, self._wrong[i])} for pair in candidates
        }
        self._always(self._fitting | of_pairs)

    def _is_open(self, i: int) -> bool:
        """Has the case several conforming answers? Each pair would have as many."""
        return len(self._wrong[i].asked.conforming()) > 1

    def _pairs_of(self, reply: Reply, fitted: bool) -> Iterable[Explanation]:
        """Pairs that fit, made of rules that each say something of the case, or that fit other
        answers where none fits this one."""
        others = {} if fitted else self._fitting
        speaking = [e for e in SINGLES if e in others or differs(e, reply.check, reply.asked)]
        return [pair for pair in pairs(speaking) if explains(pair, reply)]

    def _accuracies(self) -> None:
        """Accuracy classes of what no rule explains."""
        rules = [e for each in self._distinct() for e in each.explanations]
        precision = Precision(self._evidence, self._known_classes, rules)
        for name, numbers in precision.alone(self._left(Seen.RETURNED)):
            where = seen_where(self._evidence, [self._wrong[i].case for i in numbers])
            diagnosis = Diagnosis(kind="accuracy", accuracy=name, seen_where=where)
            self._named |= dict.fromkeys(numbers, diagnosis)

    def _accuracies_on_top(self) -> None:
        """A rule that is none of rounding, and an accuracy class on top of it."""
        precision = Precision(self._evidence, self._known_classes, ())
        for below in self._distinct():
            rounds = {name for e in below.explanations for name in e.faults} & ROUNDING
            if rounds or not below.explanations:
                continue
            rule = below.explanations[0]
            left = [
                i
                for i in self._left(Seen.RETURNED)
                if meets(below.where, self._wrong[i].case)
                and differs(rule, self._evidence.check, self._wrong[i].asked)
            ]
            for name, numbers in precision.on_top(rule, below.where, left):
                cases = [self._wrong[i].case for i in numbers]
                both = Diagnosis(
                    kind="accuracy",
                    explanations=(rule,),
                    accuracy=name,
                    where=below.where,
                    seen_where=below.where or seen_where(self._evidence, cases),
                )
                self._named |= dict.fromkeys(numbers, both)


def _weight(reply: Reply) -> int:
    """How many rules say something of the case: the more, the less fits it by chance."""
    return sum(reply.asked.answer(e).key != reply.asked.answer().key for e in SINGLES)
