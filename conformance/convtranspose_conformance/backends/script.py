"""What an adapter writes a call down with: the call in parts, and Python text made of values."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .api import Call
from .entry import Entry

CALL_WIDTH = 85
Lines = list[str]


def shown(*names: str) -> tuple[str, ...]:
    """What a script prints of its arrays."""
    return tuple(text for name in names for text in (f"{name}.dtype", f"{name}.shape", name))


SHOWN_Y = shown("Y")
SHOWN_SHAPE = ("Y_shape",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A call in parts: lines before the imports, the imports, the settings of a run, the call on
    the NumPy arrays X, W and, where there is one, B (ONNX layout), and what it gives by name.

    `version` is an expression. `again`: the lines that ask the same once more, where that is not
    the whole call. `forms`: those that make Y in the forms of `Backend.variants`, by their names
    and in their order.
    """

    imports: Lines
    call: Lines
    version: str
    environment: Lines = field(default_factory=list)
    settings: Lines = field(default_factory=list)
    again: Lines = field(default_factory=list)
    shows: tuple[str, ...] = SHOWN_Y
    forms: dict[str, Lines] = field(default_factory=dict)


class Writer(Protocol):
    """What `Entry.script` names: writes a call down as the adapter makes it, for people who have
    the framework but not this project.

    Of X, W, B and dY only shapes and dtype matter. `static`: the lines make `Y_shape`, as
    `Backend.static_shape` does; a call with a dY: they make dX, dW and dB. Raises Unsupported with
    the reason that the adapter has for the call.
    """

    def __call__(self, entry: Entry, call: Call, *, static: bool) -> Script: ...


class Name(str):
    """A variable of the script, as opposed to a string."""


class Stenographer:
    """Stands in for a framework: an attribute extends the name, a call is its own text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name

    def __getattr__(self, name: str) -> "Stenographer":
        return Stenographer(f"{self._name}.{name}")

    def __call__(self, *positional: Any, **named: Any) -> Name:
        given = [*map(literal, positional), *(f"{k}={literal(v)}" for k, v in named.items())]
        return Name(call_source(self._name, given))


def quoted(text: str) -> str:
    """A string literal on one line, in ASCII."""
    return json.dumps(text) if text.isascii() else ascii(text)


def literal(value: Any) -> str:
    """A value as Python text; a `Name` is itself."""
    return quoted(value) if isinstance(value, str) and not isinstance(value, Name) else str(value)


def call_source(function: str, given: Sequence[str], width: int = CALL_WIDTH) -> str:
    """A call on one line, or with its arguments on as few indented lines as they need."""
    text = f"{function}({', '.join(given)})"
    if len(text) <= width:
        return text
    lines: list[str] = []
    for argument in given:
        if lines and len(lines[-1]) + len(argument) + 2 <= width:
            lines[-1] += f" {argument},"
        else:
            lines.append(f"    {argument},")
    return "\n".join([f"{function}(", *lines, ")"])


def given_names(call: Call) -> list[str]:
    """The arrays of a call, by name."""
    return ["X", "W"] if call.B is None else ["X", "W", "B"]


def undone(lines: Lines, undo: str) -> Lines:
    """Lines after which, whatever they raise, something is undone."""
    return ["try:", textwrap.indent("\n".join(lines), "    "), "finally:", f"    {undo}"]


def dtype_source(dtype: str) -> str:
    """The dtype as a script spells it."""
    return "ml_dtypes.bfloat16" if dtype == "bfloat16" else f"np.{dtype}"
