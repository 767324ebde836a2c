"""The picture of the house, `docs/pictures/architecture.svg`, drawn from the imports that
`house.py` reads.

Rooms stand on their floors; an arrow points at what is imported, and none is drawn that follows
from others. A room's sentence is the first line of its docstring.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

from .house import BESIDE, OF_ROOMS, PACKAGES, Arrow, House, house

ROOT = Path(__file__).resolve().parents[3]
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
LEAST_WIDTH, MARGIN, GAP = 1000, 26, 12
BOX, HEIGHT, STOREY, LANE = 256, 106, 152, 22  # a room's width and height, a floor, a passing arrow
LETTERS = 37  # of a sentence's line
ROUNDS = 24
STYLE = """
  svg { --ink: #1f2933; --soft: #52606d; --line: #9aa5b1; --wall: #ffffff; --floor: #f3f5f8;
        --edge: #cbd2d9; --mark: #0b69a3; --tint: #e6f1f8 }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e4e7eb; --soft: #a9b4c0; --line: #66727f; --wall: #1b232c; --floor: #131a21;
          --edge: #3a4652; --mark: #64b5e8; --tint: #16303f }
  }
  text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink) }
  .name { font-size: 16px; font-weight: 650 }
  .count, .storey, .figures { font-size: 12px; fill: var(--soft) }
  .says { font-size: 12px }
  .floor { fill: var(--floor) }
  .room { fill: var(--wall); stroke: var(--edge); stroke-width: 1.2 }
  .package { fill: var(--tint); stroke: var(--mark); stroke-width: 1.2 }
  .arrow { fill: none; stroke: var(--line); stroke-width: 1.5 }
  .head { fill: var(--line) }
"""


@dataclass(kw_only=True)
class Place:
    """A room, or where an arrow passes a floor between two rooms."""

    name: str
    floor: int
    width: int
    x: float = 0.0
    above: list["Place"] = field(default_factory=list)
    below: list["Place"] = field(default_factory=list)

    @property
    def near(self) -> list["Place"]:
        return self.above + self.below


def places(plan: House) -> tuple[list[Place], dict[Arrow, list[Place]]]:
    """Rooms and passings, and the way of each arrow from its room down."""
    rooms = {room: Place(name=room, floor=floor, width=BOX) for room, floor in plan.floors.items()}
    passings: list[Place] = []
    ways: dict[Arrow, list[Place]] = {}
    for upper, lower in plan.drawn:
        high, low = rooms[upper], rooms[lower]
        between = [
            Place(name=f"{upper} to {lower}", floor=floor, width=LANE)
            for floor in range(high.floor - 1, low.floor, -1)
        ]
        way = [high, *between, low]
        for a, b in pairwise(way):
            a.below.append(b)
            b.above.append(a)
        passings += between
        ways[upper, lower] = way
    return [*rooms.values(), *passings], ways


def lay(every: list[Place]) -> int:
    """Give each place its x: near to what it is joined with, in an order that is kept free of
    overlap. Returns the width of the picture."""
    levels = [
        [p for p in every if p.floor == floor] for floor in range(1 + max(p.floor for p in every))
    ]
    width = max(LEAST_WIDTH, *(sum(p.width + GAP for p in level) + 2 * MARGIN for level in levels))
    for level in levels:
        _spread(sorted(level, key=lambda p: p.name), width)
    for round_ in range(ROUNDS):
        for level in levels if round_ % 2 else levels[::-1]:
            for place in level:
                near = place.near if round_ > ROUNDS // 2 else _side(place, up=not round_ % 2)
                if near:
                    place.x = sum(p.x for p in near) / len(near)
            _spread(sorted(level, key=lambda p: (p.x, p.name)), width)
    return width


def _side(place: Place, *, up: bool) -> list[Place]:
    return (place.above if up else place.below) or place.near


def _spread(level: list[Place], width: int) -> None:
    """Push neighbours apart, then the row into the picture."""
    for left, right in pairwise(level):
        least = left.x + (left.width + right.width) / 2 + GAP
        right.x = max(right.x, least)
    limit = width - MARGIN
    for place in reversed(level):
        place.x = min(place.x, limit - place.width / 2)
        limit = place.x - place.width / 2 - GAP
    least = float(MARGIN)
    for place in level:
        place.x = max(place.x, least + place.width / 2)
        least = place.x + place.width / 2 + GAP


def sentence(room: str) -> str:
    """The first sentence of the room's docstring."""
    if room == BESIDE:
        return "What other people's code imports, and the suite as pytest tests."
    package = f"convtranspose_{room}"
    folder = package if package in PACKAGES else f"{OF_ROOMS}/{room}"
    root = ROOT / folder.partition("/")[0].removeprefix("convtranspose_") / folder
    text = ast.get_docstring(ast.parse((root / "__init__.py").read_text(encoding="utf-8")))
    if not text:
        raise ValueError(f"{root / '__init__.py'}: no docstring that says what the room is for")
    said = " ".join(text.split("\n\n")[0].split()).replace("`", "")
    return said.partition(". ")[0].rstrip(".") + "."


def drawing(plan: House) -> str:
    """The picture as SVG."""
    every, ways = places(plan)
    width = lay(every)
    height = (1 + max(plan.floors.values())) * STOREY + 46
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            'aria-label="The rooms of the project on their floors, and who imports whom">',
            f"<style>{STYLE}</style>",
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>',
            *_storeys(plan, width, height),
            *(_arrow(way, height) for way in ways.values()),
            *(line for place in every if place.width == BOX for line in _box(place, plan, height)),
            f'<text class="figures" x="{MARGIN}" y="{height - 14}">{_figures(plan)}</text>',
            "</svg>\n",
        ]
    )


def _figures(plan: House) -> str:
    return escape(
        f"{len(plan.rooms)} rooms on {1 + max(plan.floors.values())} floors; "
        f"{plan.arrows.total()} imports from room to room, {plan.upward} of them upwards. "
        f"Drawn: {len(plan.drawn)} arrows; "
        f"{len(plan.arrows) - len(plan.drawn)} more follow from them."
    )


def _top(floor: int, height: int) -> float:
    """Where a room of this floor begins."""
    return height - 46 - (floor + 1) * STOREY + (STOREY - HEIGHT) / 2


def _storeys(plan: House, width: int, height: int) -> Iterable[str]:
    for floor in set(plan.floors.values()):
        top = _top(floor, height) - 10
        yield (
            f'<rect class="floor" x="8" y="{top:g}" width="{width - 16}" height="{HEIGHT + 20}" '
            f'rx="10"/><text class="storey" x="{width - 18}" y="{top + HEIGHT + 14:g}" '
            f'text-anchor="end">{floor}</text>'
        )


def _arrow(way: list[Place], height: int) -> str:
    """A curve from the foot of the first room to the head of the last, upright where it passes."""
    upper = way[0]
    x, y = _foot(way), _top(upper.floor, height) + HEIGHT
    path = f"M{x:.0f} {y:.0f}"
    for place in way[1:]:
        last = place is way[-1]
        to_x = _head(way) if last else place.x
        to_y = _top(place.floor, height) - (2 if last else 0)
        middle = (y + to_y) / 2
        path += f"C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"
        x, y = to_x, to_y
        if not last:
            y += HEIGHT
            path += f"V{y:.0f}"
    return f'<path class="arrow" d="{path}" marker-end="url(#head)"/>'


def _foot(way: list[Place]) -> float:
    """Arrows leave a room side by side, in the order of where they go."""
    return _beside(way[0], way[1], sorted(way[0].below, key=lambda p: p.x))


def _head(way: list[Place]) -> float:
    return _beside(way[-1], way[-2], sorted(way[-1].above, key=lambda p: p.x))


def _beside(room: Place, other: Place, others: list[Place]) -> float:
    position = next(i for i, place in enumerate(others) if place is other)
    return room.x + (position - (len(others) - 1) / 2) * min(34, (BOX - 60) / len(others))


def _box(place: Place, plan: House, height: int) -> Iterable[str]:
    left, top = place.x - BOX / 2, _top(place.floor, height)
    package = f"convtranspose_{place.name}" in PACKAGES
    number = len(plan.rooms[place.name])
    yield (
        f'<rect class="{"package" if package else "room"}" x="{left:.0f}" y="{top:.0f}" '
        f'width="{BOX}" height="{HEIGHT}" rx="7"/>'
        f'<text class="name" x="{left + 12:.0f}" y="{top + 23:.0f}">{escape(place.name)}</text>'
        f'<text class="count" x="{left + BOX - 12:.0f}" y="{top + 23:.0f}" text-anchor="end">'
        f"{number} modules</text>"
    )
    for i, line in enumerate(wrap(sentence(place.name), LETTERS)):
        y = top + 42 + 15 * i
        yield f'<text class="says" x="{left + 12:.0f}" y="{y:.0f}">{escape(line)}</text>'


def made() -> str:
    """The picture of this checkout."""
    return drawing(house(ROOT))
