"""onnx itself: its ReferenceEvaluator, and its shape inference as a backend of shapes alone."""

from collections.abc import Callable, Iterator
from typing import Any

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Refused, Unsupported, kind_of, text_of
from ..forms import constants_changed
from .model import ELEMENT_TYPES, dims_of, feeds_of, identity_of, model_of


class OnnxReference(Backend):
    """`onnx.reference.ReferenceEvaluator`."""

    composes = True

    def __init__(self) -> None:
        import onnx
        from onnx.reference import ReferenceEvaluator

        self._onnx, self._evaluator = onnx, ReferenceEvaluator
        one = ReferenceEvaluator(identity_of(13, ELEMENT_TYPES["bfloat16"])).run(None, {})[0]
        self._reads_bfloat16 = one.dtype.name == "bfloat16"

    def versions(self) -> dict[str, str]:
        return {"onnx": self._onnx.__version__}

    def run(self, call: Call) -> Array:
        """Raises Unsupported for bfloat16 in constants where they are read as the integers of their
        bits, as by onnx 1.17 and 1.18."""
        if call.dtype == "bfloat16" and call.initializer and not self._reads_bfloat16:
            raise Unsupported("a constant of bfloat16 is read as the integers of its bits")
        model, feeds = model_of(call), feeds_of(call)
        try:
            outputs: Any = self._evaluator(model).run(None, feeds)
        # a Python implementation: whatever it raises is its answer, and nothing of ours runs in
        # there
        except Exception as error:
            raise Refused("run", kind_of(error), text_of(error)) from error
        return outputs[0]  # type: ignore[no-any-return]

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield constants_changed(self, call)


class OnnxShapeInference(Backend):
    """`onnx.shape_inference.infer_shapes` in strict mode."""

    composes = True

    def __init__(self) -> None:
        import onnx

        self._onnx = onnx

    def versions(self) -> dict[str, str]:
        return {"onnx": self._onnx.__version__}

    def static_shape(self, call: Call) -> PartialShape | None:
        model = model_of(call)
        model.graph.output[0].type.tensor_type.ClearField("shape")
        try:
            inferred = self._onnx.shape_inference.infer_shapes(
                model, check_type=True, strict_mode=True
            )
        except self._onnx.shape_inference.InferenceError as error:
            raise Refused("infer_shapes", kind_of(error), text_of(error)) from error
        tensor = inferred.graph.output[0].type.tensor_type
        if not tensor.HasField("shape"):
            return None
        return dims_of([d.dim_value if d.HasField("dim_value") else None for d in tensor.shape.dim])
