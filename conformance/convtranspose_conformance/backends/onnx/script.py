"""onnx's evaluator, its shape inference, and anything of ONNX's Backend API, as script lines."""

from ..api import Call
from ..entry import Entry
from ..script import SHOWN_SHAPE, Lines, Script, quoted
from .model import feeds_of
from .model_script import constants_form, feeds_text, model_lines


def reference_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """onnx's ReferenceEvaluator."""
    return Script(
        imports=[
            "import onnx",
            "from onnx import TensorProto, helper",
            "from onnx.reference import ReferenceEvaluator",
        ],
        call=_evaluated(call),
        version="onnx.__version__",
        forms=constants_form(call, _evaluated),
    )


def _evaluated(call: Call) -> Lines:
    return [*model_lines(call), f"Y = ReferenceEvaluator(model).run(None, {feeds_text(call)})[0]"]


def shape_inference_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """onnx's shape inference, which is not told Y's rank."""
    return Script(
        imports=["import onnx", "from onnx import TensorProto, helper"],
        call=[
            *model_lines(call),
            'model.graph.output[0].type.tensor_type.ClearField("shape")',
            "inferred = onnx.shape_inference.infer_shapes(model, check_type=True, "
            "strict_mode=True)",
            "sizes = inferred.graph.output[0].type.tensor_type.shape.dim",
            'Y_shape = [d.dim_value if d.HasField("dim_value") else None for d in sizes]',
        ],
        version="onnx.__version__",
        shows=SHOWN_SHAPE,
    )


def backend_api_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """A module or object of ONNX's Backend API."""
    target, device = str(entry.arguments[0]), str(entry.arguments[1])
    module, _, _ = target.partition(":")

    def ask(call: Call) -> Lines:
        return [
            *model_lines(call),
            f"prepared = {target.replace(':', '.')}.prepare(model, {quoted(device)})",
            f"outputs = prepared.run([{', '.join(feeds_of(call))}])",
            "Y = outputs[0] if isinstance(outputs, (list, tuple)) else outputs",
        ]

    return Script(
        imports=[f"import {module}", "from onnx import TensorProto, helper"],
        call=ask(call),
        version=f'getattr({module}, "__version__", {quoted("version unknown")})',
        forms=constants_form(call, ask),
    )
