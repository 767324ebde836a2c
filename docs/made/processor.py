"""The processor that docs/ speak of, whichever makes them: what is predicted of a call depends on
it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from convtranspose_conformance.backends import processor
from convtranspose_conformance.prediction.kernels import kernels_here

CPUINFO = Path(__file__).with_name("processor.txt")
_DECIDING = (*processor.ONEDNN_VARIABLES, "TF_ENABLE_ONEDNN_OPTS", "ATEN_CPU_CAPABILITY")


@contextmanager
def of_the_docs() -> Iterator[None]:
    """Predictions are of `processor.txt`, with nothing told to any framework."""
    environment = {name: value for name, value in os.environ.items() if name not in _DECIDING}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(processor, "CPUINFO", CPUINFO))
        stack.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        stack.callback(kernels_here.cache_clear)
        kernels_here.cache_clear()
        yield
