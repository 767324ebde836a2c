"""Outputs that have more axes than they should, or fewer: all else that is wrong with them is
looked for behind that, as if they had been returned under their own axes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from convtranspose_cases import Case
from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check

from ...rules.answers import Explanation
from ...rules.faults import UNDER
from ...rules.faults.axes import VIEWS
from ...verdict.reply import Ask, Pool, Reply, judged
from ...worker.observation import Seen
from ..candidates import differs
from ..fresh_calls import held_out_cases
from ..measured.several import with_condition
from ..questions import Questions
from ..result import BY_RULE, Diagnosis
from ..thresholds import FRESH, HELD_OUT, LEAST_BORNE_OUT, MOST_OF_A_RULE, ROUNDS
from ..unexplained import OF_STATE, unexplained
from .contrast import Contrast, meets


def is_of_axes(explanation: Explanation) -> bool:
    """Does it say of outputs under which axes they are returned, and nothing else?"""
    bases = {name.partition(UNDER)[0] for name in explanation.faults}
    return bool(bases) and bases <= VIEWS.keys() and not explanation.readings


def shape_behind(name: str, reply: Reply) -> PartialShape | None:
    """The shape under Y's own axes of an output that was returned under others by the fault of this
    name; None where what was returned shows nothing of it."""
    text = reply.asked.answer()
    if reply.seen.seen is not Seen.RETURNED or not reply.seen.shape or text.refused:
        return None
    return VIEWS[name].back(reply.seen.shape, tuple(size or 0 for size in text.shape))


def behind(name: str, reply: Reply) -> Reply | None:
    """The reply as if its output had been returned under its own axes."""
    shape = shape_behind(name, reply)
    if shape is None:
        return None
    return judged(reply.entry, reply.asked, reply.check, replace(reply.seen, shape=shape))


def under_its_axes(reply: Reply) -> Reply:
    """The reply under Y's own axes, whichever of these faults its shape shows; itself, where it
    shows none."""
    return next(filter(None, (behind(name, reply) for name in VIEWS)), reply)


def through_axes(ask: Callable[[Sequence[Case]], Iterable[Reply]]) -> Ask:
    """The same questions, each answer under its own axes."""
    return lambda cases: [under_its_axes(each) for each in ask(list(cases))]


@dataclass(frozen=True, slots=True)
class Axes:
    """The fault of a name, where a condition holds: "" for wherever it matters."""

    name: str
    where: str

    @property
    def said(self) -> Diagnosis:
        """The fault alone."""
        rule = Explanation(faults=(self.name,))
        return Diagnosis(
            kind="fault", explanations=(rule,), where=self.where, seen_where=self.where
        )

    def reply(self, reply: Reply) -> Reply:
        """What is behind it; the reply itself where the fault does not act."""
        return (behind(self.name, reply) if meets(self.where, reply.case) else None) or reply

    def ask(self, ask: Ask) -> Ask:
        """The same questions, each answer as what is behind it."""
        return lambda cases: map(self.reply, ask(cases))

    def above(self, said: Diagnosis, reply: Reply) -> Diagnosis:
        """The diagnosis of a reply in which the fault acts, from what is said of what is behind
        it."""
        if said.kind not in BY_RULE:
            return said if said.pattern == OF_STATE else unexplained(reply)
        name = f"{self.name}{UNDER}{self.where}" if self.where else self.name
        diagnoses = [with_condition(replace(said, explanations=(e,))) for e in said.explanations]
        rules = tuple(
            replace(rule, faults=(*rule.faults, name)) for rule in diagnoses or [Explanation()]
        )
        kind = said.kind if said.accuracy else "fault"
        has_its_own = said.where and any(rule.readings or said.accuracy for rule in rules)
        return replace(said, kind=kind, explanations=rules, where=said.where if has_its_own else "")


def seen_through(
    wrong: Sequence[Reply], right: Sequence[Reply], check: Check, ask: Ask | None, pool: Pool
) -> Axes | None:
    """The fault of axes that most of the wrong answers show, with the condition that tells where it
    acts, borne out on both sides; None for none."""
    if check not in (Check.OUTPUT, Check.OUTPUT_SHAPE):
        return None
    returned = [each for each in (*wrong, *right) if each.seen.seen is Seen.RETURNED]
    counted = [(len(shown), name) for name, shown in _shown(wrong).items()]
    for count, name in sorted(counted, key=lambda pair: -pair[0]):
        if count < LEAST_BORNE_OUT:
            break
        questions = Questions(check, (each.case.id for each in (*wrong, *right)), ask, pool)
        questions.heard((*wrong, *right))
        where = _where(name, returned, questions)
        if where is not None:
            return Axes(name, where)
    return None


def _shown(replies: Iterable[Reply]) -> dict[str, list[Reply]]:
    """By fault, the answers whose shapes show it."""
    replies = list(replies)
    return {name: [r for r in replies if shape_behind(name, r) is not None] for name in VIEWS}


def _where(name: str, returned: Iterable[Reply], questions: Questions) -> str | None:
    """Where the fault acts, among all answers that it would have another shape in."""
    rule = Explanation(faults=(name,))
    inside, outside = list[Case](), list[Case]()

    def hear(replies: Iterable[Reply]) -> None:
        for each in replies:
            if each.seen.seen is Seen.RETURNED and differs(rule, each.check, each.asked):
                shows = shape_behind(name, each) is not None
                (inside if shows else outside).append(each.case)

    hear(returned)
    held_out = questions.unknown(held_out_cases() if questions.can_ask else ())
    for _ in range(ROUNDS):
        where = _told(inside, outside)
        if where is None:
            return None
        before = len(inside), len(outside)
        for sides in (questions.fresh(), held_out):
            hear(questions.ask(_of_both_sides(rule, where, sides, questions), 2 * FRESH))
        if all(meets(where, case) for case in inside[before[0] :]) and not any(
            meets(where, case) for case in outside[before[1] :]
        ):
            return where
    return None


def _told(inside: Sequence[Case], outside: Sequence[Case]) -> str | None:
    if not outside:
        return ""
    return next(Contrast(inside, outside).conditions(most=MOST_OF_A_RULE), None)


def _of_both_sides(
    rule: Explanation, where: str, cases: Iterator[Case], questions: Questions
) -> Iterator[Case]:
    """Of calls in which the fault would show, as many that meet the condition as others."""
    near = islice(filter(questions.may_answer, cases), HELD_OUT)
    told = [case for case in near if differs(rule, Check.OUTPUT_SHAPE, questions.asked(case))]
    met, others = ([c for c in told if bool(meets(where, c)) is side] for side in (True, False))
    yield from met[:FRESH]
    yield from others[:FRESH]
