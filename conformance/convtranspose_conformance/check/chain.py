"""A model run step by step: judged nodes by whoever answers them, Resize and DepthToSpace by the
reference, all others by onnx's ReferenceEvaluator, a node at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convtranspose_reference import InvalidInput
from convtranspose_reference.resize import Undefined

from .graph import Model, NotReached, Step, TooLarge
from .numbers import Array
from .pixels import PIXELS, made_of_pixels, require_few

Answers = Callable[[Step, list[Array | None]], Array]


def _taken(step: Step, values: Mapping[str, Any]) -> list[Any]:
    """What a step is fed, None for an input that is left out."""
    return [values[name] if name else None for name in step.inputs]


class Executor:
    """Runs the steps of a model that nobody is judged by: trusted, and the same in every chain."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._ready: dict[str, Any] = {}

    def outputs(self, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the step makes of the values that it takes. Raises NotReached where onnx has no
        implementation of it, or that one fails."""
        if step.op in PIXELS and step.outputs:
            try:
                return {step.outputs[0]: self._made_of_pixels(step, values)}
            except TooLarge:
                raise
            except (NotReached, InvalidInput, Undefined):  # onnx may know more
                require_few(_taken(step, values))
        try:
            runs = self._evaluator(step).run(None, {name: values[name] for name in step.takes})
        except Exception as error:  # whatever onnx raises in a node that it executes
            said = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise NotReached(f"onnx's ReferenceEvaluator cannot run {step.op}: {said}") from error
        made = [name for name in step.outputs if name]
        return dict(zip(made, runs, strict=True))

    def _made_of_pixels(self, step: Step, values: Mapping[str, Any]) -> Array:
        title, opset = self._model.title(step), self._model.opset
        return made_of_pixels(title, step, _taken(step, values), opset)

    def _evaluator(self, step: Step) -> Any:
        from onnx import ValueInfoProto, helper
        from onnx.reference import ReferenceEvaluator

        if step.key not in self._ready:
            takes, makes = dict.fromkeys(step.takes), filter(None, step.outputs)
            graph = helper.make_graph(
                [step.proto],
                "step",
                [ValueInfoProto(name=name) for name in takes],
                [ValueInfoProto(name=name) for name in makes],
            )
            model = helper.make_model(graph, opset_imports=self._model.opset_imports)
            self._ready[step.key] = ReferenceEvaluator(model)
        return self._ready[step.key]


class Chain:
    """One run of a model. `values` are those that there are, by name; `lost` says of a step that
    gave none why, by the step's key."""

    def __init__(self, model: Model, feeds: Mapping[str, Array], executor: Executor) -> None:
        self._model, self._executor = model, executor
        self.values: dict[str, Any] = {**model.constants, **feeds}
        self.lost: dict[str, str] = {}
        self._without: dict[str, str] = {}  # a value that there is not -> the step that is to blame

    def run(self, answers: Answers) -> None:
        """Every step in the graph's order; `answers` gives Y of a judged one, and raises NotReached
        where there is none: then it is the executor's, if that has it."""
        for step in self._model.steps:
            try:
                self.values |= self._made(step, answers)
            except NotReached as why:
                self.lost[step.key] = str(why)
                blamed = self._blamed(step) or f"{step.name} ({step.op})"
                self._without |= dict.fromkeys(step.outputs, blamed)

    def _made(self, step: Step, answers: Answers) -> dict[str, Any]:
        missing = next((name for name in step.takes if name not in self.values), None)
        if missing is not None:
            behind = self._without.get(missing)
            raise NotReached(f"behind {behind}" if behind else f"nothing makes its {missing!r}")
        if not step.judged:
            return self._executor.outputs(step, self.values)
        taken = _taken(step, self.values)
        wrong = [each for each in taken if each is not None and not isinstance(each, np.ndarray)]
        if wrong:
            raise NotReached(f"takes {type(wrong[0]).__name__}, and no tensor")
        try:
            Y = answers(step, taken)
            return {step.outputs[0]: Y}
        except NotReached as why:
            self.lost[step.key] = str(why)
            if step.op not in PIXELS or isinstance(why, TooLarge):
                raise
            return self._unjudged(step, why)

    def _unjudged(self, step: Step, why: NotReached) -> dict[str, Any]:
        """What onnx makes of a Resize or DepthToSpace that the reference does not say. Raises `why`
        where it does not either."""
        try:
            return self._executor.outputs(step, self.values)
        except NotReached as other:
            raise why from other

    def _blamed(self, step: Step) -> str:
        return next((self._without[name] for name in step.takes if name in self._without), "")
