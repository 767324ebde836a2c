"""A call's attributes as the arguments of `jax.lax`, and the function that takes them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from ..api import Call, Unsupported
from ..same import check_same

Given = dict[str, Any]


def is_turned(call: Call) -> bool:
    """Is it said as a convolution of the dilated input? `conv_transpose` has no groups."""
    return call.op == "ConvTranspose" and call.group != 1


def operator(lax: Any, call: Call, **more: str) -> Callable[..., Any]:
    """What makes Y of X and W, with `more` arguments. Raises Unsupported."""
    given = arguments(call) | more
    if is_turned(call):
        return lambda X, W: lax.conv_general_dilated(X, turned(call, W), **given)
    made = lax.conv_transpose if call.op == "ConvTranspose" else lax.conv_general_dilated
    return partial(made, **given)


def arguments(call: Call) -> Given:
    """Strides, padding, dilations and layouts. Raises Unsupported where one call cannot say
    them."""
    call.check_sayable()
    if call.B is not None:
        raise Unsupported("there is no bias")
    if call.attributes.output_shape is not None:
        raise Unsupported("pads are said, not derived from an output shape")
    axes = "DHW"[-call.rank :]
    given = {
        "rhs_dilation": call.dilations,
        "padding": _padding(call),
        "dimension_numbers": (f"NC{axes}", f"OI{axes}", f"NC{axes}"),
    }
    if is_turned(call):
        _check_turnable(call)
        ones = (1,) * call.rank
        dilated = {"window_strides": ones, "lhs_dilation": call.strides}
        return {**dilated, **given, "feature_group_count": call.group}
    if call.op == "Conv":
        return {"window_strides": call.strides, **given, "feature_group_count": call.group}
    return {"strides": call.strides, **given, "transpose_kernel": True}


def _padding(call: Call) -> Any:
    if call.auto_pad.startswith("SAME"):
        return _same(call)
    if call.op == "Conv":
        return list(call.pads)
    each = (call.W.shape[2:], call.strides, call.dilations, call.pads, call.output_padding)
    if {len(values) for values in each} != {call.rank}:
        raise Unsupported("padding is worked out of one value of each attribute for each axis")
    reach = [(k - 1) * d for k, d in zip(call.W.shape[2:], call.dilations, strict=True)]
    ends = zip(reach, call.pads, call.output_padding, strict=True)
    return [(r - begin, r - end + o) for r, (begin, end), o in ends]


def _same(call: Call) -> str:
    """The word for SAME: of Conv both, of `conv_transpose` the one whose extra element is at the
    end."""
    if call.op == "Conv":
        check_same(call)
        return "SAME" if call.auto_pad == "SAME_UPPER" else "SAME_LOWER"
    if len(call.strides) != call.rank or call.group != 1 or call.auto_pad == "SAME_LOWER":
        raise Unsupported("conv_transpose has SAME_UPPER alone, without groups")
    check_same(call)
    return "SAME"


def _check_turnable(call: Call) -> None:
    if call.group < 1 or call.W.shape[0] % call.group:
        raise Unsupported(f"W of {call.W.shape[0]} channels has no {call.group} groups to turn")


def turned(call: Call, W: Any) -> Any:
    """W, of NumPy or JAX, as the kernel of the convolution that the call is: M x C/group, and
    reversed along every spatial axis."""
    inputs, outputs, *kernel = call.W.shape
    groups = W.reshape(call.group, inputs // call.group, outputs, *kernel).swapaxes(1, 2)
    laid_out = groups.reshape(call.group * outputs, inputs // call.group, *kernel)
    return laid_out[(slice(None), slice(None), *[slice(None, None, -1)] * call.rank)]
