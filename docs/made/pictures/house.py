"""The rooms of the house, read off the imports: a room is a folder of modules, its floor the
longest way down from it.

grimp, the library below import-linter, reads the files; nothing is imported.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from pathlib import Path

import grimp

PACKAGES = (
    "convtranspose_reference",
    "convtranspose_cases",
    "convtranspose_conformance",
    "convtranspose_reports",
)
OF_ROOMS = "convtranspose_conformance"  # the one package that is cut into rooms
OF_SMALLER_ROOMS, DOOR = "explain", "pages"
BESIDE = "beside the rooms"
Arrow = tuple[str, str]  # who imports, and what


def room_of(module: str, folders: Iterable[str]) -> str:
    """The room of a module: `backends`, `explain/code`, `reference`; `folders` are the packages."""
    package, *rest = module.split(".")
    if package != OF_ROOMS:
        return package.removeprefix("convtranspose_")
    if not rest or ".".join([package, rest[0]]) not in folders:
        return BESIDE
    if rest[0] == OF_SMALLER_ROOMS:
        return _smaller(rest, {f.rpartition(".")[2] for f in folders if f"{package}.explain." in f})
    return rest[0]


def _smaller(path: list[str], rooms: set[str]) -> str:
    """A façade in front of smaller rooms belongs to the one that it is the door of."""
    if not rooms:
        return path[0]
    return "/".join([path[0], path[1] if len(path) > 1 and path[1] in rooms else DOOR])


@dataclass(frozen=True, kw_only=True)
class House:
    """Rooms with their modules, and every import from a room into another as (importer, imported)
    modules."""

    rooms: Mapping[str, tuple[str, ...]]
    imports: tuple[Arrow, ...]

    @cached_property
    def room(self) -> dict[str, str]:
        return {module: room for room, modules in self.rooms.items() for module in modules}

    @cached_property
    def arrows(self) -> Counter[Arrow]:
        """From room to room: how many imports."""
        pairs = ((self.room[a], self.room[b]) for a, b in self.imports)
        return Counter((a, b) for a, b in pairs if a != b)

    @cached_property
    def order(self) -> list[str]:
        """The rooms from the lowest up, with as few imports upwards as there can be."""
        return [room for circle in circles(self.rooms, self.arrows) for room in self._laid(circle)]

    def _laid(self, circle: list[str]) -> tuple[str, ...]:
        """The rooms of a circle in the order that breaks the fewest imports."""
        return min(permutations(circle), key=lambda order: upward(order, self.arrows))

    @cached_property
    def upward(self) -> int:
        """Imports of a lower room from a higher one."""
        return upward(self.order, self.arrows)

    @cached_property
    def floors(self) -> dict[str, int]:
        """Room -> floor, from 0."""
        return floors(self.order, self.arrows)

    @cached_property
    def drawn(self) -> list[Arrow]:
        """The arrows that do not follow from others: who imports a room that imports a third may
        import the third as well."""
        below = {room: {b for a, b in self.arrows if a == room} for room in self.rooms}
        return sorted(
            (a, b)
            for a, b in self.arrows
            if not any(b in _reached(other, below) for other in below[a] - {b})
        )

    def inside(self, room: str) -> int:
        """How many floors the modules of one room stand on."""
        inner = Counter(
            (a, b) for a, b in self.imports if self.room[a] == self.room[b] == room and a != b
        )
        order = [m for circle in circles(self.rooms[room], inner) for m in circle]
        return 1 + max(floors(order, inner).values())


def _reached(start: str, below: Mapping[str, set[str]]) -> set[str]:
    reached, ahead = set[str](), [start]
    while ahead:
        for room in below[ahead.pop()] - reached:
            reached.add(room)
            ahead.append(room)
    return reached


def upward(order: Iterable[str], arrows: Counter[Arrow]) -> int:
    """The imports that go up in this order from the lowest."""
    height = {room: i for i, room in enumerate(order)}
    return sum(n for (a, b), n in arrows.items() if a in height and height.get(b, -1) > height[a])


def floors(order: list[str], arrows: Counter[Arrow]) -> dict[str, int]:
    """The longest way down from each, leaving out what goes up."""
    floor: dict[str, int] = {}
    for room in order:
        floor[room] = 1 + max((floor[b] for a, b in arrows if a == room and b in floor), default=-1)
    return floor


def circles(nodes: Iterable[str], arrows: Counter[Arrow]) -> list[list[str]]:
    """Tarjan's strongly connected components, each before those that import it."""
    below: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in sorted(arrows):
        if a in below and b in below:
            below[a].append(b)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    components: list[list[str]] = []

    def visit(node: str) -> None:
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in below[node]:
            if other not in number:
                visit(other)
            if other in stack:
                low[node] = min(low[node], low[other])
        if low[node] == number[node]:
            cut = stack.index(node)
            components.append(sorted(stack[cut:]))
            del stack[cut:]

    for node in sorted(below):
        if node not in number:
            visit(node)
    return components


def house(root: Path) -> House:
    """The house under `root`, a checkout. Imports nothing of it."""
    sys.path[:0] = [str(root / package.removeprefix("convtranspose_")) for package in PACKAGES]
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    folders = {module for module in graph.modules if graph.find_children(module)}
    rooms: dict[str, list[str]] = {}
    for module in sorted(graph.modules):
        rooms.setdefault(room_of(module, folders), []).append(module)
    imports = sorted(
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    )
    return House(
        rooms={room: tuple(modules) for room, modules in sorted(rooms.items())},
        imports=tuple(imports),
    )


def figures(plan: House) -> dict[str, str]:
    """What the page says of the house, a row each."""
    largest = max(plan.rooms, key=lambda room: len(plan.rooms[room]))
    modules = len(plan.rooms[largest])
    return {
        "rooms": str(len(plan.rooms)),
        "floors": str(1 + max(plan.floors.values())),
        "imports from room to room": str(plan.arrows.total()),
        "of these upwards": str(plan.upward),
        "the largest room": f"{largest}: {modules} modules on {plan.inside(largest)} floors",
    }


# the last commit with one flat folder: `python docs/made/pictures/house.py CHECKOUT`
BEFORE = {
    "rooms": "8",
    "floors": "5",
    "imports from room to room": "288",
    "of these upwards": "15",
    "the largest room": f"{BESIDE}: 48 modules on 14 floors",
}


def compared(now: House) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The figures before there were rooms, and now."""
    rows = [(name, BEFORE[name], value) for name, value in figures(now).items()]
    return ("", "one flat folder", "now"), rows


if __name__ == "__main__":
    for name, value in figures(house(Path(sys.argv[1]).resolve())).items():
        print(f"{name}: {value}")
