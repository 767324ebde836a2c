"""The export of a PyTorch module as script lines, as the adapter makes it."""

from dataclasses import replace
from typing import Any

from ..api import Call
from ..entry import Entry
from ..onnxruntime.script import runtime_lines
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Name, Script, Stenographer
from .exported import NAMES, layer
from .script import read


def export_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The module on its weights, exported by TorchScript's exporter and run, or the shape that its
    model states."""
    said = _said(call, Name("file"), dynamo=False)
    export = ["file = io.BytesIO()", said, "model = file.getvalue()"]
    return _written(call, export, static, ["import io", ""])


def dynamo_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The same by the exporter of `torch.export`'s graph."""
    said = f"program = {_said(call, dynamo=True)}"
    export = [said, "model = program.model_proto.SerializeToString()"]
    return _written(call, export, static, [])


def _said(call: Call, *file: Name, dynamo: bool) -> str:
    """The call of the exporter."""
    stands: Any = Stenographer("torch")
    args = Name(f"({read(call, 'X')},)")
    return str(stands.onnx.export(Name("layer"), args, *file, dynamo=dynamo, **NAMES))


def _written(call: Call, export: Lines, static: bool, imports: Lines) -> Script:
    """The module, lines that make `model` of it, a module's bytes, and what is asked of that."""
    told = replace(call, initializer=True)
    lines = ["session = onnxruntime.InferenceSession(model)", *runtime_lines(told)]
    stated = [lines[0], "Y_shape = session.get_outputs()[0].shape"]
    return Script(
        imports=[*imports, "import onnxruntime", "import torch"],
        call=[*_module(call), *export, *(stated if static else lines)],
        # a model of bfloat16 is not loaded: there is no session to run again
        again=[] if static or call.dtype == "bfloat16" else lines[1:],
        version="torch.__version__",
        shows=SHOWN_SHAPE if static else SHOWN_Y,
    )


def _module(call: Call) -> Lines:
    """Lines that make `layer`."""
    kind, given = layer(call)
    stands: Any = Stenographer("torch")
    made = getattr(stands.nn, kind)(**given)
    arrays = {"weight": "W"} | ({} if call.B is None else {"bias": "B"})
    weights = [
        f"layer.{name} = torch.nn.Parameter({read(call, array)})" for name, array in arrays.items()
    ]
    return [f"layer = {made}.eval()", *weights]
