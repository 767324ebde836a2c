"""PyTorch's operators through `torch.compile`: TorchDynamo's graph, Inductor's C++."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..api import Call, Unusable, text_of
from ..processor import told
from ..script import Stenographer
from .adapter import Torch

OPTIONS = {"fullgraph": True, "dynamic": False}  # no part of the call is left to eager PyTorch
_FOLDER = "TORCHINDUCTOR_CACHE_DIR"
_SET = {
    "TORCHINDUCTOR_COMPILE_THREADS": "1",  # no pool of processes beside this one
    "TORCHINDUCTOR_VEC_ISA_OK": "1",  # what the processor has is used: not tried out for 10 s
}


class TorchCompiled(Torch):
    """Each call compiled anew. Caches are the worker's own, and go with it."""

    composes = False

    def __init__(self, device: str) -> None:
        os.environ[_FOLDER] = str(Path(tempfile.gettempdir(), "inductor"))  # found after a crash
        os.environ.update(_SET)
        super().__init__(device)
        from torch._dynamo.utils import counters

        self._counters = counters
        try:  # headers are compiled once: no case is to wait for them
            self._compiled(self._torch.neg)(self._torch.ones(3))
        except (RuntimeError, OSError) as error:
            raise Unusable(f"torch.compile does not compile here: {text_of(error)}") from error

    def kernels(self) -> dict[str, str]:
        return super().kernels() | told("CXX", *_SET)

    def _operator(self, call: Call) -> Any:
        return self._compiled(super()._operator(call))

    def _compiled(self, operator: Callable[..., Any]) -> Callable[..., Any]:
        """Compiled at its first call, where nothing is left of what was compiled before. Raises
        Unusable there where Inductor did not compile all of it as one graph."""

        def proved(*given: Any, **named: Any) -> Any:
            self._torch.compiler.reset()
            self._counters.clear()
            Y = self._torch.compile(operator, **OPTIONS)(*given, **named)
            counted = {key: dict(each) for key, each in self._counters.items() if each}
            graphs = counted.get("stats", {}).get("unique_graphs")
            if graphs != 1 or "graph_break" in counted or "inductor" not in counted:
                raise Unusable(f"torch.compile did not compile one graph: it counts {counted}")
            return Y

        return proved


class WrittenCompiled(Torch):
    """What the scripts say."""

    def _operator(self, call: Call) -> Any:
        stands: Any = Stenographer("torch")
        return Stenographer(stands.compile(super()._operator(call), **OPTIONS))
