"""The matrix: what a feature does by itself to the answers of a backend.

A deviation counts against the features that its own condition or rule names, not against every
feature that its cases happen to have: float16 that is rounded twice says nothing of groups. What
is computed and what is stated without computing are two tables, and a backend that by its nature
computes nothing stands in the second alone.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from convtranspose_reports.runs.record import BackendLine, Check, Finding, Record, Verdict
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import Counts, answering

STATED = frozenset({Check.OUTPUT_SHAPE})
COMPUTED = frozenset(Check) - STATED
_REFUSED = frozenset({Check.REJECTION})  # a call can be refused by who computes, or by who states

GROUPS: dict[str, tuple[str, ...]] = {
    "Sizes": ("1-D", "2-D", "3-D", "batch above 1", "zero-size dimensions"),
    "Steps": ("strides", "dilations", "strides with dilations", "kernel below stride"),
    "Padding": (
        "pads, symmetric", "pads, asymmetric", "output_padding", "auto_pad VALID",
        "auto_pad SAME_UPPER", "auto_pad SAME_LOWER", "SAME with output_padding", "output_shape",
        "output_shape with SAME", "pads beside output_shape", "odd total padding",
        "negative total padding",
    ),
    "Channels": ("group", "group, M/group above 1", "bias"),
    "Types": ("float32", "float64", "float16", "bfloat16", "precision probes"),
    "Special values": ("special values",),
    "Errors": ("forbidden calls",),
}  # fmt: skip
OTHERS = "Others"
# feature -> what a condition that speaks of it says
_NAMED = {
    "1-D": r"\brank (== 1|< 2)\b", "2-D": r"\brank (== 2|< 3)\b",
    "3-D": r"\brank (== 3|> 2)\b", "batch above 1": r"\bN > 1",
    "zero-size dimensions": r"\b0 (not )?in\b|\bC == 0|\bN == 0|\bM == 0|\bC in \(0",
    "strides": r"\bstrides\b", "dilations": r"\bdilations\b",
    "strides with dilations": r"\bdilations\b",
    "kernel below stride": r"\beffective_kernel\b|\bkernel\b", "pads, symmetric": r"\bpads\b",
    "pads, asymmetric": r"\bpads\b", "output_padding": r"\boutput_padding\b",
    "auto_pad VALID": r"(?<!'NOTSET', )'VALID'", "auto_pad SAME_UPPER": r"'SAME_UPPER'",
    "auto_pad SAME_LOWER": r"'SAME_LOWER'", "output_shape": r"\boutput_shape\b",
    "group": r"\bgroup\b", "group, M/group above 1": r"M // group", "bias": r"\bbias\b",
    "opset 1": r"opset == 1\b|opset < 11", "opset 22": r"opset == 22|opset > 11",
    "float32": r"'float32'", "float64": r"'float64'", "float16": r"'float16'",
    "bfloat16": r"'bfloat16'", "special values": r"'(special|subnormal)'", "Conv": r"op == 'Conv'",
    "W as graph input": r"\binitializer\b", "forbidden calls": r"\bforbidden\b",
}  # fmt: skip
# label of a clause -> the features that a reading of it is about
OF_CLAUSE = {
    "A": ("odd total padding",), "B": ("opset 1",),
    "C": ("kernel below stride", "negative total padding"),
    "D": ("SAME with output_padding",), "E": ("negative total padding",), "F": ("output_shape",),
    "G": ("pads beside output_shape",), "J": ("negative total padding", "output_shape"),
    "K": ("output_padding",), "R": ("zero-size dimensions",),
}  # fmt: skip


@dataclass(slots=True)
class Cell:
    """Answers of a backend to the cases with a feature: by verdict, and of those that deviate how
    many do so by a finding that speaks of the feature."""

    counts: Counts = field(default_factory=Counts)
    own: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float | None:
        """Of what can be said and speaks of the feature, the share that is right; None: nothing."""
        wrong = self.own.total() + self.counts[Verdict.FAILS]
        right = self.counts[Verdict.CONFORMS]
        return right / (right + wrong) if right + wrong else None

    @property
    def elsewhere(self) -> int:
        """Answers that deviate by what speaks of other features."""
        return self.counts[Verdict.DEVIATES] - self.own.total()

    @property
    def kind(self) -> str:
        """The class that it is drawn by."""
        if self.counts[Verdict.FAILS]:
            return "red"
        if self.share is None:
            return "declines" if self.counts[Verdict.DECLINED] else "unsaid"
        return "right" if self.share == 1 else f"part-{min(int(self.share * 4), 3)}"

    @property
    def percent(self) -> str:
        """The share, never rounded up to all nor down to nothing."""
        if self.share is None:
            return ""
        whole = int(100 * self.share)
        return f"{whole} %" if whole or not self.share else "below 1 %"


Rows = dict[str, dict[str, Cell]]
Groups = list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The cells of some backends, under headings; features of which none of them was asked are left
    out."""

    backends: Sequence[BackendLine]
    rows: Rows

    @property
    def groups(self) -> Groups:
        """Heading -> features."""
        names = [backend.name for backend in self.backends]
        asked = [f for f, row in self.rows.items() if any(row[name].counts for name in names)]
        return [*grouped(asked)]


def tables(run: Run) -> tuple[Table, Table, list[BackendLine]]:
    """What is computed, what is stated, and who states alone: of these the second table has, too,
    which forbidden calls they refuse."""
    asked = {(kind.backend, kind.check) for kind in run.records.kinds.frames}
    stating = [b for b in answering(run) if any((b.name, check) in asked for check in STATED)]
    values = COMPUTED - _REFUSED
    alone = [b for b in stating if not any((b.name, check) in asked for check in values)]
    rows, refused = cells(run, STATED), cells(run, _REFUSED)
    for feature, row in rows.items():
        row |= {b.name: refused[feature][b.name] for b in alone if not row[b.name].counts}
    computing = [b for b in answering(run) if b not in alone]
    return (
        Table(backends=computing, rows=cells(run, COMPUTED)),
        Table(backends=stating, rows=rows),
        alone,
    )


def cells(run: Run, checks: frozenset[Check]) -> Rows:
    """Feature -> backend -> cell, of the answers under `checks`."""
    rows = {name: {b.name: Cell() for b in answering(run)} for name in run.header.features}
    every = [*_by_features(run)]
    about = _about(run, every)
    for features, kind, count in every:
        if kind.check not in checks:
            continue
        for feature in features:
            cell = rows[feature][kind.backend]
            cell.counts[kind.verdict] += count
            if kind.verdict is Verdict.DEVIATES and feature in about.get(kind.finding, ()):
                cell.own[kind.finding] += count
    return rows


def grouped(features: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The rows under their headings; what has none stands under `OTHERS`."""
    for title, names in GROUPS.items():
        if own := [name for name in names if name in features]:
            yield title, own
    known = {name for names in GROUPS.values() for name in names}
    if rest := [name for name in features if name not in known]:
        yield OTHERS, rest


def about(run: Run) -> dict[str, frozenset[str]]:
    """By id of a finding, the features that it is about: those that its condition or its rule names
    and whose cases come to it more often than the others that the backend was asked; where it names
    none of its cases', those that all of them have."""
    return _about(run, [*_by_features(run)])


def _by_features(run: Run) -> Iterator[tuple[tuple[str, ...], Record, int]]:
    """Features, what is said of cases that have them, and how often."""
    said = run.said_of_cases()
    of_case = array("I", map(said.of_features.__getitem__, run.places()))
    return ((said.features[n], kind, count) for n, kind, count in run.records.counted_by(of_case))


def _about(
    run: Run, every: Sequence[tuple[tuple[str, ...], Record, int]]
) -> dict[str, frozenset[str]]:
    about = {finding.id: features_named(finding) for finding in run.findings}
    asked, met = (
        defaultdict[tuple[str, Check], _Counted](_Counted),
        defaultdict[str, _Counted](_Counted),
    )
    of = dict[str, tuple[str, Check]]()
    for features, kind, count in every:
        asked[kind.backend, kind.check].add(features, count)
        if kind.finding:
            of[kind.finding] = kind.backend, kind.check
            met[kind.finding].add(features, count)
    for name, own in met.items():
        said = {each for each in about.get(name, ()) if own.having[each]}
        more = {each for each in said if own.is_more_often(each, asked[of[name]])}
        common = {each for each, count in own.having.items() if count == own.all}
        about[name] = frozenset(more or said or common)
    return about


@dataclass(slots=True)
class _Counted:
    """Cases, and how many of them have each feature."""

    all: int = 0
    having: Counter[str] = field(default_factory=Counter)

    def add(self, features: Iterable[str], count: int) -> None:
        self.all += count
        for each in features:
            self.having[each] += count

    def is_more_often(self, feature: str, asked: "_Counted") -> bool:
        """Are these a larger part of the asked cases with a feature than of those without it?"""
        with_it, without = self.having[feature], self.all - self.having[feature]
        others = asked.all - asked.having[feature]
        return with_it * others > without * asked.having[feature]


def features_named(finding: Finding) -> frozenset[str]:
    """The features that its condition, or its rule, speaks of."""
    said = {name for name, words in _NAMED.items() if re.search(words, finding.where)}
    labels = re.findall(r"\b([A-T]):\w", finding.name)
    return frozenset(said.union(*(OF_CLAUSE.get(label, ()) for label in labels)))
