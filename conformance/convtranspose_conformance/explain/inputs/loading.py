"""Lines of code that load W, and B, in ONNX's order, from where a person has them."""

from collections.abc import Mapping, Sequence

from convtranspose_cases import Case

from ...backends.script import literal


def of_torch(bias: bool) -> tuple[str, ...]:
    """From a `layer` of PyTorch."""
    of_bias = ["B = layer.bias.detach().numpy()"] * bias
    return ("W = layer.weight.detach().numpy()", *of_bias)


def of_keras(rank: int, bias: bool) -> tuple[str, ...]:
    """From a `layer` of Keras, whose kernel is sizes, M, C."""
    order = ", ".join(map(str, (rank + 1, rank, *range(rank))))
    of_bias = ["B = layer.get_weights()[1]"] * bias
    return (f"W = layer.get_weights()[0].transpose({order})", *of_bias)


def of_file(path: str, names: Mapping[str, str], case: Case) -> tuple[str, ...]:
    """From the initializers of an ONNX file, by the `names` that it has for W and B, and from
    layers that hold the same."""
    layers = {"PyTorch": of_torch(case.bias)}
    if case.group == 1:
        layers["Keras"] = of_keras(case.rank, case.bias)
    others = (f"# of a layer of {whose}: {'; '.join(lines)}" for whose, lines in layers.items())
    return (*_held(path), *_arrays(names), "", *others)


def of_quantized(path: str, names: Mapping[str, str], shape: Sequence[int]) -> tuple[str, ...]:
    """From the initializers that a DequantizeLinear takes, by the `names` that the file has for
    `quantized`, `scale`, for `zero`, where there is one, and B; `shape`: that in which the scales
    stand beside W."""
    along = f".reshape({', '.join(map(str, shape))})"
    zero = f" - zero.astype(scale.dtype){along}" if "zero" in names else ""
    made = f"W = (quantized.astype(scale.dtype){zero}) * scale{along}"
    return (*_held(path), *_arrays(names), made)


def _held(path: str) -> tuple[str, ...]:
    held = f"held = {{each.name: each for each in onnx.load({literal(path)}).graph.initializer}}"
    return ("import onnx", "from onnx import numpy_helper", "", held)


def _arrays(names: Mapping[str, str]) -> list[str]:
    return [f"{to} = numpy_helper.to_array(held[{literal(name)}])" for to, name in names.items()]
