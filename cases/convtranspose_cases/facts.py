"""What can be said of a case by name: the words of a deviation's predicate, and the rows of the
compatibility matrix."""

from collections.abc import Callable, Hashable
from operator import attrgetter
from typing import Any, NamedTuple

from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import Axis

from .case import Case
from .clauses import CLAUSES
from .inputs import most_products


def totals(case: Case) -> list[int]:
    """total_padding of each axis as the text computes it; begin + end where pads are given."""
    if case.op == "Conv":
        return [a.begin + a.end for a in case.axes]
    placed = case.geometry()
    return [b + e for b, e in zip(placed.begins, placed.ends, strict=True)]


_Fact = Callable[[Case], Any]


def _legal(fact: _Fact, otherwise: Callable[[], Any] = list) -> _Fact:
    """What follows in a legal call; of a forbidden one, nothing."""
    return lambda case: otherwise() if case.refusal() else fact(case)


def _listed(name: str, default: Callable[[int], tuple[int, ...]]) -> _Fact:
    """An attribute that is a list, with its default filled in."""

    def fact(case: Case) -> list[int]:
        given = getattr(case.attributes, name)
        return list(default(case.rank) if given is None else given)

    return fact


def _ones(rank: int) -> tuple[int, ...]:
    return (1,) * rank


def _zeros(rank: int) -> tuple[int, ...]:
    return (0,) * rank


def _absent(rank: int) -> tuple[int, ...]:
    return ()


def _broken(case: Case) -> str:
    refused = case.refusal()
    return refused.attribute if refused else ""


def _of_resize(name: str, otherwise: Any) -> _Fact:
    """A field of a Resize; of a case without one, nothing."""
    return lambda case: otherwise if case.resize is None else getattr(case.resize, name)


def is_whole(case: Case) -> bool:
    """Is every size of a resized X as large as is asked, without a rest that is cut off?"""
    return all(along.is_whole for along in case.resized_axes)


FACTS: dict[str, _Fact] = {
    "op": lambda case: case.op,
    "rank": lambda case: case.rank,
    "dtype": lambda case: case.dtype,
    "data": lambda case: case.data,
    "opset": lambda case: case.opset,
    "initializer": lambda case: case.initializer,
    "bias": lambda case: case.bias,
    "N": lambda case: case.x_shape[0],
    "C": lambda case: case.x_shape[1],
    "M": lambda case: case.maps,
    "group": lambda case: case.group,
    "auto_pad": lambda case: (
        "NOTSET" if case.attributes.auto_pad is None else case.attributes.auto_pad
    ),
    "given": lambda case: list(case.attributes.given()),
    "forbidden": _broken,
    "X": lambda case: list(case.x_shape),
    "W": lambda case: list(case.w_shape),
    "B": lambda case: list(case.b_shape or ()),
    "input": lambda case: list(case.x_shape[2:]),
    "kernel": lambda case: list(case.w_shape[2:]),
    "effective_kernel": _legal(lambda case: [a.effective_kernel for a in case.axes]),
    "strides": _listed("strides", _ones),
    "dilations": _listed("dilations", _ones),
    "output_padding": _listed("output_padding", _zeros),
    "pads": _listed("pads", lambda rank: _zeros(2 * rank)),
    "kernel_shape": _listed("kernel_shape", _absent),
    "output_shape": _listed("output_shape", _absent),
    "natural": _legal(lambda case: [a.natural for a in case.axes]),
    "total_padding": _legal(totals),
    "output": _legal(lambda case: list(case.y_shape()[2:])),
    "products": _legal(most_products, int),
    "resize": lambda case: "" if case.resize is None else case.resize.mode,
    "scales": lambda case: list((case.resize and case.resize.scales) or ()),
    "sizes": lambda case: list((case.resize and case.resize.sizes) or ()),
    "coordinates": _of_resize("coordinate_transformation_mode", ""),
    "nearest_mode": _of_resize("nearest_mode", ""),
    "cubic_coeff_a": _of_resize("cubic_coeff_a", 0.0),
    "exclude_outside": _of_resize("exclude_outside", False),
    "antialias": _of_resize("antialias", False),
    "policy": _of_resize("keep_aspect_ratio_policy", ""),
    "scale": _legal(lambda case: [float(along.asked) for along in case.resized_axes]),
    "resized": _legal(lambda case: [along.output for along in case.resized_axes]),
    "whole": _legal(is_whole, bool),
    "shuffle": lambda case: "" if case.depth_to_space is None else case.depth_to_space.mode,
    "blocksize": lambda case: 0 if case.depth_to_space is None else case.depth_to_space.blocksize,
}
NAMES = frozenset(FACTS)
# those that cases by the thousand share
PLAIN = (
    *("op", "rank", "dtype", "data", "opset", "initializer", "bias", "auto_pad", "group"),
    *("forbidden", "resize"),
)
_SHARED = attrgetter(
    *("op", "rank", "dtype", "data", "opset", "initializer", "bias"),
    *("attributes.auto_pad", "attributes.group", "resize"),
)


def plain_kind(case: Case) -> Hashable:
    """The same for two cases only where all of PLAIN is the same of them."""
    refused = case.refusal()
    return _SHARED(case) if refused is None else (*_SHARED(case), refused.attribute)


class Facts(dict[str, Any]):
    """Plain values by name, each worked out when it is first asked for: the case's shapes, every
    attribute with its default filled in, and what follows from them per axis.

    `given` names the attributes that are written down: an absent one and its explicit default are
    two calls of the same answer. `output_shape` and `kernel_shape` are [] where absent;
    `total_padding` is the text's; `products` the most that an output element sums. `forbidden`
    names what breaks the text, "" in a legal call; in a forbidden one nothing follows: those lists
    are [], `products` is 0.

    Of a convolution with a resize before it or a shuffle after it `input` and `X` are what the
    resize is given, `output` what the shuffle gives; `natural`, `total_padding` and `products` are
    those of the convolution alone, on what it is fed. `resize` and `shuffle` are the modes, "" where
    there is none; `scales` and `sizes` as they are given, [] where absent; `scale` that of each
    axis, by the one or the other, and `resized` the sizes that X is resized to, [] without a
    resize; `whole` says whether nothing of them is cut off.
    """

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case

    def __missing__(self, name: str) -> Any:
        value = self[name] = FACTS[name](self.case)
        return value


def facts(case: Case) -> dict[str, Any]:
    """All of a case's `Facts`."""
    known = Facts(case)
    return {name: known[name] for name in FACTS}


_Test = Callable[[Case, Attributes, tuple[Axis, ...]], bool]


class _OfKind(NamedTuple):
    """A test that is the same for all cases of a `_kind`."""

    holds: Callable[[Case], bool]


class _OfSizes(NamedTuple):
    """A test of a ConvTranspose `where` its kind is such; of no other one does it hold."""

    holds: _Test
    where: Callable[[Case], bool] = lambda case: True


def _is_transpose(case: Case) -> bool:
    return case.op == "ConvTranspose"


def _transpose_of_kind(test: Callable[[Case], bool]) -> _OfKind:
    return _OfKind(lambda case: _is_transpose(case) and test(case))


def _auto(*names: str) -> _OfKind:
    return _transpose_of_kind(lambda case: case.attributes.auto_pad in names)


def _dtype(name: str) -> _OfKind:
    return _OfKind(lambda case: case.dtype == name)


def _resized(mode: str) -> _OfKind:
    return _OfKind(lambda case: case.resize is not None and case.resize.mode == mode)


def _asymmetric(given: Attributes, rank: int) -> bool:
    pads = given.pads or ()
    return pads[:rank] != pads[rank:]


def _some_total(sign: Callable[[int], bool]) -> _OfSizes:
    return _OfSizes(lambda case, given, axes: any(map(sign, totals(case))), _splits)


def _same(case: Case) -> bool:
    return (case.attributes.auto_pad or "").startswith("SAME")


def _splits(case: Case) -> bool:
    """Is there a total_padding to be split?"""
    return case.attributes.output_shape is not None or _same(case)


def _padded(case: Case) -> bool:
    return case.attributes.pads is not None


def _empty(case: Case) -> bool:
    return 0 in (*case.x_shape, *case.w_shape, *case.y_shape())


FORBIDDEN = "forbidden calls"
FEATURES: dict[str, tuple[str, _OfKind | _OfSizes]] = {
    "1-D": ("one spatial axis", _OfKind(lambda c: c.rank == 1)),
    "2-D": ("two spatial axes", _OfKind(lambda c: c.rank == 2)),
    "3-D": ("three spatial axes", _OfKind(lambda c: c.rank == 3)),
    "strides": ("a stride above 1", _OfSizes(lambda c, g, a: any(x.stride > 1 for x in a))),
    "dilations": ("a dilation above 1", _OfSizes(lambda c, g, a: any(x.dilation > 1 for x in a))),
    "strides with dilations": ("a stride and a dilation above 1 on one axis", _OfSizes(lambda c, g, a: any(x.stride > 1 < x.dilation for x in a))),
    "kernel below stride": ("an effective kernel smaller than the stride", _OfSizes(lambda c, g, a: any(x.effective_kernel < x.stride for x in a))),
    "pads, symmetric": ("pads that crop both ends alike", _OfSizes(lambda c, g, a: any(g.pads or ()) and not _asymmetric(g, c.rank), _padded)),
    "pads, asymmetric": ("pads that differ between begin and end", _OfSizes(lambda c, g, a: _asymmetric(g, c.rank), _padded)),
    "output_padding": ("output_padding above 0", _OfSizes(lambda c, g, a: any(x.output_padding for x in a))),
    "auto_pad VALID": ("auto_pad = VALID", _auto("VALID")),
    "auto_pad SAME_UPPER": ("auto_pad = SAME_UPPER", _auto("SAME_UPPER")),
    "auto_pad SAME_LOWER": ("auto_pad = SAME_LOWER", _auto("SAME_LOWER")),
    "SAME with output_padding": (
        "auto_pad = SAME_* and output_padding above 0",
        _OfSizes(lambda c, g, a: any(x.output_padding for x in a), _same),
    ),
    "output_shape": ("an explicit output_shape", _transpose_of_kind(lambda c: c.attributes.output_shape is not None)),
    "output_shape with SAME": ("an explicit output_shape and auto_pad = SAME_*", _transpose_of_kind(lambda c: c.attributes.output_shape is not None and _same(c))),
    "pads beside output_shape": ("pads that output_shape makes ignored", _transpose_of_kind(lambda c: None not in (c.attributes.output_shape, c.attributes.pads))),
    "odd total padding": ("an odd total padding to split over two ends", _some_total(lambda t: t > 0 and t % 2 == 1)),
    "negative total padding": ("an output larger than the filter reaches: zeros are added", _some_total(lambda t: t < 0)),
    "group": ("more than one group", _transpose_of_kind(lambda c: c.group > 1)),
    "group, M/group above 1": ("several output channels in each group", _transpose_of_kind(lambda c: c.group > 1 and c.w_shape[1] > 1)),
    "bias": ("a bias", _transpose_of_kind(lambda c: c.bias)),
    "batch above 1": ("several images in one call", _transpose_of_kind(lambda c: c.x_shape[0] > 1)),
    "zero-size dimensions": ("a dimension of size 0 in X, W or Y", _OfSizes(lambda c, g, a: _empty(c))),
    "W as graph input": ("W is not a constant of the model", _OfKind(lambda c: not c.initializer)),
    "opset 1": ("the text of opset 1", _OfKind(lambda c: c.opset == 1)),
    "opset 22": ("the text of opset 22", _OfKind(lambda c: c.opset == 22)),
    "float32": ("float32", _dtype("float32")),
    "float64": ("float64", _dtype("float64")),
    "float16": ("float16", _dtype("float16")),
    "bfloat16": ("bfloat16", _dtype("bfloat16")),
    "precision probes": ("numbers that a precision below the dtype's rounds: dense, sparse, wide, narrow", _OfKind(lambda c: c.data in ("dense", "sparse", "wide", "wide-x", "wide-w", "narrow-8", "narrow-11"))),
    "Conv": ("forward convolution, whose adjoint ConvTranspose is", _OfKind(lambda c: c.op == "Conv")),
    "resize-convolution, nearest": ("X is resized before the convolution: nearest", _resized("nearest")),
    "resize-convolution, linear": ("X is resized before the convolution: linear", _resized("linear")),
    "resize-convolution, cubic": ("X is resized before the convolution: cubic", _resized("cubic")),
    "antialias": ("a resize with the filter stretched", _OfKind(lambda c: c.resize is not None and c.resize.antialias)),
    "sub-pixel convolution": ("channels of the convolution become blocks of pixels", _OfKind(lambda c: c.depth_to_space is not None)),
    "lecture": ("the lecture's own examples", _OfKind(lambda c: c.suite == "seeds")),
    "special values": ("NaN, infinities, zeros of both signs, subnormal numbers or overflow", _OfKind(lambda c: c.data.startswith("special"))),
    FORBIDDEN: ("a call that the operator text forbids: is it refused?", _OfKind(lambda c: False)),
}  # fmt: skip


def _kind(case: Case) -> tuple[Any, ...]:
    """What cases by the thousand share: all that the tests look at which are `_OfKind`."""
    given = case.attributes
    return (
        *(case.op, case.rank, case.dtype, case.data, case.opset, case.initializer, case.bias),
        *(case.group, case.w_shape[1] > 1, case.x_shape[0] > 1, case.resize, case.depth_to_space),
        *(case.suite, given.auto_pad, given.output_shape is None, given.pads is None),
    )


# by kind: the features that its cases may have, with the test of those that it does not decide
_POSSIBLE: dict[tuple[Any, ...], list[tuple[str, _Test | None]]] = {}


def _possible(case: Case) -> list[tuple[str, _Test | None]]:
    kind = _kind(case)
    if kind not in _POSSIBLE:
        found = _POSSIBLE[kind] = list[tuple[str, _Test | None]]()
        for name, (_, test) in FEATURES.items():
            if isinstance(test, _OfSizes):
                found += [(name, test.holds)] * (_is_transpose(case) and test.where(case))
            else:
                found += [(name, None)] * test.holds(case)
    return _POSSIBLE[kind]


def features(case: Case) -> list[str]:
    """The rows of the matrix that the case belongs to. Of a forbidden call nothing else is said."""
    if case.refusal() is not None:
        return [FORBIDDEN]
    axes, given = case.axes, case.attributes
    return [name for name, test in _possible(case) if test is None or test(case, given, axes)]


def clauses(case: Case) -> list[str]:
    """Labels of the clauses whose change would change this case's answer; of a forbidden call, the
    clause that forbids it."""
    if (refused := case.refusal()) is not None:
        return [refused.clause]
    placed = case.geometry() if case.op == "ConvTranspose" else None
    return sorted(c.label for c in CLAUSES.values() if c.can_matter(case, placed))
