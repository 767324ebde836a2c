"""A call's attributes as the arguments of `tinygrad.Tensor`, and what its environment says."""

from typing import Any

from ..api import Call, Unsupported

# read when tinygrad is imported: its own device, which needs no compiler, and plain arithmetic
SETTINGS = {
    "DEV": "PYTHON",
    "CCACHE": "0",
    "NUM_CPU_THREADS": "1",
    "ALLOW_TF32": "0",
    "EMULATED_DTYPES": "half",
    "FLOAT16": "0",
    "SUM_DTYPE": "float32",
    "WINO": "0",
}


def arguments(call: Call) -> tuple[str, dict[str, Any]]:
    """The method's name and its arguments. Raises Unsupported where one call cannot say them."""
    call.check_sayable()
    if call.auto_pad.startswith("SAME"):
        raise Unsupported("padding is said, there is no SAME")
    if call.attributes.output_shape is not None:
        raise Unsupported("pads are said, not derived from an output shape")
    given: dict[str, Any] = {
        "groups": call.group,
        "stride": call.strides,
        "dilation": call.dilations,
        # begin and end of the last axis first
        "padding": tuple(pad for ends in reversed(call.pads) for pad in ends),
    }
    if call.op == "Conv":
        return "conv2d", given
    return "conv_transpose2d", given | {"output_padding": call.output_padding}
