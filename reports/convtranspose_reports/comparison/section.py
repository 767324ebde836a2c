"""What changed as a section of the page, and how many backends it speaks of."""

from collections.abc import Sequence

from convtranspose_reports.comparison.change import (
    KINDS,
    REGRESSIONS,
    RunChanges,
)
from convtranspose_reports.comparison.changes import counted
from convtranspose_reports.comparison.words import counts, quantity, verdict, versions
from convtranspose_reports.page.sections import SECTIONS, Section


def with_changes(
    comparison: RunChanges, sections: Sequence[Section] = SECTIONS
) -> tuple[Section, ...]:
    """The sections of a page, after one that tells what changed since another run."""
    changed = Section(
        id="changes",
        title="What changed",
        heading="What changed since the run before",
        template="_changes.html.j2",
        given=lambda view: {
            "comparison": comparison,
            "counted": counted(comparison),
            "kind_says": KINDS,
            "regressions": REGRESSIONS,
            "verdict": verdict(comparison),
            "versions": versions,
            "counts": counts,
            "quantity": quantity,
        },
    )
    return (changed, *sections)
