"""One call explained to someone who has to write it elsewhere: sizes step by step, sums, other
readings, code.

Four rooms, each resting on those before it: `geometry` (which part of the full output a call keeps,
and why), `code` (the call in each framework), `inputs` (what a person has, read into a case) and
`pages` (the explanation as text and as HTML).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .code.all_frameworks import codes
    from .inputs.options import case_from_options
    from .inputs.subject import Subject, Unreadable
    from .pages.text import explain

__all__ = ["Subject", "Unreadable", "case_from_options", "codes", "explain"]

_MODULES = {
    "codes": ".code.all_frameworks",
    "case_from_options": ".inputs.options",
    "Subject": ".inputs.subject",
    "Unreadable": ".inputs.subject",
    "explain": ".pages.text",
}


def __getattr__(name: str) -> Any:
    """What is asked for, from its room; a room is imported when the first of its names is used."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name], __name__), name)
