"""What `explain` says of models that PyTorch exports: `python benchmarks/given/exported_models.py`,
two minutes, with PyTorch, TensorFlow and ONNX Runtime.

Ten kinds of models are exported. Of every ConvTranspose in them the size is held against what ONNX
Runtime makes in the model, and each piece of printed code is run on the numbers that the node has
there and held against the node's own output. What differs is printed; the exit status is 1 then.
Writes `exported_models.json`, from which `docs/refresh.py` makes the published table.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import onnx
import onnxruntime
import torch
from benchmarks.measured_of import ROOT, keep_figures, key_of
from onnx import numpy_helper
from torch import nn

from convtranspose_cases import Case
from convtranspose_conformance import explained
from convtranspose_conformance.prediction.predict import predictions
from convtranspose_conformance.prediction.prediction import Does

RESULTS = ROOT / "benchmarks" / "figures" / "exported_models.json"
REFUSED = (Does.RAISES, Does.DECLINES, Does.REFUSES, Does.DIES)
CLOSE = {"float32": 1e-4, "float16": 2e-2}


class UNet(nn.Module):
    """One step up, beside what was kept on the way down."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.pool = nn.Conv2d(3, 8, 3, padding=1), nn.MaxPool2d(2)
        self.deep = nn.Conv2d(8, 16, 3, padding=1)
        self.up, self.out = nn.ConvTranspose2d(16, 8, 2, stride=2), nn.Conv2d(16, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = self.down(x)
        raised = self.up(self.deep(self.pool(kept)))
        return self.out(torch.cat([kept, raised], 1))  # type: ignore[no-any-return]


class Vae(nn.Module):
    """A decoder that starts from a vector, and asks its last layer for a size."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Linear(6, 8 * 4 * 4)
        self.first = nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1)
        self.last = nn.ConvTranspose2d(4, 1, 3, stride=2, padding=1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        raised = self.first(self.start(z).view(-1, 8, 4, 4)).relu()
        return torch.sigmoid(self.last(raised, output_size=(15, 16)))


class Chosen(nn.Module):
    """A layer in a branch, and one in a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.up, self.same = nn.ConvTranspose1d(4, 4, 4, 2, 1), nn.ConvTranspose1d(4, 4, 3, 1, 1)

    def forward(self, x: torch.Tensor, often: int) -> torch.Tensor:
        for _ in range(often):
            x = self.same(x)
        return self.up(x) if bool(x.sum() > 0) else self.same(x)  # type: ignore[no-any-return]


def _hifi_gan() -> nn.Module:
    ups = [(16, 8, 16, 8, 4), (8, 4, 4, 2, 1)]
    layers = [
        nn.utils.parametrizations.weight_norm(nn.ConvTranspose1d(c, m, k, s, p))
        for c, m, k, s, p in ups
    ]
    return nn.Sequential(nn.LeakyReLU(0.1), layers[0], nn.LeakyReLU(0.1), layers[1], nn.Tanh())


def _dcgan() -> nn.Module:
    return nn.Sequential(
        nn.ConvTranspose2d(16, 12, 4, 1, 0, bias=False),
        nn.BatchNorm2d(12),
        nn.ReLU(True),
        nn.ConvTranspose2d(12, 8, 4, 2, 1, bias=False),
        nn.BatchNorm2d(8),
        nn.ReLU(True),
        nn.ConvTranspose2d(8, 3, 4, 2, 1, bias=False),
        nn.Tanh(),
    )


def _wavegan() -> nn.Module:
    return nn.Sequential(
        nn.ConvTranspose1d(8, 4, 25, 4, 11, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose1d(4, 1, 25, 4, 11, output_padding=1),
    )


def _segmentation() -> nn.Module:
    score = nn.Conv2d(8, 6, 1)
    raised = nn.ConvTranspose2d(6, 6, 16, stride=8, padding=4, groups=6, bias=False)
    return nn.Sequential(score, nn.ConvTranspose2d(6, 6, 3, 1, 2, dilation=2), raised)


Inputs = tuple[Any, ...]


def _models() -> Iterator[tuple[str, nn.Module, Inputs, dict[str, Any]]]:
    yield "dcgan", _dcgan(), (torch.randn(1, 16, 1, 1),), {}
    yield "unet", UNet(), (torch.randn(1, 3, 16, 12),), {}
    yield "hifi_gan", _hifi_gan(), (torch.randn(1, 16, 7),), {}
    yield "wavegan", _wavegan(), (torch.randn(1, 8, 4),), {}
    yield "vae", Vae(), (torch.randn(2, 6),), {}
    yield "segmentation", _segmentation(), (torch.randn(1, 8, 5, 6),), {}
    axes = {"dynamic_axes": {"x": {0: "batch", 2: "h", 3: "w"}}}
    yield "dynamic", nn.ConvTranspose2d(3, 2, 3, 2, 1), (torch.randn(1, 3, 5, 5),), axes
    yield "float16", _wavegan().half(), (torch.randn(1, 8, 4).half(),), {}
    yield "external_data", _dcgan(), (torch.randn(1, 16, 1, 1),), {}
    yield "if_loop", torch.jit.script(Chosen()), (torch.ones(1, 4, 5), torch.tensor(2)), {}


def _exported(folder: Path) -> Iterator[tuple[str, Path, Inputs]]:
    torch.manual_seed(0)
    for name, model, inputs, more in _models():
        path = folder / f"{name}.onnx"
        names = ["x", "often"][: len(inputs)]
        torch.onnx.export(
            model.eval(), inputs, path, input_names=names, opset_version=17, dynamo=False, **more
        )
        if name == "external_data":
            whole = onnx.load(path)
            onnx.save(whole, path, save_as_external_data=True, location="w.bin", size_threshold=0)
        yield name, path, inputs


def _in_the_model(path: Path, inputs: Inputs) -> dict[str, list[Any]]:
    """X, W, B and Y of every node of the graph itself, as ONNX Runtime has them."""
    model = onnx.load(path)
    ups = [node for node in model.graph.node if node.op_type == "ConvTranspose"]
    if not ups:
        return {}
    inside = {each.name: numpy_helper.to_array(each) for each in model.graph.initializer}
    feeds = {
        each.name: value.numpy() for each, value in zip(model.graph.input, inputs, strict=True)
    }
    wanted = [name for node in ups for name in (*node.input, *node.output) if name]
    wanted = [name for name in dict.fromkeys(wanted) if name not in inside and name not in feeds]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    values = inside | feeds | dict(zip(wanted, session.run(wanted, feeds), strict=True))
    return {node.name: [values[n] for n in (*node.input, *node.output)] for node in ups}


def _differs(name: str, each: Any, numbers: list[Any] | None) -> Iterator[str]:
    """What is not as it is said; of a node inside a branch, whose numbers are no output, what its
    code does on numbers of its own."""
    subject = each.subject
    where = f"{name}: {subject.origin.node}"
    namespace = dict(zip("XWB", numbers[:-1], strict=False)) if numbers else {}
    Y = numbers[-1] if numbers else None
    if Y is not None and Y.shape != each.y_shape:
        yield f"{where}: Y is {Y.shape}, and is said to be {each.y_shape}"
        return
    for code in each.code:
        if not code.lines:
            yield f"{where}: {code.title}: nothing printed: {code.why}"
            continue
        own = dict(namespace)
        if not own:
            rng = np.random.default_rng(0)
            shapes = [subject.case.x_shape, subject.case.w_shape, subject.case.b_shape]
            made = [rng.standard_normal(s).astype(subject.case.dtype) for s in shapes if s]
            own = dict(zip("XWB", made, strict=False))
        try:
            exec(code.source, own)  # the code that was printed, of a model that was made here
        except Exception as error:  # whatever a framework raises
            if not _is_said(subject.case, code.framework):
                yield f"{where}: {code.title}: {error}"
            continue
        got = np.asarray(own["Y"], np.float64)
        if Y is None:
            Y = got
        elif got.shape != Y.shape or not np.allclose(got, Y, atol=CLOSE[subject.case.dtype]):
            yield f"{where}: {code.title}: other numbers"


def _is_said(case: Case, framework: str) -> bool:
    """Is the framework's refusal predicted, of the call or of the first of several?"""
    mine = (p for p in predictions(case) if p.entry.name.startswith(framework))
    return any((p.within or p).does in REFUSED for p in mine)


def main() -> int:
    """Prints what differs, and a line for each model."""
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path, inputs in _exported(Path(folder)):
            read = explained(path)
            live = _in_the_model(path, inputs)
            differences = [
                line for e in read for line in _differs(name, e, live.get(e.subject.origin.node))
            ]
            pieces = sum(bool(code.lines) for e in read for code in e.code)
            counts = {"nodes": len(read), "pieces": pieces, "differences": len(differences)}
            rows.append({"model": name, **counts})
            print(
                f"{name}: {len(read)} nodes, {len(differences)} differences",
                *differences,
                sep="\n  ",
            )
    said = {"measured_of": key_of("exported_models"), "rows": rows}
    keep_figures(RESULTS, said)
    return 1 if any(row["differences"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
