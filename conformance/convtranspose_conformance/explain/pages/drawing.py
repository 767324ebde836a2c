"""An axis as numbers that a template draws: where inputs, taps and outputs lie. Positions count
cells of the full output from 0."""

from collections import Counter
from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.along_axis import MOST_OUTPUTS, short_axes
from ..geometry.terms import LETTERS
from ..geometry.window import Window, windows

MOST_CELLS = 24  # of each side of the map of two axes


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """The kernel laid down by one input: (position, tap) of each tap, from 1."""

    letter: str
    number: int
    taps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One axis. Cells from `first` to `last`, both drawn; `counts` of products by position; outputs
    are `begin` to `begin + size`."""

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
    def cells(self) -> range:
        return range(self.first, self.last + 1)

    def kept(self, cell: int) -> bool:
        return self.begin <= cell < self.begin + self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class CountMap:
    """How many products reach each output of two axes: the checkerboard, if there is one. `cut`:
    more outputs than are drawn."""

    rows: tuple[tuple[int, ...], ...]
    most: int
    axes: str
    cut: bool


def drawings(case: Case) -> list[Drawing]:
    """The axes that are small enough to be drawn, alike ones once. Of a legal ConvTranspose."""
    return [_drawing(name, w) for name, w in short_axes(case) if w.full <= 2 * MOST_OUTPUTS]


def _drawing(name: str, w: Window) -> Drawing:
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
    one, other = (
        [_reached(case, number, o) for o in range(min(w.size, MOST_CELLS))]
        for number, w in zip((-2, -1), cut, strict=True)
    )
    rows = tuple(tuple(a * b for b in other) for a in one)
    return CountMap(
        rows=rows,
        most=max(max(map(max, rows)), 1),
        axes=f"D{case.rank - 1} down, D{case.rank} across",
        cut=any(w.size > MOST_CELLS for w in cut),
    )


def _reached(case: Case, number: int, output: int) -> int:
    """Products along one axis that reach an output."""
    w = windows(case)[number]
    a, place = w.axis, w.begin + output
    distances = (place - a.stride * i for i in range(a.input))
    return sum(0 <= d < a.effective_kernel and d % a.dilation == 0 for d in distances)
