"""Parts of what a run leaves behind, each of which may fail alone: that costs the part, which is
named with the reason, and the exit status."""

import traceback
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from convtranspose_reports.errors import RunError

T = TypeVar("T")
Failed = MutableMapping[str, str]  # part -> what was raised, and where


@contextmanager
def guarded(
    part: str, failed: Failed, *, passing: tuple[type[Exception], ...] = ()
) -> Iterator[None]:
    """What fails inside is an entry of `failed`, which makes the run end as one whose harness
    failed; what is `passing` is raised on."""
    try:
        yield
    except passing:
        raise
    except Exception as error:  # our own bug, named; the records are not lost by it
        failed[part] = f"{type(error).__name__}: {error} ({_place(error)})"


def attempted(part: str, failed: Failed, make: Callable[[], T], instead: T) -> T:
    """What is made; where that fails, what stands there instead, and an entry of `failed`."""
    made = [instead]
    with guarded(part, failed):
        made[0] = make()
    return made[0]


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}, line {last.lineno}"


class PartsFailed(RunError):
    """All else was written: `page` is where the page is, `failed` what is missing, and why."""

    def __init__(self, page: Path, failed: Failed) -> None:
        self.page, self.failed = page, dict(failed)
        super().__init__(
            "\n".join(f"failed: {part}: {why}" for part, why in self.failed.items())
            + "\neverything else was written, and the records stand"
        )
