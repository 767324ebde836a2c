"""Wrong answers explained by what was measured: configurations traced term by term, formulas
behind them, and all of these rules together held against every answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice

from convtranspose_cases import Case
from convtranspose_cases.one_hot import traced
from convtranspose_reports import Check

from ..measuring.fit import Fit, fitted
from ..measuring.points import AXIS, BIAS, SUMS, Point, axis_point, points_of
from ..measuring.terms import Terms, can_be_traced, read
from ..rules.answers import Explanation
from ..rules.explanation import BY_TEXT
from ..rules.faults import acts, base_of
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import SINGLES, differs, explains, fits, joined
from .conditions import Contrast, meets
from .evidence import Evidence
from .measured_rules import Found, rules_of
from .result import Diagnosis
from .thresholds import (
    FRESH,
    LEAST_ALIKE,
    MEASURED_ELSE,
    MEASURED_FRESH,
    MEASURED_ROUNDS,
    MEASURED_WRONG,
    MOST_ALIKE,
)


class Measuring:
    """Measures what the backend does and makes rules of it. `known` are diagnoses of other
    answers."""

    def __init__(self, evidence: Evidence, known: Sequence[Diagnosis]) -> None:
        self._evidence, self._known = evidence, [d for d in known if d.explanations]
        self._points: dict[str, list[Point]] = {AXIS: [], SUMS: [], BIAS: []}
        self._seen: set[str] = set()

    def diagnoses(self, left: Sequence[int]) -> dict[int, Diagnosis]:
        """Those of the wrong answers `left` that measured rules explain, alone or with the rules
        known; every answer is held against them."""
        if self._evidence.check not in (Check.OUTPUT, Check.OUTPUT_SHAPE):
            return {}
        wrong = [self._evidence.wrong[i] for i in left]
        if not any(each.case.op == "ConvTranspose" for each in wrong):
            return {}
        self._measure(self._configurations(wrong))
        model = self._model(left)
        return self._of_model(model, left) if model.faults else {}

    def _configurations(self, wrong: Sequence[Reply]) -> list[Case]:
        """Cases of wrong answers, drawn evenly, and fresh ones, of each kind of padding that is
        wrong some more."""
        computed = [r.case for r in wrong if r.seen.seen is Seen.RETURNED]
        room = Counter({_padding(case): MEASURED_FRESH for case in computed})
        chosen, others = _evenly(computed, MEASURED_WRONG), MEASURED_ELSE
        for case in self._evidence.to_measure():
            if room.get(_padding(case)):
                room[_padding(case)] -= 1
                chosen.append(case)
            elif others and _padding(case) not in room:
                others -= 1
                chosen.append(case)
        return chosen

    def _measure(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if case.id in self._seen or case.op != "ConvTranspose" or case.refusal():
                continue
            self._seen.add(case.id)
            if self._evidence.check is Check.OUTPUT_SHAPE:
                self._measure_shape(case)
            elif can_be_traced(case):
                self._measure_terms(case)

    def _measure_shape(self, case: Case) -> None:
        for reply in self._evidence.answers_to([case]):
            shape = reply.seen.shape
            if reply.seen.seen is Seen.RETURNED and len(shape or ()) == case.rank + 2:
                self._points[AXIS] += [
                    axis_point(case, number, {"size": size})
                    for number, size in enumerate((shape or ())[2:])
                    if size is not None
                ]

    def _measure_terms(self, case: Case) -> None:
        calls = traced(case)
        replies = self._evidence.answers_to(calls)
        if len(replies) < len(calls):
            return
        terms = read(case, replies)
        fit = fitted(terms) if isinstance(terms, Terms) else terms
        if isinstance(fit, Fit):
            for kind, point in points_of(fit):
                self._points[kind].append(point)

    def _model(self, left: Sequence[int]) -> Explanation:
        """Every rule at once, each under its condition: none that an answer speaks against."""
        model = BY_TEXT
        for _ in range(MEASURED_ROUNDS):
            model = Explanation(faults=tuple(found.name for found in self._rules()))
            against = self._against(model, left)
            before = len(self._seen)
            self._measure([*(each.case for each in against), *self._like_unexplained(model)])
            if len(self._seen) == before:
                break
        return self._without_contradicted(model, self._against(model, left))

    def _rules(self) -> list[Found]:
        return [found for kind in self._points for found in rules_of(kind, self._points[kind])]

    def _like_unexplained(self, model: Explanation) -> list[Case]:
        """Fresh configurations like those that were measured to be wrong and that no rule speaks
        of."""
        wrong = {
            p.case
            for points in self._points.values()
            for p in points
            if p.wrong and not any(acts(name, p.case) for name in model.faults)
        }
        right = {p.case for points in self._points.values() for p in points} - {
            p.case for points in self._points.values() for p in points if p.wrong
        }
        if not wrong:
            return []
        where = Contrast(list(wrong), list(right)).narrowest()
        like = (c for c in self._evidence.to_measure() if c.id not in self._seen)
        return list(islice((c for c in like if meets(where, c)), MEASURED_FRESH))

    def _against(self, model: Explanation, left: Sequence[int]) -> list[Reply]:
        """Answers that the rules say something else of, among those known and some fresh ones: all
        right ones, and wrong ones that the rules say something of and do not explain alone or with
        what is known."""
        known = [*self._evidence.right_replies(), *(self._evidence.wrong[i] for i in left)]
        fresh = self._evidence.fresh_spoken_of(model, FRESH)
        return [each for each in (*known, *fresh) if self._contradicts(model, each)][
            :MEASURED_WRONG
        ]

    def _contradicts(self, model: Explanation, reply: Reply) -> bool:
        if reply.seen.seen is not Seen.RETURNED or not differs(model, reply.check, reply.asked):
            return False
        if not reply.wrong:
            return not self._evidence.is_right_under(model, reply)
        return not any(fits(each, reply) for each in self._with_known(model, reply))

    def _with_known(self, model: Explanation, reply: Reply) -> Iterator[Explanation]:
        yield model
        others = [
            d.explanations[0]
            for d in self._known
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        for other in others:
            yield joined(other, model)
            yield joined(model, other)
        if len(others) > 1:
            yield joined(model, reduce(joined, others))

    def _without_contradicted(self, model: Explanation, against: Sequence[Reply]) -> Explanation:
        """Without the rules that act where something speaks against them."""
        kept = model.faults
        for reply in against:
            if self._contradicts(Explanation(faults=kept), reply):
                acting = {
                    name
                    for name in kept
                    if acts(name, reply.case)
                    and differs(Explanation(faults=(name,)), reply.check, reply.asked)
                }
                kept = tuple(name for name in kept if name not in acting)
        return Explanation(faults=kept)

    def _of_model(self, model: Explanation, left: Sequence[int]) -> dict[int, Diagnosis]:
        named = {name: self._named(name) for name in model.faults}
        diagnoses: dict[int, Diagnosis] = {}
        for i in left:
            reply = self._evidence.wrong[i]
            fitting = next((e for e in self._with_known(model, reply) if explains(e, reply)), None)
            if fitting is not None:
                diagnoses[i] = _diagnosis(_acting(fitting, reply), named)
        return diagnoses

    def _named(self, name: str) -> str:
        """A rule of the library in a measured rule's place, under its condition, where the two are
        the same in every case known that the rule speaks of."""
        mine = Explanation(faults=(name,))
        spoken_of = [
            r.asked
            for r in self._evidence.known()
            if acts(name, r.case) and differs(mine, r.check, r.asked)
        ][:MOST_ALIKE]
        if len(spoken_of) < LEAST_ALIKE:
            return name
        _, where = base_of(name)
        for single in SINGLES:
            if single.faults and all(_are_one(mine, single, asked) for asked in spoken_of):
                return f"{single.faults[0]} where {where}" if where else single.faults[0]
        return name


def _are_one(one: Explanation, other: Explanation, asked) -> bool:  # type: ignore[no-untyped-def]
    mine, theirs = asked.answer(one), asked.answer(other)
    if mine.refused or theirs.refused or mine.shape != theirs.shape:
        return False
    return bool(mine.same_numbers(theirs))


def _acting(model: Explanation, reply: Reply) -> Explanation:
    """The rules without those that change nothing of this answer."""
    kept = list(model.faults)
    for name in model.faults:
        fewer = Explanation(
            readings=model.readings, faults=tuple(other for other in kept if other != name)
        )
        if len(kept) > 1 and fits(fewer, reply):
            kept.remove(name)
    return Explanation(readings=model.readings, faults=tuple(kept))


def _diagnosis(explanation: Explanation, named: dict[str, str]) -> Diagnosis:
    names = tuple(named.get(name, name) for name in explanation.faults)
    if len(names) == 1 and not explanation.readings:
        base, where = base_of(names[0])
        rule = Explanation(faults=(base,))
        return Diagnosis(kind="fault", explanations=(rule,), where=where, seen_where=where)
    rule = Explanation(readings=explanation.readings, faults=names)
    return Diagnosis(kind="fault", explanations=(rule,))


def _padding(case: Case) -> tuple[str, bool]:
    """What its begins and sizes follow from."""
    given = case.attributes
    return given.auto_pad or "NOTSET", given.output_shape is not None


def _evenly(cases: Sequence[Case], most: int) -> list[Case]:
    """Small ones first: that many, spread over all."""
    chosen = [case for case in cases if can_be_traced(case)] or list(cases)
    return chosen[:: max(len(chosen) // most, 1)][:most]
