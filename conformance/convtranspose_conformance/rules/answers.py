"""What a case's answer is under the text, under readings, and under faults: the one place where a
rule becomes numbers."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES, Clause
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.gradients import gradient_goldens, output_gradient
from convtranspose_cases.inputs import Scaled, Tensors, linear_of, tensors
from convtranspose_reference import InvalidInput
from convtranspose_reference.attributes import Op, PartialShape
from convtranspose_reference.geometry import Geometry, placed, refuse
from convtranspose_reference.readings import READINGS, rules_for
from convtranspose_reference.window import window

from .faults import FAULTS
from .faults.fault import moved

ROUNDED = frozenset({"dense", "sparse", "wide", "wide-x", "wide-w", "narrow-8", "narrow-11"})
OPEN_IN_CONV = (
    "R",
    # its text, too, says nothing of sizes of 0; the other clauses are about attributes or sentences
    # of
    # ConvTranspose
)
Choice = dict[
    str, str
]  # clause label -> name of a reading; the text's own name for the literal one


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Readings ("C:clamped") and faults, in the order in which they apply. Empty: the text."""

    readings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """What a backend that follows this does."""
        return [READINGS[name].sentence for name in self.readings] + [
            FAULTS[name].sentence for name in self.faults
        ]

    @property
    def name(self) -> str:
        return " + ".join((*self.readings, *self.faults))

    def under(self, *readings: str) -> "Explanation":
        """This one under more readings."""
        return Explanation(readings=(*self.readings, *readings), faults=self.faults)


class Answer:
    """One rule's answer to one case: `refused` says why there is none; `shape`; and the golden,
    computed when first asked for."""

    def __init__(self, asked: "Asked", explanation: Explanation) -> None:
        self._asked, self._faults = asked, [FAULTS[name] for name in explanation.faults]
        self.refused, self._case, self._geometry = "", asked.case, None
        self.shape: PartialShape = ()
        self._rewriting = list[str]()
        for fault in self._faults:
            rewritten = fault.case(self._case) if fault.case else self._case
            if rewritten != self._case:
                self._case = rewritten
                self._rewriting.append(fault.name)
        try:
            self._geometry = self._place(explanation)
            self.shape = self._case.y_shape() if self._geometry is None else self._geometry.y_shape
        except InvalidInput as error:
            self.refused = str(error)
            return
        for fault in self._faults:
            self.shape = fault.shape(self._case, self.shape) if fault.shape else self.shape  # type: ignore[arg-type]  # whole until a fault cuts it

    def _place(self, explanation: Explanation) -> Geometry | None:
        rules = rules_for(explanation.readings)
        if self._case.op == "Conv":
            if rules.refuses:
                refuse(self._case.forward_sizes(), rules)
            return None
        for fault in self._faults:
            rules = fault.rules(rules) if fault.rules else rules
        if self._case is not self._asked.case:  # the call as given is within its limits
            rules = replace(rules, output_padding_limit=lambda axis: "")
        found = placed(
            self._asked.unplaced if self._case is self._asked.case else self._case.unplaced(), rules
        )
        for fault in self._faults:
            found = fault.geometry(self._case, found) if fault.geometry else found
        return found

    @property
    def dtype(self) -> str:
        return self._case.dtype

    @property
    def rounds(self) -> bool:
        """Are the case's numbers such that arithmetic of some class may round them? On small
        integers none does."""
        return self._case.data in ROUNDED or self._case.data.startswith("special")

    @property
    def geometry(self) -> Geometry | None:
        """Where it lands; None for Conv, and for a refusal."""
        return self._geometry

    @cached_property
    def key(self) -> Hashable:
        """Answers of one case with the same key are the same answer."""
        if self.refused:
            return "refused"
        special = self._case.data.startswith("special")  # finite numbers times 0 add nothing
        acting = {*self._rewriting, *self._renumbering()}
        numbers = tuple(
            f.name
            for f in self._faults
            if f.name in acting or (f.sums and special) or f.golden or f.arrange or f.gradients
        )
        return (self.shape, numbers, self._geometry.key if self._geometry else None)

    def _renumbering(self) -> Iterator[str]:
        """The faults that change X, W or B of this case."""
        numbers = self._asked.tensors
        for fault in self._faults:
            if fault.tensors:
                before, numbers = numbers, fault.tensors(self._case, numbers)
                if not _alike(before, numbers):
                    yield fault.name

    def _numbers(self) -> Tensors:
        numbers = self._asked.tensors
        for fault in self._faults:
            numbers = fault.tensors(self._case, numbers) if fault.tensors else numbers
        return numbers

    def is_far_from(self, Y: NDArray[Any]) -> bool:
        """Is Y, of the answer's shape, further off than any order of sums in float32 explains?
        Quicker than a golden."""
        numbers = self._numbers()
        if (
            any(f.golden or f.arrange or f.sums for f in self._faults)
            or _has_special(numbers)
            or not Y.size
            or not np.isfinite(Y).all()
        ):
            return False
        X, W = (
            np.ldexp(each.integers.astype(np.float64), each.exponent)
            for each in (numbers.X, numbers.W)
        )
        products, largest = (
            self._case.channels_per_group * prod(W.shape[2:]),
            float(np.abs(X).max(initial=0) * np.abs(W).max(initial=0)),
        )
        found, place, beside = linear_of(self._case)(X, W), self._geometry, 0.0
        found = (
            found if place is None else window(found, len(place.axes), place.begins, place.spatial)
        )
        if numbers.B is not None:
            B = np.ldexp(numbers.B.integers.astype(np.float64), numbers.B.exponent)
            found, beside = (
                found + B.reshape(1, -1, *(1,) * self._case.rank),
                float(np.abs(B).max(initial=0)),
            )
        summed = (products + 1) * (products * largest + beside)
        allowed = 2.0**-7 * np.abs(found) + 2.0**-22 * summed + (products + 1) * 2.0**-23
        return bool((np.abs(found - Y.astype(np.float64)) > allowed).any())

    @cached_property
    def golden(self) -> Golden:
        """The exact output. Only for an answer that is not refused."""
        numbers = self._numbers()
        case, place = self._case, self._geometry
        for fault in self._faults:
            if fault.sums and place is not None:
                case, numbers, place = fault.sums(case, numbers, place)
        found = golden(numbers, linear_of(case), case.dtype, place)
        for fault in self._faults:
            found = fault.golden(case, numbers, place, found) if fault.golden else found
        for fault in self._faults:
            found = moved(found, partial(fault.arrange, case)) if fault.arrange else found
        return found

    @cached_property
    def gradients(self) -> dict[str, Golden]:
        """dX, dW and dB, exactly; {} where the answer has another shape than dY, or the rule no
        gradient. Only where not refused."""
        dY = self._asked.output_gradient
        if self.shape != dY.integers.shape or any(
            f.tensors or f.shape or f.golden or f.arrange for f in self._faults
        ):
            return {}
        found = gradient_goldens(self._case, self._asked.tensors, dY, self._geometry)
        for fault in self._faults:
            found = fault.gradients(self._case, found) if fault.gradients else found
        return found

    def same_numbers(self, other: "Answer", *, gradients: bool = False) -> bool:
        """Two answers of different make and one shape may still be the same numbers: one group, a
        bias of one value."""
        if not _same(self.golden, other.golden):
            return False
        if not gradients:
            return True
        mine, theirs = self.gradients, other.gradients
        return mine.keys() == theirs.keys() and all(
            golden.shape == theirs[n].shape and _same(golden, theirs[n])
            for n, golden in mine.items()
        )


def _same(mine: Golden, usual: Golden) -> bool:
    alike = mine.special is usual.special is None or (
        mine.special is not None and mine.special.same(usual.special)
    )
    return alike and mine.shape == usual.shape and bool((mine.values == usual.values).all())


def _has_special(numbers: Tensors) -> bool:
    return any(
        each is not None and each.special is not None for each in (numbers.X, numbers.W, numbers.B)
    )


def _alike(before: Tensors, after: Tensors) -> bool:
    pairs = ((before.X, after.X), (before.W, after.W), (before.B, after.B))
    return all(
        one is other or (one is not None and other is not None and _equal(one, other))
        for one, other in pairs
    )


def _equal(one: Scaled, other: Scaled) -> bool:
    if one.exponent != other.exponent or not np.array_equal(one.integers, other.integers):
        return False
    same = one.special is other.special
    return same or (
        one.special is not None
        and other.special is not None
        and np.array_equal(one.special, other.special, equal_nan=True)
    )


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

    def answer(self, explanation: Explanation = Explanation()) -> Answer:
        """The case's answer under readings and faults."""
        if explanation not in self._answers:
            self._answers[explanation] = Answer(self, explanation)
        return self._answers[explanation]

    def conforming(self) -> list[tuple[Choice, Answer]]:
        """Every answer that conforms: the text's, and those of the named readings of clauses that
        the case's text leaves open."""
        return self.with_open_clauses(Explanation())

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
        bases, found = [fixed], list[Clause]()
        while fresh := [
            c for c in clauses if c not in found and any(self._matters(c, base) for base in bases)
        ]:
            found += fresh
            bases = [fixed.under(r.id) for c in fresh for r in c.readings]
        return [c for c in clauses if c in found]

    def _matters(self, clause: Clause, fixed: Explanation) -> bool:
        geometry = None if fixed.faults else self.answer(fixed).geometry
        if geometry is not None and not clause.can_matter(self.case, geometry):
            return False
        usual = self.answer(fixed).key
        return any(self.answer(fixed.under(r.id)).key != usual for r in clause.readings)


@cache
def _left_open(op: Op, opset: int, named: frozenset[str]) -> tuple[Clause, ...]:
    """The clauses that the text of an opset leaves open, but for those `named`."""
    said = CLAUSES if op == "ConvTranspose" else OPEN_IN_CONV
    return tuple(
        CLAUSES[label] for label in said if CLAUSES[label].is_open(opset) and label not in named
    )


def _squared(tensor: Scaled) -> NDArray[np.float64]:
    return np.asarray(np.ldexp(tensor.integers.astype(np.float64), tensor.exponent) ** 2)
