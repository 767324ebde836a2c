"""A run under way: bars on a terminal, else a line when a backend is done."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from convtranspose_reports import Run

from ..run.execution import execute
from ..run.plan import Plan
from .terminal import say


def executed(plan: Plan, out: Path) -> Run:
    """Runs the plan as `execute` does, and raises as it does."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    if not console.is_terminal:
        names = ", ".join(entry.name for entry in plan.entries)
        say(f"asking {names}: {len(plan.cases)} cases each")
        return execute(plan, out, _say_when_done)
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
        return execute(plan, out, lambda name, done, _: bars.update(tasks[name], completed=done))


def _say_when_done(name: str, done: int, total: int) -> None:
    if done == total:
        say(f"{name}: {total} cases done")
