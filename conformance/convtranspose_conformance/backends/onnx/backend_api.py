"""Any object or module of ONNX's Backend API: `prepare(model, device).run(inputs)`
(onnx/backend/base.py)."""

import importlib
import sys
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from convtranspose_reference import Attributes

from ..api import Array, Backend, Call, Declined, Refused, Unusable, kind_of, module_of, text_of
from ..forms import constants_changed
from .model import feeds_of, model_of

_SMOKE = Call(
    op="ConvTranspose",
    attributes=Attributes(),
    opset=11,
    initializer=True,
    X=np.ones((1, 1, 3), np.float32),
    W=np.ones((1, 1, 2), np.float32),
    B=None,
)
_NOT_SUPPORTED = ("BackendIsNotSupposedToImplementIt",)


class OnnxBackend(Backend):
    """The object called `attribute` (dots allowed) of `module`, asked for `device`."""

    composes = True

    def __init__(self, target: str, device: str, stated_version: str) -> None:
        self._object, self._device, self._version = resolve(target), device, stated_version
        self._target = target
        try:
            self.run(_SMOKE)
        except Declined:
            return  # an answer of a kind: the run counts what it declines besides
        except Refused as error:
            raise Unusable(
                f"{target} does not answer a smoke call (1-D, ones, no attributes): {error}"
            ) from error

    def versions(self) -> dict[str, str]:
        return {self._target: self._version}

    def run(self, call: Call) -> Array:
        prepared, feeds = self._prepared(call), list(feeds_of(call).values())
        outputs = self._guarded("run", lambda: prepared.run(feeds))
        if not issubclass(type(outputs), list | tuple):
            return outputs  # type: ignore[no-any-return]
        # a list of its own kind may raise whatever it is asked
        if self._guarded("return value", lambda: not outputs):
            raise Refused("return value", "list", "returned no output")
        return self._guarded("return value", lambda: outputs[0])  # type: ignore[no-any-return]

    def _prepared(self, call: Call) -> Any:
        model = model_of(call)
        return self._guarded("prepare", lambda: self._object.prepare(model, self._device))

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield constants_changed(self, call)

    def _guarded(self, stage: str, step: Any) -> Any:
        """Everything that the object raises is its answer: nothing of ours runs inside `step`."""
        try:
            return step()
        except MemoryError:
            raise
        except unittest.SkipTest as error:
            raise Declined(text_of(error) or "SkipTest") from error
        except Exception as error:
            if kind_of(error) in _NOT_SUPPORTED:
                raise Declined(text_of(error) or kind_of(error)) from error
            checked = module_of(error).startswith("onnx") and kind_of(error) in (
                "ValidationError",
                "InferenceError",
            )
            raise Refused(
                "checker" if checked else stage, kind_of(error), text_of(error)
            ) from error


def resolve(target: str) -> Any:
    """The object that `module:attribute` names; the current directory is searched too. Raises
    Unusable saying what is missing."""
    module_name, _, attribute = target.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        named: Any = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # whatever a module does while it is imported
        raise Unusable(
            f"cannot import {module_name}: {kind_of(error)}: {text_of(error)}"
        ) from error
    for name in filter(None, attribute.split(".")):
        try:
            named = getattr(named, name)
        except Exception as error:
            raise Unusable(f"{module_name} has no {attribute}: {text_of(error)}") from error
    if not _has_prepare(named):
        raise Unusable(
            f"{target} has no prepare(model, device): accepted is an object or module of ONNX's "
            "Backend API"
        )
    return named


def _has_prepare(named: Any) -> bool:
    try:
        return hasattr(named, "prepare")
    except Exception:  # an attribute of its own that raises something else
        return False
