"""Numbers as squares of an SVG that the page's style sheet colours: one path for each number."""

from typing import Any

from markupsafe import Markup
from numpy.typing import NDArray

SIDE = 7  # of a square, in pixels
DARKEST = 0.9


def squares(values: NDArray[Any], says: str) -> Markup:
    """Of integers, two axes: the largest number the strongest colour, the least of numbers below 0,
    or 0, none."""
    low, high = min(int(values.min()), 0), int(values.max())
    height, width = (SIDE * n for n in values.shape)
    paths = [
        f'<path fill-opacity="{DARKEST * (level - low) / ((high - low) or 1):.2f}" '
        f'd="{_where(values == level)}"/>'
        for level in sorted({int(each) for each in values.ravel()})
    ]
    return Markup(  # numbers, and words of this package
        f'<svg class="squares" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{says}">{"".join(paths)}</svg>'
    )


def _where(chosen: NDArray[Any]) -> str:
    """Runs of a row as one rectangle."""
    parts = []
    for row, line in enumerate(chosen.tolist()):
        start = None
        for column, inside in enumerate([*line, False]):
            if inside and start is None:
                start = column
            elif not inside and start is not None:
                across = SIDE * (column - start)
                parts.append(f"M{SIDE * start} {SIDE * row}h{across}v{SIDE}h-{across}z")
                start = None
    return "".join(parts)


def bars(shares: list[float], says: str) -> Markup:
    """Shares of one whole as bars, in their order; a tenth is 30 pixels high."""
    width, height = 16 * len(shares), 36
    rects = "".join(
        f'<rect x="{16 * n + 3}" y="{height - 300 * share:.2f}" width="10" '
        f'height="{300 * share:.2f}"/>'
        for n, share in enumerate(shares)
    )
    return Markup(
        f'<svg class="squares" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{says}">{rects}</svg>'
    )
