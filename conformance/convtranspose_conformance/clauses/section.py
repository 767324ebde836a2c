"""The section of the page in which each clause stands with its readings."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from convtranspose_cases.clauses import CLAUSES, Clause
from convtranspose_reports import NO_ANSWER, Check, Finding, Run, Section, Verdict, View
from convtranspose_reports.runs.summary import readings_followed

from .pictured import Pictured, pictured

JUDGED = frozenset({Check.OUTPUT, Check.OUTPUT_SHAPE})


@dataclass(frozen=True, slots=True)
class Share:
    """How many answers of a backend speak to a clause, and how many fit a reading of it."""

    fits: int
    answers: int

    @property
    def is_followed(self) -> bool:
        return 0 < self.answers == self.fits


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownClause:
    """A clause, its readings (name -> sentence), where they land, backend -> reading -> share, and
    the findings of those that mix them."""

    clause: Clause
    readings: Mapping[str, str]
    pictures: Sequence[Pictured]
    followed: Mapping[str, Mapping[str, Share]]
    mixed: Sequence[Finding]


def _here(*names: str) -> Path:
    return Path(str(resources.files(__package__).joinpath(*names)))


def _given(view: View) -> dict[str, object]:
    names = [backend.name for backend in view.backends]
    follows = {**_of_explicit(view.run, names), **_of_open(view.run)}
    disputed = [clause for clause in CLAUSES.values() if clause.readings]
    return {
        "shown": [
            ShownClause(
                clause=clause,
                readings={clause.text: "the literal reading"}
                | {reading.name: reading.sentence for reading in clause.readings},
                pictures=[*pictured(clause)],
                followed=follows.get(clause.label, {}),
                mixed=[
                    finding
                    for finding in view.findings
                    if finding.kind == "inconsistent" and clause.label in finding.clauses
                ],
            )
            for clause in disputed
        ],
        "undisputed": [clause for clause in CLAUSES.values() if not clause.readings],
        "backends": view.backends,
        "anchors": view.anchors,
    }


def _of_open(run: Run) -> dict[str, dict[str, dict[str, Share]]]:
    """Of open clauses, as the records say which readings they follow."""
    return {
        label: {
            backend: {name: Share(each.fits[name], each.answers) for name in _names(CLAUSES[label])}
            for backend, each in row.items()
        }
        for label, row in readings_followed(run).items()
        if label in CLAUSES
    }


def _names(clause: Clause) -> list[str]:
    return [clause.text, *(reading.name for reading in clause.readings)]


def _of_explicit(run: Run, backends: Sequence[str]) -> dict[str, dict[str, dict[str, Share]]]:
    """Of explicit clauses: an answer that conforms follows the literal reading, one that a finding
    explains by a reading follows that; others speak to something else."""
    rules = {finding.id: finding.name.split(" + ") for finding in run.findings}
    computes = {kind.backend for kind in run.records.kinds.frames if kind.check is Check.OUTPUT}
    groups = run.said_of_cases()
    of_case = array("I", map(groups.of_clauses.__getitem__, run.places()))
    fits: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for labels, kind, count in run.records.counted_by(of_case):
        foretold = kind.check is Check.OUTPUT_SHAPE and kind.backend in computes
        if kind.check not in JUDGED or foretold or kind.verdict in NO_ANSWER:
            continue
        for rule in rules.get(kind.finding, ()):
            label, _, name = rule.partition(":")
            fits[label, kind.backend][name] += count
        if kind.verdict is Verdict.CONFORMS:
            for label in groups.clauses[labels]:
                fits[label, kind.backend][CLAUSES[label].text if label in CLAUSES else ""] += count
    return {
        clause.label: {name: _shares(fits[clause.label, name], _names(clause)) for name in backends}
        for clause in CLAUSES.values()
        if not clause.open
    }


def _shares(counts: Counter[str], names: Sequence[str]) -> dict[str, Share]:
    total = sum(counts[name] for name in names)
    return {name: Share(counts[name], total) for name in names}


CLAUSES_SECTION = Section(
    id="readings",
    title="Clauses",
    heading="The operator's text, and who reads it how",
    template=_here("templates", "_clauses.html.j2"),
    given=_given,
    styles=(_here("style", "clauses.css"),),
)
