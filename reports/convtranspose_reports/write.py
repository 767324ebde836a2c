"""Everything a run leaves behind for readers and for other tools."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from convtranspose_reports.compatibility import compatibility
from convtranspose_reports.junit import write_junit
from convtranspose_reports.page.badge import badge, badges
from convtranspose_reports.page.page import pieces
from convtranspose_reports.page.sections import SECTIONS, Section
from convtranspose_reports.parts import PartsFailed, guarded
from convtranspose_reports.runs.store import BADGES, Run
from convtranspose_reports.runs.summary import summary


def write_report(directory: str | Path, run: Run, sections: Sequence[Section] = SECTIONS) -> Path:
    """Write `index.html`, `summary.json`, `junit.xml`, `COMPATIBILITY.md`, `badge.svg` and a
    badge of each backend into `directory`; return the page's path. `sections` are those of the
    page, in order.

    Where a part of it fails, all else is written, the page names the part, and PartsFailed is
    raised when it is done.
    """
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    failed: dict[str, str] = {}
    for name, made in _FILES.items():
        with guarded(name, failed, passing=(OSError,)):  # a full disk is the user's to mend
            (directory / name).write_bytes(made(run))
    with guarded(BADGES, failed, passing=(OSError,)):
        (directory / BADGES).mkdir(exist_ok=True)
        for name, drawn_badge in badges(run).items():
            (directory / BADGES / name).write_text(drawn_badge, encoding="utf-8")
    with guarded("junit.xml", failed, passing=(OSError,)):
        write_junit(directory / "junit.xml", run)
    index = directory / "index.html"
    with guarded("the page", failed):
        drawn = pieces(run, sections, failed)
        with index.open("w", encoding="utf-8") as file:
            file.writelines(drawn)
    if failed:
        raise PartsFailed(index, failed)
    return index


def _summary(run: Run) -> bytes:
    return msgspec.json.format(msgspec.json.encode(summary(run)), indent=2) + b"\n"


_FILES: dict[str, Callable[[Run], bytes]] = {
    "summary.json": _summary,
    "COMPATIBILITY.md": lambda run: compatibility(run).encode(),
    "badge.svg": lambda run: badge(run).encode(),
}
