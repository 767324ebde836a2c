"""The one way of figures into their file: whole, and of what their key says, or not at all."""

import json
import os
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .parts import Key

VERSION = "version of "
ALSO_CALLED = {"onnxruntime": "onnxruntime-gpu"}  # by the extra of that name


class NotInFullError(SystemExit):
    """Nothing was written. Ends the script that lets it pass with status 1 and the reason."""


def keep_figures(
    path: Path, figures: Mapping[str, Any], lacking: Iterable[str] = (), **how: Any
) -> None:
    """Writes a file of figures as JSON (`how`: options of `json.dumps`). See `keep_text`."""
    text = json.dumps(figures, **({"indent": 1} | how)) + "\n"
    keep_text(path, text, figures.get("measured_of", {}), lacking)


def keep_text(path: Path, text: str, key: Key, lacking: Iterable[str] = ()) -> None:
    """Writes a file that was measured of `key`, in one step. Raises NotInFullError, and leaves the
    file as it is, with its old key, where something is `lacking` (a line each), or a framework here
    is not of the version that the key names."""
    missing = [*lacking, *of_other_versions(key)]
    if missing:
        said = "; ".join(missing)
        raise NotInFullError(f"{path.name}: nothing written, not measured in full: {said}")
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


def of_other_versions(key: Key) -> list[str]:
    """A line for each version of a key that is another here."""
    lines = []
    for part, named in key.items():
        if part.startswith(VERSION):
            name = part.removeprefix(VERSION)
            here = _installed(name) or _installed(ALSO_CALLED.get(name, name)) or "not installed"
            if here.partition("+")[0] != named:
                lines.append(f"{name} is to be {named}, and is {here}")
    return lines


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
