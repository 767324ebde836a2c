"""What a fault is, and the ways in which the named ones are put together."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden
from convtranspose_cases.inputs import Integers, Scaled, Tensors
from convtranspose_reference.attributes import Shape
from convtranspose_reference.geometry import Axis, Geometry, Pads, Rules
from convtranspose_reference.resize import ResizeRules

Lists = tuple[int, ...]
Partial = tuple[int | None, ...]
Array = NDArray[Any]
CaseRewrite = Callable[[Case], Case]
TensorsRewrite = Callable[[Case, Tensors], Tensors]
GoldenRewrite = Callable[[Case, Tensors, Geometry | None, Golden], Golden]


class Types(NamedTuple):
    """The element types that an output is computed in and cast to, and that its bits are returned
    as."""

    computed: str
    cast: str
    bits: str


@dataclass(frozen=True, slots=True)
class Fault:
    """`case` rewrites the call, `tensors` its numbers, `rules` and `geometry` where it lands,
    `shape` the output shape that is stated, `sums` the call that is summed up in place of it, with
    where its output begins: more products for the same sizes; `golden` the finished output,
    `arrange` the places of its elements, last of all; `gradients` the gradients alone; `resize` the
    rules of how X is resized; `types` the element types of an output."""

    name: str
    sentence: str
    _: KW_ONLY
    case: CaseRewrite | None = None
    tensors: TensorsRewrite | None = None
    rules: Callable[[Rules], Rules] | None = None
    geometry: Callable[[Case, Geometry], Geometry] | None = None
    shape: Callable[[Case, Shape], Partial] | None = None
    sums: Callable[[Case, Tensors, Geometry], tuple[Case, Tensors, Geometry]] | None = None
    golden: GoldenRewrite | None = None
    arrange: Callable[[Case, Array], Array] | None = None
    gradients: Callable[[Case, dict[str, Golden]], dict[str, Golden]] | None = None
    resize: Callable[[ResizeRules], ResizeRules] | None = None
    types: Types | None = None


def changed(tensor: Scaled, change: Callable[[Array], Array]) -> Scaled:
    """The tensor after a change that moves its numbers, whatever they are."""
    special = None if tensor.special is None else np.ascontiguousarray(change(tensor.special))
    return Scaled(
        integers=np.ascontiguousarray(change(tensor.integers)),
        exponent=tensor.exponent,
        special=special,
    )


def bias_of(change: Callable[[Case, Integers], Integers]) -> TensorsRewrite:
    """B after `change`, where there is one."""

    def tensors(case: Case, given: Tensors) -> Tensors:
        return (
            given if given.B is None else replace(given, B=changed(given.B, partial(change, case)))
        )

    return tensors


def weights_of(change: Callable[[Case, Integers], Integers]) -> TensorsRewrite:
    """W after `change`."""
    return lambda case, given: replace(given, W=changed(given.W, partial(change, case)))


def inputs_of(change: Callable[[Case, Integers], Integers]) -> TensorsRewrite:
    """X after `change`."""
    return lambda case, given: replace(given, X=changed(given.X, partial(change, case)))


def attributes(**change: Callable[[Case], Sequence[int] | None]) -> CaseRewrite:
    """The call with the named attributes worked out anew; None: absent."""

    def rewrite(case: Case) -> Case:
        new: dict[str, Any] = {
            name: None if (v := value(case)) is None else tuple(v) for name, value in change.items()
        }
        return replace(case, attributes=replace(case.attributes, **new))

    return rewrite


def given(name: str, change: Callable[[tuple[int, ...], Case], Sequence[int]]) -> CaseRewrite:
    """The call with one list attribute changed, where it is given."""

    def value(case: Case) -> Sequence[int] | None:
        found = getattr(case.attributes, name)
        return None if found is None else change(found, case)

    return attributes(**{name: value})


def mixed(where: Array, one: Golden, other: Golden) -> Golden:
    """`one` where the mask says so, else `other`: two outputs of one call."""

    def pick(a: Any, b: Any) -> Any:
        return np.where(where, a, b)

    sums = replace(
        one.sums,
        S=pick(one.sums.S, other.sums.S),
        n=pick(one.sums.n, other.sums.n),
        size=pick(one.sums.size, other.sums.size),
    )
    special = one.special
    if special is not None and other.special is not None:
        special = replace(
            special,
            value=pick(special.value, other.special.value),
            flushed=pick(special.flushed, other.special.flushed),
            negative_zero=pick(special.negative_zero, other.special.negative_zero),
        )
    return replace(one, values=pick(one.values, other.values), sums=sums, special=special)


def by_axis(pads: Callable[[Axis, int, int], Pads]) -> Callable[[Case, Geometry], Geometry]:
    """Other begin and end pads, axis by axis."""

    def geometry(case: Case, found: Geometry) -> Geometry:
        pairs = [pads(*each) for each in zip(found.axes, found.begins, found.ends, strict=True)]
        return replace(found, begins=tuple(b for b, _ in pairs), ends=tuple(e for _, e in pairs))

    return geometry


def reverse(values: Lists, case: Case) -> Lists:
    """The list from its end."""
    return values[::-1]


def first_for_all(values: Lists, case: Case) -> Lists:
    """Its first entry for every axis."""
    return values[:1] * len(values)


def last_for_all(values: Lists, case: Case) -> Lists:
    """Its last entry for every axis."""
    return values[-1:] * len(values)


def derived(axis: Axis) -> bool:
    """Whether a size is asked for, by auto_pad or output_shape, and padding follows from it."""
    return axis.same or axis.output_shape is not None
