"""cosmic-ray's mutations of the reference's modules, each with a name that says what it changes."""

import ast
import pickle
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile

from support import ROOT

SOURCES = ROOT / "reference" / "convtranspose_reference"
# these need to be told which variables
SKIPPED_OPERATORS = ("core/VariableInserter", "core/VariableReplacer")
_TOKEN = re.compile(r"\*\*|//|<<|>>|[<>=!]=|\w+|\"[^\"]*\"|\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one mutation. `name` says it as `function: before -> after`, with as little of
    the line as tells it apart."""

    module: str
    operator: str
    name: str
    source: str


def _bodies(source: str) -> list[tuple[int, int, str]]:
    """First and last line of each function's body, and its qualified name: no signature, no
    docstring."""
    bodies = []

    def visit(node: ast.AST, path: tuple[str, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            named = (
                (*path, child.name) if isinstance(child, ast.FunctionDef | ast.ClassDef) else path
            )
            if isinstance(child, ast.FunctionDef):
                body = child.body[1:] if ast.get_docstring(child) else child.body
                bodies.append((body[0].lineno, child.end_lineno or 0, ".".join(named)))
            visit(child, named)

    visit(ast.parse(source), ())
    return bodies


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutation that cosmic-ray's operators can make inside a function's body."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import MutationVisitor
    from cosmic_ray.plugins import get_operator, operator_names

    source = (SOURCES / f"{module}.py").read_text()
    bodies, tree = _bodies(source), get_ast(source)
    nodes, unchanged = list(ast_nodes(tree)), pickle.dumps(tree)  # quicker to read than the source
    for operator_name in sorted(set(operator_names()) - set(SKIPPED_OPERATORS)):
        operator = get_operator(operator_name)()
        positions = [p for node in nodes for p in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(positions):
            function = next(
                (name for first, last, name in reversed(bodies) if first <= line <= last), ""
            )
            if not function:
                continue
            visitor = MutationVisitor(occurrence, operator)
            mutated = visitor.walk(pickle.loads(unchanged)).get_code()
            if not _is_python(mutated):
                continue
            yield Mutant(
                module=module,
                operator=operator_name.removeprefix("core/"),
                name=f"{function}: {_change(source, mutated)}",
                source=mutated,
            )


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _change(source: str, mutated: str) -> str:
    """The part of the line that differs, with three tokens before it and two behind."""
    pairs = zip(source.splitlines(), mutated.splitlines(), strict=True)
    before, after = next(pair for pair in pairs if pair[0] != pair[1])
    a, b = (list(_TOKEN.finditer(line)) for line in (before, after))
    head = _in_common(a, b)
    tail = _in_common(a[head:][::-1], b[head:][::-1])
    return " -> ".join(
        _slice(line, tokens, head - 3, len(tokens) - tail + 2)
        for line, tokens in ((before, a), (after, b))
    )


def _in_common(a: list[re.Match[str]], b: list[re.Match[str]]) -> int:
    """How many first tokens are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0][0] == pair[1][0], zip(a, b, strict=False)))


def _slice(line: str, tokens: list[re.Match[str]], first: int, last: int) -> str:
    kept = tokens[max(first, 0) : last]
    return line[kept[0].start() : kept[-1].end()]


def numbered(listed: Iterable[Mutant]) -> list[Mutant]:
    """Mutants whose names are the same, told apart by " (2)", " (3)" in the order of the source."""
    seen: Counter[str] = Counter()
    distinct = []
    for mutant in listed:
        seen[mutant.name] += 1
        distinct.append(
            replace(mutant, name=f"{mutant.name} ({seen[mutant.name]})")
            if seen[mutant.name] > 1
            else mutant
        )
    return distinct
