"""A run under way: bars on a terminal, else a line when a backend is done. What differs is
explained after the last answer, which may take longer than asking."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
from ...run.findings.under_way import ExplainedSoFar, Explaining
from ...run.planning.plan import Plan
from .terminal import say

EVERY_S = 30.0
EXPLAINING_EVERY_S = 10.0
_Left = TypeVar("_Left")  # what a run leaves


def executed(
    plan: Plan,
    out: Path,
    execute: Callable[[Plan, Path, Told, Explaining], _Left],
    *,
    explains: bool = True,
) -> _Left:
    """Runs the plan by `execute`, which tells of each answer, and then explains what differs, if it
    does, and tells how far it has come; raises as that does."""
    console = _console()
    if not console.is_terminal:
        names = ", ".join(entry.name for entry in plan.entries)
        say(f"asking {names}: {len(plan.cases)} cases each")
        telling = _telling(plan, _Sparsely(), say if explains else _nothing)
        return execute(plan, out, telling, _ExplainingSparsely())
    with _bars(console) as bars:
        tasks = {
            entry.name: bars.add_task(entry.name, total=len(plan.cases)) for entry in plan.entries
        }
        shown = partial(_show, bars, tasks)
        telling = _telling(plan, shown, console.print if explains else _nothing)
        return execute(plan, out, telling, _ExplainingBar(bars))


@contextmanager
def explained() -> Iterator[Explaining]:
    """What tells how far it has come that differences are explained, where nothing is asked before
    it."""
    console = _console()
    if not console.is_terminal:
        yield _ExplainingSparsely()
        return
    with _bars(console) as bars:
        yield _ExplainingBar(bars)


def _console() -> Console:
    return Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


def _bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<30}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


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


class _ExplainingSparsely:
    """A line for each check of a backend that has undeclared differences, when its rules are looked
    for, when its findings are shown and when all are; and now and then that it goes on."""

    def __init__(self) -> None:
        self._begun: set[tuple[str, str, bool, bool]] = set()
        self._said = time.monotonic()

    def __call__(self, at: ExplainedSoFar) -> None:
        now, all_shown = time.monotonic(), at.done == at.findings
        stage = at.backend, at.check.value, at.findings > 0, all_shown
        begins = at.wrong > 0 and stage not in self._begun
        if begins:
            self._begun.add(stage)
        if begins or now - self._said >= EXPLAINING_EVERY_S:
            self._said = now
            say(in_words(at))


class _ExplainingBar:
    """A bar of its own, which pulses while rules are looked for."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None
        self._total: int | None = None

    def __call__(self, at: ExplainedSoFar) -> None:
        total = at.findings or None
        if self._task is None or total != self._total:
            if self._task is not None:
                self._bars.remove_task(self._task)  # its total cannot be unsaid
            self._task, self._total = self._bars.add_task("", total=total), total
        said = f"{at.backend} {at.check.value}, {at.questions} more asked"
        self._bars.update(self._task, description=said, completed=at.done)


def in_words(at: ExplainedSoFar) -> str:
    """What is explained, and how far it has come."""
    whose = f"{at.backend} {at.check.value}"
    if at.findings:
        done = f"{whose}: {at.done} of {at.findings} findings have their smallest call"
    else:
        done = f"{whose}: looking for what explains {at.wrong} wrong answers"
    return f"{done}; {at.questions} calls asked besides"
