"""Where the points of the drift chart lie: nodes from left to right, the relative difference
upwards, a power of ten a line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from ..result import Checked, Drift, OfBackend

LEFT, TOP, HEIGHT = 64, 12, 220
WIDE, CLOSEST = 640, 34  # of the whole, and from node to node
LOWEST, HIGHEST = -20, 2  # powers of ten that are drawn at most
DEFAULT = (-9, -6)
Point = tuple[float, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A backend's line: `runs` of points without a gap, each (x, y, what it says)."""

    name: str
    runs: Sequence[Sequence[Point]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`ticks`: (y, label); `stops`: (x, the number of the node, "out" for the model's outputs)."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    ticks: Sequence[tuple[float, str]]
    stops: Sequence[tuple[float, str]]
    lines: Sequence[Line]


def chart(found: Checked) -> Chart:
    """Of every backend's chain, the model's first output last."""
    columns = [(str(n + 1), node.step.key) for n, node in enumerate(found.nodes)]
    series = [_series(each, found) for each in found.backends]
    low, high = _powers([d.relative for line in series for d in line if d is not None])
    bottom, step = TOP + HEIGHT, max(CLOSEST, WIDE // len(columns))
    right = LEFT + step * len(columns)

    def height(value: float) -> float:
        """Nothing apart lies on the bottom line, what has no number on the top one."""
        power = log10(value) if value > 0 and isfinite(value) else (low if value == 0 else high)
        share = (min(max(power, low), high) - low) / (high - low)
        return round(bottom - HEIGHT * share, 1)

    lines = [
        Line(name=each.entry.name, runs=list(_runs(line, step, height)))
        for each, line in zip(found.backends, series, strict=True)
    ]
    names = [name for name, _ in columns] + ["out"]
    return Chart(
        width=right + 24,
        height=bottom + 40,
        left=LEFT - 12,
        right=right + 12,
        bottom=bottom,
        ticks=[(height(10.0**p), f"1e{p}" if p > low else "0") for p in range(low, high + 1)],
        stops=[(LEFT + step * n, name) for n, name in enumerate(names)],
        lines=lines,
    )


def _series(backend: OfBackend, found: Checked) -> list[Drift | None]:
    drifts = [backend.drift.get(node.step.key) for node in found.nodes]
    drifts.append(next(iter(backend.ends.values()), None))
    return [None if each is None or each.resumed else each for each in drifts]


def _powers(values: Sequence[float]) -> tuple[int, int]:
    """The lowest line, which stands for 0, and the highest."""
    powers = [log10(value) for value in values if value > 0 and isfinite(value)]
    if not powers:
        return DEFAULT
    low = max(floor(min(powers)), LOWEST) - 1
    return low, max(min(ceil(max(powers)), HIGHEST), low + 2)


def _runs(
    drifts: Sequence[Drift | None], step: int, height: Callable[[float], float]
) -> Iterator[list[Point]]:
    run: list[Point] = []
    for number, drift in enumerate(drifts):
        if drift is None:
            if run:
                yield run
            run = []
            continue
        run.append((LEFT + step * number, height(drift.relative), f"{drift.relative:.2g}"))
    if run:
        yield run
