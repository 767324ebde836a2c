"""From terms to where they land: along each axis `o = stride * i + dilation * t - begin`, and which
channels and filters are summed, exactly, in integers."""

from collections import Counter
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from convtranspose_cases import Case

from .terms import Integers, Terms

Picks = tuple[tuple[int, int, int, int], ...]  # X's channel, W's channel and map, times


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """One axis: the output has `size` elements and begins at `begin` of the uncropped one; None
    where no term shows it. `reversed`: the taps lie in reverse order. Stride and dilation that the
    terms leave open are those of the call; `assumed`: begin follows from one of them."""

    size: int
    begin: int | None
    stride: int
    dilation: int
    reversed: bool = False
    stride_shown: bool = False
    dilation_shown: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What explains every term of a case, and no term that is not there: a `Landing` for each axis,
    what each output channel sums, and for each what it adds of B: (channel of B, times)."""

    case: Case
    landings: tuple[Landing, ...]
    sums: tuple[Picks, ...]
    bias: tuple[tuple[tuple[int, int], ...], ...]
    bias_everywhere: bool = True
    order: tuple[int, ...] = ()

    @property
    def swapped(self) -> bool:
        """Is X's or W's n-th axis another one of Y's?"""
        return self.order != tuple(range(len(self.landings)))


def fitted(terms: Terms) -> Fit | str:
    """The fit; or why there is none. Every term is held against it."""
    rank = terms.case.rank
    for order in permutations(range(rank)):
        landings = [_along(terms, axis, source) for axis, source in enumerate(order)]
        known = [each for each in landings if each is not None]
        if len(known) < rank:
            continue
        sums = _sums(terms)
        fit = Fit(
            case=terms.case,
            landings=tuple(known),
            sums=sums,
            bias=_bias(terms),
            bias_everywhere=_is_everywhere(terms),
            order=order,
        )
        if _as_many(terms, fit):
            return fit
    return "its terms fit no stride, dilation and begin"


def _along(terms: Terms, axis: int, source: int) -> Landing | None:
    """The landing along one axis of Y of X's and W's axis `source`; None where none fits all."""
    call, size = terms.case.axes[source], terms.spatial[axis]
    i, t, o = terms.x_at(source), terms.tap(source), terms.y_at(axis)
    if not len(o):
        return Landing(size=size, begin=None, stride=call.stride, dilation=call.dilation)
    for stride, dilation in _steps(i, t, o, call.stride, call.dilation):
        begins = stride * i + dilation * t - o
        if (begins != begins[0]).any():
            continue
        begin, backwards = int(begins[0]), dilation < 0
        if backwards:
            begin -= dilation * (call.kernel - 1)
        return Landing(
            size=size,
            begin=begin,
            stride=stride,
            dilation=abs(dilation),
            reversed=backwards,
            **_shown(i, t),
        )
    return None


def _shown(i: Integers, t: Integers) -> dict[str, bool]:
    """Do terms of these inputs and taps leave one stride alone, one dilation alone?"""
    ones = np.ones(len(i))
    both = np.linalg.matrix_rank(np.column_stack([i, t, ones]))
    stride, dilation = (
        bool(both > np.linalg.matrix_rank(np.column_stack([other, ones]))) for other in (t, i)
    )
    assumed = bool((not stride and i.any()) or (not dilation and t.any()))
    return {"stride_shown": stride, "dilation_shown": dilation, "assumed": assumed}


def _steps(
    i: Integers, t: Integers, o: Integers, stride: int, dilation: int
) -> list[tuple[int, int]]:
    """Strides and dilations that may fit: those of the call, the taps reversed, and what the terms
    themselves have."""
    asked = [(stride, dilation), (stride, -dilation)]
    A = np.column_stack([i, t, np.ones(len(o))]).astype(np.float64)
    if np.linalg.matrix_rank(A) == 3:
        solved = np.linalg.lstsq(A, o.astype(np.float64), rcond=None)[0]
        own = (int(np.rint(solved[0])), int(np.rint(solved[1])))
        return asked[:1] + ([own] if own[0] > 0 and own[1] else [])
    return asked[:1] + _with_one_fixed(i, t, o, stride, dilation) + asked[1:]


def _with_one_fixed(
    i: Integers, t: Integers, o: Integers, stride: int, dilation: int
) -> list[tuple[int, int]]:
    """Where terms leave one of the two open, it is as asked: the other may be another one."""
    pairs = []
    for fixed, moving, at in ((0, i, t), (1, t, i)):
        rest = o - (dilation if fixed == 0 else stride) * at
        if len(np.unique(moving)) > 1:
            slope = np.polyfit(moving.astype(np.float64), rest.astype(np.float64), 1)[0]
            own = int(np.rint(slope))
            pairs.append((own, dilation) if fixed == 0 else (stride, own))
    return [(s, d) for s, d in pairs if s > 0 and d]


def _sums(terms: Terms) -> tuple[Picks, ...]:
    """For each output channel what it sums, in X's order."""
    seen: list[set[tuple[int, int, int, int]]] = [set() for _ in range(terms.maps)]
    columns = (terms.y_channel, terms.x_channel, terms.w_channel, terms.w_map, terms.times)
    for m, x, w, f, times in np.unique(np.column_stack(columns), axis=0).tolist():
        seen[m].add((x, w, f, times))
    return tuple(tuple(sorted(each)) for each in seen)


def _bias(terms: Terms) -> tuple[tuple[tuple[int, int], ...], ...]:
    """For each output channel (channel of B, times)."""
    seen: list[set[tuple[int, int]]] = [set() for _ in range(terms.maps)]
    for line in terms.bias.tolist():
        seen[line[1]].add((line[0], line[-1]))
    return tuple(tuple(sorted(each)) for each in seen)


def _is_everywhere(terms: Terms) -> bool:
    """Is what is added of B the same at every place of an output channel?"""
    places = int(np.prod(terms.spatial))
    counts = Counter((line[0], line[1], line[-1]) for line in terms.bias.tolist())
    return all(count == places for count in counts.values())


def _as_many(terms: Terms, found: Fit) -> bool:
    """Are there as many terms as the fit asks for? Each of them fits: none is missing then."""
    landing = 1
    for axis, (each, source) in enumerate(zip(found.landings, found.order, strict=True)):
        call = terms.case.axes[source]
        if each.begin is None:
            return not len(terms.rows)
        i, t = np.arange(call.input), np.arange(call.kernel)
        t = t[::-1] if each.reversed else t
        o = each.stride * i[:, None] + each.dilation * t[None, :] - each.begin
        landing *= int(((o >= 0) & (o < terms.spatial[axis])).sum())
    return landing * sum(map(len, found.sums)) == len(terms.rows)


def sums_by_text(case: Case) -> tuple[Picks, ...]:
    """What each output channel sums by the text."""
    each, maps = case.channels_per_group, case.maps // case.group
    return tuple(
        tuple((m // maps * each + j, m // maps * each + j, m % maps, 1) for j in range(each))
        for m in range(case.maps)
    )


def bias_by_text(case: Case) -> tuple[tuple[tuple[int, int], ...], ...]:
    """What each output channel adds of B by the text."""
    return tuple(((m, 1),) if case.bias else () for m in range(case.maps))
