"""What was measured of one axis, one product or one output channel of a configuration, beside what
the text says of it: the data of a search for a formula."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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
    an axis, None for what is of channels."""

    case: Case
    axis: int | None
    quantities: Mapping[str, int]
    measured: Mapping[str, int]
    by_text: Mapping[str, int]

    @property
    def wrong(self) -> bool:
        return any(value != self.by_text[word] for word, value in self.measured.items())


def points_of(fit: Fit) -> Iterator[tuple[str, Point]]:
    """Each point of a fit, with its kind."""
    yield from ((AXIS, point) for point in _of_axes(fit))
    yield from ((SUMS, point) for point in _of_sums(fit))
    yield from ((BIAS, point) for point in _of_bias(fit))


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
        axis = fit.case.axes[number]
        shown = {
            "begin": landing.begin,
            "size": landing.size,
            "stride": landing.stride if axis.input > 1 else None,
            "dilation": landing.dilation if axis.kernel > 1 else None,
            "reversed": int(landing.reversed) if axis.kernel > 1 else None,
        }
        if landing.begin is None:  # nothing landed: the size alone shows
            shown |= {"stride": None, "dilation": None, "reversed": None}
        yield axis_point(fit.case, number, {w: v for w, v in shown.items() if v is not None})


def _of_sums(fit: Fit) -> Iterator[Point]:
    """One for each term of an output channel, in X's order, as the text has them."""
    case, each = fit.case, fit.case.channels_per_group
    if len(fit.sums) != case.maps:
        return
    for m, picks in enumerate(fit.sums):
        if len(picks) != each:
            continue
        for j, (x, w, f, times) in enumerate(picks):
            usual = usual_channels(case, m, j)
            yield Point(
                case=case,
                axis=None,
                quantities=channel_values(case, m, j),
                measured={
                    "x_group": x // each,
                    "x_index": x % each,
                    "w_group": w // each,
                    "w_index": w % each,
                    "w_map": f,
                    "times": times,
                },
                by_text=usual | {"times": 1},
            )


def _of_bias(fit: Fit) -> Iterator[Point]:
    case = fit.case
    if 0 in (each.size for each in fit.landings):
        return
    if not case.bias or len(fit.bias) != case.maps or not fit.bias_everywhere:
        return
    for m, added in enumerate(fit.bias):
        if len(added) > 1:
            continue
        quantities = {k: v for k, v in channel_values(case, m, 0).items() if k != "j"}
        yield Point(
            case=case,
            axis=None,
            quantities=quantities,
            measured={"b_channel": added[0][0], "b_times": added[0][1]}
            if added
            else {"b_times": 0},
            by_text={"b_channel": m, "b_times": 1},
        )
