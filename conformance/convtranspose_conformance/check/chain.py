"""A model run step by step: judged nodes by whoever answers them, Resize and DepthToSpace by the
reference, all others by onnx's ReferenceEvaluator, a node at a time."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .model.graph import Model
from .model.step import GraphStep, NotReached, TooLarge
from .numbers import Array
from .pixels import PIXELS
from .trusted.executor import Executor, taken_by

Answers = Callable[[GraphStep, list[Array | None]], Array]


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
                blamed = self._blamed(step) or f"{step.shown} ({step.op})"
                self._without |= dict.fromkeys(step.outputs, blamed)

    def _made(self, step: GraphStep, answers: Answers) -> dict[str, Any]:
        missing = next((name for name in step.takes if name not in self.values), None)
        if missing is not None:
            behind = self._without.get(missing)
            raise NotReached(f"behind {behind}" if behind else f"nothing makes its {missing!r}")
        if not step.judged:
            return self._executor.outputs(step, self.values)
        taken = taken_by(step, self.values)
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

    def _unjudged(self, step: GraphStep, why: NotReached) -> dict[str, Any]:
        """What onnx makes of a Resize or DepthToSpace that the reference does not say. Raises `why`
        where it does not either."""
        try:
            return self._executor.outputs(step, self.values)
        except NotReached as other:
            raise why from other

    def _blamed(self, step: GraphStep) -> str:
        return next((self._without[name] for name in step.takes if name in self._without), "")
