"""The version of this suite, as its runs carry it."""

import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

DISTRIBUTION = "convtranspose-conformance"
_CHECKOUT = Path(__file__).resolve().parents[3]


def suite_version() -> str:
    """The installed distribution's; of a checkout on the path alone, its pyproject.toml's;
    "unknown" where neither is."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return _stated(_CHECKOUT / "pyproject.toml") or "unknown"


def _stated(project: Path) -> str:
    try:
        told = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError):
        return ""
    return str(told["version"]) if told.get("name") == DISTRIBUTION else ""
