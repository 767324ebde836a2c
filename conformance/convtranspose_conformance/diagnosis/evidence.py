"""What is known of one backend's answers to one check, and what speaks for and against an
explanation of the wrong ones."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from convtranspose_cases import Case
from convtranspose_reports import Check

from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Asked, Explanation
from ..rules.predicate import Predicate
from ..verdict.reply import Ask, Pool, Reply, nothing
from ..worker.observation import Seen
from .candidates import accuracy_class, differs, fits, joined
from .class_marks import allows
from .conditions import MOST_ATOMS, Contrast, holds
from .fresh_calls import is_heavy

IN_FULL = 24  # wrong answers held against every hypothesis, drawn evenly
MORE_IN_FULL = 400  # of the rest, those that fit none of these yet
RIGHT_ONES = 600  # right answers held against each explanation that fits
FRESH = 12  # cases asked to bear an explanation out
TOLERATED = 0.1  # share of wrong answers that something else must have a part in
MOST_STATEMENTS = 4  # of a condition that fresh cases support
ROUNDS = 8  # conditions tried for one explanation
PROBES = 3
TELLING = 8  # cases asked to tell explanations apart
# behind each statement of a condition that no fresh case bears out, or that holds a part of the
# answers
LEAST_ANSWERS = 6
LEAST_BORNE_OUT = 4  # the same, with the fresh cases that bear it out


class Evidence:
    """`wrong` answers to explain, `right` ones to leave alone; `fitting` says which explanations
    fit which of the wrong ones (by number).

    `ask` asks the backend more cases, of the `pool`; what it says is evidence like the rest.
    `declared`: what it is known to do besides.
    """

    def __init__(
        self,
        wrong: Sequence[Reply],
        right: Sequence[Reply],
        check: Check,
        *,
        ask: Ask | None = None,
        pool: Pool = nothing,
        declared: Sequence[Explanation] = (),
    ) -> None:
        self._declared = declared
        self.wrong, self.check = list(wrong), check
        self.fitting: dict[Explanation, set[int]] = {}
        light = [each for each in right if not is_heavy(each.case)]
        self._right = light[:: max(len(light) // RIGHT_ONES, 1)]
        self._ask, self._pool = ask, pool
        self._known = {each.case.id for each in (*wrong, *right)}
        self._more: list[Reply] = []
        self._fresh_asked: dict[str, Asked] = {}

    def right_cases(self) -> list[Case]:
        """Cases that the backend answers right."""
        return [each.case for each in (*self._right, *self._more) if not each.wrong]

    def fit(self, candidates: Sequence[Explanation]) -> None:
        """Holds some wrong answers against every candidate, the rest against those that fitted
        some."""
        step, tries = max(len(self.wrong) // IN_FULL, 1), IN_FULL + MORE_IN_FULL
        order = [*range(0, len(self.wrong), step), *(i for i in range(len(self.wrong)) if i % step)]
        for i in sorted(order, key=lambda i: is_heavy(self.wrong[i].case)):
            found = (
                self._fits(i, list(self.fitting))
                if tries <= IN_FULL or is_heavy(self.wrong[i].case)
                else []
            )
            if not found and tries and (not self.fitting or not is_heavy(self.wrong[i].case)):
                found, tries = self._fits(i, candidates), tries - 1
            for explanation in found:
                self.fitting.setdefault(explanation, set()).add(i)

    def _fits(self, i: int, candidates: Iterable[Explanation]) -> list[Explanation]:
        return [e for e in candidates if self.explains(e, self.wrong[i])]

    def explains(self, explanation: Explanation, answered: Reply) -> bool:
        """Does it predict what was seen, and something else than the text does?"""
        if (
            answered.asked.answer(explanation).key == answered.asked.answer().key
        ):  # quick to see: nothing is worked out
            return False
        return fits(explanation, self.check, answered) and differs(
            explanation, self.check, answered.asked
        )

    def against(self, explanation: Explanation) -> Iterator[Reply]:
        """Answers of which the explanation says something else than was seen."""
        covered = self.fitting.get(explanation, set())
        others = (each for i, each in enumerate(self.wrong) if i not in covered)
        return (
            each
            for each in (*others, *self._right, *self._more)
            if self._contradicts(explanation, each)
        )

    def _contradicts(self, explanation: Explanation, answered: Reply) -> bool:
        """What says nothing contradicts nothing, nor does an answer that the rule explains together
        with something else."""
        if _is_silent(explanation, answered) or not differs(
            explanation, self.check, answered.asked
        ):
            return False
        return not answered.wrong or not (
            fits(explanation, self.check, answered) or self._together(explanation, answered)
        )

    def _together(self, explanation: Explanation, answered: Reply) -> bool:
        singles = [e for e in self.fitting if len(e.readings + e.faults) == 1]
        mine = {*explanation.readings, *explanation.faults}
        others = [
            e for e in (*singles, *self._declared) if not mine & {*e.readings, *e.faults}
        ]  # some faults undo themselves
        others = [
            e for e in others if not fits(e, self.check, answered)
        ]  # what it alone explains shows nothing of this one
        both = (
            pair
            for other in others
            for pair in (joined(explanation, other), joined(other, explanation))
        )
        alone = any(fits(e, self.check, answered) for e in self._declared)
        return (
            alone
            or any(fits(pair, self.check, answered) for pair in both)
            or bool(accuracy_class(answered, self.check, explanation))
        )

    def accuracies(self, answered: Reply) -> list[str]:
        """Every accuracy class that allows what was seen, narrowest first."""
        return [name for name in ACCURACY if allows(name, answered, self.check)]

    def probes(self, dtype: str, kinds: Sequence[str]) -> list[Reply]:
        """Answers to cases of a dtype and of some kinds of numbers: those known, or a few fresh
        ones."""

        def is_one(case: Case) -> bool:
            return case.dtype == dtype and case.data in kinds

        known = [each for each in (*self.wrong, *self._right, *self._more) if is_one(each.case)]
        return known or (self.ask(islice(filter(is_one, self._fresh()), PROBES)) if kinds else [])

    def always(self, explanation: Explanation) -> bool:
        """Does next to nothing known, and nothing fresh, speak against it? No right answer may."""
        tolerated = len(self.fitting[explanation]) * TOLERATED
        for count, each in enumerate(self.against(explanation), start=1):
            if not each.wrong or count > tolerated:
                return False
        return self._borne_out(explanation, "") is not False

    def where(self, explanation: Explanation) -> str | None:
        """The shortest condition under which nothing speaks against the explanation, borne out by
        fresh cases; None for none."""
        for _ in range(ROUNDS):
            inside = self._at_work(explanation, sorted(self.fitting[explanation]))
            outside = [each.case for each in self.against(explanation)]
            found = next(Contrast(inside, outside).conditions(most=2), None)
            if not outside or found is None:
                return None if outside else ""
            borne_out = self._borne_out(explanation, found)
            enough = len(inside) >= LEAST_ANSWERS * (1 + found.count(" and "))
            if borne_out is not False and (enough or self._supported(explanation, found)):
                return found
            if borne_out is not False:
                return None
        return None

    def where_in_parts(
        self, explanation: Explanation, numbers: Sequence[int]
    ) -> list[tuple[list[int], str]]:
        """Parts of these wrong answers, by number, with a condition each, under which nothing
        speaks against the explanation."""
        parts = self.parts(
            lambda: self._at_work(explanation, numbers),
            lambda: [each.case for each in self.against(explanation)],
            lambda where: self._borne_out(explanation, where),
            MOST_STATEMENTS,
        )
        known = [
            ([numbers[i] for i in part if i < len(numbers)], where, borne_out)
            for part, where, borne_out in parts
        ]
        return [
            (part, where)
            for part, where, borne_out in known
            if part and borne_out is not False and self._supported(explanation, where)
        ]

    def parts(
        self,
        inside: Callable[[], Sequence[Case]],
        outside: Callable[[], Sequence[Case]],
        bears_out: Callable[[str], bool | None],
        most: int = MOST_ATOMS,
    ) -> list[tuple[list[int], str, bool | None]]:
        """Parts of the cases inside, by number, with a condition each, which no case outside meets,
        and whether fresh cases bear it out.

        Those that do not are held against the next try.
        """
        found: list[tuple[list[int], str, bool | None]] = []
        for _ in range(ROUNDS):
            found = [
                (part, where, bears_out(where))
                for part, where in Contrast(inside(), outside()).parts(most)
            ]
            if all(borne_out is not False for _, _, borne_out in found):
                break
        return found

    def _supported(
        self, explanation: Explanation, where: str, least: int = LEAST_BORNE_OUT
    ) -> bool:
        """Do as many answers stand behind each statement of a condition when those to fresh cases
        are counted, too?"""
        holding, covered = Predicate(where), (self.wrong[i] for i in self.fitting[explanation])
        fresh = (each for each in self._more if each.wrong and self.explains(explanation, each))
        count = sum(holds(holding, each.case) for each in (*covered, *fresh))
        return count >= least * (1 + where.count(" and "))

    def narrowest(self, numbers: Iterable[int], explanation: Explanation) -> str:
        """Where the explanation was seen at work."""
        return self.seen_where(self._at_work(explanation, sorted(numbers)))

    def seen_where(self, cases: Sequence[Case]) -> str:
        """Over the attributes: these cases, and of those answered right as few as two statements
        can do with."""
        return Contrast(cases, self.right_cases()).narrowest()

    def _at_work(self, explanation: Explanation, numbers: Iterable[int]) -> list[Case]:
        """Cases of those wrong answers, and of fresh ones that it explains."""
        fresh = [
            each.case for each in self._more if each.wrong and self.explains(explanation, each)
        ]
        return [*(self.wrong[i].case for i in numbers), *fresh]

    def _borne_out(self, explanation: Explanation, where: str) -> bool | None:
        """Do fresh cases that it speaks of agree? None where none can be asked."""
        holding = Predicate(where) if where else None
        fresh = (case for case in self._fresh() if holding is None or holds(holding, case))
        asked = self.ask(
            islice((c for c in fresh if differs(explanation, self.check, self._asked(c))), FRESH)
        )
        told = [each for each in asked if not _is_silent(explanation, each)]
        against = [each for each in told if self._contradicts(explanation, each)]
        return (
            all(each.wrong for each in against) and len(against) <= len(told) * TOLERATED
            if told
            else None
        )

    def bears_out(self, where: str, alike: Callable[[Reply], bool]) -> bool | None:
        """Are the answers to fresh cases for which a condition holds all `alike`? None where none
        can be asked."""
        holding = Predicate(where)
        told = self.ask(islice((case for case in self._fresh() if holds(holding, case)), FRESH))
        return all(alike(each) for each in told) if told else None

    def _fresh(self) -> Iterator[Case]:
        return (case for case in self._askable if case.id not in self._known)

    @cached_property
    def _askable(self) -> list[Case]:
        return (
            [case for case in self._pool() if self.check.value in case.checks]
            if self._ask is not None
            else []
        )

    def _asked(self, case: Case) -> Asked:
        return self._fresh_asked.setdefault(case.id, Asked(case))

    def ask(self, cases: Iterable[Case]) -> list[Reply]:
        """Asks the backend, and keeps what it says; what it cannot be asked is left out."""
        chosen = list(cases)
        told = list(self._ask(chosen)) if self._ask is not None and chosen else []
        self._known |= {case.id for case in chosen}
        self._more += told
        return told

    def told_apart(self, alike: list[Explanation], where: str) -> list[Explanation]:
        """Those of explanations of the same answers that are left after the cases that tell them
        apart were asked."""
        holding = Predicate(where) if where else None
        for answered in self._more:
            if holding is None or holds(holding, answered.case):
                alike = self._closest(alike, answered)
        for _ in range(TELLING):
            telling = (c for c in self._fresh() if holding is None or holds(holding, c))
            case = (
                next((c for c in telling if self._tells_apart(alike, c)), None)
                if len(alike) > 1
                else None
            )
            if case is None:
                break
            for answered in self.ask([case]):
                alike = self._closest(alike, answered)
        return alike

    def _closest(self, alike: list[Explanation], answered: Reply) -> list[Explanation]:
        """Those that explain a wrong answer alone, before those that do so together with something
        else; all, where none does."""
        alone = [e for e in alike if answered.wrong and self.explains(e, answered)]
        return alone or [e for e in alike if not self._contradicts(e, answered)] or alike

    def _tells_apart(self, alike: list[Explanation], case: Case) -> bool:
        asked = self._asked(case)
        answers = [asked.answer(e) for e in alike]
        if len({answer.key for answer in answers}) == 1:
            return False
        if len({(answer.shape, bool(answer.refused)) for answer in answers}) > 1:
            return True
        return not answers[0].refused and any(
            not answers[0].same_numbers(other) for other in answers[1:]
        )


def _is_silent(explanation: Explanation, answered: Reply) -> bool:
    """A refusal, a death or a hang says nothing of a rule for what is computed."""
    return answered.seen.seen is not Seen.RETURNED and (
        bool(explanation.faults) or not answered.asked.answer(explanation).refused
    )
