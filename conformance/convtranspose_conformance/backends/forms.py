"""The forms in which one call is asked again, by name: what the check `repeatability` compares."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from .api import Array, Backend, Call, Declined, Refused

AGAIN = "again"
AFTER_OTHERS = "after other calls"
NEGATED = "W and B negated, and Y negated back"
SAME_CALL = (AGAIN, AFTER_OTHERS)  # the very same bits, whatever the numbers


def constants_name(call: Call) -> str:
    """The name of the form that `constants_changed` makes."""
    return "W as graph input" if call.initializer else "W as initializer"


def constants_changed(backend: Backend, call: Call) -> tuple[str, Callable[[], Array]]:
    """The form of an ONNX model whose W and B are graph inputs where the call has them constant,
    and the other way round."""
    return constants_name(call), lambda: backend.run(
        replace(call, initializer=not call.initializer)
    )


def after_other_shapes(run: Callable[[Call], Array], call: Call) -> Array:
    """What `run`, of a model whose X has open sizes, gives after it was asked other ones: their
    answers do not count."""
    for other in other_shapes(call):
        with suppress(Declined, Refused):
            run(other)
    return run(call)


def other_shapes(call: Call) -> Iterator[Call]:
    """The call with an X of other sizes: an empty batch, two batches, a shorter last axis, and one
    without elements."""
    for X in (call.X[:0], np.concatenate([call.X, call.X]), call.X[..., :-1], call.X[..., :0]):
        yield replace(call, X=np.ascontiguousarray(X))
