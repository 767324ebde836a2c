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
    """The module on its weights, exported and run, or the shape that its model states."""
    told = replace(call, initializer=True)
    lines = ["session = onnxruntime.InferenceSession(model)", *runtime_lines(told)]
    stated = [lines[0], "Y_shape = session.get_outputs()[0].shape"]
    return Script(
        imports=["import io", "", "import onnxruntime", "import torch"],
        call=[*_exported(call), *(stated if static else lines)],
        # a model of bfloat16 is not loaded: there is no session to run again
        again=[] if static or call.dtype == "bfloat16" else lines[1:],
        version="torch.__version__",
        shows=SHOWN_SHAPE if static else SHOWN_Y,
    )


def _exported(call: Call) -> Lines:
    """Lines that make `model`, a module's bytes."""
    kind, given = layer(call)
    stands: Any = Stenographer("torch")
    made = getattr(stands.nn, kind)(**given)
    arrays = {"weight": "W"} | ({} if call.B is None else {"bias": "B"})
    weights = [
        f"layer.{name} = torch.nn.Parameter({read(call, array)})" for name, array in arrays.items()
    ]
    args = Name(f"({read(call, 'X')},)")
    said = stands.onnx.export(Name("layer"), args, Name("file"), dynamo=False, **NAMES)
    export = ["file = io.BytesIO()", str(said), "model = file.getvalue()"]
    return [f"layer = {made}.eval()", *weights, *export]
