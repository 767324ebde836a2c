"""Operator-level mutants of the geometry and scatter that cosmic-ray makes, judged as backends by
suites and onnx's node tests.

Run as a program it prints one JSON object: the mutants' fates. Each mutant lives in a process
forked after the goldens are known, with a limit of time and of memory, so that an endless loop or a
huge array is a kill like any other.
"""

import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
import types
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from typing import Any

from support import ROOT
from support.mutation.official import failed_by
from support.mutation.operators import SOURCES, Mutant, mutants, numbered

ROOTS = [str(ROOT / name) for name in ("reference", "cases", "conformance", "reports", "tests")]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
PACKAGE, PRIVATE = "convtranspose_reference", "mutated_reference"
LOADED = ("geometry", "window", "by_phase", "conv_transpose")  # in the order of their imports
# what is mutated: no case of `seeds` and `core` is large enough to be done phase by phase
MODULES = tuple(name for name in LOADED if name != "by_phase")
SUITES_ASKED = ("seeds", "core")
CONCURRENT = 2
MEMORY_BYTES = 3 * 2**30
LEAST_SECONDS, TIMES_THE_BASELINE = 20.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """`killed`: suite -> the first case that fails, and how. `reading`: else the first that
    conforms by another reading than the text's, and which; the record of a run names it. Both
    empty: no case tells the mutant from the reference. `official`: the official node tests that
    fail."""

    name: str
    operator: str
    killed: dict[str, str] = field(default_factory=dict)
    reading: str = ""
    official: list[str] = field(default_factory=list)

    @property
    def failed(self) -> str:
        """The first case that fails, and how."""
        return next(iter(self.killed.values()), "")

    @property
    def survives(self) -> bool:
        return not self.failed and not self.reading


# the mutated conv_transpose.py, `geometry` of the mutated geometry.py in it
Reference = types.ModuleType


def private_reference(mutant: Mutant | None) -> Reference:
    """conv_transpose.py of a package that shares attributes and formats with the real one, with the
    mutant in it."""
    package = types.ModuleType(PRIVATE)
    package.__path__ = []
    sys.modules[PRIVATE] = package
    for shared in ("attributes", "formats"):
        sys.modules[f"{PRIVATE}.{shared}"] = importlib.import_module(f"{PACKAGE}.{shared}")
    for name in LOADED:
        module = types.ModuleType(f"{PRIVATE}.{name}")
        module.__package__ = PRIVATE
        sys.modules[module.__name__] = module
        is_mutated = mutant is not None and mutant.module == name
        code = _compiled(name, mutant.source) if is_mutated else _unchanged(name)
        exec(code, module.__dict__)
    return sys.modules[f"{PRIVATE}.conv_transpose"]


def _compiled(name: str, source: str) -> types.CodeType:
    return compile(source, f"<{name}>", "exec")


@cache
def _unchanged(name: str) -> types.CodeType:
    """Of a module as it is, which a forked process finds compiled."""
    return _compiled(name, (SOURCES / f"{name}.py").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A case, its X, W and B, and what the reference itself returns: the same observation has the
    same verdict, so it is judged once."""

    asked: Any
    arrays: tuple[Any, ...]
    right: Any = None


def fate(
    mutant: Mutant | None, questions: list[Question], *, whole: bool = True
) -> tuple[dict[str, str], str, list[str]]:
    """`killed`, `reading` and `official` of a Fate; None asks the reference itself. Not `whole`:
    nothing more is asked once a case has killed it."""
    from convtranspose_cases.clauses import CLAUSES
    from convtranspose_conformance.verdict.compare import Comparisons
    from convtranspose_conformance.verdict.judge import judge
    from convtranspose_reports import Check, Verdict

    reference = private_reference(mutant)
    killed, reading = dict[str, str](), ""
    for question in questions:
        case = question.asked.case
        seen = None if case.suite in killed else _observed(reference, question)
        if seen is None or seen == question.right:
            continue
        judgement = judge(question.asked, Comparisons(Check.OUTPUT, seen), [], "unknown")
        if judgement.verdict is Verdict.FAILS:
            killed[case.suite] = f"{case.id}: {judgement.outcome}"
            if not whole:
                return killed, "", []
        others = [
            f"{label}:{'|'.join(names)}"
            for label, names in judgement.follows.items()
            if CLAUSES[label].text not in names
        ]
        reading = reading or (f"{case.id}: {', '.join(others)}" if others else "")
    official = failed_by(partial(_answer_model, reference)) if whole else []
    return killed, "" if killed else reading, official


def _answer_model(reference: Reference, model: Any, inputs: Sequence[Any]) -> list[Any]:
    """What a node of the official tests asks."""
    from onnx.helper import get_attribute_value

    given = {a.name: get_attribute_value(a) for a in model.graph.node[0].attribute}
    return [
        reference.conv_transpose(
            *inputs, **{n: v.decode() if isinstance(v, bytes) else v for n, v in given.items()}
        )
    ]


def _observed(reference: Reference, question: Question) -> Any:
    """What the mutant answers; any exception of it is a refusal."""
    from convtranspose_conformance.worker.observation import Seen, returned, stopped

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
    found = reference.geometry(
        X.shape, W.shape, case.attributes, b_shape=None if B is None else B.shape, opset=case.opset
    )
    Y = reference.scatter(X.astype(np.float64), W.astype(np.float64), found)
    return round_to(reference.add_bias(Y, None if B is None else B.astype(np.float64)), X.dtype)


def prepared() -> list[Question]:
    """The ConvTranspose cases with every golden that a verdict can need worked out, to be shared by
    forked processes."""
    from convtranspose_cases import suite_cases
    from convtranspose_conformance.rules.answers import Asked

    asked = [
        Asked(case)
        for suite in SUITES_ASKED
        for case in suite_cases(suite)
        if case.op == "ConvTranspose"
    ]
    questions = [
        Question(asked=each, arrays=each.tensors.arrays(each.case.dtype)) for each in asked
    ]
    if any(found := fate(None, questions)):
        raise AssertionError(f"the reference itself: {found}")
    reference = private_reference(None)
    return [replace(question, right=_observed(reference, question)) for question in questions]


def _fork(mutant: Mutant, questions: list[Question], *, whole: bool) -> tuple[int, int]:
    """Judges a mutant in a process of its own: pid, and the descriptor on which it writes its
    verdict."""
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
        os.write(theirs, json.dumps(fate(mutant, questions, whole=whole)).encode())
    except BaseException as error:
        os.write(
            theirs,
            json.dumps(
                (dict.fromkeys(SUITES_ASKED, f"stopped: {type(error).__name__}"), "", [])
            ).encode(),
        )
    os._exit(0)


def fates(
    listed: list[Mutant], questions: list[Question], seconds: float, *, whole: bool
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Number and fate of each mutant, in the order in which they end; `seconds` is the limit of
    each. Not `whole`: a mutant is asked first what has killed most of the others, and nothing more
    once it is killed."""
    kills = Counter[str]()
    waiting = list(enumerate(listed))[::-1]
    running: dict[int, tuple[int, int, float]] = {}
    while waiting or running:
        while waiting and len(running) < CONCURRENT:
            number, mutant = waiting.pop()
            if not whole:
                questions.sort(key=lambda question: -kills[question.asked.case.id])
            pid, descriptor = _fork(mutant, questions, whole=whole)
            running[pid] = (number, descriptor, time.monotonic() + seconds)
        time.sleep(0.002)
        for pid, (number, descriptor, until) in list(running.items()):
            late = time.monotonic() > until
            if late:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if os.waitpid(pid, 0 if late else os.WNOHANG)[0]:
                message = os.read(descriptor, 2**16).decode()
                os.close(descriptor)
                del running[pid]
                none = dict.fromkeys(
                    SUITES_ASKED, "no answer: timed out" if late else "no answer: died"
                )
                found = tuple(json.loads(message)) if message else (none, "", [])
                kills.update(killer.partition(": ")[0] for killer in found[0].values())
                yield number, found


def main() -> None:
    """Judges every mutant, with the argument `whole` by every question, and prints the fates."""
    whole = "whole" in sys.argv[1:]
    listed = numbered(mutant for module in MODULES for mutant in mutants(module))
    questions = prepared()
    begun = time.monotonic()
    fate(None, questions)
    limit = max(LEAST_SECONDS, TIMES_THE_BASELINE * (time.monotonic() - begun))
    gc.freeze()  # what is forked is shared: collecting garbage in it would copy every page
    ended = dict(fates(listed, questions, limit, whole=whole))
    rows = [
        Fate(
            name=m.name,
            operator=m.operator,
            killed=ended[i][0],
            reading=ended[i][1],
            official=ended[i][2],
        )
        for i, m in enumerate(listed)
    ]
    print(json.dumps([asdict(each) for each in rows]))


def survey(*, whole: bool = True) -> list[Fate]:
    """The fates of all mutants, from a process that has one thread, as forking asks. Not `whole`:
    who is killed and who lives, sooner: `killed` names one case, `official` none."""
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": os.pathsep.join(ROOTS)}
    done = subprocess.run(
        [sys.executable, "-m", "support.mutation.mutants", *(["whole"] if whole else [])],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Fate(**fate) for fate in json.loads(done.stdout)]


if __name__ == "__main__":
    main()
