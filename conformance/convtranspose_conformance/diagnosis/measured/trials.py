"""Which calls put a measured rule on trial: those of which it says something else than the text,
and of which other rules that fit as well say something else again."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

import numpy as np

from convtranspose_cases import Case

from ...measuring.points import Point, axis_point, owed
from ...measuring.rivals import told_apart
from ..conditions.contrast import Truth, meets
from ..conditions.spread import spread
from ..thresholds import LOOKED_AT, ON_TRIAL, ON_TRIAL_AT_MOST
from .found import Found
from .statements import of_axis, of_case


def calls_on_trial(
    rule: Found,
    points: Sequence[Point],
    pool: Iterable[Case],
    known: int,
    steps: Sequence[Found] = (),
) -> list[Case]:
    """Calls of the pool, none of them measured, that can refute the rule: in each of them a rival
    of its formula says something else, or a statement fails that is true of all that speaks for
    the rule; others, until with those `known` they are enough. `steps`: rules of strides and
    dilations, under which the text's begins and sizes are others."""
    heard = [p for p in points if rule.explains(p)]
    calls = list(islice(_spoken_of(rule, pool, steps), LOOKED_AT))
    if not calls or not heard:
        return []
    telling = np.concatenate([_statements(heard, calls), _formulas(rule, points, calls)])
    chosen = spread(telling, ON_TRIAL_AT_MOST)
    rest = [i for i in range(len(calls)) if i not in chosen]
    return [calls[i][0] for i in (*chosen, *rest[: max(ON_TRIAL - known - len(chosen), 0)])]


_Spoken = tuple[Case, list[Point]]


def _spoken_of(rule: Found, pool: Iterable[Case], steps: Sequence[Found]) -> Iterator[_Spoken]:
    of_sizes = [s for s in steps if rule.word in ("begin", "size")]
    for case in pool:
        if meets(rule.where, case):
            points = [_stepped(point, of_sizes) for point in owed(rule.kind, case)]
            speaking = [p for p in points if rule.speaks(p)]
            if speaking:
                yield case, speaking


def _stepped(point: Point, steps: Sequence[Found]) -> Point:
    """With the text's begin and size under the strides and dilations of rules."""
    speaking = {s.word: s.value(point) for s in steps if s.speaks(point)}
    if not speaking or min(speaking.values()) < 1:
        return point
    return axis_point(point.case, point.axis or 0, speaking)


def _statements(heard: Sequence[Point], calls: Sequence[_Spoken]) -> Truth:
    """Statement x call: does it fail there, where it is true of all that speaks for the rule?"""
    of_calls = np.array([of_case(p.case) for p in heard]).all(axis=0)
    fails = [~np.array([of_case(case) for case, _ in calls]).T[of_calls]]
    if heard[0].axis is not None:
        of_axes = np.array([of_axis(p.case, p.axis or 0) for p in heard]).all(axis=0)
        somewhere = [
            np.array([~of_axis(case, p.axis or 0) for p in points]).any(axis=0)
            for case, points in calls
        ]
        fails.append(np.array(somewhere).T[of_axes])
    return np.concatenate(fails)


def _formulas(rule: Found, points: Sequence[Point], calls: Sequence[_Spoken]) -> Truth:
    """Rival x call: does it say something else there?"""
    measured = [p for p in points if rule.word in p.measured and rule.holds(p)]
    spoken = [p for _, of_call in calls for p in of_call]
    apart = told_apart(
        rule.text,
        [_plain(p) for p in measured],
        [p.measured[rule.word] for p in measured],
        [_plain(p) for p in spoken],
    )
    ends = np.cumsum([0, *(len(of_call) for _, of_call in calls)])
    return np.array([apart[:, a:b].any(axis=1) for a, b in pairwise(ends)]).T.reshape(
        -1, len(calls)
    )


def _plain(point: Point) -> dict[str, int]:
    kind_of_axis = ("axis", "rank")
    return {name: v for name, v in point.quantities.items() if name not in kind_of_axis}


def has_stood(rule: Found, points: Sequence[Point]) -> int:
    """How many calls among those measured say what the rule says, where the text says something
    else; -1 where one refutes it."""
    if any(rule.is_refuted_by(p) for p in points):
        return -1
    return len({p.case.id for p in points if rule.explains(p)})
