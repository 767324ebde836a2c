"""The pages of a run, written by a command; what of them fails is said, and sets its status."""

from collections.abc import Sequence
from pathlib import Path

from convtranspose_reports import PartsFailed, Run, Section, write_report

from ...run.exit_status import UNUSABLE_STATUS
from ...run.page import PAGE
from .terminal import say


def drawn(where: Path, run: Run, sections: Sequence[Section] = PAGE) -> tuple[Path, int]:
    """The page's path, and the status that the command ends with at least: 0, or, where a part
    could not be made, that of a harness at fault."""
    said = {} if run.footer is None else run.footer.failed or {}
    for part, why in said.items():
        say(f"failed: {part}: {why}")
    try:
        return write_report(where, run, sections), UNUSABLE_STATUS if said else 0
    except PartsFailed as error:
        say(f"error: {error}")
        return error.page, UNUSABLE_STATUS
