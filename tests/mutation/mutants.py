"""Operator-level mutants of the reference's geometry and scatter, made by cosmic-ray, judged as backends on `seeds` and `core`.

Run as a program it prints one JSON object: the mutants' fates. Each mutant lives in a process forked after the goldens are known, with a
limit of time and of memory, so that an endless loop or a huge array is a kill like any other.
"""

import ast
import importlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Any

ROOTS = [str(Path(__file__).resolve().parents[2] / name) for name in ("reference", "cases", "conformance", "reports")]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PACKAGE, PRIVATE = "convtranspose_reference", "mutated_reference"
MODULES = ("geometry", "conv_transpose")  # in the order in which they import each other
SKIPPED_OPERATORS = ("core/VariableInserter", "core/VariableReplacer")  # these need to be told which variables
CONCURRENT = 2
MEMORY_BYTES = 3 * 2**30
LEAST_SECONDS, TIMES_THE_BASELINE = 20.0, 8.0


_TOKEN = re.compile(r"\*\*|//|<<|>>|[<>=!]=|\w+|\"[^\"]*\"|\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A module with one mutation. `name` says it as `function: before -> after`, with as little of the line as tells it apart."""

    module: str
    operator: str
    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """`failed`: the first case that fails, and how. `reading`: else the first that conforms by another reading than the text's, and which;
    the record of a run names it. Both "": nothing in `seeds` and `core` tells the mutant from the reference."""

    name: str
    operator: str
    failed: str = ""
    reading: str = ""

    @property
    def survives(self) -> bool:
        return not self.failed and not self.reading


def _bodies(source: str) -> list[tuple[int, int, str]]:
    """First and last line of each function's body, and its qualified name: no signature, no docstring."""
    found = []

    def visit(node: ast.AST, path: tuple[str, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            named = (*path, child.name) if isinstance(child, ast.FunctionDef | ast.ClassDef) else path
            if isinstance(child, ast.FunctionDef):
                body = child.body[1:] if ast.get_docstring(child) else child.body
                found.append((body[0].lineno, child.end_lineno or 0, ".".join(named)))
            visit(child, named)

    visit(ast.parse(source), ())
    return found


def mutants(module: str) -> Iterator[Mutant]:
    """Every mutation that cosmic-ray's operators can make inside a function's body."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    source = (Path(ROOTS[0]) / PACKAGE / f"{module}.py").read_text()
    bodies = _bodies(source)
    for operator_name in sorted(set(operator_names()) - set(SKIPPED_OPERATORS)):
        operator = get_operator(operator_name)()
        positions = [p for node in ast_nodes(get_ast(source)) for p in operator.mutation_positions(node)]
        for occurrence, ((line, _), _) in enumerate(positions):
            function = next((name for first, last, name in reversed(bodies) if first <= line <= last), "")
            if not function:
                continue
            mutated = mutate_code(source, operator, occurrence)
            yield Mutant(module=module, operator=operator_name.removeprefix("core/"), name=f"{function}: {_change(source, mutated)}",
                         source=mutated)  # fmt: skip


def _change(source: str, mutated: str) -> str:
    """The part of the line that differs, with three tokens before it and two behind."""
    pairs = zip(source.splitlines(), mutated.splitlines(), strict=True)
    before, after = next(pair for pair in pairs if pair[0] != pair[1])
    a, b = (list(_TOKEN.finditer(line)) for line in (before, after))
    head = _in_common(a, b)
    tail = _in_common(a[head:][::-1], b[head:][::-1])
    return " -> ".join(_slice(line, tokens, head - 3, len(tokens) - tail + 2) for line, tokens in ((before, a), (after, b)))


def _in_common(a: list[re.Match[str]], b: list[re.Match[str]]) -> int:
    """How many first tokens are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0][0] == pair[1][0], zip(a, b, strict=False)))


def _slice(line: str, tokens: list[re.Match[str]], first: int, last: int) -> str:
    kept = tokens[max(first, 0) : last]
    return line[kept[0].start() : kept[-1].end()]


def numbered(listed: Iterable[Mutant]) -> list[Mutant]:
    """Mutants whose names are the same, told apart by " (2)", " (3)" in the order of the source."""
    seen: Counter[str] = Counter()
    found = []
    for mutant in listed:
        seen[mutant.name] += 1
        found.append(replace(mutant, name=f"{mutant.name} ({seen[mutant.name]})") if seen[mutant.name] > 1 else mutant)
    return found


Reference = types.ModuleType  # the mutated conv_transpose.py, `geometry` of the mutated geometry.py in it


def private_reference(mutant: Mutant | None) -> Reference:
    """conv_transpose.py of a package that shares attributes and formats with the real one, with the mutant in it."""
    package = types.ModuleType(PRIVATE)
    package.__path__ = []
    sys.modules[PRIVATE] = package
    for shared in ("attributes", "formats"):
        sys.modules[f"{PRIVATE}.{shared}"] = importlib.import_module(f"{PACKAGE}.{shared}")
    for name in MODULES:
        module = types.ModuleType(f"{PRIVATE}.{name}")
        module.__package__ = PRIVATE
        sys.modules[module.__name__] = module
        path = Path(ROOTS[0]) / PACKAGE / f"{name}.py"
        source = mutant.source if mutant is not None and mutant.module == name else path.read_text()
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)
    return sys.modules[f"{PRIVATE}.conv_transpose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A case, its X, W and B, and what the reference itself returns: the same observation has the same verdict, so it is judged once."""

    asked: Any
    arrays: tuple[Any, ...]
    right: Any = None


def fate(mutant: Mutant | None, questions: list[Question]) -> tuple[str, str]:
    """`failed` and `reading` of a Fate; None asks the reference itself."""
    from convtranspose_cases.clauses import CLAUSES
    from convtranspose_conformance.judge import judge
    from convtranspose_reports import Check, Verdict

    try:
        reference = private_reference(mutant)
    except Exception as error:
        return f"import: {type(error).__name__}", ""
    reading = ""
    for question in questions:
        seen = _observed(reference, question)
        if seen == question.right:
            continue
        judgement = judge(question.asked, Check.OUTPUT, seen, [], "unknown")
        if judgement.verdict is Verdict.FAILS:
            return f"{question.asked.case.id}: {judgement.outcome}", ""
        others = [f"{label}:{'|'.join(names)}" for label, names in judgement.follows.items() if CLAUSES[label].text not in names]
        reading = reading or (f"{question.asked.case.id}: {', '.join(others)}" if others else "")
    return "", reading


def _observed(reference: Reference, question: Question) -> Any:
    """What the mutant answers; any exception of it is a refusal."""
    from convtranspose_conformance.outcome import Seen, returned, stopped

    try:
        return returned(_answer(reference, question))
    except Exception as error:
        return stopped(Seen.REFUSED, "run", type(error).__name__, str(error))


def _answer(reference: Reference, question: Question) -> Any:
    """The whole call at the opset that `conv_transpose` speaks; at others its steps."""
    import numpy as np  # isort: split
    from convtranspose_reference.formats import round_to

    case, (X, W, B) = question.asked.case, question.arrays
    if case.opset == 22:
        return reference.conv_transpose(X, W, B, **case.attributes.given())
    found = reference.geometry(X.shape, W.shape, case.attributes, b_shape=None if B is None else B.shape, opset=case.opset)
    Y = reference.scatter(X.astype(np.float64), W.astype(np.float64), found)
    return round_to(reference.add_bias(Y, None if B is None else B.astype(np.float64)), X.dtype)


def prepared() -> list[Question]:
    """The ConvTranspose cases with every golden that a verdict can need worked out, to be shared by forked processes."""
    from convtranspose_cases import suite_cases
    from convtranspose_conformance.predict import Asked

    asked = [Asked(case) for suite in ("seeds", "core") for case in suite_cases(suite) if case.op == "ConvTranspose"]
    questions = [Question(asked=each, arrays=each.tensors.arrays(each.case.dtype)) for each in asked]
    if any(found := fate(None, questions)):
        raise AssertionError(f"the reference itself: {found}")
    reference = private_reference(None)
    return [replace(question, right=_observed(reference, question)) for question in questions]


def _fork(mutant: Mutant, questions: list[Question]) -> tuple[int, int]:
    """Judges a mutant in a process of its own: pid, and the descriptor on which it writes its verdict."""
    theirs, ours = os.pipe()[::-1]
    pid = os.fork()
    if pid:
        os.close(theirs)
        return pid, ours
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES,) * 2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        import warnings

        warnings.simplefilter("ignore")
        os.write(theirs, json.dumps(fate(mutant, questions)).encode())
    except BaseException as error:
        os.write(theirs, json.dumps((f"stopped: {type(error).__name__}", "")).encode())
    os._exit(0)


def fates(listed: list[Mutant], questions: list[Question], seconds: float) -> Iterator[tuple[int, tuple[str, str]]]:
    """Number and fate of each mutant, in the order in which they end; `seconds` is the limit of each."""
    waiting = list(enumerate(listed))[::-1]
    running: dict[int, tuple[int, int, float]] = {}
    while waiting or running:
        while waiting and len(running) < CONCURRENT:
            number, mutant = waiting.pop()
            pid, descriptor = _fork(mutant, questions)
            running[pid] = (number, descriptor, time.monotonic() + seconds)
        time.sleep(0.002)
        for pid, (number, descriptor, until) in list(running.items()):
            late = time.monotonic() > until
            if late:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if os.waitpid(pid, 0 if late else os.WNOHANG)[0]:
                said = os.read(descriptor, 2**16).decode()
                os.close(descriptor)
                del running[pid]
                yield number, tuple(json.loads(said)) if said else ("no answer: timed out" if late else "no answer: died", "")


def main() -> None:
    """Judges every mutant and prints the fates."""
    listed = numbered(mutant for module in MODULES for mutant in mutants(module))
    questions = prepared()
    begun = time.monotonic()
    fate(None, questions)
    limit = max(LEAST_SECONDS, TIMES_THE_BASELINE * (time.monotonic() - begun))
    ended = dict(fates(listed, questions, limit))
    made = [Fate(name=m.name, operator=m.operator, failed=ended[i][0], reading=ended[i][1]) for i, m in enumerate(listed)]
    print(json.dumps([asdict(each) for each in made]))


def survey() -> list[Fate]:
    """The fates of all mutants, from a process that has one thread, as forking asks."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(ROOTS)}
    done = subprocess.run([sys.executable, __file__], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [Fate(**fate) for fate in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
