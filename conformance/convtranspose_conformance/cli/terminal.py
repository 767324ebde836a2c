"""What the commands share: where they write, and how they stop."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from ..run.exit_status import UNUSABLE_STATUS

INTERRUPTED_STATUS = 130
stderr = Console(
    stderr=True, highlight=False, soft_wrap=True, emoji=False
)  # no emoji: "mine:x:" is a backend
stdout = Console(
    highlight=False, soft_wrap=True, emoji=False, width=None if sys.stdout.isatty() else 120
)


def stop(message: str, status: int = UNUSABLE_STATUS) -> NoReturn:
    """Ends the command with one error on stderr."""
    stderr.print("error: " + message, markup=False)
    raise typer.Exit(status)
