"""`jax.lax.conv_general_dilated(lhs, rhs, window_strides, padding, lhs_dilation)`: a convolution
over the input with zeros put in, which is a ConvTranspose where its own strides are 1."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ....geometry.window import bare_axis
from ...asked import Weights
from ...channels import ASSUMED_CHANNELS, filters_in_text, in_text, input_shape
from ...signature import REQUIRED, Bound, Written, bound
from ...size_rule import pairs_rule
from ...subject import Subject
from ...written.fold import NameInText
from .transposed import each_axis, in_order, subject_of, window_of

_SIGNATURE: dict[str, Any] = {
    "lhs": REQUIRED,
    "rhs": REQUIRED,
    "window_strides": REQUIRED,
    "padding": REQUIRED,
    "lhs_dilation": None,
    "rhs_dilation": None,
    "dimension_numbers": None,
    "feature_group_count": 1,
    "batch_group_count": 1,
    "precision": None,
    "preferred_element_type": None,
    "out_sharding": None,
}
_MIRRORED = (
    "JAX does not mirror the kernel: W of ONNX is this kernel with its spatial axes reversed, and "
    "with its input channels first"
)
_Sizes = tuple[int | None, ...]


def general_subject(call: Written, x: Shape | None, w: Shape | None) -> Subject:
    """The case of a call; `w` in ONNX's order. Raises Unreadable for one that has strides of its
    own, or no zeros put in."""
    given = bound(call, _SIGNATURE)
    _refuse_others(given)
    group = given.integer("feature_group_count", 1)
    own, about = _kernel(given, call, group)
    w, about = (w, ()) if w else (own, about)
    _require(given, w)
    assert w is not None
    rank = len(w) - 2
    steps, dilations = (each_axis(given, name, rank) for name in ("lhs_dilation", "rhs_dilation"))
    tensor, notes = (
        (x, ())
        if x
        else in_text(call.function, in_order(given, 0, call.x, "NC", ""), rank, w[0], last=False)
    )
    if tensor is None:
        tensor, notes = input_shape(call.function, rank, w[0], None, known=False)
    axes = list(map(bare_axis, tensor[2:], w[2:], steps, dilations))
    kept = [window_of(given, number, axis) for number, axis in enumerate(axes)]
    told = (*about, *notes, _MIRRORED)
    made = subject_of(call, (w[1] * group, False, "jax"), tensor, kept, told)
    attributes = replace(made.case.attributes, group=group if group > 1 else None)
    return replace(made, case=replace(made.case, w_shape=w, attributes=attributes))


def _refuse_others(given: Bound) -> None:
    if given.values["lhs_dilation"] is None:
        raise given.wrong("lhs_dilation", "the strides of a ConvTranspose, where it is to be one")
    strides = given.values["window_strides"]
    each = strides if isinstance(strides, list | tuple) else (strides,)
    if any(type(stride) is int and stride != 1 for stride in each):
        raise given.wrong("window_strides", "1 for each axis beside lhs_dilation: a ConvTranspose")
    if isinstance(given.values["padding"], str):
        raise given.wrong("padding", "a pair for each axis: JAX takes no word beside lhs_dilation")
    if given.integer("batch_group_count", 1) > 1:
        raise given.wrong("batch_group_count", "1")


def _require(given: Bound, w: Shape | None) -> None:
    steps = given.values["lhs_dilation"]
    rank = len(w) - 2 if w else len(steps) if isinstance(steps, list | tuple) else 2
    known = replace(
        given, values={**given.values, "rhs": NameInText("kernel") if w is None else w[2:]}
    )
    rule = pairs_rule(known, rank, ("rhs", "lhs_dilation", "padding"), "rhs_dilation")
    usual = {
        "lhs_dilation": str((2,) * rank),
        "padding": str(((1, 1),) * rank),
        "rhs_dilation": "1",
    }
    sizes = (ASSUMED_CHANNELS, ASSUMED_CHANNELS, *(3,) * rank)
    weights = None if w else Weights(order="C,M/group,k1,... in ONNX's order", usual=sizes)
    given.require(usual, rule, weights)


def _kernel(given: Bound, call: Written, group: int) -> tuple[Shape | None, tuple[str, ...]]:
    """W in ONNX's order, as the text makes it."""
    sizes = in_order(given, 1, call.w, "OI", "")
    examples = (ASSUMED_CHANNELS, ASSUMED_CHANNELS)
    own, told = filters_in_text(sizes, len(sizes or ()) - 2, last=False, channels=examples)
    if own is None or own[0] % group:
        return None, ()
    maps, channels, *kernel = own
    return (channels * group, maps // group, *kernel), told
