"""An axis as numbers that a template draws: where inputs, taps and outputs lie. Positions count
cells of the full output from 0."""

import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from convtranspose_cases import Case
from convtranspose_reference.artifacts import overlap_along

from ..geometry.along_axis import MOST_OUTPUTS, SHORT_INPUTS, TOO_FEW, distinct_axes, is_true_to
from ..geometry.window import Window, windows

MOST_CELLS = 24  # of each side of the map of two axes
MOST_DRAWN = 160  # cells of an axis: more are no picture
MOST_AS_THEY_ARE = 8  # inputs; of more the first ones stand for all
LETTERS = string.ascii_lowercase


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The kernel laid down by one input: (position, tap) of each tap, from 1."""

    letter: str
    number: int
    taps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One axis, or several alike: `axes` are their names, `name` says besides what is shortened.
    Cells from `first` to `last`, both drawn; `counts` of products by position; outputs
    are `begin` to `begin + size`."""

    axes: str
    name: str
    first: int
    last: int
    begin: int
    size: int
    inputs: tuple[tuple[int, str], ...]
    footprints: tuple[Footprint, ...]
    counts: dict[int, int]
    most: int

    @property
    def cell(self) -> int:
        """The width of a cell, in which its longest label has room."""
        taps = max((tap for each in self.footprints for _, tap in each.taps), default=1)
        return max(30, 10 + 8 * max(len(f"w{taps}a"), len(f"y{self.size - 1}")))

    @property
    def cells(self) -> range:
        return range(self.first, self.last + 1)

    def kept(self, cell: int) -> bool:
        return self.begin <= cell < self.begin + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class CountMap:
    """How many products reach each output of two axes: the checkerboard, if there is one. `axes`
    says which of the outputs are drawn."""

    rows: tuple[tuple[int, ...], ...]
    most: int
    axes: str


def drawings(case: Case) -> list[Drawing]:
    """The axes that are small enough to be drawn, alike ones once, or with so many of their inputs
    that outputs away from the borders are there. Of a legal ConvTranspose."""
    return [
        _drawing(name, _named(name, short, windows(case)[number]), short)
        for name, _, number in distinct_axes(case)
        for short in _drawn(windows(case)[number])
    ]


def _drawn(w: Window) -> Iterator[Window]:
    """The window, or one of fewer inputs; nothing where the kernel alone is too wide."""
    a = w.axis
    if 0 < a.input <= MOST_AS_THEY_ARE and 0 < w.size and w.full <= 2 * MOST_OUTPUTS:
        yield w
        return
    enough = -(-(a.effective_kernel + a.stride - 2) // a.stride) + 1
    for inputs in (max(enough, SHORT_INPUTS[0]), enough, *SHORT_INPUTS):
        short = replace(
            w, axis=replace(a, input=inputs), size=w.size - a.stride * (a.input - inputs)
        )
        if inputs <= min(a.input, len(LETTERS)) and short.size > 0 and short.full <= MOST_DRAWN:
            yield short
            return


def _named(name: str, short: Window, whole: Window) -> str:
    if short.axis.input == whole.axis.input:
        return name
    few = "" if is_true_to(short, whole) else TOO_FEW
    return f"{name}, drawn with {short.axis.input} of {whole.axis.input} inputs{few}"


def _drawing(axes: str, name: str, w: Window) -> Drawing:
    axis = w.axis
    places = [(axis.stride * i, LETTERS[i]) for i in range(axis.input)]
    prints = tuple(
        Footprint(
            letter=letter,
            number=i,
            taps=tuple((place + axis.dilation * t, t + 1) for t in range(axis.kernel)),
        )
        for i, (place, letter) in enumerate(places)
    )
    counts = Counter(place for each in prints for place, _ in each.taps)
    return Drawing(
        axes=axes,
        name=name,
        first=min(0, w.begin),
        last=max(w.full, w.begin + w.size) - 1,
        begin=w.begin,
        size=w.size,
        inputs=tuple(places),
        footprints=prints,
        counts=dict(counts),
        most=max(counts.values()),
    )


def count_map(case: Case) -> CountMap | None:
    """The last two axes together, up to MOST_CELLS a side; None with one axis alone, and where
    nothing is there to be drawn."""
    cut = windows(case)[-2:]
    if len(cut) < 2 or any(w.axis.input < 1 or w.size < 1 or w.axis.input > 1000 for w in cut):
        return None
    one, other = (overlap_along(w.axis, w.begin, min(w.size, MOST_CELLS)).tolist() for w in cut)
    rows = tuple(tuple(a * b for b in other) for a in one)
    return CountMap(
        rows=rows,
        most=max(max(map(max, rows)), 1),
        axes=", ".join(
            f"{'the first ' * (w.size > MOST_CELLS)}{min(w.size, MOST_CELLS)} of {w.size} along "
            f"D{case.rank - back} {way}"
            for w, back, way in zip(cut, (1, 0), ("down", "across"), strict=True)
        ),
    )
