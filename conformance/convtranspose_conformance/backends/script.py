"""What a transcript is made of: a call in parts, and Python text that is built from values."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .api import Call

LINE = 85
STATED = ("Y_shape",)


def answer(*names: str) -> tuple[str, ...]:
    """What a script shows of its arrays."""
    return tuple(shown for name in names for shown in (f"{name}.dtype", f"{name}.shape", name))


ANSWER = answer("Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A call in parts: lines before the imports, the imports, the settings of a run, the call on X,
    W and B, and what it gives by name.

    `again`: the lines that ask the same once more, where that is not the whole call.
    """

    imports: list[str]
    call: list[str]
    version: str
    environment: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    shows: tuple[str, ...] = ANSWER


class Name(str):
    """A variable of the script, as opposed to a string."""


class Stenographer:
    """Stands in for a framework: an attribute extends the name, a call is its own text."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> "Stenographer":
        return Stenographer(f"{self._name}.{name}")

    def __call__(self, *positional: Any, **named: Any) -> str:
        return called(
            self._name,
            [*map(text_of, positional), *(f"{k}={text_of(v)}" for k, v in named.items())],
        )


def quoted(text: str) -> str:
    """A string literal on one line, in ASCII."""
    return json.dumps(text) if text.isascii() else ascii(text)


def text_of(value: Any) -> str:
    """A value as Python text; a `Name` is itself."""
    return quoted(value) if isinstance(value, str) and not isinstance(value, Name) else str(value)


def called(function: str, given: Sequence[str], width: int = LINE) -> str:
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


def undone(lines: list[str], undo: str) -> list[str]:
    """Lines after which, whatever they raise, something is undone."""
    return ["try:", textwrap.indent("\n".join(lines), "    "), "finally:", f"    {undo}"]


def dtype_source(dtype: str) -> str:
    """The dtype as a script spells it."""
    return "ml_dtypes.bfloat16" if dtype == "bfloat16" else f"np.{dtype}"
