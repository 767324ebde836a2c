"""A contract for import-linter: no module imports itself by way of others."""

from graphlib import CycleError, TopologicalSorter

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class NoCircles(Contract):
    """Broken by modules of which each imports the next one and the last the first, at their top,
    inside functions, or for a type checker alone. Names one such circle.

    import-linter's own `acyclic_siblings` asks more, the same of folders; it is no answer for those
    whose modules stand between each other, and does not see a package that its own modules import.
    """

    type_name = "no_circles"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        imports = {
            module: sorted(graph.find_modules_directly_imported_by(module))
            for module in sorted(graph.modules)
        }
        try:
            TopologicalSorter(imports).prepare()
        except CycleError as error:  # each of these is imported by the next
            _, *circle = reversed(error.args[1])
            first = circle.index(min(circle))
            named = [*circle[first:], *circle[: first + 1]]
            return ContractCheck(kept=False, metadata={"circle": named})
        return ContractCheck(kept=True)

    def render_broken_contract(self, check: ContractCheck) -> None:
        output.print_error(" -> ".join(check.metadata["circle"]), bold=False)
