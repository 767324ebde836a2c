"""What a case's answer is under the text, under readings, and under faults."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES, Clause
from convtranspose_cases.gradients import output_gradient
from convtranspose_cases.inputs import Scaled, Tensors, fed, linear_of, tensors
from convtranspose_reference.attributes import InvalidInput, Op
from convtranspose_reference.geometry import TEXT, Geometry, Rules, placed
from convtranspose_reference.readings import rules_for
from convtranspose_reference.resize.depth_to_space import depth_to_space
from convtranspose_reference.window import window

from .explanation import BY_TEXT, Explanation
from .one_answer import ROUNDED, Answer

__all__ = ["ROUNDED", "Answer", "Asked", "Choice", "Explanation"]

BEYOND = frozenset(label for label, clause in CLAUSES.items() if clause.beyond)
# Clause label -> name of a reading; the text's own name for the literal one.
Choice = dict[str, str]


class Asked:
    """A case with its numbers, and the answers that rules give to it; each is worked out once.

    `credited`: may readings of open clauses that refuse the case excuse a refusal of it?"""

    def __init__(self, case: Case, seed: int = 0) -> None:
        self.case, self.seed, self.credited = case, seed, True
        self._answers: dict[Explanation, Answer] = {}
        self._conforming: dict[Explanation, list[tuple[Choice, Answer]]] = {}
        self._placed: dict[tuple[str, ...], Geometry | InvalidInput] = {}

    def without_credit(self) -> "Asked":
        """The same question to a backend whose refusal no open clause excuses."""
        other = copy(self)
        other.credited, other._conforming = False, {}
        return other

    def forget(self) -> None:
        """Lets go of all that was worked out: it can be worked out again."""
        for kept in (self._answers, self._conforming, self._placed):
            kept.clear()
        for name in ("tensors", "output_gradient", "squares"):
            vars(self).pop(name, None)

    @cached_property
    def most_inputs(self) -> int:
        """Elements of X or W, whichever has more."""
        return max(prod(self.case.x_shape), prod(self.case.w_shape))

    @cached_property
    def tensors(self) -> Tensors:
        return tensors(self.case, self.seed)

    def placed(self, readings: tuple[str, ...]) -> Geometry:
        """Where a ConvTranspose lands under readings, whatever they say of sizes. Raises
        InvalidInput where pads or sizes are impossible."""
        key = _placing(readings)
        if key not in self._placed:
            self._placed[key] = self._place(key)
        found = self._placed[key]
        if isinstance(found, InvalidInput):
            raise found.with_traceback(None)
        return found

    def _place(self, readings: tuple[str, ...]) -> Geometry | InvalidInput:
        try:
            if not readings:
                return self.case.geometry()
            return placed(self.case.unplaced(), _without_refusals(readings))
        except InvalidInput as refused:
            return refused

    @cached_property
    def output_gradient(self) -> Scaled:
        """dY. Only for cases whose checks ask for gradients."""
        return output_gradient(self.case, self.tensors, self.seed)

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """V of each output element: the sum of its squared products, and of B's square. Only where
        the text refuses nothing."""
        given = fed(self.case, self.tensors).tensors
        V, place = (
            linear_of(self.case)(_squared(given.X), _squared(given.W)),
            self.answer().geometry,
        )
        V = V if place is None else window(V, len(place.axes), place.begins, place.spatial)
        if given.B is not None:
            V = V + _squared(given.B).reshape(1, -1, *(1,) * self.case.rank)
        asked = self.case.depth_to_space
        return V if asked is None else depth_to_space(V, asked.blocksize, asked.mode)

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None, NDArray[Any] | None]:
        """X, W, B and dY (None where nobody asks for gradients) in the case's dtype."""
        dY = self.output_gradient.array(self.case.dtype) if "gradient" in self.case.checks else None
        return (*self.tensors.arrays(self.case.dtype), dY)

    def answer(self, explanation: Explanation = BY_TEXT) -> Answer:
        """The case's answer under readings and faults."""
        known = self._answers.get(explanation)
        if known is None:
            same = explanation is not BY_TEXT and self._says_nothing(explanation)
            known = self.answer() if same else Answer(self, explanation)
            self._answers[explanation] = known
        return known

    def _says_nothing(self, explanation: Explanation) -> bool:
        """Are these readings of clauses alone that have nothing to say of the case?"""
        labels = _labels(explanation.readings)
        if explanation.faults or labels & BEYOND or self.case.op != "ConvTranspose":
            return False
        placed = self.answer().geometry
        return placed is not None and not any(
            CLAUSES[label].can_matter(self.case, placed) for label in labels
        )

    def leaves_open(self, explanation: Explanation) -> bool:
        """Is it made of readings of clauses that the case's text leaves open?"""
        left = {clause.label for clause in _left_open(self.case.op, self.case.opset, frozenset())}
        return not explanation.faults and _labels(explanation.readings) <= left

    def conforming(self) -> list[tuple[Choice, Answer]]:
        """Every answer that conforms: the text's, and those of the named readings of clauses that
        the case's text leaves open."""
        return self.with_open_clauses(BY_TEXT)

    def with_open_clauses(self, fixed: Explanation) -> list[tuple[Choice, Answer]]:
        """The answers under `fixed` and each combination of readings of the open clauses that it
        does not name, with the choices made.

        A clause takes part where one of its readings changes the answer, alone or under a reading
        of another such clause.
        """
        if fixed not in self._conforming:
            self._conforming[fixed] = list(filter(self._counts, self._combinations(fixed)))
        return self._conforming[fixed]

    def _counts(self, chosen: tuple[Choice, Answer]) -> bool:
        """Is it an answer, or a refusal that is excused?"""
        choice, answer = chosen
        return self.credited or not answer.refused or not choice

    def _combinations(self, fixed: Explanation) -> Iterator[tuple[Choice, Answer]]:
        left = _left_without_resize if self.case.resize is None else _left_open
        clauses = left(self.case.op, self.case.opset, _labels(fixed.readings))
        at_stake = self._at_stake(clauses, fixed)
        if not at_stake:
            yield {}, self.answer(fixed)
            return
        for choice in product(*(_choices(c.label) for c in at_stake)):
            chosen = {label: name for label, name, _ in choice}
            extra = tuple(reading for _, _, reading in choice if reading)
            yield chosen, self.answer(fixed.under(*extra) if extra else fixed)

    def _at_stake(self, clauses: tuple[Clause, ...], fixed: Explanation) -> list[Clause]:
        """Those of the open clauses that change the answer under `fixed`, or under a reading of
        another one that does."""
        usual, case = self.answer(fixed), self.case
        placed = usual.placement
        if placed and not case.resize and not any(c.can_matter(case, placed) for c in clauses):
            return []  # as for most cases
        bases, left = [(fixed, usual)], clauses
        while fresh := [c.label for c in left if any(self._matters(c, *base) for base in bases)]:
            left = tuple(c for c in left if c.label not in fresh)
            under = [base for label in fresh for base in _under(fixed, label)] if left else []
            bases = [(base, self.answer(base)) for base in under]
        unchanged = {c.label for c in left}
        return [c for c in clauses if c.label not in unchanged]

    def _may_resize_otherwise(self, clause: Clause) -> bool:
        return self.case.refusal() is None and clause.can_matter(self.case, None)

    def _matters(self, clause: Clause, fixed: Explanation, usual: Answer) -> bool:
        """Does one of its readings change the `usual` answer, that under `fixed`?"""
        if "Resize" in clause.of and not self._may_resize_otherwise(clause):
            return False
        geometry = usual.placement
        if geometry is not None and not clause.can_matter(self.case, geometry):
            return False
        others = _under(fixed, clause.label)
        if usual.refused and geometry is None and not fixed.faults:
            others = tuple(each for each in others if _placing(each.readings[-1:]))  # no sizes yet
        return any(self.answer(each).key != usual.key for each in others)


@cache
def _left_open(op: Op, opset: int, named: frozenset[str]) -> tuple[Clause, ...]:
    """The clauses that the text of an opset leaves open, but for those `named`."""
    spoken_of: set[str] = {op, "Resize"}
    return tuple(
        clause
        for label, clause in CLAUSES.items()
        if spoken_of.intersection(clause.of) and clause.is_open(opset) and label not in named
    )


@cache
def _left_without_resize(op: Op, opset: int, named: frozenset[str]) -> tuple[Clause, ...]:
    """As `_left_open`, of a call without a resize."""
    return tuple(c for c in _left_open(op, opset, named) if "Resize" not in c.of)


@cache
def _choices(label: str) -> tuple[tuple[str, str, str], ...]:
    """Of a clause: its label, the name of the text's own reading or another, and that one's id, ""
    for the text's."""
    clause = CLAUSES[label]
    return ((label, clause.text, ""), *((label, r.name, r.id) for r in clause.readings))


@lru_cache(maxsize=4096)
def _under(fixed: Explanation, label: str) -> tuple[Explanation, ...]:
    """`fixed` under each reading of a clause."""
    return tuple(fixed.under(reading.id) for reading in CLAUSES[label].readings)


@cache
def _labels(readings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.partition(":")[0] for name in readings)


@cache
def _placing(readings: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the readings that say where something lands, not only which sizes are refused."""
    return tuple(name for name in readings if _without_refusals((name,)) != TEXT)


@cache
def _without_refusals(readings: tuple[str, ...]) -> Rules:
    return replace(rules_for(readings), refuses=())


def _squared(tensor: Scaled) -> NDArray[np.float64]:
    return np.asarray(np.ldexp(tensor.integers.astype(np.float64), tensor.exponent) ** 2)
