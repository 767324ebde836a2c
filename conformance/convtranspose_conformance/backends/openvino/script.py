"""OpenVINO's models as script lines, as its adapter makes them."""

from ..api import Call
from ..entry import Entry
from ..onnx.model_script import constants_form, feeds_text, model_lines, over_changing_shapes
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Name, Script, Stenographer, literal, quoted
from .settings import SETTINGS

_OF_BITS = [
    "def of_bits(a):  # NumPy itself has no bfloat16",
    "    shape = openvino.Shape(list(a.shape))",
    "    return openvino.Tensor(a.view(np.uint16), shape, openvino.Type.bf16)",
    "",
]
_STATED = [
    "sizes = compiled.output(0).partial_shape",
    "Y_shape = [size.get_length() if size.is_static else None for size in sizes]",
]


def openvino_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """A compiled model that is run, or asked for its output's shape."""
    given = ", ".join(f"{quoted(name)}: {literal(value)}" for name, value in SETTINGS.items())
    return Script(
        imports=["import openvino", "from onnx import TensorProto, helper"],
        settings=[*_bits(call), "core = openvino.Core()", f"settings = {{{given}}}"],
        call=[*_compiled(entry, call), *(_STATED if static else _run(call))],
        again=[] if static else _run(call),
        version="openvino.__version__",
        shows=SHOWN_SHAPE if static else ("compiled.output(0).partial_shape", *SHOWN_Y),
        forms={} if static else _forms(entry, call),
    )


def _bits(call: Call) -> Lines:
    return _OF_BITS if call.dtype == "bfloat16" else []


def _compiled(entry: Entry, call: Call, *, symbolic: bool = False) -> Lines:
    """Lines that make `compiled`."""
    core, device = Stenographer("core"), str(entry.arguments[0])
    compiled = core.compile_model(Name("read"), device, Name("settings"))
    read = core.read_model(Name("model.SerializeToString()"))
    return [*model_lines(call, symbolic=symbolic), f"read = {read}", f"compiled = {compiled}"]


def _run(call: Call) -> Lines:
    """Lines that run `compiled`."""
    if call.dtype != "bfloat16":
        return [f"Y = compiled({feeds_text(call)})[0]"]
    return [
        f"feeds = {{name: of_bits(a) for name, a in {feeds_text(call)}.items()}}",
        "Y = compiled(feeds)[0].view(ml_dtypes.bfloat16)",
    ]


def _forms(entry: Entry, call: Call) -> dict[str, Lines]:
    over_shapes = over_changing_shapes(_run(call))
    return {
        **constants_form(call, lambda call: [*_compiled(entry, call), *_run(call)]),
        "one model over changing shapes": [*_compiled(entry, call, symbolic=True), *over_shapes],
    }
