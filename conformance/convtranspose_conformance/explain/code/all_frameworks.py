"""A case in every framework."""

from convtranspose_cases import Case

from ..geometry.other_readings import differing
from .conv import conv_codes
from .keras import keras_code
from .onnx import onnx_code
from .snippet import Code
from .tensorflow import tensorflow_code
from .torch import torch_codes


def codes(case: Case) -> list[Code]:
    """Code for PyTorch, TensorFlow and ONNX. Raises InvalidInput for a call that the text
    forbids."""
    shape = case.y_shape()
    if 0 in shape or 0 in case.x_shape:
        return [_empty(case)]
    if case.op == "Conv":
        return conv_codes(case)
    return [
        *torch_codes(case),
        tensorflow_code(case),
        keras_code(case),
        onnx_code(case, [reading.id for reading in differing(case)]),
    ]


FAMILIES = ("torch", "tensorflow", "onnx")


def one_call_in(case: Case) -> set[str]:
    """The families of frameworks in which one call says it, with pads worked out where need be.
    Raises as `codes` does."""
    return {_family(code) for code in codes(case) if not code.why}


def _family(code: Code) -> str:
    named = (f for f in FAMILIES if f in (code.framework, code.title.lower()))
    return next(named, "onnx" if "onnx" in code.framework else code.framework)


def _empty(case: Case) -> Code:
    """No product is formed, and the frameworks refuse sizes of 0 in different places."""
    shape = case.y_shape()
    what = (
        "Y has no elements"
        if 0 in shape
        else "X has no elements, so Y is B"
        if case.bias
        else "X has no elements, so Y is 0"
    )
    bias = [f"Y += B.reshape{(-1, *(1,) * case.rank)}"] * case.bias
    return Code(
        title="Any framework",
        framework="numpy",
        why=f"{what}: there is nothing to call.",
        lines=("import numpy as np", "", f"Y = np.zeros({shape}, X.dtype)", *bias),
    )
