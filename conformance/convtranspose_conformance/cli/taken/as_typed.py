"""Parameters whose text is taken as it is typed: Typer converts each with pydantic, also what is
not given, and to load it takes a fifth of `explain`."""

from functools import partial
from typing import Any

from typer.core import TyperCommand


def _value(parameter: Any, convert: Any, context: Any, given: Any) -> Any:
    """What Typer would make of it; without Typer where that is the same, as of text and of what a
    command takes where nothing is typed."""
    described = getattr(parameter, "type_descriptor", None)  # since Typer 0.29
    is_such = described is not None and type(given) is described.annotation
    if not is_such and (parameter.required or given is not None):
        return convert(context, given)
    value = () if given is None and parameter.multiple else given
    return parameter.callback(context, parameter, value) if parameter.callback else value


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
