"""Wrong answers explained by what was measured: configurations traced term by term, formulas
behind them, each put on trial by calls drawn for it, and all of these rules together held against
every answer."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice

from convtranspose_cases import Case
from convtranspose_reports import Check

from ...measuring.points import Point
from ...measuring.terms import can_be_traced
from ...rules.answers import Explanation
from ...rules.faults import acts, base_of
from ...rules.faults.measured import SPEAKS_OF
from ...verdict.reply import Reply
from ...worker.observation import Seen
from ..candidates import differs, fits, joined
from ..conditions.contrast import Contrast, meets
from ..evidence import Evidence
from ..result import Diagnosis
from ..thresholds import (
    FRESH,
    LEAST_STOOD,
    MEASURED_ELSE,
    MEASURED_FRESH,
    MEASURED_ROUNDS,
    MEASURED_WRONG,
    TRIALS,
)
from .found import Found, merged
from .measurements import Measurements
from .on_top import with_others
from .rules import rules_of
from .several import with_condition
from .smaller import smaller
from .stated import stated
from .trials import calls_on_trial, has_stood

Model = dict[str, list[Found]]  # rules as faults are named, with the words that each consists of


class Measuring:
    """Measures what the backend does and makes rules of it. `known` are diagnoses of other
    answers."""

    def __init__(self, evidence: Evidence, known: Sequence[Diagnosis]) -> None:
        self._evidence, self._known = evidence, [d for d in known if d.explanations]
        self._measured = Measurements(evidence)
        self._rules: list[Found] = []
        self._since: dict[Found, int] = {}  # of how many points of its kind it was found
        self._unsaid: dict[tuple[str, str], set[int]] = {}
        self._whole, self.made_of = Explanation(), dict[Diagnosis, Explanation]()

    def diagnoses(self, left: Sequence[int]) -> dict[int, Diagnosis]:
        """Those of the wrong answers `left` that measured rules explain, alone or with the rules
        known; every answer is held against them."""
        if self._evidence.check not in (Check.OUTPUT, Check.OUTPUT_SHAPE):
            return {}
        wrong = [self._evidence.wrong[i] for i in left]
        if not any(each.case.op == "ConvTranspose" for each in wrong):
            return {}
        self._measured.measure(self._configurations(wrong))
        rules = self._sound(self._stood(left), left)
        model = with_others(self._evidence, _explanation(rules), left, self._with_known)
        if not model.faults:
            return {}
        self._whole = model
        found, self.made_of = stated(self._evidence, model, left, self._with_known)
        return found

    def learns(self, against: Sequence[Case]) -> set[str]:
        """Measures calls that spoke against what was said, and smaller ones with the same axes: the
        ids of those of which something could be read."""
        learned = set[str]()
        for case in against:
            alike = [case, *smaller(case)]
            self._measured.measure(alike)
            learned |= {case.id} if any(map(self._measured.of, alike)) else set()
        return learned

    def whole(self, reply: Reply) -> Iterator[Explanation]:
        """All that was measured, alone and with what was known before; nothing, where no rule was
        found."""
        if self._whole.faults:
            yield from self._with_known(self._whole, reply)

    def _configurations(self, wrong: Sequence[Reply]) -> list[Case]:
        """Cases of wrong answers, drawn evenly, and fresh ones, of each kind of padding that is
        wrong some more."""
        computed = [r.case for r in wrong if r.seen.seen is Seen.RETURNED]
        room = Counter({_padding(case): MEASURED_FRESH for case in computed})
        chosen, others = _evenly(computed, MEASURED_WRONG), MEASURED_ELSE
        for case in self._measured.fresh():
            if room.get(_padding(case)):
                room[_padding(case)] -= 1
                chosen.append(case)
            elif others and _padding(case) not in room:
                others -= 1
                chosen.append(case)
        return chosen

    def _stood(self, left: Sequence[int]) -> Model:
        """The rules that were put on trial after they were found, and stood it."""
        for _ in range(MEASURED_ROUNDS):
            self._find()
            before = self._measured.calls
            for rule in self._rules:
                self._put_on_trial(rule)
            model = self._model(self._rules)
            against = self._against(model, left)
            more = self._like_unexplained(_explanation(model))
            self._measured.measure([*(each.case for each in against), *more])
            if self._measured.calls == before:
                break
        return self._model([rule for rule in self._rules if self._heard(rule) >= LEAST_STOOD])

    def _model(self, rules: Sequence[Found]) -> Model:
        cases = {p.case: None for p in self._measured.all()}
        return merged(rules, [*cases, *islice(self._measured.fresh(), FRESH * FRESH)])

    def _find(self) -> None:
        """Rules of each word anew, where those known are refuted or leave something unsaid."""
        known = [r for r in self._rules if self._heard(r) >= 0]
        rules: list[Found] = []
        for kind, points in self._measured.points.items():
            for word in SPEAKS_OF:
                kept = [r for r in known if (r.kind, r.word) == (kind, word)]
                left = _unsaid(word, points, kept)
                if not left <= self._unsaid.get((kind, word), set()):
                    kept = rules_of(kind, word, points, kept)
                    self._unsaid[kind, word] = _unsaid(word, points, kept)
                rules += kept
        self._rules = rules
        for rule in rules:
            self._since.setdefault(rule, len(self._measured.points[rule.kind]))

    def _heard(self, rule: Found) -> int:
        """How many calls measured since it was found bear a rule out; -1 where one refutes it."""
        points = self._measured.points[rule.kind]
        return has_stood(rule, points[self._since[rule] :])

    def _put_on_trial(self, rule: Found) -> None:
        """Calls that can refute it; further ones where too few of these could be read."""
        steps = [r for r in self._rules if r.word in ("stride", "dilation")]
        known = self._heard(rule)
        for _ in range(TRIALS):
            if self._heard(rule) < 0:
                break
            points, fresh = self._measured.points[rule.kind], self._measured.fresh()
            calls = calls_on_trial(rule, points, fresh, known, steps)
            self._measured.measure(calls)
            if not calls or self._heard(rule) >= LEAST_STOOD:
                break
            known = 0  # those chosen to fail it showed nothing: others, too

    def _sound(self, model: Model, left: Sequence[int]) -> Model:
        """Without what answers speak against: rules under a narrower condition that fresh calls
        bear out, or left out."""
        for _ in range(2 * len(model)):
            against = self._measured_against(model, left)
            if not against:
                break
            acting = [n for n, parts in model.items() if self._is_refuted(n, parts, against[0])]
            if not acting:
                break
            for name in acting:
                parts = self._narrower(name, model, against, left)
                model = {n: p for n, p in model.items() if n != name} | parts
        return model if not self._measured_against(model, left) else {}

    def _measured_against(self, model: Model, left: Sequence[int]) -> list[Reply]:
        """What speaks against the rules once its configurations are measured, too."""
        against = self._against(model, left)
        self._measured.measure([each.case for each in against])
        return [each for each in against if self._contradicts(model, each)]

    def _narrower(
        self, name: str, model: Model, against: Sequence[Reply], left: Sequence[int]
    ) -> Model:
        """The rule with one statement more, which none of those meets where it speaks falsely;
        fresh calls bear it out alone, or with the others of the model."""
        wrong, whole = [self._evidence.wrong[i] for i in left], _explanation(model)
        inside = [r.case for r in wrong if _acts(name, r) and fits(whole, r)]
        outside = [r.case for r in against if _acts(name, r)]
        if not inside or not outside:
            return {}
        more = next(Contrast(inside, outside).conditions(1), None)
        if not more:
            return {}
        base, where = base_of(name)
        where = " and ".join(filter(None, (where, more)))
        with_others = tuple(base if each == name else each for each in model)
        alone_or_not = (
            Explanation(faults=faults) for faults in dict.fromkeys([(base,), with_others])
        )
        if not any(self._evidence.borne_out(each, where, inside) for each in alone_or_not):
            return {}
        return self._model([replace(part, where=where) for part in model[name]])

    def _like_unexplained(self, model: Explanation) -> list[Case]:
        """Fresh configurations like those that were measured to be wrong and that no rule speaks
        of."""
        wrong = {p.case for p in self._measured.all() if p.wrong}
        right = {p.case for p in self._measured.all()} - wrong
        unsaid = [c for c in wrong if not any(acts(name, c) for name in model.faults)]
        if not unsaid:
            return []
        where = Contrast(unsaid, list(right)).narrowest()
        return list(islice((c for c in self._measured.fresh() if meets(where, c)), MEASURED_FRESH))

    def _against(self, model: Model, left: Sequence[int]) -> list[Reply]:
        """Answers that the rules say something else of, among those known and some fresh ones: all
        right ones, and wrong ones that the rules say something of and do not explain alone or with
        what is known."""
        known = [*self._evidence.right_replies(), *(self._evidence.wrong[i] for i in left)]
        fresh = self._evidence.fresh_spoken_of(_explanation(model), FRESH)
        return [each for each in (*known, *fresh) if self._contradicts(model, each)][
            :MEASURED_WRONG
        ]

    def _contradicts(self, model: Model, reply: Reply) -> bool:
        whole = _explanation(model)
        if reply.seen.seen is not Seen.RETURNED or not differs(whole, reply.check, reply.asked):
            return False
        if not reply.wrong:
            return not fits(whole, reply)
        if any(fits(each, reply) for each in self._with_known(whole, reply)):
            return False
        if self._measured.of(reply.case) is None:
            return self._measured.can_be_asked(reply.case)
        return any(self._is_refuted(name, parts, reply) for name, parts in model.items())

    def _is_refuted(self, name: str, parts: Sequence[Found], reply: Reply) -> bool:
        """Does a right answer, or what was measured of the call of a wrong one, refute a rule? What
        else is wrong there is another matter."""
        points = self._measured.of(reply.case)
        if points is None or not reply.wrong:
            return _acts(name, reply)
        return any(
            part.is_refuted_by(point)
            for part in parts
            for point in points
            if part.word in point.by_text
        )

    def _with_known(self, model: Explanation, reply: Reply) -> Iterator[Explanation]:
        yield model
        others = [
            with_condition(d)
            for d in self._known
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        for other in others:
            yield joined(other, model)
            yield joined(model, other)
        if len(others) > 1:
            yield joined(model, reduce(joined, others))


def _explanation(model: Model) -> Explanation:
    return Explanation(faults=tuple(model))


def _unsaid(word: str, points: Sequence[Point], rules: Sequence[Found]) -> set[int]:
    """The points, by number, of which the word is wrong and no rule explains it."""
    return {
        i
        for i, p in enumerate(points)
        if p.measured.get(word, p.by_text.get(word)) != p.by_text.get(word)
        and not any(rule.explains(p) for rule in rules)
    }


def _acts(name: str, reply: Reply) -> bool:
    """Does the rule say something of the call?"""
    rule = Explanation(faults=(name,))
    return acts(name, reply.case) and differs(rule, reply.check, reply.asked)


def _padding(case: Case) -> tuple[str, bool]:
    """What its begins and sizes follow from."""
    given = case.attributes
    return given.auto_pad or "NOTSET", given.output_shape is not None


def _evenly(cases: Sequence[Case], most: int) -> list[Case]:
    """Small ones first: that many, spread over all."""
    chosen = [case for case in cases if can_be_traced(case)] or list(cases)
    return chosen[:: max(len(chosen) // most, 1)][:most]
