"""A call's attributes as the arguments of a Keras layer."""

from typing import Any

from ..api import Call, Unsupported
from ..same import check_same

Given = dict[str, Any]


def arguments(call: Call) -> tuple[str, Given]:
    """The layer's name and its arguments. Raises Unsupported where one layer cannot say the
    call."""
    call.check_sayable()
    given: Given = {
        "kernel_size": call.W.shape[2:],
        "strides": call.strides,
        "padding": _padding(call),
        "dilation_rate": call.dilations,
        "use_bias": call.B is not None,
        "dtype": call.dtype,
    }
    if call.op == "Conv":
        return f"Conv{call.rank}D", {"filters": call.W.shape[0], **given, "groups": call.group}
    if call.group != 1:
        raise Unsupported("the transposed layer has no groups")
    if call.auto_pad[:4] != "SAME":
        given["output_padding"] = call.output_padding
    return f"Conv{call.rank}DTranspose", {"filters": call.W.shape[1], **given}


def _padding(call: Call) -> str:
    if call.attributes.output_shape is not None:
        raise Unsupported("no argument derives pads from an output shape")
    if any(begin or end for begin, end in call.pads):
        raise Unsupported("padding is a word, valid or same")
    if call.auto_pad == "SAME_LOWER":
        raise Unsupported("same puts the extra element at the end")
    if call.auto_pad == "SAME_UPPER":
        check_same(call)
        return "same"
    return "valid"
