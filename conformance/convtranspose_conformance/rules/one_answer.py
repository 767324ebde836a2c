"""One rule's answer to one case: the place where a rule becomes numbers."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import cached_property, partial
from math import prod
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.case import OLDEST_OPSET
from convtranspose_cases.goldens import Golden, golden_of, moved, shuffled
from convtranspose_cases.gradients import gradient_goldens
from convtranspose_cases.inputs import Matrices, Scaled, Tensors, linear_of, matrices
from convtranspose_reference import InvalidInput
from convtranspose_reference.attributes import PartialShape, Shape
from convtranspose_reference.formats import holds
from convtranspose_reference.geometry import Geometry, placed, refuse
from convtranspose_reference.readings import resize_rules_for, rules_for
from convtranspose_reference.resize import Undefined
from convtranspose_reference.window import window

from .explanation import Explanation
from .faults import Fault, FormulaError, faults_of
from .faults.fault import Types

LATER_SAME = "B:input_times_stride"  # of Conv the texts differ in nothing else
ROUNDED = frozenset({"dense", "sparse", "wide", "wide-x", "wide-w", "narrow-8", "narrow-11"})


class NumberedCase(Protocol):
    """A case with its numbers, as `Asked` has them."""

    @property
    def case(self) -> Case: ...

    @property
    def tensors(self) -> Tensors: ...

    def placed(self, readings: tuple[str, ...]) -> Geometry: ...

    @property
    def output_gradient(self) -> Scaled: ...


class Answer:
    """One rule's answer to one case: `refused` says why there is none; `shape`; and the golden,
    computed when first asked for. Of readings alone, `placement` is where it lands or, where its
    sizes are refused, would land; None for Conv, and where there are no such sizes."""

    def __init__(self, asked: NumberedCase, explanation: Explanation) -> None:
        self._asked = asked
        self._faults: list[Fault] = []
        self.refused, self._case = "", asked.case
        self._geometry: Geometry | None = None
        self.shape: PartialShape = ()
        self.placement: Geometry | None = None
        self._rewriting: list[str] = []
        self._types = Types(asked.case.dtype, asked.case.dtype, asked.case.dtype)
        self._resizing = resize_rules_for(explanation.readings)
        try:
            if explanation.faults:
                self._take(faults_of(explanation.faults, asked.case))
            self._place(explanation)
            matrices(self._case, self._resizing)  # of which there may be none
            self.shape = self._case.y_shape() if self._geometry is None else self._geometry.y_shape
        except (InvalidInput, FormulaError, Undefined) as error:
            self.refused = str(error)
            error.__traceback__ = None  # the case keeps the error: not what raised it, too
            return
        for fault in self._faults:
            self.shape = fault.shape(self._case, self.shape) if fault.shape else self.shape  # type: ignore[arg-type]  # whole until a fault cuts it

    def _take(self, faults: list[Fault]) -> None:
        """The faults, with the call, the rules of Resize and the element types as they rewrite
        them."""
        self._faults = faults
        for fault in faults:
            rewritten = fault.case(self._case) if fault.case else self._case
            if rewritten != self._case:
                self._case = rewritten
                self._rewriting.append(fault.name)
        for fault in faults:
            self._resizing = fault.resize(self._resizing) if fault.resize else self._resizing
            self._types = fault.types or self._types

    def _place(self, explanation: Explanation) -> None:
        """Leaves the geometry; raises InvalidInput after that where sizes alone are refused."""
        rules = rules_for(explanation.readings)
        if self._case.op == "Conv":
            if LATER_SAME in explanation.readings and self._case.opset < OLDEST_OPSET:
                self._case = replace(self._case, opset=OLDEST_OPSET)
            if rules.refuses:
                refuse(self._case.forward_sizes(), rules)
            return
        for fault in self._faults:
            rules = fault.rules(rules) if fault.rules else rules
        if self._case is not self._asked.case:  # the call as given is within its limits
            rules = replace(rules, output_padding_limit=lambda axis: "")
        if self._faults:
            geometry = placed(self._case.unplaced(), rules)
        else:
            geometry = self.placement = self._asked.placed(explanation.readings)
            refuse(geometry, rules)
        for fault in self._faults:
            geometry = fault.geometry(self._case, geometry) if fault.geometry else geometry
        self._geometry = geometry

    @property
    def dtype(self) -> str:
        """The element type that it is returned in."""
        return self._types.bits

    @property
    def rounds(self) -> bool:
        """Are the case's numbers such that arithmetic of some class may round them? On small
        integers none does."""
        return self._case.data in ROUNDED or self._case.data.startswith("special")

    @property
    def geometry(self) -> Geometry | None:
        """Where it lands; None for Conv, and for a refusal."""
        return self._geometry

    @property
    def weights(self) -> Matrices:
        """The coefficients along each axis with which X is resized; () where it is not. Only for an
        answer that is not refused."""
        return matrices(self._case, self._resizing)

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
            if f.name in acting
            or (f.sums and special)
            or f.golden
            or f.arrange
            or f.gradients
            or f.types
        )
        placed = self._geometry.key if self._geometry else None
        return (self.shape, numbers, placed, *_hashable(self.weights))

    def _renumbering(self) -> Iterator[str]:
        """The faults that change X, W or B of this case."""
        if not any(fault.tensors for fault in self._faults):
            return  # numbers of a large call take seconds to draw
        numbers = self._asked.tensors
        for fault in self._faults:
            if fault.tensors:
                before, numbers = numbers, self._after(fault, numbers)
                if not _alike(before, numbers):
                    yield fault.name

    def _numbers(self) -> Tensors:
        numbers = self._asked.tensors
        for fault in self._faults:
            numbers = self._after(fault, numbers)
        return numbers

    def _after(self, fault: Fault, numbers: Tensors) -> Tensors:
        """X, W and B after a fault; as they are where it does not fit arrays that another one has
        cut otherwise."""
        if not fault.tensors:
            return numbers
        try:
            return fault.tensors(self._case, numbers)
        except (ValueError, IndexError):
            if len(self._faults) == 1:
                raise
            return numbers

    def is_far_from(self, Y: NDArray[Any]) -> bool:
        """Is Y, of the answer's shape, further off than any order of sums in float32 explains?
        Quicker than a golden."""
        if self._types.bits != self._types.cast:
            return False
        numbers = self._numbers()
        if any(f.golden or f.arrange or f.sums for f in self._faults) or _has_special(numbers):
            return False
        if self._case.is_composed:
            return False
        if not Y.size or not np.isfinite(Y).all():
            return False
        X, W = _in_float64(numbers.X), _in_float64(numbers.W)
        products = self._case.channels_per_group * prod(W.shape[2:])
        largest = float(np.abs(X).max(initial=0) * np.abs(W).max(initial=0))
        sums, place, beside = linear_of(self._case)(X, W), self._geometry, 0.0
        if place is not None:
            sums = window(sums, len(place.axes), place.begins, place.spatial)
        if numbers.B is not None:
            B = _in_float64(numbers.B)
            sums = sums + B.reshape(1, -1, *(1,) * self._case.rank)
            beside = float(np.abs(B).max(initial=0))
        summed = (products + 1) * (products * largest + beside)
        allowed = 2.0**-7 * np.abs(sums) + 2.0**-22 * summed + (products + 1) * 2.0**-23
        return bool((np.abs(sums - Y.astype(np.float64)) > allowed).any())

    @cached_property
    def golden(self) -> Golden:
        """The exact output. Only for an answer that is not refused."""
        numbers = self._numbers()
        case, place = self._case, self._geometry
        for fault in self._faults:
            if fault.sums and place is not None:
                case, numbers, place = fault.sums(case, numbers, place)
        if self._rounded_to != case.dtype:
            case = replace(case, dtype=self._rounded_to)
        Y = golden_of(case, numbers, place, self._resizing)
        for fault in self._faults:
            Y = fault.golden(case, numbers, place, Y) if fault.golden else Y
        Y = shuffled(case, Y)
        for fault in self._faults:
            Y = moved(Y, partial(fault.arrange, case)) if fault.arrange else Y
        return self._as_returned(Y)

    @property
    def _rounded_to(self) -> str:
        """The type that sums are rounded to last: the narrower of two."""
        return self._types.computed if self._is_cast_exactly else self._types.cast

    @property
    def _is_cast_exactly(self) -> bool:
        return holds(self._types.cast, self._types.computed)

    def _as_returned(self, Y: Golden) -> Golden:
        computed, cast, bits = self._types
        if self._is_cast_exactly and cast != computed:
            Y = replace(Y, cast_to=cast)
        return replace(Y, bits_as=bits) if bits != cast else Y

    @cached_property
    def gradients(self) -> dict[str, Golden]:
        """dX, dW and dB, exactly; {} where dY is none of this answer, or the rule has no gradient.
        Under a fault dY says how large the output is, and the fault where it begins. Only where not
        refused."""
        dY, place = self._asked.output_gradient, self._geometry
        owed = dY.integers.shape
        if self.shape != owed and (not self._faults or self.shape[:2] != owed[:2]):
            return {}
        if any(f.tensors or f.shape or f.golden or f.arrange or f.types for f in self._faults):
            return {}
        if place is not None and self.shape != owed:
            place = _of_sizes(place, owed[2:])
        gradients = gradient_goldens(self._case, self._asked.tensors, dY, place)
        for fault in self._faults:
            gradients = fault.gradients(self._case, gradients) if fault.gradients else gradients
        return gradients

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


def _of_sizes(place: Geometry, spatial: Shape) -> Geometry:
    """Outputs of these sizes that begin where they do, whatever becomes of their ends."""
    naturals = (a.natural - begin for a, begin in zip(place.axes, place.begins, strict=True))
    return replace(place, ends=tuple(n - y for n, y in zip(naturals, spatial, strict=True)))


def _hashable(weights: Matrices) -> tuple[Hashable, ...]:
    return tuple(tuple(row and tuple(sorted(row.items())) for row in rows) for rows in weights)


def _same(mine: Golden, usual: Golden) -> bool:
    alike = mine.special is usual.special is None or (
        mine.special is not None and mine.special.same(usual.special)
    )
    if not alike or mine.shape != usual.shape or mine.returned != usual.returned:
        return False
    if mine.rounds_twice != usual.rounds_twice:
        return False
    if mine.dtype != usual.dtype and not (mine.exact().all() and usual.exact().all()):
        return False
    apart = mine.exponent - usual.exponent  # of X resized by other rules
    one = mine.values.astype(object) << max(apart, 0) if apart else mine.values
    other = usual.values.astype(object) << max(-apart, 0) if apart else usual.values
    return bool((one == other).all())


def _in_float64(tensor: Scaled) -> NDArray[np.float64]:
    return np.asarray(np.ldexp(tensor.integers.astype(np.float64), tensor.exponent))


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
