"""What a case's answer is under the text, under readings, and under faults."""

from collections.abc import Iterator
from functools import cache, cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES, Clause
from convtranspose_cases.gradients import output_gradient
from convtranspose_cases.inputs import Scaled, Tensors, linear_of, tensors
from convtranspose_reference.attributes import Op
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.readings import READINGS
from convtranspose_reference.window import window

from .explanation import BY_TEXT, Explanation
from .one_answer import ROUNDED, Answer

__all__ = ["ROUNDED", "Answer", "Asked", "Choice", "Explanation"]

# Its text, too, says nothing of sizes of 0; the other clauses are about ConvTranspose.
OPEN_IN_CONV = ("R",)
# Clause label -> name of a reading; the text's own name for the literal one.
Choice = dict[str, str]


class Asked:
    """A case with its numbers, and the answers that rules give to it; each is worked out once."""

    def __init__(self, case: Case, seed: int = 0) -> None:
        self.case, self.seed = case, seed
        self._answers: dict[Explanation, Answer] = {}
        self._conforming: dict[tuple[str, ...], list[tuple[Choice, Answer]]] = {}

    @cached_property
    def tensors(self) -> Tensors:
        return tensors(self.case, self.seed)

    @cached_property
    def unplaced(self) -> Geometry:
        return self.case.unplaced()

    @cached_property
    def output_gradient(self) -> Scaled:
        """dY. Only for cases whose checks ask for gradients."""
        return output_gradient(self.case, self.tensors, self.seed)

    @cached_property
    def squares(self) -> NDArray[np.float64]:
        """V of each output element: the sum of its squared products, and of B's square. Only where
        the text refuses nothing."""
        given = self.tensors
        V, place = (
            linear_of(self.case)(_squared(given.X), _squared(given.W)),
            self.answer().geometry,
        )
        V = V if place is None else window(V, len(place.axes), place.begins, place.spatial)
        return (
            V if given.B is None else V + _squared(given.B).reshape(1, -1, *(1,) * self.case.rank)
        )

    def arrays(self) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None, NDArray[Any] | None]:
        """X, W, B and dY (None where nobody asks for gradients) in the case's dtype."""
        dY = self.output_gradient.array(self.case.dtype) if "gradient" in self.case.checks else None
        return (*self.tensors.arrays(self.case.dtype), dY)

    def answer(self, explanation: Explanation = BY_TEXT) -> Answer:
        """The case's answer under readings and faults."""
        if explanation not in self._answers:
            self._answers[explanation] = Answer(self, explanation)
        return self._answers[explanation]

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
        key = (*fixed.readings, "|", *fixed.faults)
        if key not in self._conforming:
            self._conforming[key] = list(self._combinations(fixed))
        return self._conforming[key]

    def _combinations(self, fixed: Explanation) -> Iterator[tuple[Choice, Answer]]:
        named = frozenset(name.partition(":")[0] for name in fixed.readings)
        at_stake = self._at_stake(_left_open(self.case.op, self.case.opset, named), fixed)
        if not at_stake:
            yield {}, self.answer(fixed)
            return
        for choice in product(*([c.text, *(r.name for r in c.readings)] for c in at_stake)):
            chosen = dict(zip((c.label for c in at_stake), choice, strict=True))
            extra = tuple(
                f"{label}:{name}" for label, name in chosen.items() if f"{label}:{name}" in READINGS
            )
            yield chosen, self.answer(fixed.under(*extra))

    def _at_stake(self, clauses: tuple[Clause, ...], fixed: Explanation) -> list[Clause]:
        """Those of the open clauses that change the answer under `fixed`, or under a reading of
        another one that does."""
        bases, at_stake = [fixed], list[Clause]()
        while fresh := [
            c for c in clauses if c not in at_stake and any(self._matters(c, b) for b in bases)
        ]:
            at_stake += fresh
            bases = [fixed.under(r.id) for c in fresh for r in c.readings]
        return [c for c in clauses if c in at_stake]

    def _matters(self, clause: Clause, fixed: Explanation) -> bool:
        geometry = None if fixed.faults else self.answer(fixed).geometry
        if geometry is not None and not clause.can_matter(self.case, geometry):
            return False
        usual = self.answer(fixed).key
        return any(self.answer(fixed.under(r.id)).key != usual for r in clause.readings)


@cache
def _left_open(op: Op, opset: int, named: frozenset[str]) -> tuple[Clause, ...]:
    """The clauses that the text of an opset leaves open, but for those `named`."""
    of_op = CLAUSES if op == "ConvTranspose" else OPEN_IN_CONV
    return tuple(
        CLAUSES[label] for label in of_op if CLAUSES[label].is_open(opset) and label not in named
    )


def _squared(tensor: Scaled) -> NDArray[np.float64]:
    return np.asarray(np.ldexp(tensor.integers.astype(np.float64), tensor.exponent) ** 2)
