"""A call's attributes as TensorFlow's arguments."""

from typing import Any

from convtranspose_reference import InvalidInput, output_shape_of

from ..api import Call, Unsupported
from .resize import check_shuffle, resizing

Given = dict[str, Any]
_SAID_BESIDE_THE_SHAPE = ("strides", "dilations", "pads", "W.shape[0]", "output size")


def arguments(call: Call) -> tuple[tuple[int, ...], Given]:
    """The output shape that a ConvTranspose is told (() for Conv), and strides, padding and
    dilations. Raises Unsupported where one call cannot say it, or what stands before or after
    it."""
    call.check_sayable()
    if call.group < 1:
        raise Unsupported("there is no group argument: it follows from the shapes")
    if call.B is not None:
        raise Unsupported(
            "there is no bias argument; tf.nn.bias_add is a second call, with a rounding of its own"
        )
    output = () if call.op == "Conv" else output_shape(call)
    given = {
        "strides": call.strides,
        "padding": padding(call, output[2:]),
        "dilations": call.dilations,
    }
    if call.resize is not None:
        resizing(call, call.resize)
    if call.depth_to_space is not None:
        check_shuffle(call, call.depth_to_space)
    return output, given


def backprop_arguments(call: Call) -> tuple[tuple[int, ...], Given]:
    """The same of `Conv2DBackpropInput`. Raises Unsupported where one call cannot say it."""
    if call.op == "Conv" or call.rank != 2:
        raise Unsupported("Conv2DBackpropInput is ConvTranspose with two spatial axes")
    return arguments(call)


def padding(call: Call, output: tuple[int, ...]) -> Any:
    """TensorFlow's padding argument. Raises Unsupported where neither a word nor explicit pads say
    the call."""
    if call.attributes.output_shape is not None and not call.auto_pad.startswith("SAME"):
        raise Unsupported("pads follow from output_shape under SAME only")
    if call.auto_pad == "SAME_LOWER":
        raise Unsupported("SAME puts the extra element at the end; there is no SAME_LOWER")
    if call.op == "ConvTranspose":
        _check_leads_back(call, output)
    if call.auto_pad == "SAME_UPPER":
        if any(call.output_padding):
            raise Unsupported("SAME has no output_padding: it is implied by output_shape")
        if call.op == "Conv" and call.opset < 11 and set(call.strides) != {1}:
            raise Unsupported("SAME gives ceil(input / stride), not the input size")
        return "SAME"
    if not any(b or e for b, e in call.pads):
        return "VALID"
    if call.rank != 2:
        raise Unsupported("explicit pads are for two spatial axes only")
    return [[0, 0], *([b, e] for b, e in call.pads), [0, 0]]


def _check_leads_back(call: Call, output: tuple[int, ...]) -> None:
    """TensorFlow defines conv_transpose as the gradient of conv: output_shape is a size from which
    conv gives the input's."""
    sizes = zip(
        output,
        call.X.shape[2:],
        call.W.shape[2:],
        call.strides,
        call.dilations,
        call.pads,
        strict=True,
    )
    for out, x, k, s, d, (b, e) in sizes:
        if s < 1:  # TensorFlow's to refuse
            continue
        same = call.auto_pad == "SAME_UPPER"
        back = -(-out // s) if same else (out + b + e - (k - 1) * d - 1) // s + 1
        if back != x:
            raise Unsupported(
                "output_shape has to be a size from which conv leads back to the input size"
            )


def output_shape(call: Call) -> tuple[int, ...]:
    """The output shape, which TensorFlow wants to be told; of a forbidden call the one that the
    text's equation alone gives."""
    try:
        return output_shape_of(
            call.X.shape, call.W.shape, opset=call.opset, **call.attributes.given()
        )
    except InvalidInput as refused:
        each = (
            call.X.shape[2:],
            call.W.shape[2:],
            call.strides,
            call.dilations,
            call.output_padding,
            call.pads,
        )
        if (
            refused.attribute not in _SAID_BESIDE_THE_SHAPE
            or {len(values) for values in each} != {call.rank}
            or call.auto_pad != "NOTSET"
        ):
            raise Unsupported(
                f"it has to be told the output's shape, and this call has none: {refused}"
            ) from refused
    sizes = [
        s * (x - 1) + o + (k - 1) * d + 1 - b - e
        for x, k, s, d, o, (b, e) in zip(*each, strict=True)
    ]
    return (call.X.shape[0], call.W.shape[1] * call.group, *sizes)


def laid_out(given: dict[str, Any], last: bool) -> dict[str, Any]:
    """Explicit padding names the channel axis where the layout has it."""
    pads = given["padding"]
    return (
        given
        if last or isinstance(pads, str)
        else given | {"padding": [pads[0], pads[-1], *pads[1:-1]]}
    )


def whole(each: Any, last: bool) -> list[int]:
    """Strides or dilations, those of the batch and channel axes too."""
    return [1, *each, 1] if last else [1, 1, *each]


def for_conv(rank: int, given: dict[str, Any], last: bool) -> dict[str, Any]:
    """conv1d says `stride`; conv3d wants strides and dilations for the batch and channel axes
    too."""
    if rank == 1:
        return {
            "stride": given["strides"],
            "padding": given["padding"],
            "dilations": given["dilations"],
        }
    return (
        laid_out(given, last)
        if rank == 2
        else given | {name: whole(given[name], last) for name in ("strides", "dilations")}
    )
