"""What was measured of a backend so far: configurations traced term by term, or their sizes."""

from collections.abc import Iterator, Sequence
from itertools import count

from convtranspose_cases import Case
from convtranspose_cases.measuring.one_hot import traced
from convtranspose_reports import Check

from ...measuring.fit import Fit, fitted
from ...measuring.points import AXIS, BIAS, SUMS, Point, axis_point, points_of
from ...measuring.terms import Terms, can_be_traced, read
from ...worker.observation import Seen
from ..conditions.silence import Silence
from ..evidence import Evidence

_Call = tuple[object, ...]


class Measurements:
    """Points by kind; `calls` counts what was measured, each call once, whatever its numbers and
    its images."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.points: dict[str, list[Point]] = {AXIS: [], SUMS: [], BIAS: []}
        self._of: dict[_Call, list[Point]] = {}
        self._pool = iter(evidence.to_measure())
        self._drawn: list[Case] = []
        self._known: set[_Call] = set()
        self._silence = Silence()

    @property
    def calls(self) -> int:
        return len(self._of)

    def of(self, case: Case) -> list[Point] | None:
        """The points of a call, none where its terms could not be read; None where it was not
        measured."""
        return self._of.get(_call(case))

    def all(self) -> Iterator[Point]:
        return (point for points in self.points.values() for point in points)

    def fresh(self) -> Iterator[Case]:
        """Small calls of the pool that were not measured yet, each once; none like many of which
        nothing could be read."""
        for number in count():
            while number >= len(self._drawn):
                case = next(self._pool, None)
                if case is None:
                    return
                if _call(case) not in self._known:
                    self._known.add(_call(case))
                    self._drawn.append(case)
            case = self._drawn[number]
            if _call(case) not in self._of and not self._silence.is_expected(case):
                yield case

    def can_be_asked(self, case: Case) -> bool:
        """Is it a call that can be measured, and was not yet?"""
        if case.op != "ConvTranspose" or case.refusal() or self.of(case) is not None:
            return False
        return self._evidence.check is Check.OUTPUT_SHAPE or can_be_traced(case)

    def measure(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if self.can_be_asked(case):
                shape = self._evidence.check is Check.OUTPUT_SHAPE
                found = list(self._sizes(case) if shape else self._terms(case))
                self._of[_call(case)] = [point for _, point in found]
                self._silence.heard(case, answered=bool(found))
                for kind, point in found:
                    self.points[kind].append(point)
        if any(point.has_other_steps for point in self.points[AXIS]):
            self.points[AXIS] = [point.without_assumed() for point in self.points[AXIS]]
            self._of = {c: [p.without_assumed() for p in ps] for c, ps in self._of.items()}

    def _sizes(self, case: Case) -> Iterator[tuple[str, Point]]:
        for reply in self._evidence.answers_to([case]):
            shape = reply.seen.shape
            if reply.seen.seen is Seen.RETURNED and len(shape or ()) == case.rank + 2:
                yield from (
                    (AXIS, axis_point(case, number, {"size": size}))
                    for number, size in enumerate((shape or ())[2:])
                    if size is not None
                )

    def _terms(self, case: Case) -> Iterator[tuple[str, Point]]:
        calls = traced(case)
        replies = self._evidence.answers_to(calls)
        if len(replies) == len(calls):
            terms = read(case, replies)
            fit = fitted(terms) if isinstance(terms, Terms) else terms
            if isinstance(fit, Fit):
                yield from points_of(fit)


def _call(case: Case) -> _Call:
    return case.x_shape[1:], case.w_shape, case.attributes, case.dtype, case.bias
