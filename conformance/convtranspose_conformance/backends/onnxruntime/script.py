"""ONNX Runtime's sessions as script lines, as its adapter makes them."""

from ..api import Call
from ..entry import Entry
from ..onnx.model import ELEMENT_TYPES
from ..onnx.model_script import constants_form, feeds_text, model_lines, over_changing_shapes
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Script, call_source, quoted, undone


def runtime_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """A session that is run, or asked for its output's shape."""
    on_cpu, proved = str(entry.arguments[0]).startswith("CPU"), any(entry.arguments[2:])
    proof = ["disable_cpu_ep_fallback"] * (not on_cpu)
    proof += ["record_ep_graph_assignment_info"] * (proved or not on_cpu)
    settings = [
        "options = onnxruntime.SessionOptions()",
        "options.intra_op_num_threads = options.inter_op_num_threads = 1",
        *(f'options.add_session_config_entry("session.{each}", "1")' for each in proof),
    ]
    stated = ["Y_shape = session.get_outputs()[0].shape"]
    run = runtime_lines(call)
    return Script(
        imports=["import onnxruntime", "from onnx import TensorProto, helper"],
        settings=settings,
        call=[*model_lines(call), _session(entry), *(stated if static else run)],
        again=[] if static else run,
        version="onnxruntime.__version__",
        shows=SHOWN_SHAPE if static else ("session.get_outputs()[0].shape", *SHOWN_Y),
        forms={} if static or call.dY is not None else _forms(entry, call),
    )


def _session(entry: Entry) -> str:
    """The line that makes `session`."""
    provider, tf32 = str(entry.arguments[0]), any(entry.arguments[1:2])
    asked = (
        quoted(provider)
        if not provider.startswith("CUDA")
        else f'({quoted(provider)}, {{"use_tf32": "{int(tf32)}"}})'
    )
    given = ["model.SerializeToString()", "options", f"providers=[{asked}]"]
    return f"session = {call_source('onnxruntime.InferenceSession', given)}"


def runtime_lines(call: Call) -> Lines:
    """Lines that run `session`."""
    if call.dtype != "bfloat16":
        return [f'Y = session.run(["Y"], {feeds_text(call)})[0]']
    value = "onnxruntime.OrtValue.ortvalue_from_numpy_with_onnx_type"
    return [
        f"bits = {value}  # NumPy itself has no bfloat16",
        f"feeds = {feeds_text(call)}",
        f"feeds = {{name: bits(a.view(np.uint16), {ELEMENT_TYPES['bfloat16']}) for name, a in "
        "feeds.items()}",
        'Y = session.run_with_ort_values(["Y"], feeds)[0].numpy().view(ml_dtypes.bfloat16)',
    ]


def _forms(entry: Entry, call: Call) -> dict[str, Lines]:
    session = _session(entry)

    def ask(call: Call) -> Lines:
        return [*model_lines(call), session, *runtime_lines(call)]

    return {
        **constants_form(call, ask),
        "graph optimizations off": _optimized("ORT_DISABLE_ALL", ask(call)),
        "graph optimizations full": _optimized("ORT_ENABLE_ALL", ask(call)),
        "one session over changing shapes": [
            *model_lines(call, symbolic=True),
            session,
            *over_changing_shapes(runtime_lines(call)),
        ],
    }


def _optimized(level: str, ask: Lines) -> Lines:
    setting = "options.graph_optimization_level"
    asked = [f"{setting} = onnxruntime.GraphOptimizationLevel.{level}", *ask]
    return [f"usual = {setting}", *undone(asked, f"{setting} = usual")]
