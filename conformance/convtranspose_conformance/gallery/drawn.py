"""Numbers as squares and bars of an SVG that the page's style sheet colours."""

from fractions import Fraction
from typing import Any

from markupsafe import Markup
from numpy.typing import NDArray

ACROSS = 126  # pixels of a picture, about
FAINTEST, STRONGEST = 0.06, 0.9
TALLEST, BAR = 40, 34  # of bars, in pixels: height and distance


def squares(values: NDArray[Any], says: str, *, least: int, across: int = ACROSS) -> Markup:
    """Integers along two axes, one path for each number: `least` the faintest, the largest the
    strongest; all alike and below: between them."""
    most = int(values.max())
    side = max(across // values.shape[1], 3)
    height, width = (side * n for n in values.shape)
    paths = [
        f'<path data-value="{level}" fill-opacity="{_opacity(level, least, most):.2f}" '
        f'd="{_where(values == level, side)}"/>'
        for level in sorted({int(each) for each in values.ravel()})
    ]
    return Markup(  # numbers, and words of this package
        f'<svg class="squares" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{says}">{"".join(paths)}</svg>'
    )


def _opacity(level: int, least: int, most: int) -> float:
    if most <= least:
        return (FAINTEST + STRONGEST) / 2
    return FAINTEST + (STRONGEST - FAINTEST) * (level - least) / (most - least)


def _where(chosen: NDArray[Any], side: int) -> str:
    """The chosen squares, runs of a row as one rectangle."""
    parts = []
    for row, line in enumerate(chosen.tolist()):
        start = None
        for column, inside in enumerate([*line, False]):
            if inside and start is None:
                start = column
            elif not inside and start is not None:
                across = side * (column - start)
                parts.append(f"M{side * start} {side * row}h{across}v{side}h-{across}z")
                start = None
    return "".join(parts)


def bars(shares: list[float], most: float, says: str) -> Markup:
    """The shares at 1 / stride, 2 / stride, ... as bars, TALLEST for `most`, with their
    frequencies below."""
    stride, width = len(shares) + 1, BAR * len(shares)
    parts = [
        f'<rect x="{BAR * n + 9}" y="{TALLEST * (1 - share / most):.2f}" width="{BAR - 18}" '
        f'height="{TALLEST * share / most:.2f}"/><text x="{BAR * n + BAR // 2}" '
        f'y="{TALLEST + 14}">{Fraction(n + 1, stride)}</text>'
        for n, share in enumerate(shares)
    ]
    return Markup(
        f'<svg class="bars" width="{width}" height="{TALLEST + 18}" '
        f'viewBox="0 0 {width} {TALLEST + 18}" role="img" aria-label="{says}">'
        f"{''.join(parts)}</svg>"
    )
