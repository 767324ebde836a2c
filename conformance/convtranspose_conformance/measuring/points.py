"""What was measured of one axis, one product or one output channel of a configuration, beside what
the text says of it: the data of a search for a formula."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

from convtranspose_cases import Case
from convtranspose_reference.geometry import pads_of

from ..rules.faults.measured import channel_values, usual_channels
from ..rules.faults.quantities import AS_GIVEN, of_axis
from .fit import Fit

AXIS, SUMS, BIAS = "axis", "sums", "bias"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """`quantities` are what a formula may speak of; `measured` and `by_text` the values of a
    measured rule's words, of which those that nothing shows are left out. `axis` is the number of
    an axis, None for what is of channels. `assumed`: begin was measured with the call's own stride
    or dilation, or order of taps, which no term shows."""

    case: Case
    axis: int | None
    quantities: Mapping[str, int]
    measured: Mapping[str, int]
    by_text: Mapping[str, int]
    assumed: bool = False

    @property
    def wrong(self) -> bool:
        return any(value != self.by_text[word] for word, value in self.measured.items())

    @property
    def has_other_steps(self) -> bool:
        """Is its stride or its dilation another one than the call's, or do its taps lie in reverse
        order?"""
        return any(
            self.measured.get(word, self.by_text.get(word)) != self.by_text.get(word)
            for word in ("stride", "dilation", "reversed")
        )

    def without_assumed(self) -> "Point":
        """Without a begin that may be another one where steps may be others than the call's."""
        kept = {w: v for w, v in self.measured.items() if w != "begin"}
        return replace(self, measured=kept, assumed=False) if self.assumed else self


def points_of(fit: Fit) -> Iterator[tuple[str, Point]]:
    """Each point of a fit, with its kind."""
    yield from ((AXIS, point) for point in _of_axes(fit))
    yield from ((SUMS, point) for point in _of_sums(fit))
    yield from ((BIAS, point) for point in _of_bias(fit))


@lru_cache(maxsize=2**13)
def owed(kind: str, case: Case) -> tuple[Point, ...]:
    """The points of a legal call as they would be by the text, of which nothing is measured yet."""
    if kind == AXIS:
        return tuple(axis_point(case, number, {}) for number in range(case.rank))
    each = case.channels_per_group if kind == SUMS else int(case.bias)
    places = product(range(case.maps), range(each))
    return tuple(_channel_point(kind, case, m, j, {}) for m, j in places)


def _channel_point(kind: str, case: Case, m: int, j: int, measured: Mapping[str, int]) -> Point:
    """Of a product of an output channel, or of what is added of B to one."""
    values = channel_values(case, m, j)
    by_text = {"b_channel": m, "b_times": 1}
    if kind == SUMS:
        by_text = usual_channels(case, m, j) | {"times": 1}
    else:
        del values["j"]
    return Point(case=case, axis=None, quantities=values, measured=measured, by_text=by_text)


def axis_point(case: Case, number: int, measured: Mapping[str, int]) -> Point:
    """What was measured of an axis of a legal call. Begin and size by the text are those of the
    stride and the dilation that were measured."""
    axis = case.axes[number]
    begin, end = pads_of(
        stepped := replace(
            axis,
            stride=measured.get("stride", axis.stride),
            dilation=measured.get("dilation", axis.dilation),
            output_padding=axis.output_padding,
        ),
        AS_GIVEN,
    )
    return Point(
        case=case,
        axis=number,
        quantities=of_axis(axis, number, case.rank),
        measured=measured,
        by_text={
            "begin": begin,
            "size": stepped.natural - begin - end,
            "stride": axis.stride,
            "dilation": axis.dilation,
            "reversed": 0,
        },
    )


def _of_axes(fit: Fit) -> Iterator[Point]:
    if fit.swapped:
        return
    for number, landing in enumerate(fit.landings):
        shown = {
            "begin": landing.begin,
            "size": landing.size,
            "stride": landing.stride if landing.stride_shown else None,
            "dilation": landing.dilation if landing.dilation_shown else None,
            "reversed": int(landing.reversed) if landing.dilation_shown else None,
        }
        point = axis_point(fit.case, number, {w: v for w, v in shown.items() if v is not None})
        yield replace(point, assumed=landing.assumed)


def _of_sums(fit: Fit) -> Iterator[Point]:
    """One for each term of an output channel, in X's order, as the text has them."""
    case, each = fit.case, fit.case.channels_per_group
    if len(fit.sums) != case.maps:
        return
    for m, picks in enumerate(fit.sums):
        if len(picks) != each:
            continue
        for j, (x, w, f, times) in enumerate(picks):
            measured = {
                "x_group": x // each,
                "x_index": x % each,
                "w_group": w // each,
                "w_index": w % each,
                "w_map": f,
                "times": times,
            }
            yield _channel_point(SUMS, case, m, j, measured)


def _of_bias(fit: Fit) -> Iterator[Point]:
    case = fit.case
    if 0 in (each.size for each in fit.landings):
        return
    if not case.bias or len(fit.bias) != case.maps or not fit.bias_everywhere:
        return
    for m, added in enumerate(fit.bias):
        if len(added) > 1:
            continue
        measured = {"b_channel": added[0][0], "b_times": added[0][1]} if added else {"b_times": 0}
        yield _channel_point(BIAS, case, m, 0, measured)
