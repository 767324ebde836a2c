"""What each adapter does, as script lines.

PyTorch's and TensorFlow's calls are written down by the adapters themselves, which are handed a stand-in for the framework; ONNX models
are spelled out as `onnx_model` builds them.
"""

import json
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

from .backend import Call, Unsupported
from .backends import BUILT_IN, Entry, registered
from .backends.tensorflow import FORMATS as LAYOUTS
from .backends.tensorflow import TensorFlow, TensorFlowBackpropInput
from .backends.torch import Torch, arguments
from .onnx_model import ELEMENT_TYPES, INTS, feeds_of, ir_version

LINE = 85
_ANSWER = ("Y.dtype", "Y.shape", "Y")
_ELEMENTS = {"float16": "FLOAT16", "bfloat16": "BFLOAT16", "float32": "FLOAT", "float64": "DOUBLE"}
_NAMED = re.compile(r"(?P<module>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*)(:(?P<attribute>[A-Za-z_]\w*(\.[A-Za-z_]\w*)*))?(@(?P<device>[\w:]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A call in parts: lines before the imports, the imports, the settings of a run, the call on X, W and B, and what it gives by name."""

    imports: list[str]
    call: list[str]
    version: str
    environment: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    shows: tuple[str, ...] = _ANSWER


def transcript(backend: str, call: Call, *, pinned: bool) -> Script:
    """The script of one call of a built-in backend or of `module:attribute[@DEVICE]`; of X, W, B only shapes and dtype matter.

    `pinned` where the settings will be printed too. Raises Unsupported with the adapter's reason, or for another distribution's adapter;
    ValueError on a name that is neither.
    """
    entry = registered().get(backend)
    if entry is None:
        return _backend_api(backend, call)
    if entry not in BUILT_IN:
        raise Unsupported(f"{backend} is an adapter of another distribution: the text of its calls is not known here")
    adapter = entry.target.partition(":")[2]
    if adapter == "Torch":
        return _torch(entry, call)
    if adapter in _TENSORFLOW:
        return _tensorflow(entry, call)
    if adapter == "OnnxRuntime":
        return _onnxruntime(entry, call, pinned)
    return _onnx_reference(call) if adapter == "OnnxReference" else _onnx_shape_inference(call)


class _Name(str):
    """A variable of the script, as opposed to a string."""


class _Stenographer:
    """Stands in for a framework: an attribute extends the name, a call is its own text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "_Stenographer":
        return _Stenographer(f"{self._name}.{name}")

    def __call__(self, *positional: Any, **named: Any) -> str:
        return _called(self._name, [*map(_text, positional), *(f"{k}={_text(v)}" for k, v in named.items())])


def quoted(text: str) -> str:
    """A string literal on one line, in ASCII."""
    return json.dumps(text) if text.isascii() else ascii(text)


def _text(value: Any) -> str:
    return quoted(value) if isinstance(value, str) and not isinstance(value, _Name) else str(value)


def _called(function: str, given: list[str]) -> str:
    """A call on one line, or with its arguments on as few indented lines as they need."""
    text = f"{function}({', '.join(given)})"
    if len(text) <= LINE:
        return text
    lines: list[str] = []
    for argument in given:
        if lines and len(lines[-1]) + len(argument) + 2 <= LINE:
            lines[-1] += f" {argument},"
        else:
            lines.append(f"    {argument},")
    return "\n".join([f"{function}(", *lines, ")"])


def _given(call: Call) -> list[str]:
    return ["X", "W"] if call.B is None else ["X", "W", "B"]


def _torch(entry: Entry, call: Call) -> Script:
    device, tf32 = entry.arguments[0], any(entry.arguments[1:])
    adapter = object.__new__(Torch)
    module: Any = _Stenographer("torch.nn.functional")
    adapter._functional = module
    names = [name.lower() for name in _given(call)]
    said = adapter._operator(call)(*map(_Name, names), *[None] * (call.B is None), **arguments(call))
    read, back = "torch.from_numpy(a)", "numpy()"
    if call.dtype == "bfloat16":
        read, back = "torch.from_numpy(a.view(np.int16)).view(torch.bfloat16)", "view(torch.int16).numpy().view(ml_dtypes.bfloat16)"
    there, here = ("", "") if device == "cpu" else (f".to({quoted(device)})", "cpu().")
    flags = [f"torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = {tf32}"] * (device != "cpu")
    derived = call.dY is not None
    made = [f"arrays = ({', '.join(_given(call))})", f"{', '.join(names)} = ({read}{there}{'.requires_grad_()' * derived} for a in arrays)"]
    if derived:
        gradients = [f"d{name}" for name in _given(call)]
        answer = [
            f"dy = {read.replace('a.view', 'dY.view').replace('(a)', '(dY)')}{there}",
            f"gradients = torch.autograd.grad(y, ({', '.join(names)}), dy)",
            f"{', '.join(gradients)} = (g.{here}{back} for g in gradients)",
        ]
    return Script(
        imports=["import torch"],
        settings=["torch.set_num_threads(1)", *flags],
        call=[*made, f"y = {said}", *(answer if derived else [f"Y = y.{here}{back}"])],
        version="torch.__version__",
        shows=tuple(gradients) if derived else _ANSWER,
    )


_TENSORFLOW = {adapter.__name__: adapter for adapter in (TensorFlow, TensorFlowBackpropInput)}


def _tensorflow(entry: Entry, call: Call) -> Script:
    device, tf32 = entry.arguments[0], any(entry.arguments[1:])
    adapter = object.__new__(_TENSORFLOW[entry.target.partition(":")[2]])
    adapter._tf = _Stenographer("tf")
    said = _tensorflow_call(adapter, call)
    spatial = list(range(2, call.rank + 2))
    channels = "M/group, C" if call.op == "ConvTranspose" else "C/group, M"
    told = ["# the shape of y comes third, or as input_sizes"] if call.op == "ConvTranspose" else []
    made = [
        f"x = tf.constant(X.transpose({str([0, *spatial, 1])[1:-1]}))  # {LAYOUTS[call.rank - 1]}",
        f"w = tf.constant(W.transpose({str([*spatial, 1, 0])[1:-1]}))  # kernel sizes, {channels}",
        *([] if call.dY is None else [f"dy = tf.constant(dY.transpose({str([0, *spatial, 1])[1:-1]}))"]),
        *told,
        *said,
    ]
    back = str([0, call.rank + 1, *range(1, call.rank + 1)])[1:-1]
    weights_back = str([call.rank + 1, call.rank, *range(call.rank)])[1:-1]
    answer = [f"Y = y.numpy().transpose({back})"]
    if call.dY is not None:
        answer = [f"dX = dx.numpy().transpose({back})", f"dW = dw.numpy().transpose({weights_back})"]
    on_cpu = device == "CPU"
    if not on_cpu:
        made = [f'with tf.device("/{device}:0"):', textwrap.indent("\n".join(made), "    ")]
    return Script(
        environment=["import os", "", 'os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"', *['os.environ["CUDA_VISIBLE_DEVICES"] = ""'] * on_cpu],
        imports=["import tensorflow as tf"],
        settings=[
            "tf.config.set_soft_device_placement(False)",
            "tf.config.threading.set_intra_op_parallelism_threads(1)",
            "tf.config.threading.set_inter_op_parallelism_threads(1)",
            *[f"tf.config.experimental.enable_tensor_float_32_execution({tf32})"] * (not on_cpu),
        ],
        call=[*made, *answer],
        version="tf.__version__",
        shows=_ANSWER if call.dY is None else ("dX", "dW"),
    )


def _tensorflow_call(adapter: TensorFlow, call: Call) -> list[str]:
    """The lines that make y, or dx and dw, from x and w (and dy)."""
    x, w, dy = map(_Name, ("x", "w", "dy"))
    if call.dY is not None and call.op == "Conv" and isinstance(adapter, TensorFlowBackpropInput):
        dx, dw = adapter._raw_gradients(call, x, w, dy)
        return [f"dx = {dx}", f"dw = {dw}"]
    y = f"y = {adapter._apply(call, x, w, *adapter._arguments(call))}"
    if call.dY is None:
        return [y]
    return [
        "with tf.GradientTape() as tape:",
        textwrap.indent(f"tape.watch([x, w])\n{y}", "    "),
        "dx, dw = tape.gradient(y, [x, w], output_gradients=dy)",
    ]


def _model(call: Call) -> list[str]:
    """Lines that build `model`, as `onnx_model.model_of` does."""
    names, element = _given(call), f"TensorProto.{_ELEMENTS[call.dtype]}"
    shapes = {"X": call.X.shape, "W": call.W.shape, "B": () if call.B is None else call.B.shape}
    attributes = call.attributes.given()
    given = [f"{k}={list(v) if isinstance(v, tuple) else _text(v)}" for k, v in attributes.items() if v != ()]
    empty = [f"node.attribute.append(helper.make_attribute({quoted(k)}, [], attr_type={INTS}))" for k, v in attributes.items() if v == ()]
    inputs = [f"helper.make_tensor_value_info({quoted(n)}, {element}, {list(shapes[n])})" for n in feeds_of(call)]
    constants = [
        f"helper.make_tensor({quoted(n)}, {element}, {n}.shape, {n}.tobytes(), raw=True)" for n in names if n not in feeds_of(call)
    ]
    output = f'helper.make_tensor_value_info("Y", {element}, [None] * {call.X.ndim})'
    lists = [f"inputs = {_listed(inputs)}", f"constants = {_listed(constants)}"]
    return [
        f"node = {_called('helper.make_node', [quoted(call.op), json.dumps(names), json.dumps(['Y']), *given])}",
        *empty,
        *lists,
        f"output = {output}",
        'graph = helper.make_graph([node], "one_call", inputs, [output], constants)',
        f'opsets = [helper.make_opsetid("", {call.opset})]',
        f"model = helper.make_model(graph, opset_imports=opsets, ir_version={ir_version(call.opset)})",
    ]


def _listed(items: list[str]) -> str:
    text = f"[{', '.join(items)}]"
    return text if len(text) <= LINE else "\n".join(["[", *(f"    {item}," for item in items), "]"])


def _feeds(call: Call) -> str:
    return f"{{{', '.join(f'{quoted(name)}: {name}' for name in feeds_of(call))}}}"


def _onnxruntime(entry: Entry, call: Call, pinned: bool) -> Script:
    provider, tf32 = entry.arguments[0], any(entry.arguments[1:])
    on_cpu = provider.startswith("CPU")
    proof = ["disable_cpu_ep_fallback", "record_ep_graph_assignment_info"]
    settings = [
        "options = onnxruntime.SessionOptions()",
        "options.intra_op_num_threads = options.inter_op_num_threads = 1",
        *(f'options.add_session_config_entry("session.{each}", "1")' for each in proof if not on_cpu),
    ]
    asked = quoted(provider) if on_cpu else f'({quoted(provider)}, {{"use_tf32": "{int(tf32)}"}})'
    session = _called("onnxruntime.InferenceSession", ["model.SerializeToString()", *["options"] * pinned, f"providers=[{asked}]"])
    run = [f'Y = session.run(["Y"], {_feeds(call)})[0]']
    if call.dtype == "bfloat16":
        value = "onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type"
        run = [
            f"bits = {value}  # NumPy itself has no bfloat16",
            f"feeds = {_feeds(call)}",
            f"feeds = {{name: bits(a.view(np.uint16), {ELEMENT_TYPES['bfloat16']}) for name, a in feeds.items()}}",
            'Y = session.run_with_ort_values(["Y"], feeds)[0].numpy().view(ml_dtypes.bfloat16)',
        ]
    return Script(
        imports=["import onnxruntime", "from onnx import TensorProto, helper"],
        settings=settings,
        call=[*_model(call), f"session = {session}", *run],
        version="onnxruntime.__version__",
        shows=("session.get_outputs()[0].shape", *_ANSWER),
    )


def _onnx_reference(call: Call) -> Script:
    return Script(
        imports=["import onnx", "from onnx import TensorProto, helper", "from onnx.reference import ReferenceEvaluator"],
        call=[*_model(call), f"Y = ReferenceEvaluator(model).run(None, {_feeds(call)})[0]"],
        version="onnx.__version__",
    )


def _onnx_shape_inference(call: Call) -> Script:
    return Script(
        imports=["import onnx", "from onnx import TensorProto, helper"],
        call=[
            *_model(call),
            'model.graph.output[0].type.tensor_type.ClearField("shape")',
            "inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)",
            "Y_shape = [d.dim_value for d in inferred.graph.output[0].type.tensor_type.shape.dim]",
        ],
        version="onnx.__version__",
        shows=("Y_shape",),
    )


def _backend_api(name: str, call: Call) -> Script:
    """A module or object of ONNX's Backend API."""
    parts = _NAMED.fullmatch(name)
    if parts is None:
        raise ValueError(f"backend {name!r}: accepted are the built-in names and module:attribute[@DEVICE]")
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
