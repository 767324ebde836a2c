"""A run that lies on disk, judged again. The numbers of its answers are not kept; what is kept of
them is held against the suite: shapes, refusals, declarations, what examples expect."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from convtranspose_cases.suites import case_named
from convtranspose_reports import Outcome, Record, Run, RunFileError, Verdict
from convtranspose_reports.runs.reading import UNEDITED

from ..examples.example import expected_of
from ..rules.answers import Asked
from ..verdict.compare import shapes_agree
from ..verdict.deviation_files import declared
from .suite_version import suite_version

MOST = 20_000  # records of a run: more would take longer than the report itself
_SHAPE = re.compile(r"(?:returned|states) shape \[([\d, ?]*)\], expected ")


def judged_again(run: Run) -> str:
    """Why the run cannot be judged again, "" where it was: all of it, or every n-th record of a
    large one. Raises RunFileError for the first line that contradicts the case of which it
    speaks."""
    if run.header.suite_version != suite_version():
        return (
            f"{run.source}: of suite version {run.header.suite_version}, not of this one "
            f"({suite_version()}): its verdicts are taken as they stand"
        )
    for found in _contradictions(run):
        raise RunFileError(Path(run.source), None, found, UNEDITED)
    return ""


def _contradictions(run: Run) -> Iterator[str]:
    against = (*_ALWAYS, _beyond_declarations(run))
    for number in range(0, len(run.records), max(-(-len(run.records) // MOST), 1)):
        record = run.records[number]
        asked = _asked(run, record.case)
        whys = (why for each in against if asked is not None and (why := each(record, asked)))
        for why in whys:
            what = f"the {record.check} of {record.backend} to {record.case}"
            yield f"{what} is said to be {record.outcome} and {record.verdict.value!r}, but {why}"
    for finding in run.findings:
        asked = None if finding.example is None else _asked(run, finding.example.case)
        if asked is None or finding.example is None:
            continue
        if finding.example.expected != expected_of(asked, finding.check):
            yield f"the example of finding {finding.id!r} expects what the text does not"


def _asked(run: Run, name: str) -> Asked | None:
    """None for a name that says no case."""
    case = case_named(name, run.header.seed)
    return None if case is None else Asked(case, run.header.seed)


_Against = Callable[[Record, Asked], str]  # what speaks against a record, "" for nothing


def _no_such_check(record: Record, asked: Asked) -> str:
    return "" if record.check in asked.case.checks else "the case asks for no such check"


def _right_shape(record: Record, asked: Asked) -> str:
    shape = _SHAPE.match(record.reason) if record.outcome is Outcome.SHAPE_DIFFERS else None
    if shape is None:
        return ""
    sizes = tuple(None if size == "?" else int(size) for size in shape[1].split(", ") if size)
    right = (answer for _, answer in asked.conforming() if not answer.refused)
    agrees = any(shapes_agree(answer.shape, sizes) for answer in right)
    return f"shape [{shape[1]}] conforms" if agrees else ""


def _refused_for_nothing(record: Record, asked: Asked) -> str:
    if record.verdict is not Verdict.CONFORMS or record.outcome is not Outcome.REJECTED:
        return ""
    refused = any(answer.refused for _, answer in asked.conforming())
    return "" if refused else "neither the text nor a reading refuses the call"


def _answered_beyond_the_text(record: Record, asked: Asked) -> str:
    if record.outcome is not Outcome.AGREES or asked.case.refusal() is None:
        return ""
    refused = all(answer.refused for _, answer in asked.conforming())
    return "the text and every reading refuse the call" if refused else ""


_ALWAYS: tuple[_Against, ...] = (
    _no_such_check,
    _right_shape,
    _refused_for_nothing,
    _answered_beyond_the_text,
)


def _beyond_declarations(run: Run) -> _Against:
    """Of the project's own declarations, on the kernels that the run was of; those of a user's file
    are not known here."""
    kernels = {line.name: line.kernels for line in run.header.backends}
    known = {each.id: each.told(kernels[each.backend]) for each in declared(list(kernels))}

    def against(record: Record, asked: Asked) -> str:
        declaration = known.get(record.finding)
        if declaration is None or record.verdict is not Verdict.DEVIATES:
            return ""
        speaks = declaration.when(asked.case)
        return "" if speaks else f"declaration {declaration.name} does not speak of the case"

    return against
