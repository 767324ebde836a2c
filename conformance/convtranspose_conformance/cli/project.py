"""The table [tool.convtranspose] of a project's pyproject.toml: what `convtranspose run` takes
where its command line says nothing, so that the line in CI is that alone."""

import tomllib
from collections.abc import Container
from pathlib import Path
from typing import Annotated, Any

import msgspec

from convtranspose_cases.limits import LimitError, plain, text_of

from .taken.options import MOST_JOBS, OptionError

FILE = "pyproject.toml"
PATHS = ("deviations", "claims", "out")  # beside the file, not where the command is called
LISTS = ("backend", "suite", "case", "deviations", "claims")

# an option of the command line takes the place of these of the table: they speak of one thing
INSTEAD = {
    "backend": ("backend", "backend_version", "like"),
    "all_backends": ("backend", "backend_version", "like"),
    "suite": ("suite", "case"),
    "case": ("suite", "case"),
}

Names = str | list[str] | msgspec.UnsetType


class _Table(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """The options that a project may fix, named and meant as on the command line."""

    backend: Names = msgspec.UNSET
    suite: Names = msgspec.UNSET
    case: Names = msgspec.UNSET
    deviations: Names = msgspec.UNSET
    claims: Names = msgspec.UNSET
    out: str | msgspec.UnsetType = msgspec.UNSET
    backend_version: str | msgspec.UnsetType = msgspec.UNSET
    like: str | msgspec.UnsetType = msgspec.UNSET
    min_answered: float | msgspec.UnsetType = msgspec.UNSET
    jobs: Annotated[int, msgspec.Meta(ge=1, le=MOST_JOBS)] | msgspec.UnsetType = msgspec.UNSET
    timeout: float | msgspec.UnsetType = msgspec.UNSET
    memory: float | msgspec.UnsetType = msgspec.UNSET
    seed: Annotated[int, msgspec.Meta(ge=0)] | msgspec.UnsetType = msgspec.UNSET


KEYS = tuple(field.encode_name for field in msgspec.structs.fields(_Table))


def project_options(start: Path, typed: Container[str] = ()) -> tuple[Path | None, dict[str, Any]]:
    """The nearest pyproject.toml from `start` upwards and the options that its table gives, by the
    names of `run`'s parameters, but for those in whose place others are `typed`; None and nothing
    where there is none. Raises OptionError for a table that cannot be used."""
    file = next((d / FILE for d in (start, *start.parents) if (d / FILE).is_file()), None)
    table = None if file is None else _table(file)
    if file is None or table is None:
        return None, {}
    given = {
        name: value
        for name in table.__struct_fields__
        if (value := getattr(table, name)) is not msgspec.UNSET
    }
    for name, others in INSTEAD.items():
        if f"--{name.replace('_', '-')}" in typed:
            for other in others:
                given.pop(other, None)
    return file, {name: _option(file.parent, name, value) for name, value in given.items()}


def _table(file: Path) -> _Table | None:
    try:
        text = text_of(file)
        if "convtranspose" not in text:  # whatever else is in it is no matter of ours
            return None
        tool = tomllib.loads(text).get("tool")
        told = tool.get("convtranspose") if isinstance(tool, dict) else None
        return None if told is None else msgspec.convert(told, _Table)
    except msgspec.ValidationError as error:
        raise OptionError(
            f"{plain(str(file))}: [tool.convtranspose]: {error}; accepted are {', '.join(KEYS)}, "
            "as on the command line"
        ) from None
    except (LimitError, ValueError, RecursionError) as error:  # no TOML, or integers too long
        raise OptionError(
            f"{plain(str(file))}: cannot be read as TOML: {plain(str(error))}; accepted is a file "
            "that other tools read, too"
        ) from None


def _option(folder: Path, name: str, value: Any) -> Any:
    if name == "out":
        return folder / value
    if isinstance(value, str) and name in LISTS:
        value = [value]
    return [folder / each for each in value] if name in PATHS else value
