"""A contract for import-linter: a room imports what is declared for it, and nothing else."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

PYPROJECT = Path("pyproject.toml")  # import-linter is run beside it
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared_distributions() -> set[str]:
    """What the project says it needs, its extras included."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    names = (_NAME.match(requirement) for each in lists for requirement in each)
    return {_normalized(name.group()) for name in names if name}


class DeclaredImports(Contract):
    """`rooms`: "ROOM: NAME ..." lists what ROOM, a package or module, and all that is in it import
    besides the standard library and the project itself; what contains a room is listed for it, too.
    `adapters`: the package whose member X also imports the framework X.

    Broken by an import of anything else, at the top of a module or inside a function; by a name
    that no dependency of the project brings; and by one that its room does not import.
    """

    type_name = "declared_imports"
    rooms = fields.ListField(subfield=fields.StringField())
    adapters = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        listed = {room: names.split() for room, _, names in (r.partition(": ") for r in self.rooms)}
        imports = list(_foreign(graph, self.session_options["root_packages"]))
        broken = [
            f"{importer} (line {line}) imports {name}, which is not declared for it"
            for importer, name, line in imports
            if name not in _allowed(importer, listed) | self._framework(importer)
        ]
        broken += _not_brought({name for _, name, _ in imports})
        broken += [
            f"{room} has {name} declared and does not import it"
            for room, names in listed.items()
            for name in names
            if not any(_within(importer, room) and name == its for importer, its, _ in imports)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _framework(self, importer: str) -> set[str]:
        if not _within(importer, self.adapters) or importer == self.adapters:
            return set()
        return {importer[len(self.adapters) + 1 :].partition(".")[0]}

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(f"- {line}", bold=False)


def _foreign(graph: ImportGraph, roots: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Importer, top-level package and line of each import of a third party."""
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            name = imported.partition(".")[0]
            if name not in roots and name not in sys.stdlib_module_names:
                for each in graph.get_import_details(importer=importer, imported=imported):
                    yield importer, name, each["line_number"]


def _allowed(importer: str, listed: dict[str, list[str]]) -> set[str]:
    return {name for room, names in listed.items() if _within(importer, room) for name in names}


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


def _not_brought(names: set[str]) -> list[str]:
    """Imported names whose distribution the project does not say it needs."""
    needed, brought_by = declared_distributions(), packages_distributions()
    return [
        f"{name} is imported, and no dependency in {PYPROJECT} brings it"
        for name in sorted(names)
        if not {_normalized(each) for each in brought_by.get(name, [name])} & needed
    ]
