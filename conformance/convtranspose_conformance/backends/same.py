"""SAME in a word, as frameworks have it: `ceil(input / stride)` of Conv, `input * stride` of
ConvTranspose, the extra element at the end."""

from convtranspose_reference import InvalidInput, output_shape_of

from .api import Call, Unsupported


def check_same(call: Call) -> None:
    """Raises Unsupported where the word gives another size than the text does."""
    if call.op == "Conv":
        if call.opset < 11 and set(call.strides) != {1}:
            raise Unsupported("SAME gives ceil(input / stride), not the input size")
        return
    if any(call.output_padding):
        raise Unsupported("SAME has no output_padding")
    try:
        sizes = output_shape_of(
            call.X.shape, call.W.shape, opset=call.opset, **call.attributes.given()
        )[2:]
    except InvalidInput as refused:
        raise Unsupported(f"SAME of a call that has no output shape: {refused}") from refused
    if sizes != tuple(x * s for x, s in zip(call.X.shape[2:], call.strides, strict=True)):
        raise Unsupported("SAME gives input * stride")
