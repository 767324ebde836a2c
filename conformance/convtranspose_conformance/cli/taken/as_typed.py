"""Parameters whose text is taken as it is typed: Typer converts each with pydantic, also what is
not given, and to load it takes a fifth of `explain`."""

import os
from functools import partial
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

_DIGITS = 9  # of a number that is read here
# of a path that may be any
_ANY_PATH = {"exists": False, "file_okay": True, "dir_okay": True, "writable": False}


def _value(parameter: Any, convert: Any, context: Any, given: Any) -> Any:
    """What Typer would make of it; without Typer where that is seen at once, as of text, and the
    same as it is given where nothing is typed."""
    described = getattr(parameter, "type_descriptor", None)  # since Typer 0.29
    if given is None and not parameter.required:
        value = () if parameter.multiple else None
    elif described is None or (value := _seen(described, given)) is None:
        return convert(context, given)
    return parameter.callback(context, parameter, value) if parameter.callback else value


def _seen(described: Any, given: Any) -> Any:
    """What is of the type already, or is text of a list, a number or a path that it allows; None
    for all else."""
    asked = described.annotation
    if asked == list[str] and given:
        return [*given] if all(type(each) is str for each in given) else None
    if not isinstance(asked, type) or type(given) is asked:
        return given if type(given) is asked else None
    if asked is Path:
        return given if isinstance(given, Path) else _path(described.parameter_info, given)
    return _number(described.parameter_info, given) if asked is int else None


def _number(info: Any, given: Any) -> int | None:
    if not (type(given) is str and given.isascii() and given.isdecimal()) or len(given) > _DIGITS:
        return None
    number = int(given)
    least, most = info.min, info.max
    return number if (least or 0) <= number and (most is None or number <= most) else None


def _path(info: Any, given: Any) -> Path | None:
    is_any = all(getattr(info, name) is usual for name, usual in _ANY_PATH.items())
    if not is_any or info.resolve_path or info.allow_dash or type(given) is not str:
        return None
    return Path(given) if os.access(given, os.R_OK) or not os.path.lexists(given) else None


def as_typed(parameters: list[Any]) -> list[Any]:
    """The parameters of a command, each of which converts no more than it has to."""
    for parameter in parameters:
        if not isinstance(parameter.process_value, partial):
            parameter.process_value = partial(_value, parameter, parameter.process_value)
    return parameters


class AsTyped(TyperCommand):
    """A command with such parameters."""

    def get_params(self, ctx: Any) -> list[Any]:
        return as_typed(super().get_params(ctx))
