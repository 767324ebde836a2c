"""Everything a run leaves behind for readers and for other tools."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from convtranspose_reports.compatibility import compatibility
from convtranspose_reports.junit import write_junit
from convtranspose_reports.page.badge import badge
from convtranspose_reports.page.page import page
from convtranspose_reports.page.sections import SECTIONS, Section
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import summary


def write_report(directory: str | Path, run: Run, sections: Sequence[Section] = SECTIONS) -> Path:
    """Write `index.html`, `summary.json`, `junit.xml`, `COMPATIBILITY.md`, `badge.svg` into
    `directory`; return the page's path. `sections` are those of the page, in order."""
    directory = Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "summary.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(summary(run)), indent=2) + b"\n"
    )
    (directory / "COMPATIBILITY.md").write_text(compatibility(run), encoding="utf-8")
    (directory / "badge.svg").write_text(badge(run), encoding="utf-8")
    write_junit(directory / "junit.xml", run)
    index = directory / "index.html"
    index.write_text(page(run, sections), encoding="utf-8")
    return index
