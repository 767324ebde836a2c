"""A run on the terminal: a row a backend, a line for each finding that is red."""

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from convtranspose_reports import (
    NO_ANSWER,
    Check,
    Finding,
    Outcome,
    Record,
    Run,
    Verdict,
    answered,
    summary,
    too_few,
)

from .terminal import Form, print_json

WIDTH = 120  # where there is no terminal to ask
LONGEST_ROW = 10_000  # characters of a row
WORDS = 160  # of an error, characters


def summarize(run: Run, form: Form = Form.TEXT) -> None:
    """Prints the counts of each verdict, then what fails and what is stale, what was refused though
    it conforms, and who answered too little; as JSON what `summary.json` holds."""
    if form is Form.JSON:
        print_json(summary(run))
        return
    _show(_table(run))
    for finding in run.findings:
        if finding.verdict in (Verdict.FAILS, Verdict.STALE):
            where = f", for example {finding.example.case}" if finding.example else ""
            print(
                f"{_word(finding)}: {finding.backend} {finding.check.value}: "
                f"{finding.sentence} ({finding.cases} cases{where})"
            )
    for line in _refused(run):
        print(line)
    for name, each in too_few(run.header, run.records).items():
        print(f"no pass: {name} {each.sentence()}{_for_example(run, name)}")


def _refused(run: Run) -> Iterator[str]:
    """Legal calls that a backend refuses as some reading of an open clause lets it: each kind of
    error in its own words, since a crash by accident looks the same."""
    alike: dict[tuple[str, str, str], list[Record]] = {}
    for record in run.records.where(_is_refused_by_a_reading):
        error = record.reason.partition(":")[0]
        alike.setdefault((record.backend, record.check.value, error), []).append(record)
    for (backend, check, _), records in alike.items():
        labels = ", ".join(sorted({label for record in records for label in record.follows}))
        words = records[0].reason
        shown = words if len(words) <= WORDS else f"{words[:WORDS]} ..."
        noun = "calls" if len(records) > 1 else "call"
        yield (
            f"refused: {backend} {check}: {len(records)} {noun} that a reading of clause "
            f"{labels} lets a backend refuse: {shown} (for example {records[0].case})"
        )


def _is_refused_by_a_reading(record: Record) -> bool:
    """Not by the text, which forbids calls whatever readings are chosen."""
    refused = record.outcome is Outcome.REJECTED and record.verdict is Verdict.CONFORMS
    return refused and record.check is not Check.REJECTION and bool(record.follows)


def _show(table: Table) -> None:
    """In one line a row, which a narrow terminal wraps: no count is ever cut off."""
    width = None if sys.stdout.isatty() else WIDTH
    console = Console(highlight=False, soft_wrap=True, emoji=False, width=width)
    options = console.options.update(width=LONGEST_ROW)
    console.width = max(console.width, console.measure(table, options=options).maximum)
    console.print(table)


def _word(finding: Finding) -> str:
    """What kind of news it is."""
    return "wrong claim" if finding.kind == "claim" else finding.verdict.value


def _for_example(run: Run, backend: str) -> str:
    """What the backend said of the first question that it did not answer."""
    unanswered = run.records.where(lambda r: r.backend == backend and r.verdict in NO_ANSWER)
    reason = next((record.reason for record in unanswered), "")
    return f", for example: {reason}" if reason else ""


def _table(run: Run) -> Table:
    table = Table(box=None, header_style="bold")
    for title in ("backend", "version"):
        table.add_column(title, no_wrap=True, overflow="ignore")
    for verdict in Verdict:
        table.add_column(verdict.value, no_wrap=True, overflow="ignore", justify="right")
    table.add_column("answered", no_wrap=True, overflow="ignore", justify="right")
    shares = answered(run.header, run.records)
    for name, about in summary(run)["backends"].items():
        counts = (str(about["verdicts"][v.value]) for v in Verdict)
        share = shares[name].percent if name in shares else ""
        table.add_row(name, about["version"], *counts, share)
    return table
