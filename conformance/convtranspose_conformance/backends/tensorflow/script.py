"""TensorFlow's calls as script lines, as its adapters make them."""

import textwrap

from ..api import Call
from ..entry import Entry
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Name, Script, Stenographer, shown
from .adapter import TensorFlow
from .backprop_input import TensorFlowBackpropInput
from .function import WrittenFunction
from .layout import CHANNELS_FIRST, CHANNELS_LAST
from .xla import WrittenXla


def tensorflow_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The operator on its device, its gradients where the call has a dY, or the shape that a traced
    function states."""
    return _written(TensorFlow, entry, call, static)


def backprop_input_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The same by `tf.raw_ops.Conv2DBackpropInput`."""
    return _written(TensorFlowBackpropInput, entry, call, static)


def function_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The same as a graph."""
    return _written(WrittenFunction, entry, call, static)


def xla_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The same as a graph that XLA compiles."""
    return _written(WrittenXla, entry, call, static)


def _written(kind: type[TensorFlow], entry: Entry, call: Call, static: bool) -> Script:
    """The adapter writes its calls down instead of making them."""
    adapter = object.__new__(kind)
    adapter._tf = Stenographer("tf")
    named, tf32 = str(entry.arguments[0]), any(entry.arguments[1:])
    on_cpu, device = named == "CPU", "" if named == "CPU" else named
    lines, shows = _stated(adapter, call) if static else _computed(adapter, call, device)
    return Script(
        environment=[
            "import os",
            "",
            'os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"',
            *['os.environ["CUDA_VISIBLE_DEVICES"] = ""'] * on_cpu,
        ],
        imports=["import tensorflow as tf"],
        settings=[
            "tf.config.set_soft_device_placement(False)",
            "tf.config.threading.set_intra_op_parallelism_threads(1)",
            "tf.config.threading.set_inter_op_parallelism_threads(1)",
            *[f"tf.config.experimental.enable_tensor_float_32_execution({tf32})"] * (not on_cpu),
        ],
        call=lines,
        version="tf.__version__",
        shows=shows,
        forms={} if static or call.dY is not None else _forms(adapter, call, device),
    )


def _forms(adapter: TensorFlow, call: Call, device: str) -> dict[str, Lines]:
    layout = CHANNELS_FIRST[call.rank - 1]
    x, w = _inputs(call), _weights(call)
    traced = [x, w, *_told(call), f"y = tf.function(lambda x, w: {_operator(adapter, call)})(x, w)"]
    forms = {"tf.function": [*_on(device, traced), f"Y = y.numpy().transpose({_back(call)})"]}
    if call.resize is not None:
        return forms
    first = [
        f"x = tf.constant(X)  # {layout}",
        w,
        *_told(call),
        f"y = {_operator(adapter, call, layout)}",
    ]
    return forms | {layout: [*_on(device, first), "Y = y.numpy()"]}


def _on(device: str, lines: Lines) -> Lines:
    """Lines on a device; "": where TensorFlow puts them."""
    return (
        [f'with tf.device("/{device}:0"):', textwrap.indent("\n".join(lines), "    "), ""]
        if device
        else lines
    )


def _back(call: Call) -> str:
    return _axes([0, call.rank + 1, *range(1, call.rank + 1)])


def _stated(adapter: TensorFlow, call: Call) -> tuple[Lines, tuple[str, ...]]:
    """What `static_shape` does: the spatial sizes of x are left open."""
    expression = _operator(adapter, call)  # first: it knows what cannot be said
    sizes = [call.X.shape[0], *[None] * call.rank, call.X.shape[1]]
    layout = CHANNELS_LAST[call.rank - 1]
    lines = [
        _weights(call),
        f'spec = tf.TensorSpec({sizes}, "{call.dtype}")  # {layout}, the sizes of x left open',
        *_told(call),
        "def apply(x):",
        textwrap.indent(f"return {expression}", "    "),
        "",
        "n, *spatial, m = tf.function(apply, "
        "input_signature=[spec]).get_concrete_function().output_shapes.as_list()",
        "Y_shape = [n, m, *spatial]",
    ]
    return lines, SHOWN_SHAPE


def _computed(adapter: TensorFlow, call: Call, device: str) -> tuple[Lines, tuple[str, ...]]:
    """y, or dx and dw, on `device` ("": where TensorFlow puts it), then as ONNX lays it out."""
    call_lines = _call(adapter, call)  # first: it knows what cannot be said
    lines = [
        _inputs(call),
        _weights(call),
        *([] if call.dY is None else [f"dy = tf.constant(dY.transpose({_channels_last(call)}))"]),
        *_told(call),
        *call_lines,
    ]
    lines, back = _on(device, lines), _back(call)
    if call.dY is None:
        return [*lines, f"Y = y.numpy().transpose({back})"], SHOWN_Y
    weights_back = _axes([call.rank + 1, call.rank, *range(call.rank)])
    return [
        *lines,
        f"dX = dx.numpy().transpose({back})",
        f"dW = dw.numpy().transpose({weights_back})",
    ], shown("dX", "dW")


def _axes(order: list[int]) -> str:
    return ", ".join(map(str, order))


def _channels_last(call: Call) -> str:
    return _axes([0, *range(2, call.rank + 2), 1])


def _inputs(call: Call) -> str:
    return f"x = tf.constant(X.transpose({_channels_last(call)}))  # {CHANNELS_LAST[call.rank - 1]}"


def _weights(call: Call) -> str:
    channels = "M/group, C" if call.op == "ConvTranspose" else "C/group, M"
    return (
        f"w = tf.constant(W.transpose({_axes([*range(2, call.rank + 2), 1, 0])}))  # kernel "
        f"sizes, {channels}"
    )


def _told(call: Call) -> Lines:
    return ["# the shape of y comes third, or as input_sizes"] if call.op == "ConvTranspose" else []


def _operator(adapter: TensorFlow, call: Call, layout: str = "") -> str:
    return str(adapter._apply(call, Name("x"), Name("w"), *adapter._arguments(call), layout))


def _call(adapter: TensorFlow, call: Call) -> Lines:
    """The lines that make y, or dx and dw, from x and w (and dy)."""
    if call.dY is not None and call.op == "Conv" and isinstance(adapter, TensorFlowBackpropInput):
        dx, dw = adapter._raw_gradients(call, *map(Name, ("x", "w", "dy")))
        return [f"dx = {dx}", f"dw = {dw}"]
    y = f"y = {_operator(adapter, call)}"
    if call.dY is None:
        return [y]
    return [
        "with tf.GradientTape() as tape:",
        textwrap.indent(f"tape.watch([x, w])\n{y}", "    "),
        "",
        "dx, dw = tape.gradient(y, [x, w], output_gradients=dy)",
    ]
