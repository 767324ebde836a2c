"""What is known of one backend's answers to one check, and what speaks for and against an
explanation of the wrong ones."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import chain, islice, zip_longest

from convtranspose_cases import Case
from convtranspose_reports import Check

from ..measuring.arithmetic import Fingerprint, fingerprints, speaks_against
from ..measuring.terms import can_be_traced
from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Explanation
from ..rules.explanation import BY_TEXT
from ..verdict.reply import Ask, Pool, Reply, nothing
from ..worker.observation import Seen
from .candidates import accuracy_class, differs, explains, fits, joined
from .claims import Claims
from .class_marks import allows
from .conditions.contrast import meets
from .conditions.neighbours import neighbours
from .conditions.spread import on_trial, unlike
from .fresh_calls import further_cases, held_out_cases, is_heavy
from .questions import Questions
from .thresholds import (
    FRESH,
    HELD_OUT,
    IN_FULL,
    LOOKED_AT,
    MORE_IN_FULL,
    MOST_HELD_OUT,
    OF_A_RIVAL,
    ON_TRIAL,
    PROBES,
    RIGHT_ONES,
    TELLING,
    TOLERATED,
    UNLIKE,
)

Fitting = dict[Explanation, set[int]]  # explanation -> the wrong answers, by number, that it fits
Covered = AbstractSet[int]  # those of one explanation


class Evidence:
    """`wrong` answers to explain, `right` ones to leave alone.

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
        self.wrong, self.check = list(wrong), check
        light = [each for each in right if not is_heavy(each.case)]
        self._right = light[:: max(len(light) // RIGHT_ONES, 1)]
        self.declared, self._fitted = declared, tuple[Explanation, ...]()
        self._measured: list[Reply] = []
        self._held: dict[str, Reply] = {}
        self._fingerprints: dict[tuple[str, Explanation], list[Fingerprint]] = {}
        self._questions = Questions(check, (each.case.id for each in (*wrong, *right)), ask, pool)
        self._questions.heard((*self.wrong, *self._right))

    def right_cases(self) -> list[Case]:
        """Cases that the backend answers right."""
        return [each.case for each in (*self._right, *self._questions.replies) if not each.wrong]

    def right_replies(self) -> list[Reply]:
        """What the backend answered right."""
        return [each for each in (*self._right, *self._questions.replies) if not each.wrong]

    def known(self) -> list[Reply]:
        """All that it answered, right or wrong."""
        return [*self.wrong, *self._right, *self._questions.replies]

    def answers_to(self, cases: Sequence[Case]) -> list[Reply]:
        """Its answers to calls of our own making. The first of them is evidence like the rest."""
        replies = self._questions.measure(cases)
        self._measured += replies[:1]
        return replies

    def asked_again(self, case: Case) -> list[Reply]:
        """What it says to a call that it was asked already; no evidence of a rule."""
        return self._questions.measure([case])

    def may_answer(self, case: Case) -> bool:
        """Is it no call like many at which the backend stopped?"""
        return self._questions.may_answer(case)

    def to_measure(self) -> Iterable[Case]:
        """Small calls of the pool, whether they were asked already or not; and more of those that
        are drawn."""
        pool = self._questions.pool()
        return filter(can_be_traced, chain(pool, further_cases()) if pool else ())

    def fresh_cases(self, where: str) -> Iterator[Case]:
        """Cases of the pool that were not asked yet and meet a condition."""
        return self._questions.fresh(where)

    def fresh_spoken_of(self, explanation: Explanation, most: int) -> list[Reply]:
        """Answers to fresh cases that an explanation speaks of."""
        questions = self._questions
        return questions.ask(
            (
                case
                for case in questions.fresh()
                if differs(explanation, self.check, questions.asked(case))
            ),
            most,
        )

    def is_refuted_by_witness(self, name: str, dtype: str) -> bool:
        """Do calls whose exact sums are simple show, along every route that they could be read on,
        that arithmetic in a dtype is not of an accuracy class?"""
        found = self._witnesses(dtype, BY_TEXT)
        return bool(found) and all(speaks_against(name, each) for each in found)

    def is_borne_out_by_witness(self, name: str, dtype: str, rule: Explanation) -> bool:
        """Is there one, read where the text or a rule puts the sums, that does not speak against
        it? On top of a rule a class that nothing shows would explain what the rule gets wrong."""
        if not self._questions.can_ask:
            return True
        found = self._witnesses(dtype, BY_TEXT) or self._witnesses(dtype, rule)
        return any(not speaks_against(name, each) for each in found)

    def fresh_rounding(self, rule: Explanation, where: str, dtype: str) -> list[Reply]:
        """Answers to fresh cases of a dtype whose sums are rounded, of which a rule speaks."""
        questions = self._questions
        cases = (
            case
            for case in questions.fresh(where)
            if case.dtype == dtype
            and questions.asked(case).answer().rounds
            and differs(rule, self.check, questions.asked(case))
        )
        return [r for r in questions.ask(cases, FRESH) if r.seen.seen is Seen.RETURNED]

    def _witnesses(self, dtype: str, rule: Explanation) -> list[Fingerprint]:
        if self.check is not Check.OUTPUT:
            return []
        if (dtype, rule) not in self._fingerprints:
            found = fingerprints((dtype,), self._questions.measure, rule)
            self._fingerprints[dtype, rule] = list(found)
        return self._fingerprints[dtype, rule]

    def fresh_told_apart(
        self, one: Explanation, other: Explanation, where: str, inside: Sequence[Case]
    ) -> list[Reply]:
        """Answers to fresh cases that meet a condition, and of which the two say different things:
        such first as lack what the cases `inside` have in common."""
        return self._on_trial(where, inside, lambda case: self._tells_apart([one, other], case))

    def fresh_on_trial(
        self, explanation: Explanation, where: str, inside: Sequence[Case]
    ) -> list[Reply]:
        """Answers to fresh cases that meet a condition, and of which an explanation speaks: such
        first as lack what the cases `inside` have in common."""

        def speaks(case: Case) -> bool:
            return differs(explanation, self.check, self._questions.asked(case))

        return self._on_trial(where, inside, speaks)

    def _on_trial(
        self, where: str, inside: Sequence[Case], tells: Callable[[Case], bool]
    ) -> list[Reply]:
        near = list(islice(filter(self.may_answer, self._questions.fresh(where)), LOOKED_AT))
        chosen = on_trial(inside, near, ON_TRIAL, tells)
        return self._questions.ask(chosen, ON_TRIAL)

    def held_out(
        self,
        rule: Explanation,
        where: str,
        inside: Sequence[Case],
        beside: AbstractSet[str],
        rivals: Sequence[Explanation] = (),
    ) -> list[Reply] | None:
        """Answers, that stay evidence of nothing, to calls that no search asks, meet a condition
        and are not `beside`, and of which a rule speaks: a few first that tell it from each of its
        `rivals`, and such as lack what the cases `inside` have in common. None where there are such
        calls and the backend is asked no more."""
        op, asked = self.wrong[0].case.op, self._questions.asked
        calls = (
            case
            for case in self._questions.unknown(held_out_cases() if self._questions.pool() else ())
            if case.op == op
            and case.id not in beside
            and meets(where, case)
            and self.may_answer(case)
        )
        near = list(islice(calls, MOST_HELD_OUT))

        def speaks(case: Case) -> bool:
            return differs(rule, self.check, asked(case))

        first = {
            case.id: case
            for rival in rivals
            for case in islice(
                (c for c in near if speaks(c) and self._tells_apart([rule, rival], c)), OF_A_RIVAL
            )
        }
        spoken_of = (case for case in near if case.id not in first and speaks(case))
        others = list(islice(spoken_of, LOOKED_AT))
        order = unlike(inside, others, UNLIKE)
        new = [others[i] for i in order] + [c for i, c in enumerate(others) if i not in order]
        chosen = on_trial(inside, new, HELD_OUT - len(first), lambda case: True)
        put = [*first.values(), *chosen]
        replies = self._held_out_again(put)
        return replies if replies or not put or self._can_be_asked else None

    def _held_out_again(self, put: Sequence[Case]) -> list[Reply]:
        """Answers to calls held out, of which each is asked once: several statements are tried, and
        some again."""
        for each in self._questions.measure([case for case in put if case.id not in self._held]):
            self._held[each.case.id] = each
        return [self._held[case.id] for case in put if case.id in self._held]

    @property
    def _can_be_asked(self) -> bool:
        """Does it still give an answer to what it answered once? Others can be such that no verdict
        hangs on them, or that it would die."""
        lived = (r.case for r in self.known() if r.seen.seen in (Seen.RETURNED, Seen.REFUSED))
        return any(self.asked_again(case) for case in islice(lived, 1))

    def beside(
        self,
        rule: Explanation,
        where: str,
        near: Sequence[Case],
        known: AbstractSet[str],
        most: int,
    ) -> list[Reply]:
        """Answers, that stay evidence of nothing, to calls beside others that meet a condition and
        that a rule speaks of: to those first that are like none of them along every axis."""
        calls = [
            case
            for case in self._questions.unknown(neighbours(near))
            if case.id not in known and meets(where, case) and self.may_answer(case)
        ]
        alike = {case.axes for case in near}
        unlike = {case.axes: case for case in reversed(calls) if case.axes not in alike}
        in_turn = dict.fromkeys((*reversed(unlike.values()), *calls))
        spoken_of = (c for c in in_turn if differs(rule, self.check, self._questions.asked(c)))
        return self._questions.measure(list(islice(spoken_of, most)))

    @cached_property
    def claims(self) -> Claims:
        """What is true of calls with which something else is wrong, too."""
        return Claims(self._questions.measure)

    def answered_cases(self) -> list[Case]:
        """Cases that the backend answers, right or wrong."""
        known = (*self._right, *self.wrong, *self._questions.replies)
        return [each.case for each in known if each.seen.seen is Seen.RETURNED]

    def fit(self, rules: Sequence[Explanation]) -> Fitting:
        """Holds some wrong answers against every single rule, the rest against those that fitted
        some: which rules fit which answers."""
        fitting: Fitting = {}
        step, tries = max(len(self.wrong) // IN_FULL, 1), IN_FULL + MORE_IN_FULL
        order = [*range(0, len(self.wrong), step), *(i for i in range(len(self.wrong)) if i % step)]
        for i in sorted(order, key=lambda i: is_heavy(self.wrong[i].case)):
            reply, heavy = self.wrong[i], is_heavy(self.wrong[i].case)
            known = [e for e in fitting if explains(e, reply)] if tries <= IN_FULL or heavy else []
            if not known and tries and (not fitting or not heavy):
                known, tries = [e for e in rules if explains(e, reply)], tries - 1
            for explanation in known:
                fitting.setdefault(explanation, set()).add(i)
        self._fitted = tuple(fitting)
        return fitting

    def against(self, explanation: Explanation, covered: Covered) -> Iterator[Reply]:
        """Answers, other than those covered, of which the explanation says something else than was
        seen."""
        others = (each for i, each in enumerate(self.wrong) if i not in covered)
        known = (*others, *self._right, *self._questions.replies, *self._measured)
        return (each for each in known if self._contradicts(explanation, each))

    def _contradicts(self, explanation: Explanation, reply: Reply) -> bool:
        """What says nothing contradicts nothing, nor does an answer that the rule explains together
        with something else."""
        if _is_silent(explanation, reply) or not differs(explanation, self.check, reply.asked):
            return False
        if fits(explanation, reply):
            return False  # where it is the text's answer, too, it speaks against neither
        return not reply.wrong or not self.goes_together(explanation, reply)

    def also_fits(self, explanation: Explanation) -> None:
        """Takes note of a further rule that fits some answer."""
        self._fitted = (*self._fitted, explanation)

    def goes_together(self, explanation: Explanation, reply: Reply) -> bool:
        """Does it explain the answer with another rule, or does a declared one do so alone?"""
        mine = set(explanation.names)
        known = (*self._fitted, *self.declared)
        # some faults undo themselves; what another rule alone explains shows nothing of this one
        others = [e for e in known if not mine & set(e.names) and not fits(e, reply)]
        both = (
            pair
            for other in others
            for pair in (joined(explanation, other), joined(other, explanation))
        )
        return (
            any(fits(e, reply) for e in self.declared)
            or any(fits(pair, reply) for pair in both)
            or bool(accuracy_class(reply, explanation))
        )

    def accuracies(self, reply: Reply) -> list[str]:
        """Every accuracy class that allows what was seen, narrowest first."""
        return [name for name in ACCURACY if allows(name, reply)]

    def probes(self, dtype: str, kinds: Sequence[str]) -> list[Reply]:
        """Answers to cases of a dtype and of some kinds of numbers: those known, or a few fresh
        ones."""

        def is_one(case: Case) -> bool:
            return case.dtype == dtype and case.data in kinds

        known = (*self.wrong, *self._right, *self._questions.replies)
        probing = [each for each in known if is_one(each.case)]
        if probing or not kinds:
            return probing
        return self._questions.ask(filter(is_one, self._questions.fresh()), PROBES)

    def always(self, explanation: Explanation, covered: Covered) -> bool:
        """Does next to nothing known, and nothing fresh, speak against it? No right answer may."""
        tolerated = len(covered) * TOLERATED
        for count, each in enumerate(self.against(explanation, covered), start=1):
            if not each.wrong or count > tolerated:
                return False
        return self.borne_out(explanation, "") is not False

    def borne_out(
        self, explanation: Explanation, where: str, inside: Sequence[Case] = ()
    ) -> bool | None:
        """Do fresh cases that it speaks of agree, such first as lack what the cases `inside`, which
        it explains, have in common? Under a condition, which tells what else is wrong apart, all of
        them have to. None where none can be asked."""
        replies = self.fresh_on_trial(explanation, where, inside)
        telling = [each for each in replies if not _is_silent(explanation, each)]
        against = [each for each in telling if self._contradicts(explanation, each)]
        if not telling:
            return None
        tolerated = 0 if where else len(telling) * TOLERATED
        return all(each.wrong for each in against) and len(against) <= tolerated

    def bears_out(self, where: str, alike: Callable[[Reply], bool]) -> bool | None:
        """Are the answers to fresh cases for which a condition holds all `alike`? None where none
        can be asked."""
        replies = self._questions.ask(self._questions.fresh(where), FRESH)
        return all(alike(each) for each in replies) if replies else None

    def sided(self, near: Sequence[Case], where: str, most: int, *, inside: bool) -> list[Reply]:
        """Answers to fresh cases on one side of a condition: to calls `near` others, and to those
        of the pool, in turn."""
        both = chain.from_iterable(zip_longest(near, self._questions.fresh()))
        side = (case for case in both if case is not None and meets(where, case) is inside)
        return self._questions.ask(self._questions.unknown(side), most)

    @property
    def fresh_replies(self) -> Sequence[Reply]:
        """What was answered besides, so far."""
        return self._questions.replies

    def fresh_explained(self, explanation: Explanation) -> list[Case]:
        """Cases asked besides, wrong answers to which it explains."""
        replies = self._questions.replies
        return [each.case for each in replies if each.wrong and explains(explanation, each)]

    def at_work(self, explanation: Explanation, numbers: Iterable[int]) -> list[Case]:
        """Cases of those wrong answers, and of fresh ones that it explains."""
        return [*(self.wrong[i].case for i in numbers), *self.fresh_explained(explanation)]

    def told_apart(self, alike: list[Explanation], where: str) -> list[Explanation]:
        """Those of explanations of the same answers that are left after the cases that tell them
        apart were asked."""
        questions = self._questions
        for reply in questions.replies:
            if meets(where, reply.case):
                alike = self._closest(alike, reply)
        for _ in range(TELLING):
            if len(alike) <= 1:
                break
            telling = (case for case in questions.fresh(where) if self._tells_apart(alike, case))
            case = next(telling, None)
            if case is None:
                break
            for reply in questions.ask([case], 1):
                alike = self._closest(alike, reply)
        return alike

    def _closest(self, alike: list[Explanation], reply: Reply) -> list[Explanation]:
        """Those that explain a wrong answer alone, before those that do so together with something
        else; all, where none does."""
        alone = [e for e in alike if reply.wrong and explains(e, reply)]
        return alone or [e for e in alike if not self._contradicts(e, reply)] or alike

    def _tells_apart(self, alike: list[Explanation], case: Case) -> bool:
        asked = self._questions.asked(case)
        answers = [asked.answer(e) for e in alike]
        if len({answer.key for answer in answers}) == 1:
            return False
        if len({(answer.shape, bool(answer.refused)) for answer in answers}) > 1:
            return True
        return not answers[0].refused and any(
            not answers[0].same_numbers(other) for other in answers[1:]
        )


def _is_silent(explanation: Explanation, reply: Reply) -> bool:
    """A refusal, a death or a hang says nothing of a rule for what is computed."""
    return reply.seen.seen is not Seen.RETURNED and (
        bool(explanation.faults) or not reply.asked.answer(explanation).refused
    )
