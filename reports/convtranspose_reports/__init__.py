"""A run on disk: written, read, merged and drawn. Knows no framework and no other package of the
project."""

from convtranspose_reports.merge import RunMergeError, merge_runs
from convtranspose_reports.record import (
    FORMAT,
    RED,
    BackendLine,
    CaseLine,
    Check,
    ClauseLine,
    Example,
    Finding,
    Footer,
    Header,
    Line,
    Measured,
    Outcome,
    Record,
    SuiteLine,
    Verdict,
)
from convtranspose_reports.sections import SECTIONS, Section, View
from convtranspose_reports.store import (
    CutShortWarning,
    Run,
    RunFileError,
    RunWriter,
    read_run,
    write_run,
)
from convtranspose_reports.summary import summary
from convtranspose_reports.write import write_report

__all__ = [
    "FORMAT",
    "RED",
    "SECTIONS",
    "BackendLine",
    "CaseLine",
    "Check",
    "ClauseLine",
    "CutShortWarning",
    "Example",
    "Finding",
    "Footer",
    "Header",
    "Line",
    "Measured",
    "Outcome",
    "Record",
    "Run",
    "RunFileError",
    "RunMergeError",
    "RunWriter",
    "Section",
    "SuiteLine",
    "Verdict",
    "View",
    "merge_runs",
    "read_run",
    "summary",
    "write_report",
    "write_run",
]
