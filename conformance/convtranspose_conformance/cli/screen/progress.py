"""A run under way: bars on a terminal, else a line when a backend is done. What differs is
explained after the last answer, which may take longer than asking."""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from ...run.asking.parallel import Progress as Told
from ...run.planning.plan import Plan
from .terminal import say

EVERY_S = 30.0
_Left = TypeVar("_Left")  # what a run leaves


def executed(
    plan: Plan, out: Path, execute: Callable[[Plan, Path, Told], _Left], *, explains: bool = True
) -> _Left:
    """Runs the plan by `execute`, which tells of each answer, and then explains what differs, if it
    does; raises as that does."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        names = ", ".join(entry.name for entry in plan.entries)
        say(f"asking {names}: {len(plan.cases)} cases each")
        telling = _telling(plan, _Sparsely(), say if explains else _nothing)
        return execute(plan, out, telling)
    columns = (
        TextColumn("{task.description:<30}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks = {
            entry.name: bars.add_task(entry.name, total=len(plan.cases)) for entry in plan.entries
        }
        shown = partial(_show, bars, tasks)
        telling = _telling(plan, shown, console.print if explains else _nothing)
        return execute(plan, out, telling)


def _nothing(_: str) -> None:
    """Where nothing comes after the last answer."""


def _telling(plan: Plan, tell: Told, say: Callable[[str], object]) -> Told:
    """Tells of each answer, and once of what comes after the last."""
    left = iter(reversed(range(len(plan.entries) * len(plan.cases))))

    def told(name: str, done: int, total: int) -> None:
        tell(name, done, total)
        if next(left) == 0:
            say("every answer is in; now what differs is explained")

    return told


def _show(bars: Progress, tasks: Mapping[str, TaskID], name: str, done: int, total: int) -> None:
    bars.update(tasks[name], completed=done)


class _Sparsely:
    """A line a backend when it is done, and on the way there now and then."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, name: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done == total:
            say(f"{name}: {total} cases done")
        elif now - self._said.setdefault(name, now) >= EVERY_S:
            self._said[name] = now
            say(f"{name}: {done} of {total} cases")
