"""Draws the pictures of docs/lecture.md: `python docs/made/pictures/lecture.py`, some seconds.

What backends returned is in `lecture.json`; matrices, zeros, stacks and jitter are the
reference's.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import benchmarks  # noqa: E402, F401  before the packages: of this checkout

from convtranspose_cases import Case, find_case  # noqa: E402
from convtranspose_reference.artifacts import (  # noqa: E402
    evenness,
    excess,
    jittered,
    phases,
    stacked_phases,
)
from convtranspose_reference.formulations import convolution_matrix, zero_inserted  # noqa: E402
from made.figures.lecture.lecture import results  # noqa: E402
from made.pictures import svg  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
INPUT, FILTER, ZERO, LINE = "#3b6ea5", "#d1495b", "#f4f4f2", "#9a9a94"
CONVOLUTIONS = (
    "seeds/conv_4x4_filter_3x3",
    "seeds/conv_5x5_filter_3x3_padded",
    "seeds/conv_6x6_filter_3x3_padded_stride_2",
)
TRANSPOSED = (
    "seeds/transpose_5x5_filter_3x3_stride_1",
    "seeds/stride_3_filter_6",
    "seeds/stride_2_filter_5",
    "seeds/stride_2_filter_3",
)
SHIFTS, DRAWS = (1, 2, 4, 8, 16, 32, 64), 400
DEEPEST = 5


def row_of(count: int, height: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A figure of as many axes beside each other."""
    figure = Figure(figsize=(3.0 * count, height), layout="constrained")
    return figure, [figure.add_subplot(1, count, i + 1) for i in range(count)]


def bare(axes: Axes, title: str, below: str = "") -> None:
    """Axes with words above and below, and no ticks."""
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.set_title(title, fontsize=10)
    axes.set_xlabel(below, fontsize=9)


def _cells(axes: Axes, filled: Any) -> None:
    """A square for each element, dark where it is one."""
    rows, columns = filled.shape
    axes.imshow(
        filled, cmap=ListedColormap([ZERO, INPUT]), vmin=0, vmax=1, extent=(0, columns, rows, 0)
    )
    axes.hlines(range(rows + 1), 0, columns, color=LINE, lw=0.5)
    axes.vlines(range(columns + 1), 0, rows, color=LINE, lw=0.5)
    axes.set(xlim=(-0.1, columns + 0.1), ylim=(rows + 0.1, -0.1))


def _filter(axes: Axes, side: int, at: int = 0) -> None:
    axes.add_patch(Rectangle((at, 0), side, side, fill=False, edgecolor=FILTER, lw=2))


def matrix() -> Figure:
    """The convolution of 4 x 4 with filter 3 as a matrix, and its transpose."""
    case = find_case("seeds/transpose_of_conv_4x4_filter_3x3")
    C = convolution_matrix(np.arange(1, 10).reshape(case.w_shape), case.geometry())[0]
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    for number, (title, each) in enumerate((("C: 16 inputs to 4 outputs", C), ("Cᵀ: back", C.T))):
        axes = figure.add_subplot(1, 2, number + 1)
        axes.imshow(np.ma.masked_equal(each, 0), cmap="viridis", vmin=0, vmax=9)
        for row, column in zip(*np.nonzero(each), strict=True):
            axes.text(
                column, row, each[row, column], ha="center", va="center", fontsize=6, color="w"
            )
        bare(axes, title)
    return figure


def convolutions() -> Figure:
    """The lecture's three: the padded input, the filter's first two places, the output's size."""
    figure, all_axes = row_of(len(CONVOLUTIONS))
    for axes, name in zip(all_axes, CONVOLUTIONS, strict=True):
        case = find_case(name)
        a = case.axes[0]
        inside = np.pad(np.ones((a.input, a.input), int), (a.begin, a.end))
        _cells(axes, inside)
        _filter(axes, a.kernel)
        _filter(axes, a.kernel, a.stride)
        size = case.y_shape()[2]
        padded = f", pads {a.begin}" if a.begin else ""
        rule = f"({a.input} + {a.begin + a.end} - {a.kernel}) // {a.stride} + 1 = {size}"
        bare(axes, f"{a.input}x{a.input}, filter {a.kernel}, stride {a.stride}{padded}", rule)
    return figure


def zeros() -> Figure:
    """The lecture's four transposed convolutions as ordinary ones with stride 1."""
    figure, all_axes = row_of(len(TRANSPOSED))
    for axes, name in zip(all_axes, TRANSPOSED, strict=True):
        case = find_case(name)
        a, placed = case.axes[0], case.geometry()
        spread = zero_inserted(np.ones((1, 1, a.input, a.input), int), (a.stride, a.stride))[0, 0]
        around = a.kernel - 1 - placed.begins[0]
        _cells(axes, np.pad(spread, around))
        _filter(axes, a.kernel)
        size = "x".join(map(str, placed.spatial))
        said = f"{a.stride - 1} zeros between, {around} around: {size}"
        bare(axes, f"5x5, filter {a.kernel}, stride {a.stride}", said)
    return figure


def maps() -> Figure:
    """The overlap maps as backends return them."""
    figure, all_axes = row_of(len(results()["maps"]))
    for axes, row in zip(all_axes, results()["maps"], strict=True):
        a = find_case(row["case"]).axes[0]
        axes.imshow(row["map"], cmap="magma", vmin=0)
        said = f"unevenness {row['unevenness']}"
        bare(axes, f"filter {a.kernel}, stride {a.stride}", said)
    return figure


def generators() -> Figure:
    """The last layers of four generators with random weights."""
    figure, all_axes = row_of(len(results()["generators"]))
    for axes, row in zip(all_axes, results()["generators"], strict=True):
        axes.imshow(row["picture"], cmap="gray")
        share = f"{row['at_one_half']:.1%} of a row's energy at 1/2"
        bare(axes, row["name"].replace("_", " ").title(), share)
    return figure


def gradients() -> Figure:
    """The gradient in the first image: of convolutions above, of max pooling below."""
    rows = results()["gradients"]
    figure = Figure(figsize=(11, 5.8), layout="constrained")
    for number, row in enumerate(rows):
        axes = figure.add_subplot(2, len(rows) // 2, number + 1)
        axes.imshow(row["first"], cmap="magma", vmin=0)
        kind = "convolution" if row["of"] == "conv" else "max pooling"
        bare(
            axes,
            f"{kind} {row['kernel']}, stride {row['stride']}",
            f"unevenness {row['unevenness']:.4f}",
        )
    return figure


def _axis(kernel: int) -> Any:
    case: Case = find_case(f"artifacts/x_9_k_{kernel}_strides_2_ones")
    return case.axes[0]


def stacks() -> Figure:
    """Unevenness of one to five layers, beside what the product of the layers' evenness allows."""
    figure = Figure(figsize=(6.5, 3.6), layout="constrained")
    axes, depths = figure.add_subplot(), range(1, DEEPEST + 1)
    for kernel, colour in ((3, FILTER), (5, INPUT), (4, "#5a8f5a")):
        axis = _axis(kernel)
        each = evenness(phases(axis))
        found = [1 - float(evenness(stacked_phases([axis] * depth))) for depth in depths]
        axes.plot(depths, found, "o-", color=colour, label=f"filter {kernel}, stride 2")
        axes.plot(depths, [1 - float(each**depth) for depth in depths], ":", color=colour)
    axes.set(xlabel="layers (dotted: 1 - product of evenness)", ylabel="unevenness", xticks=depths)
    axes.legend(fontsize=8)
    return figure


def jitter() -> Figure:
    """The contrast of filter 3, stride 2 after n random shifts, and 1 / sqrt(n) of it."""
    pattern, drawn = phases(_axis(3)), np.random.default_rng(0)
    contrast = float(excess(pattern)) ** 0.5
    means = []
    for number in SHIFTS:
        shifts = drawn.integers(0, 2, (DRAWS, number, 1))
        squares = [float(excess(jittered(pattern, each))) for each in shifts.tolist()]
        means.append(float(np.mean(squares)) ** 0.5)
    figure = Figure(figsize=(6.5, 3.6), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(SHIFTS, means, "o", color=INPUT, label=f"measured, mean of {DRAWS} draws")
    axes.loglog(SHIFTS, [contrast / n**0.5 for n in SHIFTS], color=FILTER, label="1 / sqrt(n)")
    axes.set(xlabel="random shifts", ylabel="contrast")
    axes.legend(fontsize=8)
    return figure


DRAWN: dict[str, Callable[[], Figure]] = {
    each.__name__: each
    for each in (matrix, convolutions, zeros, maps, generators, gradients, stacks, jitter)
}


def texts() -> dict[Path, str]:
    """The pictures, by their paths."""
    return svg.texts(str(PICTURES / "lecture_{}.svg"), DRAWN, "lecture")


def main() -> None:
    """Draws all."""
    svg.written(texts())


if __name__ == "__main__":
    main()
