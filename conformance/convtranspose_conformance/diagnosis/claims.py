"""What is said of a call with which something else is wrong, too, that nothing explains: it can be
true all the same, and then the call speaks against neither."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_cases.notation import called

from ..measuring.fit import Fit
from ..measuring.points import Point, axis_point, points_of
from ..measuring.survey import fit_of
from ..measuring.terms import can_be_traced
from ..rules.answers import Explanation
from ..rules.faults import FormulaError, acts, base_of, is_measured, rule
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import differs, fits, once
from .conditions.axes import is_of_axes, shape_behind, through_axes, under_its_axes
from .measured.smaller import smaller

Asking = Callable[[Sequence[Case]], Sequence[Reply]]


def twin_of(case: Case, dtype: str = "float32") -> Case:
    """The same call in another element type, with small integers."""
    opset = max(case.opset, opset_for(dtype))
    return called(replace(case, dtype=dtype, data="integers", opset=opset))


class Claims:
    """Asks a backend what it does with the call, or with its twin in another element type."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask
        self._points: dict[tuple[Case, tuple[str, ...]], list[Point]] = {}
        self._twins: dict[Case, Reply | None] = {}

    def is_true_besides(
        self, said: Explanation, reply: Reply, others: Sequence[Explanation]
    ) -> bool:
        """Of a wrong answer that nothing explains: do its terms show what is said? Or, of rules of
        anything but element types, does the twin in float32 show it, alone or with one of the
        `others`? Of rules of types alone: is the type the one said, another than the text's, and
        the twin wrong in a way that none of the `others` explains? Of axes: does its shape show
        it?"""
        if reply.seen.seen is not Seen.RETURNED or reply.case.op != "ConvTranspose":
            return False
        if is_of_axes(said):
            names = (base_of(name)[0] for name in said.faults if acts(name, reply.case))
            return any(shape_behind(name, reply) is not None for name in names)
        if all(is_of_types(name) for name in said.faults) and not said.readings:
            return self._is_of_type(said, reply, others)
        return self._shows_in_terms(said, reply) or self._shows_in_twin(said, reply, others)

    def _is_of_type(self, said: Explanation, reply: Reply, others: Sequence[Explanation]) -> bool:
        asked, owed = reply.asked.answer(said), reply.asked.answer()
        if asked.refused or owed.refused or asked.golden.returned == owed.golden.returned:
            return False
        if asked.golden.returned != reply.seen.dtype:
            return False
        twin = self._twin(reply.case, "float32" if reply.case.dtype != "float32" else "float64")
        return twin is not None and twin.wrong and not any(fits(each, twin) for each in others)

    def _shows_in_twin(
        self, said: Explanation, reply: Reply, others: Sequence[Explanation]
    ) -> bool:
        twin = self._twin(reply.case, "float32")
        if twin is None or not differs(said, twin.check, twin.asked):
            return False
        both = (each for o in others for each in (once(said, o), once(o, said)))
        seen = dict.fromkeys((twin, under_its_axes(twin)))
        return any(fits(each, one) for each in (said, *both) for one in seen)

    def _twin(self, case: Case, dtype: str) -> Reply | None:
        twin = twin_of(case, dtype)
        if twin not in self._twins:
            told = [r for r in self._ask([twin]) if r.seen.seen is Seen.RETURNED]
            self._twins[twin] = told[0] if told else None
        return self._twins[twin]

    def _shows_in_terms(self, said: Explanation, reply: Reply) -> bool:
        """Is all that is said of axes, of the channels that are summed and of B what the terms of
        the call show, and some of it something else than the text says?"""
        acting = tuple(name for name in said.faults if acts(name, reply.case))
        rules = [rule(base) for base, _ in map(base_of, acting) if is_measured(base)]
        if said.readings or not rules or len(rules) < len(acting) or any(r.types for r in rules):
            return False
        formulas = [
            (word, point, formula)
            for point in self._points_of(reply, acting)
            for each in rules
            for word, formula in each.formulas.items()
            if word in point.measured
            and (point.axis is None or each.holds_on(point.case, point.axis))
        ]
        try:
            values = [(point, word, formula(point.quantities)) for word, point, formula in formulas]
        except FormulaError:
            return False
        return all(p.measured[word] == value for p, word, value in values) and any(
            p.by_text[word] != value for p, word, value in values
        )

    def _points_of(self, reply: Reply, acting: tuple[str, ...]) -> list[Point]:
        """What the rules speak of: sizes are seen at once, all else is measured."""
        case, shape = reply.case, (under_its_axes(reply).seen.shape or ())[2:]
        rules = [rule(base_of(name)[0]) for name in acting]
        if any(each.formulas.keys() != {"size"} for each in rules):
            return self._measured(case, acting)
        return [
            axis_point(case, n, {} if size is None else {"size": size})
            for n, size in enumerate(shape)
        ] * (len(shape) == case.rank)

    def _measured(self, case: Case, acting: tuple[str, ...]) -> list[Point]:
        """Of the call, else of one with the same axes that the rules act on and that can be
        read."""
        if (case, acting) not in self._points:
            alike = (
                each
                for each in (case, *smaller(case))
                if each.rank == case.rank and all(acts(name, each) for name in acting)
            )
            read = (self._read(each) for each in alike if can_be_traced(each))
            self._points[case, acting] = next(filter(None, read), [])
        return self._points[case, acting]

    def _read(self, case: Case) -> list[Point]:
        fit = fit_of(case, through_axes(self._ask))
        found = points_of(fit) if isinstance(fit, Fit) else ()
        return [point for _, point in found]


def is_of_types(name: str) -> bool:
    """Is it a measured rule that speaks of element types alone?"""
    base = base_of(name)[0]
    return is_measured(base) and not rule(base).formulas
