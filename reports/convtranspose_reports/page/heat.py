"""Small arrays as pictures: expected, actual, and where they differ. One axis is a strip, three are
slices beside each other."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from markupsafe import Markup, escape

from convtranspose_reports.runs.record import Example

CELL, GAP = 18, 6  # pixels
_MOST = 24  # cells of a side
_NUMBER = re.compile(r"-?(?:\d+\.?\d*(?:e[-+]?\d+)?|inf|nan)")
Plane = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Picture:
    """`title`, the `shape` in words, and the `drawing`; "" where the numbers cannot be drawn, and
    `says` has what stands in its place."""

    title: str
    shape: str
    drawing: Markup
    says: str = ""


def pictures(example: Example) -> list[Picture]:
    """Expected, actual, and the difference where both are arrays; nothing where neither is."""
    expected, actual = planes(example.expected), planes(example.actual)
    if not expected and not actual:
        return []
    largest = max(map(abs, filter(isfinite, _numbers((*expected, *actual)))), default=0.0)
    shown = [
        Picture(title, shape, _drawn(found, largest), "" if found else _words(text))
        for title, shape, found, text in (
            ("expected", example.expected_shape, expected, example.expected),
            ("actual", example.actual_shape, actual, example.actual),
        )
    ]
    if expected and actual:
        shown.append(Picture("difference", "", _difference(expected, actual)))
    return shown


def planes(text: str) -> list[Plane]:
    """The first 2-D planes of an array that is printed whole, N and M folded; a strip has one row.
    Empty where the text is no such array, is too large, or has a single number."""
    if not text.startswith("[") or "..." in text or text.startswith(("[[]", "[]")):
        return []
    plain = _NUMBER.sub(_quoted, re.sub(r"\.(?=[\s,\]])", "", text))
    try:
        nested = json.loads(re.sub(r"(?<=[\]\"])\s+(?=[\[\"])", ", ", plain))
    except json.JSONDecodeError:
        return []
    found = list(_folded(nested))
    fits = 0 < len(found) <= 8 and all(len(p) <= _MOST and len(p[0]) <= _MOST for p in found)
    return found if fits and all(map(len, (row for plane in found for row in plane))) else []


def _quoted(number: re.Match[str]) -> str:
    return f'"{number.group()}"'


def _folded(nested: object) -> Iterator[Plane]:
    """N x M x L: a plane whose rows are channels. More axes: planes of the last two."""
    if not isinstance(nested, list) or not nested or not isinstance(nested[0], list):
        return  # a stated shape is a list of sizes, no array
    if isinstance(nested[0][0] if nested[0] else None, list):
        for part in nested:
            yield from _folded(part)
    else:
        yield [[float(number) for number in row] for row in nested]


def _numbers(found: Sequence[Plane]) -> Iterator[float]:
    return (number for plane in found for row in plane for number in row)


def _words(text: str) -> str:
    return text.partition("\n")[0][:160]


def _drawn(found: Sequence[Plane], largest: float) -> Markup:
    """Blue below 0, orange above, the stronger the further from 0."""
    if not found:
        return Markup("")
    cells = [
        (x, y, "below" if number < 0 else "above", _strength(number, largest), f"{number:g}")
        for x, y, number in _placed(found)
    ]
    return _svg(found, cells)


def _strength(number: float, largest: float) -> float:
    return min(abs(number) / largest, 1.0) if largest and isfinite(number) else float(number != 0)


def _placed(found: Sequence[Plane]) -> Iterator[tuple[float, float, float]]:
    left = 0
    for plane in found:
        for row, numbers in enumerate(plane):
            for column, number in enumerate(numbers):
                yield left + column * CELL, row * CELL, number
        left += len(plane[0]) * CELL + GAP


def _difference(expected: Sequence[Plane], actual: Sequence[Plane]) -> Markup:
    """Over both: the same, another number, or a place that only one of them has."""
    there = {(x, y): number for x, y, number in _placed(expected)}
    here = {(x, y): number for x, y, number in _placed(actual)}
    larger = max((expected, actual), key=lambda found: sum(len(p) * len(p[0]) for p in found))
    cells = []
    for x, y in {**there, **here}:
        one, other = there.get((x, y)), here.get((x, y))
        if one is None or other is None:
            cells.append((x, y, "missing", 1.0, "missing" if other is None else "too many"))
        else:
            same = one == other or (one != one and other != other)
            cells.append((x, y, "same" if same else "other", 1.0, f"{one:g} became {other:g}"))
    return _svg(larger, cells)


def _svg(found: Sequence[Plane], cells: Sequence[tuple[float, float, str, float, str]]) -> Markup:
    width = sum(len(plane[0]) for plane in found) * CELL + (len(found) - 1) * GAP
    height = max(map(len, found)) * CELL
    width = max(width, int(max(x for x, *_ in cells)) + CELL)
    height = max(height, int(max(y for _, y, *_ in cells)) + CELL)
    drawn = "".join(
        f'<rect class="{kind}" x="{x + 0.5:g}" y="{y + 0.5:g}" width="{CELL - 1}" '
        f'height="{CELL - 1}" fill-opacity="{strength:.2f}"><title>{escape(says)}</title></rect>'
        for x, y, kind, strength, says in cells
    )
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return Markup(f'<svg class="heat" {size} aria-hidden="true">{drawn}</svg>')  # all escaped
