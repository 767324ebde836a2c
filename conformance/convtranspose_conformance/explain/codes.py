"""A case in every framework."""

from convtranspose_cases import Case
from convtranspose_reference.attributes import InvalidInput
from convtranspose_reference.geometry import refuse
from convtranspose_reference.readings import READINGS, Reading, rules_for

from .code import Code
from .conv_code import conv_codes
from .keras_code import keras_code
from .onnx_code import onnx_code
from .tensorflow_code import tensorflow_code
from .torch_code import torch_codes


def codes(case: Case) -> list[Code]:
    """Code for PyTorch, TensorFlow and ONNX. Raises InvalidInput for a call that the text forbids."""
    shape = case.y_shape()
    if 0 in shape or 0 in case.x_shape:
        return [_empty(case)]
    if case.op == "Conv":
        return conv_codes(case)
    return [*torch_codes(case), tensorflow_code(case), keras_code(case), onnx_code(case, [reading.id for reading in differing(case)])]


def differing(case: Case) -> list[Reading]:
    """The readings, one at a time, under which a case has another output than under the literal text."""
    text = _key(case)
    return [reading for reading in READINGS.values() if _key(case, reading.id) != text]


def _key(case: Case, *readings: str) -> object:
    """What is equal under two readings with the same output. Of Conv readings say only that it is refused."""
    rules = rules_for(readings)
    try:
        if case.op == "ConvTranspose":
            return case.geometry(rules).key
        refuse(case.forward_sizes(), rules)
    except InvalidInput as refused:
        return str(refused)
    return None


def _empty(case: Case) -> Code:
    """No product is formed, and the frameworks refuse sizes of 0 in different places."""
    shape = case.y_shape()
    what = "Y has no elements" if 0 in shape else "X has no elements, so Y is B" if case.bias else "X has no elements, so Y is 0"
    bias = [f"Y += B.reshape{(-1, *(1,) * case.rank)}"] * case.bias
    return Code(title="Any framework", framework="numpy", why=f"{what}: there is nothing to call.",
                lines=("import numpy as np", "", f"Y = np.zeros({shape}, X.dtype)", *bias))  # fmt: skip
