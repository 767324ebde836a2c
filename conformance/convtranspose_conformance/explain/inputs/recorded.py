"""What a run says of a case: its own records, or those of the recorded cases that are most like
it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from convtranspose_cases import Case, UnknownName, find_case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import facts
from convtranspose_reports import NO_ANSWER, CaseLine, Record, Run, Verdict, read_run
from convtranspose_reports.runs.store import RESULTS, UNFINISHED

from ..geometry.other_readings import result_under

DEFAULT_DIRECTORY = Path("conformance-report")
NEAREST = 3
MOST_DIFFERENCES = 4  # beyond that a recorded case says nothing of the one asked for
# What decides how backends treat a call weighs most; sizes alone change nothing. What is said of
# axes is asked of any axis.
_WEIGHTS = {
    "auto_pad": 16,
    "output_shape given": 16,
    "kernel below stride": 16,
    "sign of total_padding": 12,
    "strides above 1": 12,
    "uneven pads": 10,
    "odd total_padding": 8,
    "output_padding above 0": 8,
    "dilations above 1": 8,
    "group above 1": 8,
    "opset before 11": 8,
    "dtype": 6,
    "bias": 4,
    "strides": 4,
    "dilations": 4,
    "output_padding": 3,
    "kernel": 3,
    "pads": 2,
    "group": 2,
    "data": 2,
    "total_padding": 1,
    "opset": 1,
    "initializer": 1,
    "output_shape": 1,
    "kernel_shape": 1,
    "N": 1,
    "C": 1,
    "M": 1,
    "input": 1,
}
# A difference in the first is one in the second, which is not told again.
_IMPLIES = {
    "output_shape given": "output_shape",
    "sign of total_padding": "total_padding",
    "odd total_padding": "total_padding",
    "strides above 1": "strides",
    "dilations above 1": "dilations",
    "output_padding above 0": "output_padding",
    "uneven pads": "pads",
    "group above 1": "group",
    "opset before 11": "opset",
}
# where several differ, that is one difference
_SIZES = frozenset({"N", "C", "M", "input", "kernel", "total_padding"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A recorded case. `unlike` names what it does not share with the case explained; empty: it is
    the same question."""

    case: str
    unlike: tuple[str, ...]
    records: tuple[Record, ...]

    @property
    def differences(self) -> tuple[str, ...]:
        """`unlike`, where several sizes are one word."""
        sizes = [name for name in self.unlike if name in _SIZES]
        return (
            self.unlike
            if len(sizes) < 2
            else (*(name for name in self.unlike if name not in _SIZES), "sizes")
        )

    @property
    def answered(self) -> bool:
        """Did any backend take the call?"""
        return any(record.verdict not in NO_ANSWER for record in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a backend, with its version, was found to do under some checks."""

    backend: str
    checks: str
    says: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the run in `source` holds. No relatives: of the `compared` cases, those of this operator
    with as many axes, none is near."""

    source: str
    compared: int
    versions: dict[str, str]
    relatives: tuple[Relative, ...]
    sentences: dict[str, str]

    def says(self, record: Record) -> str:
        """The verdict of one record, and the rule that its backend follows instead."""
        why = self.sentences.get(record.finding) or record.reason or _reading(record)
        return f"{record.verdict.value}" + (f": {why}" if why else "")

    def statements(self, relative: Relative) -> list[Statement]:
        """Who said what of a recorded case, the checks that have the same answer together."""
        checks: dict[tuple[str, str, Verdict], list[str]] = {}
        for record in relative.records:
            name = f"{record.backend} {self.versions.get(record.backend, '')}".rstrip()
            checks.setdefault((name, self.says(record), record.verdict), []).append(
                record.check.value
            )
        return [
            Statement(backend=name, checks=", ".join(of), says=says, verdict=verdict)
            for (name, says, verdict), of in checks.items()
        ]


def _reading(record: Record) -> str:
    """The readings that a backend followed where the literal text is none of those that fit, with
    what they make of the recorded case; "" where it is."""
    case = _known(record.case)
    other = [
        f"{label}:{names[0]}"
        for label, names in record.follows.items()
        if names and CLAUSES[label].text not in names
    ]
    if not other or case is None:
        return ""
    return f"by {', '.join(other)}, {result_under(case, *other)[0]}"


def run_in(directory: Path | None) -> Run | None:
    """The run in `directory`; None where none was named and there is none in the default one.

    Raises RunFileError for a directory that was named and holds no run.
    """
    where = directory or DEFAULT_DIRECTORY
    if directory is None and not any((where / name).is_file() for name in (RESULTS, UNFINISHED)):
        return None
    return read_run(where)


def of_run(case: Case, run: Run) -> Recorded:
    """What a run says of a case."""
    records: dict[str, list[Record]] = {}
    for record in run.records:
        records.setdefault(record.case, []).append(record)
    ranked = sorted(_ranked(case, run.cases, records), key=lambda each: each[0])
    return Recorded(
        source=run.source,
        compared=len(ranked),
        versions={backend.name: backend.version for backend in run.header.backends},
        relatives=_nearest(ranked),
        sentences={finding.id: finding.sentence for finding in run.findings},
    )


def _nearest(ranked: list[tuple[int, Relative]]) -> tuple[Relative, ...]:
    """The case itself where it was recorded, else the nearest ones, those that some backend
    answered first."""
    exact = [each for distance, each in ranked if not distance]
    near = [each for _, each in ranked if len(each.differences) <= MOST_DIFFERENCES]
    return tuple(exact[:1] or sorted(near, key=lambda each: not each.answered)[:NEAREST])


def _ranked(
    case: Case, lines: Sequence[CaseLine], records: dict[str, list[Record]]
) -> Iterator[tuple[int, Relative]]:
    """Every recorded case of the operator with as many axes, and how far it is."""
    asked = _compared(case)
    for line in lines:
        other = _known(line.name) if line.name in records else None
        if other is None or (other.op, other.rank) != (case.op, case.rank):
            continue
        recorded = _compared(other)
        unlike = [name for name in _WEIGHTS if recorded[name] != asked[name]]
        distance = sum(_WEIGHTS[name] for name in unlike)
        named = tuple(_without_implied(unlike))
        yield distance, Relative(case=line.name, unlike=named, records=tuple(records[line.name]))


def _without_implied(unlike: list[str]) -> Iterator[str]:
    implied = {_IMPLIES[name] for name in unlike if name in _IMPLIES}
    return (name for name in unlike if name not in implied)


@cache
def _known(name: str) -> Case | None:
    """The case of that id; None where its suite drew it from another seed, or holds it no more."""
    try:
        return find_case(name)
    except UnknownName:
        return None


@cache
def _compared(case: Case) -> dict[str, object]:
    own = facts(case)
    half = len(own["pads"]) // 2
    totals = own["total_padding"]
    derived = {
        "output_shape given": bool(own["output_shape"]),
        "kernel below stride": any(
            k < s for k, s in zip(own["effective_kernel"], own["strides"], strict=False)
        ),
        "sign of total_padding": {(t > 0) - (t < 0) for t in totals},
        "odd total_padding": any(t % 2 for t in totals),
        "strides above 1": any(s > 1 for s in own["strides"]),
        "dilations above 1": any(d > 1 for d in own["dilations"]),
        "output_padding above 0": any(o > 0 for o in own["output_padding"]),
        "uneven pads": own["pads"][:half] != own["pads"][half:],
        "group above 1": own["group"] > 1,
        "opset before 11": own["opset"] < 11,
    }
    return {name: (own | derived)[name] for name in _WEIGHTS}
