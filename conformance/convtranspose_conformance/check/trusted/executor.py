"""Steps of a model that nobody is judged by: Resize and DepthToSpace by the reference, all others
by onnx's ReferenceEvaluator, a node at a time."""

from collections.abc import Mapping
from typing import Any

from convtranspose_reference import InvalidInput
from convtranspose_reference.resize import Undefined

from ..model.graph import Model
from ..model.step import GraphStep, NotReached, TooLarge
from ..numbers import Array
from ..pixels import PIXELS, made_of_pixels, require_few
from .alarm import TimeUp, at_most
from .draws import seeded

USUAL_SECONDS = 60.0


def taken_by(step: GraphStep, values: Mapping[str, Any]) -> list[Any]:
    """What a step is fed, None for an input that is left out."""
    return [values[name] if name else None for name in step.inputs]


class Executor:
    """Runs the steps of a model that nobody is judged by, each for so many seconds at most:
    trusted, and the same in every chain."""

    def __init__(self, model: Model, seconds: float = USUAL_SECONDS) -> None:
        self._model, self._seconds = model, seconds
        self._too_slow: set[str] = set()  # keys of steps, which are not begun again
        self._ready: dict[str, Any] = {}

    def outputs(self, step: GraphStep, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the step makes of the values that it takes. Raises NotReached where onnx has no
        implementation of it, or that one fails or takes too long."""
        if step.op in PIXELS and step.outputs:
            try:
                return {step.outputs[0]: self._made_of_pixels(step, values)}
            except TooLarge:
                raise
            except (NotReached, InvalidInput, Undefined):  # onnx may know more
                require_few(taken_by(step, values))
        feeds = {name: values[name] for name in step.takes}
        made = [name for name in step.outputs if name]
        return dict(zip(made, self._runs(step, feeds), strict=True))

    def _runs(self, step: GraphStep, feeds: dict[str, Any]) -> list[Any]:
        try:
            if step.key in self._too_slow:
                raise TimeUp
            with at_most(self._seconds):
                return list(self._evaluator(step).run(None, feeds))
        except TimeUp:
            self._too_slow.add(step.key)
            raise NotReached(
                f"onnx's ReferenceEvaluator has not run {step.op} within {self._seconds:g} s; "
                "--timeout says how long it may take"
            ) from None
        except Exception as error:  # whatever onnx raises in a node that it executes
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise NotReached(f"onnx's ReferenceEvaluator cannot run {step.op}: {said}") from error

    def _made_of_pixels(self, step: GraphStep, values: Mapping[str, Any]) -> Array:
        title, opset = self._model.title(step), self._model.opset
        return made_of_pixels(title, step, taken_by(step, values), opset)

    def _evaluator(self, step: GraphStep) -> Any:
        from onnx import ValueInfoProto, helper
        from onnx.reference import ReferenceEvaluator

        if step.key not in self._ready:
            takes, makes = dict.fromkeys(step.takes), filter(None, step.outputs)
            graph = helper.make_graph(
                [seeded(step.proto, step.key, self._model.opset)],
                "step",
                [ValueInfoProto(name=name) for name in takes],
                [ValueInfoProto(name=name) for name in makes],
            )
            model = helper.make_model(graph, opset_imports=self._model.opset_imports)
            self._ready[step.key] = ReferenceEvaluator(model)
        return self._ready[step.key]
