"""Wrong answers explained by what was measured: configurations traced term by term, formulas
behind them, and all of these rules together held against every answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from math import prod

from convtranspose_cases import Case
from convtranspose_cases.measuring.one_hot import traced
from convtranspose_reports import Check

from ..measuring.fit import Fit, fitted
from ..measuring.points import AXIS, BIAS, SUMS, Point, axis_point, points_of
from ..measuring.terms import Terms, can_be_traced, read
from ..rules.answers import Asked, Explanation
from ..rules.explanation import BY_TEXT
from ..rules.faults import UNDER, acts, base_of, is_measured
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import BEYOND, SINGLES, differs, explains, fits, joined
from .conditions.contrast import Contrast, meets
from .evidence import Evidence
from .measured_rules import names_of
from .result import Diagnosis
from .thresholds import (
    FEW_TRIED,
    FRESH,
    LEAST_ALIKE,
    LEAST_BEYOND,
    MEASURED_ELSE,
    MEASURED_FRESH,
    MEASURED_ROUNDS,
    MEASURED_WRONG,
    MOST_ALIKE,
    MOST_BEYOND,
)


class Measuring:
    """Measures what the backend does and makes rules of it. `known` are diagnoses of other
    answers."""

    def __init__(self, evidence: Evidence, known: Sequence[Diagnosis]) -> None:
        self._evidence, self._known = evidence, [d for d in known if d.explanations]
        self._points: dict[str, list[Point]] = {AXIS: [], SUMS: [], BIAS: []}
        self._seen: set[str] = set()
        self._traces: dict[str, list[Reply]] = {}

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
            self._traces[case.id] = replies
            for kind, point in points_of(fit):
                self._points[kind].append(point)

    def _model(self, left: Sequence[int]) -> Explanation:
        """Every rule at once, each under its condition: none that an answer speaks against."""
        model = BY_TEXT
        for _ in range(MEASURED_ROUNDS):
            model = Explanation(faults=tuple(self._names()))
            against = self._against(model, left)
            before = len(self._seen)
            self._measure([*(each.case for each in against), *self._like_unexplained(model)])
            if len(self._seen) == before:
                break
        return self._with_others(self._sound(model, left), left)

    def _names(self) -> list[str]:
        return [name for kind, points in self._points.items() for name in names_of(kind, points)]

    def _sound(self, model: Explanation, left: Sequence[int]) -> Explanation:
        """Without what answers speak against: rules under a narrower condition, or left out."""
        for _ in range(2 * len(model.faults)):
            against = self._measured_against(model, left)
            if not against:
                break
            acting = [name for name in model.faults if _acts(name, against[0])]
            if not acting:
                break
            kept = list(model.faults)
            for name in acting:
                narrower = self._narrower(name, model, against, left)
                kept[kept.index(name)] = narrower or ""
            model = Explanation(faults=tuple(filter(None, kept)))
        return model if not self._measured_against(model, left) else BY_TEXT

    def _measured_against(self, model: Explanation, left: Sequence[int]) -> list[Reply]:
        """What speaks against the rules once its configurations are measured, too."""
        against = self._against(model, left)
        self._measure([each.case for each in against])
        return [each for each in against if self._contradicts(model, each)]

    def _narrower(
        self, name: str, model: Explanation, against: Sequence[Reply], left: Sequence[int]
    ) -> str | None:
        """The rule with one statement more, which none of those meets where it speaks falsely."""
        wrong = [self._evidence.wrong[i] for i in left]
        inside = [r.case for r in wrong if _acts(name, r) and fits(model, r)]
        outside = [r.case for r in against if _acts(name, r)]
        if not inside or not outside:
            return name if not outside else None
        more = next(Contrast(inside, outside).conditions(1), None)
        base, where = base_of(name)
        return more and UNDER.join((base, " and ".join(filter(None, (where, more)))))

    def _with_others(self, model: Explanation, left: Sequence[int]) -> Explanation:
        """With rules that no term shows, of images and of rounding, on top."""
        for _ in range(MOST_BEYOND):
            wrong = [self._evidence.wrong[i] for i in left]
            rest = [r for r in wrong if not any(explains(e, r) for e in self._with_known(model, r))]
            found = next(
                filter(None, (self._on_top(e, model, rest) for e in _tried(model, rest))), ""
            )
            if not found:
                break
            model = joined(model, Explanation(faults=(found,)))
        return model

    def _on_top(self, other: Explanation, model: Explanation, rest: Sequence[Reply]) -> str | None:
        """The name of another rule with the condition under which it holds on top of the model."""
        both = joined(model, other)
        inside = [r.case for r in rest if explains(both, r)]
        outside = [r.case for r in self._evidence.known() if _speaks_falsely(both, model, r)]
        for _ in range(MEASURED_ROUNDS):
            where = next(Contrast(inside, outside).conditions(2), None) if outside else ""
            if where is None:
                return None
            fresh = self._evidence.fresh_told_apart(both, model, where, FRESH)
            false = [r.case for r in fresh if _speaks_falsely(both, model, r)]
            if not false:
                enough = len(inside) + len(fresh) >= LEAST_BEYOND
                return f"{other.name}{UNDER}{where}" * enough if where else other.name * enough
            outside += false
        return None

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
            return not fits(model, reply)
        if any(fits(each, reply) for each in self._with_known(model, reply)):
            return False
        traces = self._traces.get(reply.case.id)  # of what lands where: the rest is another matter
        if traces is None:
            return reply.case.id not in self._seen and (
                can_be_traced(reply.case) or reply.check is Check.OUTPUT_SHAPE
            )
        return not all(fits(model, each) for each in traces)

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

    def _of_model(self, model: Explanation, left: Sequence[int]) -> dict[int, Diagnosis]:
        groups: dict[Explanation, list[int]] = {}
        for i in left:
            reply = self._evidence.wrong[i]
            fitting = next((e for e in self._with_known(model, reply) if explains(e, reply)), None)
            if fitting is not None:
                groups.setdefault(_acting(fitting, reply), []).append(i)
        names = {name: self._named(name) for e in groups for name in e.faults}
        diagnoses: dict[int, Diagnosis] = {}
        for acting, numbers in groups.items():
            named = replace(acting, faults=tuple(names[name] for name in acting.faults))
            if not all(explains(named, self._evidence.wrong[i]) for i in numbers):
                named = acting  # names in another order, or one that acts on what another one made
            diagnoses |= dict.fromkeys(numbers, _diagnosis(named))
        return diagnoses

    def _named(self, name: str) -> str:
        """A rule of the library in a measured rule's place, under its condition, where the two are
        the same in every case known that meets it, and say something of some."""
        mine, (base, where) = Explanation(faults=(name,)), base_of(name)
        if not is_measured(base):
            return name
        met = [r for r in self._evidence.known() if acts(name, r.case)]
        speaking = [r.asked for r in met if differs(mine, r.check, r.asked)][:MOST_ALIKE]
        others = [r.asked for r in met if not differs(mine, r.check, r.asked)][:MOST_ALIKE]
        if len(speaking) < LEAST_ALIKE:
            return name
        for single in SINGLES:
            if single.faults and all(_are_one(mine, single, a) for a in (*speaking, *others)):
                return f"{single.faults[0]}{UNDER}{where}" if where else single.faults[0]
        return name


def _tried(model: Explanation, rest: Sequence[Reply]) -> list[Explanation]:
    """Rules beyond terms that explain one of a few of the smallest answers, on top of the model;
    those that explain most of them first."""
    few = sorted(rest, key=lambda r: prod(size or 0 for size in r.seen.shape or ()))
    few = few[:: max(len(few) // FEW_TRIED, 1)][:FEW_TRIED]
    others = (*(e for e in SINGLES if e.faults), *BEYOND)
    counts = {e: sum(explains(joined(model, e), r) for r in few) for e in others}
    return sorted(filter(counts.__getitem__, counts), key=lambda e: (-counts[e], others.index(e)))


def _acts(name: str, reply: Reply) -> bool:
    """Does the rule say something of the call?"""
    rule = Explanation(faults=(name,))
    return acts(name, reply.case) and differs(rule, reply.check, reply.asked)


def _speaks_falsely(both: Explanation, model: Explanation, reply: Reply) -> bool:
    """Is what was seen not what both make of it, where that is not what the model makes?"""
    if reply.seen.seen is not Seen.RETURNED or fits(both, reply):
        return False
    return not _are_one(both, model, reply.asked)


def _are_one(one: Explanation, other: Explanation, asked: Asked) -> bool:
    mine, theirs = asked.answer(one), asked.answer(other)
    if mine.key == theirs.key:
        return True
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


def _diagnosis(explanation: Explanation) -> Diagnosis:
    """Of one rule, its condition apart; several have theirs in their names."""
    if len(explanation.faults) == 1 and not explanation.readings:
        base, where = base_of(explanation.faults[0])
        rule = Explanation(faults=(base,))
        return Diagnosis(kind="fault", explanations=(rule,), where=where, seen_where=where)
    return Diagnosis(kind="fault", explanations=(explanation,))


def _padding(case: Case) -> tuple[str, bool]:
    """What its begins and sizes follow from."""
    given = case.attributes
    return given.auto_pad or "NOTSET", given.output_shape is not None


def _evenly(cases: Sequence[Case], most: int) -> list[Case]:
    """Small ones first: that many, spread over all."""
    chosen = [case for case in cases if can_be_traced(case)] or list(cases)
    return chosen[:: max(len(chosen) // most, 1)][:most]
