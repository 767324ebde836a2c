"""JAX: `jax.lax.conv_transpose`, as the gradient of a convolution."""

from typing import Any

import numpy as np

from convtranspose_conformance import (
    Array,
    Backend,
    Call,
    Entry,
    Name,
    Script,
    Stenographer,
    Unsupported,
    refusals,
)


class Jax(Backend):
    """`jax.lax.conv_transpose` on the CPU."""

    def __init__(self) -> None:
        import jax

        jax.config.update("jax_enable_x64", True)
        self._jax = jax

    def versions(self) -> dict[str, str]:
        return {"jax": self._jax.__version__}

    def run(self, call: Call) -> Array:
        given = arguments(call)
        with refusals("call", TypeError, ValueError):
            return np.asarray(self._jax.lax.conv_transpose(call.X, call.W, **given))


def arguments(call: Call) -> dict[str, Any]:
    """Raises Unsupported where one call cannot say it."""
    call.check_sayable()
    if call.op == "Conv" or call.B is not None or call.group != 1:
        raise Unsupported("there is no Conv, no bias and no group")
    if call.attributes.output_shape is not None or call.auto_pad.startswith("SAME"):
        raise Unsupported("pads are said, not derived from an output shape")
    reach = [(k - 1) * d for k, d in zip(call.W.shape[2:], call.dilations, strict=True)]
    ends = zip(reach, call.pads, call.output_padding, strict=True)
    axes = "DHW"[-call.rank :]
    return {
        "strides": call.strides,
        "padding": [(r - begin, r - end + o) for r, (begin, end), o in ends],
        "rhs_dilation": call.dilations,
        "dimension_numbers": (f"NC{axes}", f"OI{axes}", f"NC{axes}"),
        "transpose_kernel": True,
    }


def script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The call as the adapter makes it."""
    made = Stenographer("jax.lax").conv_transpose(Name("X"), Name("W"), **arguments(call))
    return Script(
        imports=["import jax"],
        settings=['jax.config.update("jax_enable_x64", True)'],
        call=[f"Y = np.asarray({made})"],
        version="jax.__version__",
    )
