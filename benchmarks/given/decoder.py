"""The decoding half of a small auto-encoder, from the same numbers in PyTorch, Keras and ONNX:
`python benchmarks/given/decoder.py`, a minute; `--model decoder.onnx` writes the ONNX file alone.

The layers are those of the suite's `seeds/decoder_*`: 2x2 to 16x16, channels 8, 4, 3, 1, relu
between them and a sigmoid at the end, weights and biases normal. Writes `decoder.json`: how far the
three networks are from the reference after each layer, and what `convtranspose check` says of the
ONNX one, from which docs/check.md is made.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from benchmarks.measured_of import ROOT, keep_figures, key_of
from onnx import TensorProto, helper, numpy_helper, save

from convtranspose_cases import find_case
from convtranspose_reference import conv_transpose

RESULTS = ROOT / "benchmarks" / "figures" / "decoder.json"
CASES = tuple(find_case(f"seeds/decoder_layer_{n}") for n in (1, 2, 3))
ASKED = ("torch-cpu", "tensorflow-cpu", "keras-torch-cpu", "onnxruntime-cpu")
MODEL = "decoder.onnx"
Array = Any
Outputs = list[Array]  # after each transposed layer, before what follows it, and the image last


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The code that is decoded, and W and B of each layer, float32, in ONNX's order."""

    code: Array
    W: tuple[Array, ...]
    B: tuple[Array, ...]


def numbers(seed: int = 0) -> Numbers:
    """The same on every machine, since NumPy keeps RandomState's stream."""
    state = np.random.RandomState(seed)

    def normal(*shape: int, scale: float) -> Array:
        return (scale * state.standard_normal(shape)).astype(np.float32)

    return Numbers(
        code=normal(*CASES[0].x_shape, scale=1.0),
        W=tuple(normal(*each.w_shape, scale=each.x_shape[1] ** -0.5) for each in CASES),
        B=tuple(normal(each.maps, scale=0.1) for each in CASES),
    )


def by_reference(given: Numbers) -> Outputs:
    """Every layer in float64, rounded once."""
    outputs, x = list[Array](), given.code
    for case, W, B in zip(CASES, given.W, given.B, strict=True):
        outputs.append(conv_transpose(x, W, B, **case.attributes.given()))
        x = np.maximum(outputs[-1], 0)
    return [*outputs, _sigmoid(outputs[-1])]


def _sigmoid(x: Array) -> Array:
    return (1 / (1 + np.exp(-x.astype(np.float64)))).astype(np.float32)


def in_onnx(given: Numbers, path: Path) -> Path:
    """The network as a file."""
    nodes, constants, value = [], [], "code"
    for n, (case, W, B) in enumerate(zip(CASES, given.W, given.B, strict=True), 1):
        constants += [numpy_helper.from_array(W, f"w{n}"), numpy_helper.from_array(B, f"b{n}")]
        inputs, made = [value, f"w{n}", f"b{n}"], f"y{n}"
        attributes = case.attributes.given()
        nodes.append(helper.make_node("ConvTranspose", inputs, [made], name=f"up{n}", **attributes))
        value = f"x{n}" if case is not CASES[-1] else "image"
        after = "Relu" if case is not CASES[-1] else "Sigmoid"
        nodes.append(helper.make_node(after, [made], [value]))
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("code", given.code.shape), ("image", CASES[-1].y_shape()))
    ]
    graph = helper.make_graph(nodes, "decoder", ends[:1], ends[1:], constants)
    opsets = [helper.make_opsetid("", 17)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


def by_onnxruntime(given: Numbers) -> Outputs:
    """The file run as a whole, its inner values made outputs."""
    import onnxruntime
    from onnx import ValueInfoProto, load

    with tempfile.TemporaryDirectory() as folder:
        model = load(in_onnx(given, Path(folder) / MODEL))
    names = ["y1", "y2", "y3", "image"]
    del model.graph.output[:]
    model.graph.output.extend(ValueInfoProto(name=name) for name in names)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return list(session.run(names, {"code": given.code}))


def by_torch(given: Numbers) -> Outputs:
    """`nn.ConvTranspose2d` says each layer in one call: SAME_UPPER of the third cuts 1 and 1."""
    import torch

    layers = [
        torch.nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1),
        torch.nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1),
        torch.nn.ConvTranspose2d(3, 1, 4, stride=2, padding=1),
    ]
    outputs, x = list[Array](), torch.from_numpy(given.code)
    with torch.no_grad():
        for layer, W, B in zip(layers, given.W, given.B, strict=True):
            layer.weight.copy_(torch.from_numpy(W))
            layer.bias.copy_(torch.from_numpy(B))
            outputs.append(layer(x))
            x = outputs[-1].relu()
        return [each.numpy() for each in (*outputs, outputs[-1].sigmoid())]


def by_keras(given: Numbers, *, same: bool = False) -> Outputs:
    """`keras.layers.Conv2DTranspose`, channels last. The second layer drops the first row and
    column, for which Keras has no word: it is "valid" and a crop. With `same` it is
    padding="same", as one would write it, which has the size and drops the last ones."""
    import keras

    second: dict[str, Any] = {"padding": "same"} if same else {"padding": "valid"}
    layers = [
        keras.layers.Conv2DTranspose(4, 4, strides=2, padding="same"),
        keras.layers.Conv2DTranspose(3, 3, strides=2, **second),
        keras.layers.Conv2DTranspose(1, 4, strides=2, padding="same"),
    ]
    outputs, x = list[Array](), given.code.transpose(0, 2, 3, 1)
    for n, (layer, W, B) in enumerate(zip(layers, given.W, given.B, strict=True)):
        layer.build(x.shape)
        layer.set_weights([W.transpose(2, 3, 1, 0), B])
        y = layer(x)
        if n == 1 and not same:
            y = keras.layers.Cropping2D(((1, 0), (1, 0)))(y)
        outputs.append(y)
        x = keras.ops.relu(y)
    outputs.append(keras.ops.sigmoid(outputs[-1]))
    arrays = [keras.ops.convert_to_numpy(each) for each in outputs]
    return [each.transpose(0, 3, 1, 2) for each in arrays]


NETWORKS: dict[str, Callable[[Numbers], Outputs]] = {
    "PyTorch": by_torch,
    "Keras": by_keras,
    'Keras, the second layer `padding="same"`': lambda given: by_keras(given, same=True),
    "ONNX, by ONNX Runtime": by_onnxruntime,
}


def apart(found: Array, owed: Array) -> float:
    """The largest difference over the largest element."""
    return float(np.abs(found - owed).max() / np.abs(owed).max())


def rows(given: Numbers) -> list[dict[str, Any]]:
    """Of every network, how far it is from the reference after each layer and at the end."""
    owed = by_reference(given)
    return [
        {
            "network": name,
            "apart": [apart(y, o) for y, o in zip(network(given), owed, strict=True)],
        }
        for name, network in NETWORKS.items()
    ]


def transcript(given: Numbers) -> dict[str, str]:
    """The command, and what it prints. Raises CalledProcessError where something fails."""
    words = ["check", MODEL, *(word for name in ASKED for word in ("--backend", name))]
    with tempfile.TemporaryDirectory() as folder:
        in_onnx(given, Path(folder) / MODEL)
        run = [sys.executable, "-m", "convtranspose_conformance", *words]
        printed = subprocess.run(run, check=True, capture_output=True, text=True, cwd=folder)
    return {"command": " ".join(["convtranspose", *words]), "prints": printed.stdout}


def main() -> None:
    """Measures, writes; or writes the file alone."""
    options = argparse.ArgumentParser(description="The decoder in PyTorch, Keras and ONNX.")
    options.add_argument("--model", type=Path, metavar="FILE", help="Write the ONNX file alone.")
    given, model = numbers(), options.parse_args().model
    if model is not None:
        in_onnx(given, model)
        return
    said = {
        "measured_of": key_of("decoder"),
        "rows": rows(given),
        "transcript": transcript(given),
    }
    keep_figures(RESULTS, said)


if __name__ == "__main__":
    main()
