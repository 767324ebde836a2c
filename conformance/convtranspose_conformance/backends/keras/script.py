"""Keras layers as script lines, as the adapter makes them."""

from ..api import Call
from ..entry import Entry
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Script, Stenographer, quoted
from .arguments import arguments
from .settings import settings


def keras_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The layer on its weights, or the shape that it states."""
    given = settings(str(entry.arguments[0]))
    variables = [f"os.environ[{quoted(n)}] = {quoted(value)}" for n, value in given.items()]
    return Script(
        environment=["import os", "", *variables],
        imports=["import keras"],
        call=_stated(call) if static else _run(call),
        version="keras.__version__",
        shows=SHOWN_SHAPE if static else SHOWN_Y,
        forms={} if static else {"channels_first": _run(call, "channels_first")},
    )


def _layer(call: Call, **layout: str) -> str:
    kind, given = arguments(call)
    made = getattr(Stenographer("keras.layers"), kind)
    return f"layer = {made(**given, **layout)}"


def _axes(order: list[int]) -> str:
    return ", ".join(map(str, order))


def _stated(call: Call) -> Lines:
    sizes = (call.X.shape[0], *call.X.shape[2:], call.X.shape[1])
    stated = f"n, *spatial, m = layer.compute_output_shape({sizes})"
    return [_layer(call), stated, "Y_shape = [n, m, *spatial]"]


def _run(call: Call, layout: str = "") -> Lines:
    last = _axes([0, *range(2, call.rank + 2), 1])
    back = _axes([0, call.rank + 1, *range(1, call.rank + 1)])
    weights = f"W.transpose({_axes([*range(2, call.rank + 2), 1, 0])})"
    biased = "" if call.B is None else ", B"
    return [
        _layer(call, **({"data_format": layout} if layout else {})),
        "x = X" if layout else f"x = X.transpose({last})",
        "layer.build(x.shape)",
        f"layer.set_weights([{weights}{biased}])",
        "y = keras.ops.convert_to_numpy(layer(x))",
        "Y = y" if layout else f"Y = y.transpose({back})",
    ]
