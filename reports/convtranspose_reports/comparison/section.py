"""What changed as a section of the page: from release to release, and since another run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from convtranspose_reports.comparison.change import (
    KINDS,
    REGRESSIONS,
    RunChanges,
)
from convtranspose_reports.comparison.changes import counted
from convtranspose_reports.comparison.words import counts, quantity, verdict, versions
from convtranspose_reports.page.sections import SECTIONS, Section, View
from convtranspose_reports.runs.history import History, changed
from convtranspose_reports.upstream import when_read

CHANGES = next(section for section in SECTIONS if section.id == "changes")


def history_section(histories: Callable[[], Mapping[str, History]]) -> Section:
    """The section that tells of each backend what its older releases did, as far as `histories`
    knows, by backend. They are asked for when the page is made."""

    def given(view: View) -> Mapping[str, object]:
        known = histories()
        told = [changed(backend, known.get(backend.name)) for backend in view.backends]
        read = when_read(link for each in told for link in each.upstream)
        return {**CHANGES.given(view), "changed": told, "when_read": read}

    return replace(CHANGES, given=given)


def with_changes(
    comparison: RunChanges, sections: Sequence[Section] = SECTIONS
) -> tuple[Section, ...]:
    """The sections of a page, after the one that tells what changed, also since another run."""
    plain = next((section for section in sections if section.id == CHANGES.id), CHANGES)
    additions = {
        "comparison": comparison,
        "counted": counted(comparison),
        "kind_says": KINDS,
        "regressions": REGRESSIONS,
        "verdict": verdict(comparison),
        "versions": versions,
        "counts": counts,
        "quantity": quantity,
    }
    first = replace(plain, given=lambda view: {**plain.given(view), **additions})
    return (first, *(section for section in sections if section.id != CHANGES.id))
