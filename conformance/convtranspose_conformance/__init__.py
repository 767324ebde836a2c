"""A conformance suite for ConvTranspose: every backend asked, every answer judged, every difference
explained.

What other people's code may import stands in `__all__`, and stays there:

- an adapter: `Backend`, `Call`, `Entry`, the answers that are none (`Unsupported`, `Refused`,
  `Unusable`, `refusals`), and what its script is written with (`Script`, `Name`, `Stenographer`);
- a script of CI: `plan` and `execute` with `Limits`, `registered`, and what they raise, all of it a
  `UserError`;
- a notebook: `ask`, `judge_output`, `explanation`, `reproducer`.

Runs are read by `convtranspose_reports`, cases found by `convtranspose_cases`. Nothing is imported
before it is used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convtranspose_reference.errors import UserError

    from .backends.api import (
        Array,
        Backend,
        Call,
        Gradients,
        Refused,
        Unsupported,
        Unusable,
        refusals,
    )
    from .backends.entry import Entry
    from .backends.registry import UnknownBackend, named, registered
    from .backends.script import Name, Script, Stenographer
    from .notebook import ask, explanation, judge_output
    from .run.execution import execute
    from .run.plan import Plan
    from .run.selection import SelectionError, plan
    from .scripts.reproducer import reproducer
    from .verdict.deviation_files import DeviationError
    from .verdict.judge import Judgement
    from .verdict.reply import Reply
    from .worker.process import HarnessError, Limits

_ROOMS = {
    "backends.api": "Array Backend Call Gradients Refused Unsupported Unusable refusals",
    "backends.entry": "Entry",
    "backends.registry": "UnknownBackend named registered",
    "backends.script": "Name Script Stenographer",
    "notebook": "ask explanation judge_output",
    "run.execution": "execute",
    "run.plan": "Plan",
    "run.selection": "SelectionError plan",
    "scripts.reproducer": "reproducer",
    "verdict.deviation_files": "DeviationError",
    "verdict.judge": "Judgement",
    "verdict.reply": "Reply",
    "worker.process": "HarnessError Limits",
}
_MODULE_OF = {
    name: f"{__name__}.{room}" for room, names in _ROOMS.items() for name in names.split()
} | {"UserError": "convtranspose_reference.errors"}

__all__ = [
    "Array",
    "Backend",
    "Call",
    "DeviationError",
    "Entry",
    "Gradients",
    "HarnessError",
    "Judgement",
    "Limits",
    "Name",
    "Plan",
    "Refused",
    "Reply",
    "Script",
    "SelectionError",
    "Stenographer",
    "UnknownBackend",
    "Unsupported",
    "Unusable",
    "UserError",
    "ask",
    "execute",
    "explanation",
    "judge_output",
    "named",
    "plan",
    "refusals",
    "registered",
    "reproducer",
]


def __getattr__(name: str) -> Any:
    """A public name, from its room; a room is imported when the first of its names is used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
