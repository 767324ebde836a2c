"""What can be said of a case by name: the words of a deviation's predicate, and the rows of the
compatibility matrix."""

from collections.abc import Callable
from typing import Any

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


def facts(case: Case) -> dict[str, Any]:
    """Plain values by name: the case's shapes, every attribute with its default filled in, and what
    follows from them per axis.

    `output_shape` and `kernel_shape` are [] where absent; `total_padding` is the text's; `products`
    the most that an output element sums. `forbidden` names what breaks the text, "" in a legal
    call; in a forbidden one nothing follows: those lists are [], `products` is 0.
    """
    refused = case.refusal()
    axes = () if refused else case.axes
    return {
        "op": case.op,
        "rank": case.rank,
        "dtype": case.dtype,
        "data": case.data,
        "opset": case.opset,
        "initializer": case.initializer,
        "bias": case.bias,
        "N": case.x_shape[0],
        "C": case.x_shape[1],
        "M": case.maps,
        "group": case.group,
        "auto_pad": "NOTSET" if case.attributes.auto_pad is None else case.attributes.auto_pad,
        "forbidden": refused.attribute if refused else "",
        "X": list(case.x_shape),
        "W": list(case.w_shape),
        "B": list(case.b_shape or ()),
        "input": list(case.x_shape[2:]),
        "kernel": list(case.w_shape[2:]),
        "effective_kernel": [a.effective_kernel for a in axes],
        **_lists(case.attributes, case.rank),
        "natural": [a.natural for a in axes],
        "total_padding": [] if refused else totals(case),
        "output": [] if refused else list(case.y_shape()[2:]),
        "products": 0 if refused else most_products(case),
    }


def _lists(given: Attributes, rank: int) -> dict[str, Any]:
    """The attributes that are lists, each with its default filled in."""
    ones, zeros = (1,) * rank, (0,) * rank
    return {
        "strides": list(ones if given.strides is None else given.strides),
        "dilations": list(ones if given.dilations is None else given.dilations),
        "output_padding": list(zeros if given.output_padding is None else given.output_padding),
        "pads": list(zeros * 2 if given.pads is None else given.pads),
        "kernel_shape": list(given.kernel_shape or ()),
        "output_shape": list(given.output_shape or ()),
    }


NAMES = frozenset(
    [
        "op",
        "rank",
        "dtype",
        "data",
        "opset",
        "initializer",
        "bias",
        "N",
        "C",
        "M",
        "group",
        "auto_pad",
        "forbidden",
        "X",
        "W",
        "B",
        "input",
        "kernel",
        "effective_kernel",
        "strides",
        "dilations",
        "output_padding",
        "pads",
        "kernel_shape",
        "output_shape",
        "natural",
        "total_padding",
        "output",
        "products",
    ]
)

_Test = Callable[[Case, Attributes, tuple[Axis, ...]], bool]


def _transpose(test: _Test) -> _Test:
    return lambda case, given, axes: case.op == "ConvTranspose" and test(case, given, axes)


def _auto(*names: str) -> _Test:
    return _transpose(lambda case, given, axes: given.auto_pad in names)


def _dtype(name: str) -> _Test:
    return lambda case, given, axes: case.dtype == name


def _asymmetric(given: Attributes, rank: int) -> bool:
    pads = given.pads or ()
    return pads[:rank] != pads[rank:]


def _some_total(sign: Callable[[int], bool]) -> _Test:
    return _transpose(
        lambda case, given, axes: (
            (given.output_shape is not None or axes[0].same) and any(map(sign, totals(case)))
        )
    )


def _empty(case: Case) -> bool:
    return 0 in (*case.x_shape, *case.w_shape, *case.y_shape())


FORBIDDEN = "forbidden calls"
FEATURES: dict[str, tuple[str, _Test]] = {
    "1-D": ("one spatial axis", lambda c, g, a: c.rank == 1),
    "2-D": ("two spatial axes", lambda c, g, a: c.rank == 2),
    "3-D": ("three spatial axes", lambda c, g, a: c.rank == 3),
    "strides": ("a stride above 1", _transpose(lambda c, g, a: any(x.stride > 1 for x in a))),
    "dilations": ("a dilation above 1", _transpose(lambda c, g, a: any(x.dilation > 1 for x in a))),
    "strides with dilations": ("a stride and a dilation above 1 on one axis", _transpose(lambda c, g, a: any(x.stride > 1 < x.dilation for x in a))),
    "kernel below stride": ("an effective kernel smaller than the stride", _transpose(lambda c, g, a: any(x.effective_kernel < x.stride for x in a))),
    "pads, symmetric": ("pads that crop both ends alike", _transpose(lambda c, g, a: bool(g.pads and any(g.pads)) and not _asymmetric(g, c.rank))),
    "pads, asymmetric": ("pads that differ between begin and end", _transpose(lambda c, g, a: _asymmetric(g, c.rank))),
    "output_padding": ("output_padding above 0", _transpose(lambda c, g, a: any(x.output_padding for x in a))),
    "auto_pad VALID": ("auto_pad = VALID", _auto("VALID")),
    "auto_pad SAME_UPPER": ("auto_pad = SAME_UPPER", _auto("SAME_UPPER")),
    "auto_pad SAME_LOWER": ("auto_pad = SAME_LOWER", _auto("SAME_LOWER")),
    "SAME with output_padding": (
        "auto_pad = SAME_* and output_padding above 0",
        _transpose(lambda c, g, a: a[0].same and any(x.output_padding for x in a)),
    ),
    "output_shape": ("an explicit output_shape", _transpose(lambda c, g, a: g.output_shape is not None)),
    "output_shape with SAME": ("an explicit output_shape and auto_pad = SAME_*", _transpose(lambda c, g, a: g.output_shape is not None and a[0].same)),
    "pads beside output_shape": ("pads that output_shape makes ignored", _transpose(lambda c, g, a: None not in (g.output_shape, g.pads))),
    "odd total padding": ("an odd total padding to split over two ends", _some_total(lambda t: t > 0 and t % 2 == 1)),
    "negative total padding": ("an output larger than the filter reaches: zeros are added", _some_total(lambda t: t < 0)),
    "group": ("more than one group", _transpose(lambda c, g, a: c.group > 1)),
    "group, M/group above 1": ("several output channels in each group", _transpose(lambda c, g, a: c.group > 1 and c.maps // c.group > 1)),
    "bias": ("a bias", _transpose(lambda c, g, a: c.bias)),
    "batch above 1": ("several images in one call", _transpose(lambda c, g, a: c.x_shape[0] > 1)),
    "zero-size dimensions": ("a dimension of size 0 in X, W or Y", _transpose(lambda c, g, a: _empty(c))),
    "W as graph input": ("W is not a constant of the model", lambda c, g, a: not c.initializer),
    "opset 1": ("the text of opset 1", lambda c, g, a: c.opset == 1),
    "opset 22": ("the text of opset 22", lambda c, g, a: c.opset == 22),
    "float32": ("float32", _dtype("float32")),
    "float64": ("float64", _dtype("float64")),
    "float16": ("float16", _dtype("float16")),
    "bfloat16": ("bfloat16", _dtype("bfloat16")),
    "precision probes": ("numbers that a precision below the dtype's rounds: dense, sparse, wide, narrow", lambda c, g, a: c.data in ("dense", "sparse", "wide", "wide-x", "wide-w", "narrow-8", "narrow-11")),
    "Conv": ("forward convolution, whose adjoint ConvTranspose is", lambda c, g, a: c.op == "Conv"),
    "lecture": ("the lecture's own examples", lambda c, g, a: c.suite == "seeds"),
    "special values": ("NaN, infinities, zeros of both signs, subnormal numbers or overflow", lambda c, g, a: c.data.startswith("special")),
    FORBIDDEN: ("a call that the operator text forbids: is it refused?", lambda c, g, a: False),
}  # fmt: skip


def features(case: Case) -> list[str]:
    """The rows of the matrix that the case belongs to. Of a forbidden call nothing else is said."""
    if case.refusal() is not None:
        return [FORBIDDEN]
    axes = case.axes
    return [name for name, (_, test) in FEATURES.items() if test(case, case.attributes, axes)]


def clauses(case: Case) -> list[str]:
    """Labels of the clauses whose change would change this case's answer; of a forbidden call, the
    clause that forbids it."""
    if (refused := case.refusal()) is not None:
        return [refused.clause]
    placed = case.geometry() if case.op == "ConvTranspose" else None
    return sorted(c.label for c in CLAUSES.values() if c.can_matter(case, placed))
