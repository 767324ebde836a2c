"""ONNX models as script lines, and what runs them: ONNX Runtime, onnx itself, and anything of
ONNX's Backend API."""

import json
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace

from .api import Call
from .forms import constants_name
from .onnx_model import ELEMENT_TYPES, INTS, feeds_of, ir_version, open_sizes
from .registry import Entry
from .script import ANSWER, LINE, STATED, Script, called, given_names, quoted, text_of, undone

_ELEMENTS = {"float16": "FLOAT16", "bfloat16": "BFLOAT16", "float32": "FLOAT", "float64": "DOUBLE"}
_NAMED = re.compile(
    r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)(:(?P<attribute>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*))?(@(?P<device>[\w:]+))?"
)


def _model(call: Call, *, symbolic: bool = False) -> list[str]:
    """Lines that build `model`, as `onnx_model.model_of` does; `symbolic`: the sizes of X are left
    open."""
    names, element = given_names(call), f"TensorProto.{_ELEMENTS[call.dtype]}"
    shapes = {"X": call.X.shape, "W": call.W.shape, "B": () if call.B is None else call.B.shape}
    sizes = {n: list(shape) for n, shape in shapes.items()} | (
        {"X": json.dumps(open_sizes("X", call.X))} if symbolic else {}
    )
    attributes = call.attributes.given()
    given = [
        f"{k}={list(v) if isinstance(v, tuple) else text_of(v)}"
        for k, v in attributes.items()
        if v != ()
    ]
    empty = [
        f"node.attribute.append(helper.make_attribute({quoted(k)}, [], attr_type={INTS}))"
        for k, v in attributes.items()
        if v == ()
    ]
    inputs = [
        f"helper.make_tensor_value_info({quoted(n)}, {element}, {sizes[n]})" for n in feeds_of(call)
    ]
    constants = [
        f"helper.make_tensor({quoted(n)}, {element}, {n}.shape, {n}.tobytes(), raw=True)"
        for n in names
        if n not in feeds_of(call)
    ]
    output = f'helper.make_tensor_value_info("Y", {element}, [None] * {call.X.ndim})'
    made = [quoted(call.op), json.dumps(names), json.dumps(["Y"]), *given]
    lists = [f"inputs = {_listed(inputs)}", f"constants = {_listed(constants)}"]
    return [
        f"node = {called('helper.make_node', made)}",
        *empty,
        *lists,
        f"output = {output}",
        'graph = helper.make_graph([node], "one_call", inputs, [output], constants)',
        f'opsets = [helper.make_opsetid("", {call.opset})]',
        "model = helper.make_model(graph, opset_imports=opsets, "
        f"ir_version={ir_version(call.opset)})",
    ]


def _listed(items: list[str]) -> str:
    text = f"[{', '.join(items)}]"
    return text if len(text) <= LINE else "\n".join(["[", *(f"    {item}," for item in items), "]"])


def _feeds(call: Call) -> str:
    return f"{{{', '.join(f'{quoted(name)}: {name}' for name in feeds_of(call))}}}"


def runtime_script(entry: Entry, call: Call, pinned: bool, static: bool) -> Script:
    """ONNX Runtime: a session that is run, or asked for its output's shape."""
    on_cpu = entry.arguments[0].startswith("CPU")
    proof = ["disable_cpu_ep_fallback", "record_ep_graph_assignment_info"]
    settings = [
        "options = onnxruntime.SessionOptions()",
        "options.intra_op_num_threads = options.inter_op_num_threads = 1",
        *(
            f'options.add_session_config_entry("session.{each}", "1")'
            for each in proof
            if not on_cpu
        ),
    ]
    stated = ["Y_shape = session.get_outputs()[0].shape"]
    run = _run(call)
    return Script(
        imports=["import onnxruntime", "from onnx import TensorProto, helper"],
        settings=settings,
        call=[*_model(call), _session(entry, pinned), *(stated if static else run)],
        again=[] if static else run,
        version="onnxruntime.__version__",
        shows=STATED if static else ("session.get_outputs()[0].shape", *ANSWER),
    )


def _session(entry: Entry, pinned: bool) -> str:
    """The line that makes `session`, with `options` where `pinned`."""
    provider, tf32 = entry.arguments[0], any(entry.arguments[1:])
    asked = (
        quoted(provider)
        if provider.startswith("CPU")
        else f'({quoted(provider)}, {{"use_tf32": "{int(tf32)}"}})'
    )
    given = ["model.SerializeToString()", *["options"] * pinned, f"providers=[{asked}]"]
    return f"session = {called('onnxruntime.InferenceSession', given)}"


def _run(call: Call) -> list[str]:
    """Lines that run `session`."""
    if call.dtype != "bfloat16":
        return [f'Y = session.run(["Y"], {_feeds(call)})[0]']
    value = "onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type"
    return [
        f"bits = {value}  # NumPy itself has no bfloat16",
        f"feeds = {_feeds(call)}",
        f"feeds = {{name: bits(a.view(np.uint16), {ELEMENT_TYPES['bfloat16']}) for name, a in "
        "feeds.items()}",
        'Y = session.run_with_ort_values(["Y"], feeds)[0].numpy().view(ml_dtypes.bfloat16)',
    ]


def runtime_forms(entry: Entry, call: Call) -> dict[str, list[str]]:
    """Form -> the lines that make its Y, as the adapter's `variants` are."""
    session = _session(entry, True)
    ask = [*_model(call), session, *_run(call)]
    return {
        **model_forms(call, lambda changed: runtime_script(entry, changed, True, False)),
        "graph optimizations off": _optimized("ORT_DISABLE_ALL", ask),
        "graph optimizations full": _optimized("ORT_ENABLE_ALL", ask),
        "one session over changing shapes": [
            *_model(call, symbolic=True),
            session,
            *_over_changing_shapes(call),
        ],
    }


def _optimized(level: str, ask: list[str]) -> list[str]:
    setting = "options.graph_optimization_level"
    asked = [f"{setting} = onnxruntime.GraphOptimizationLevel.{level}", *ask]
    return [f"usual = {setting}", *undone(asked, f"{setting} = usual")]


def _over_changing_shapes(call: Call) -> list[str]:
    return [
        "whole = X",
        "for X in (whole[:0], np.concatenate([whole, whole]), whole[..., :-1], whole[..., :0]):",
        "    X = np.ascontiguousarray(X)",
        "    try:",
        textwrap.indent("\n".join(_run(call)), " " * 8),
        "    except Exception:  # its answers to other shapes do not count",
        "        continue",
        "X = whole",
        *_run(call),
    ]


def model_forms(call: Call, script: Callable[[Call], Script]) -> dict[str, list[str]]:
    """Form -> the lines that make its Y: W and B as graph inputs where the call has them constant,
    and the other way round."""
    return {constants_name(call): script(replace(call, initializer=not call.initializer)).call}


def reference_script(call: Call) -> Script:
    """onnx's ReferenceEvaluator."""
    return Script(
        imports=[
            "import onnx",
            "from onnx import TensorProto, helper",
            "from onnx.reference import ReferenceEvaluator",
        ],
        call=[*_model(call), f"Y = ReferenceEvaluator(model).run(None, {_feeds(call)})[0]"],
        version="onnx.__version__",
    )


def shape_inference_script(call: Call) -> Script:
    """onnx's shape inference, which is not told Y's rank."""
    return Script(
        imports=["import onnx", "from onnx import TensorProto, helper"],
        call=[
            *_model(call),
            'model.graph.output[0].type.tensor_type.ClearField("shape")',
            "inferred = onnx.shape_inference.infer_shapes(model, check_type=True, "
            "strict_mode=True)",
            "sizes = inferred.graph.output[0].type.tensor_type.shape.dim",
            'Y_shape = [d.dim_value if d.HasField("dim_value") else None for d in sizes]',
        ],
        version="onnx.__version__",
        shows=STATED,
    )


def backend_api_script(name: str, call: Call) -> Script:
    """A module or object of ONNX's Backend API."""
    parts = _NAMED.fullmatch(name)
    if parts is None:
        raise ValueError(
            f"backend {name!r}: accepted are the built-in names and module:attribute[@DEVICE]"
        )
    whole = ".".join(filter(None, (parts["module"], parts["attribute"])))
    return Script(
        imports=[f"import {parts['module']}", "from onnx import TensorProto, helper"],
        call=[
            *_model(call),
            f"prepared = {whole}.prepare(model, {quoted(parts['device'] or 'CPU')})",
            f"outputs = prepared.run([{', '.join(feeds_of(call))}])",
            "Y = outputs[0] if isinstance(outputs, (list, tuple)) else outputs",
        ],
        version=f'getattr({parts["module"]}, "__version__", {quoted("version unknown")})',
    )
