"""tinygrad's calls as script lines, as its adapter makes them."""

from typing import Any

from ..api import Call
from ..entry import Entry
from ..script import (
    SHOWN_SHAPE,
    SHOWN_Y,
    Lines,
    Name,
    Script,
    Stenographer,
    given_names,
    quoted,
    shown,
)
from .arguments import SETTINGS, arguments


def tinygrad_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The tensor's method, its gradients where the call has a dY, or the shape of its output."""
    variables = [f"os.environ[{quoted(n)}] = {quoted(value)}" for n, value in SETTINGS.items()]
    lines, shows = _stated(call) if static else _computed(call)
    return Script(
        environment=["import os", "", *variables],
        imports=[
            "from importlib.metadata import version",
            "",
            "from tinygrad import Tensor, dtypes",
        ],
        call=lines,
        version='version("tinygrad")',
        shows=shows,
    )


def _stated(call: Call) -> tuple[Lines, tuple[str, ...]]:
    return [*_applied(call), "Y_shape = list(y.shape)"], SHOWN_SHAPE


def _computed(call: Call) -> tuple[Lines, tuple[str, ...]]:
    if call.dY is None:
        return [*_applied(call), f"Y = {_read(call, 'y')}"], SHOWN_Y
    names = given_names(call)
    gradients = [f"d{name}" for name in names]
    asked = ", ".join(map(str.lower, names))
    lines = [
        *_applied(call),
        f"gradients = y.gradient({asked}, gradient={_tensor(call, 'dY')})",
        f"{', '.join(gradients)} = ({_read(call, 'g')} for g in gradients)",
    ]
    return lines, shown(*gradients)


def _applied(call: Call) -> Lines:
    method, given = arguments(call)
    x: Any = Stenographer("x")
    names = given_names(call)
    bias = None if call.B is None else Name("b")
    made = [f"{name.lower()} = {_tensor(call, name)}" for name in names]
    return [*made, f"y = {getattr(x, method)(Name('w'), bias, **given)}"]


def _tensor(call: Call, name: str) -> str:
    if call.dtype != "bfloat16":
        return f"Tensor({name})"
    return f"Tensor({name}.view(np.uint16)).bitcast(dtypes.bfloat16)"


def _read(call: Call, name: str) -> str:
    if call.dtype != "bfloat16":
        return f"{name}.numpy()"
    return f"{name}.bitcast(dtypes.uint16).numpy().view(ml_dtypes.bfloat16)"
