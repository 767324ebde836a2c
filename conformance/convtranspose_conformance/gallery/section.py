"""The section of the page that shows checkerboards: the lecture's four transposed convolutions, who
adds them up as they are, and what stands in their place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from convtranspose_cases import Case, find_case
from convtranspose_reference.artifacts import (
    overlap_map,
    phases,
    spectrum,
    unevenness,
    unevenness_of,
)
from convtranspose_reference.remedies import (
    composed,
    divided_kernel,
    expected_unevenness,
    gains,
    icnr,
    interleaved,
    linear_kernel,
    nearest_kernel,
    phase_filters,
)
from convtranspose_reports import NO_ANSWER, Check, Run, Section, Verdict, View

from .drawn import bars, squares

# of each call the cases that ask for it: ones through weights of one first
CALLS = (
    ("artifacts/x_5_5_k_3_3_pads_1_1_1_1_ones", "seeds/transpose_5x5_filter_3x3_stride_1"),
    ("artifacts/x_5_5_k_6_6_strides_3_3_ones", "seeds/stride_3_filter_6"),
    ("artifacts/x_5_5_k_5_5_strides_2_2_ones", "seeds/stride_2_filter_5"),
    ("artifacts/x_5_5_k_3_3_strides_2_2_ones", "seeds/stride_2_filter_3"),
)
KERNEL, STRIDE, LOW = 3, 2, 3  # of the call whose remedies are drawn; of a sub-pixel convolution
PERIODS, SEED, TILE = 5, 1, 80
MOST = 0.1  # the share of the tallest bar, that of filter 3, stride 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCall:
    """A call that the run has asked for: its overlap, and backend -> whether it added up what the
    reference does, of those that were asked for values."""

    case: str
    name: str
    map: Markup
    spectrum: Markup
    unevenness: Fraction
    returned: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRemedy:
    """Something in the call's place: two patterns that a constant becomes, with weights of one and
    with random ones, and how uneven they are; random ones on average."""

    name: str
    ones: Markup
    random: Markup
    uneven: Fraction
    expected: Fraction


def shown(run: Run) -> Iterator[ShownCall]:
    """The lecture's calls, as far as the run has cases of them."""
    wanted = {name for names in CALLS for name in names}
    asked = {case.name for case in run.cases if case.name in wanted}
    for names in CALLS:
        name = next((each for each in names if each in asked), None)
        if name is not None:
            yield _shown(name, find_case(name), run)


def _shown(name: str, case: Case, run: Run) -> ShownCall:
    axis = case.axes[0]
    counts, value = overlap_map(case.geometry()), unevenness_of(case.axes)
    shares = spectrum(phases(axis), axis.stride).tolist()[1:]
    of = f"filter {axis.kernel}, stride {axis.stride}"
    return ShownCall(
        case=name,
        name=of,
        map=squares(counts, f"products that each output of {of} adds", least=0),
        spectrum=bars(shares, MOST, f"spectrum of {of}") if any(shares) else Markup(""),
        unevenness=value,
        returned={
            record.backend: record.verdict is Verdict.CONFORMS
            for record in run.records.to_case(name)
            if record.check is Check.OUTPUT and record.verdict not in NO_ANSWER
        },
    )


def remedies() -> list[DrawnRemedy]:
    """What stands in place of filter 3, stride 2, along two axes."""
    case = find_case(CALLS[-1][1])
    drawn = np.random.default_rng(SEED)
    own, even = KERNEL, divided_kernel(case.axes[0])
    scales, random = (STRIDE, STRIDE), expected_unevenness((STRIDE, STRIDE))

    def weights(side: int, filters: int = 1) -> Any:
        return drawn.integers(-8, 9, (filters, 1, side, side))

    def shuffled(W: Any) -> Any:
        return interleaved(phase_filters(W, scales)[0, 0])

    def through(resize: Any) -> Any:
        return lambda W: composed([resize(STRIDE)] * 2, W[0, 0])

    return [
        _remedy(f"filter {own}", weights(own), lambda W: W[0, 0], random),
        _remedy(f"filter {even}", weights(even), lambda W: W[0, 0], random),
        _remedy("Resize (nearest), Conv", weights(own), through(nearest_kernel), Fraction(0)),
        _remedy("Resize (linear), Conv", weights(own), through(linear_kernel), Fraction(0)),
        _remedy("sub-pixel", weights(LOW, STRIDE**2), shuffled, random),
        _remedy("sub-pixel, ICNR", weights(LOW), lambda W: shuffled(icnr(W, scales)), Fraction(0)),
    ]


def _remedy(name: str, W: Any, as_kernel: Any, expected: Fraction) -> DrawnRemedy:
    ones, random = (gains(as_kernel(each), (STRIDE, STRIDE)) for each in (np.ones_like(W), W))
    return DrawnRemedy(
        name=name,
        ones=_tile(ones, 0, f"{name}, weights of one"),
        random=_tile(random, int(random.min()), f"{name}, random weights"),
        uneven=unevenness(ones),
        expected=expected,
    )


def _tile(period: Any, least: int, says: str) -> Markup:
    return squares(np.tile(period, (PERIODS, PERIODS)), says, least=least, across=TILE)


def _here(*names: str) -> Path:
    return Path(str(resources.files(__package__).joinpath(*names)))


def _given(view: View) -> dict[str, object]:
    calls: Sequence[ShownCall] = [*shown(view.run)]
    return {"calls": calls, "remedies": remedies() if calls else []}


GALLERY = Section(
    id="checkerboards",
    title="Checkerboards",
    heading="Checkerboards, and what is done about them",
    template=_here("templates", "_gallery.html.j2"),
    given=_given,
    shown_when="calls",
    styles=(_here("style", "gallery.css"),),
)
