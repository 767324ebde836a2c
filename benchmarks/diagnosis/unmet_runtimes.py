"""How much of what runtimes answer wrongly is explained on which diagnosis was not tuned:
`python benchmarks/diagnosis/unmet_runtimes.py`, ten minutes on two cores.

Each runtime, through the few lines of `strangers/`, is asked `seeds` and a part of `core` in an
environment of its own (`uv` makes it); each statement of its diagnosis is then held against random
calls that no search asked, and is false where the runtime says anything else there than it, alone
or with all else that is said. Writes `unmet_runtimes.json`. `--set` names those to ask; the rest is
kept, with its key. `--here NAME` asks one with this interpreter and prints what it writes of it.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.diagnosis.random_rules import (
    HELD_OUT,
    HELD_OUT_CASES,
    HELD_OUT_SEED,
    asked_cases,
    diagnosed,
    is_open,
    together,
)
from benchmarks.environments.matrix import SETS, STRANGERS, Together, made
from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import suite_cases
from convtranspose_conformance.diagnosis.candidates import differs, fits, under
from convtranspose_conformance.diagnosis.claims import Claims
from convtranspose_conformance.diagnosis.conditions.contrast import meets
from convtranspose_conformance.diagnosis.result import BY_RULE, Diagnosis
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.run.asking.on_demand import FollowUp
from convtranspose_conformance.run.planning.selection import entries
from convtranspose_conformance.verdict.compare import is_of_class
from convtranspose_conformance.verdict.reply import Ask, Reply
from convtranspose_conformance.worker.observation import Seen
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Check, Outcome

RESULTS = ROOT / "benchmarks" / "figures" / "unmet_runtimes.json"
# OpenVINO as nobody had looked at it, and not through its adapter. tinygrad emulates its device
# here: a diagnosis, which asks thousands of calls, would take hours
RUNTIMES = (
    Together(name="openvino", distribution="openvino", backends=("openvino_runtime@CPU",)),
    *(each for each in SETS if each.name == "opencv"),
    Together(name="tract", distribution="tract", backends=("tract_runtime@CPU",)),
    # nobody had looked at what these answer
    Together(
        name="nxrt",
        distribution="nxrt",
        needs=("nxrt==0.1.0.dev6",),
        backends=("nxrt_runtime@CPU",),
    ),
    Together(name="mnn", distribution="mnn", needs=("mnn==3.6.1",), backends=("mnn_runtime@CPU",)),
    Together(
        name="aidge",
        distribution="aidge-onnx",
        needs=("aidge-onnx==0.10.1", "aidge-core==0.10.1", "aidge-backend-cpu==0.10.1"),
        backends=("aidge_runtime@CPU",),
    ),
    Together(
        name="paddle",
        distribution="paddlepaddle",
        needs=("paddlepaddle==3.3.1", "setuptools"),
        backends=("paddle_runtime@CPU",),
    ),
    Together(
        name="mlx", distribution="mlx", needs=("mlx[cpu]==0.32.4",), backends=("mlx_runtime@CPU",)
    ),
    # asked after what the ones before had taught was built in
    Together(
        name="onnx2torch",
        distribution="onnx2torch",
        needs=("onnx2torch==1.5.15", "torch==2.13.0"),
        backends=("onnx2torch_runtime@CPU",),
    ),
    Together(
        name="onnx2pytorch",
        distribution="onnx2pytorch",
        needs=("onnx2pytorch==0.6.0", "torch==2.13.0"),
        backends=("onnx2pytorch_runtime@CPU",),
    ),
    Together(
        name="tvm",
        distribution="apache-tvm",
        needs=("apache-tvm==0.27.0.post1",),
        backends=("tvm_runtime@CPU",),
    ),
)
MINUTES = 60.0


def row(chosen: Together) -> dict[str, Any]:
    """What is said of a runtime that can be imported here."""
    from importlib.metadata import version

    release = version(chosen.distribution)
    (entry,), _ = entries(chosen.backends, release)
    with FollowUp(Limits()) as first, FollowUp(Limits()) as fresh, FollowUp(Limits()) as held_out:
        replies = list(first.ask_of(entry, Check.OUTPUT)(asked_cases()))
        wrong = [each for each in replies if each.wrong]
        found = diagnosed(replies, fresh.ask_of(entry, Check.OUTPUT))
        statements = _said(wrong, found, held_out.ask_of(entry, Check.OUTPUT))
    returned = sum(each.seen.seen is Seen.RETURNED for each in wrong)
    return {
        "runtime": chosen.name,
        "version": release,
        "answered": len(replies),
        "wrong": returned,
        "explained": sum(s["answers"] for s in statements if s["kind"] in BY_RULE),
        "stopped": len(wrong) - returned,
        "said": statements,
    }


def _said(wrong: list[Reply], found: list[Diagnosis], ask: Ask) -> list[dict[str, Any]]:
    """A line a statement, with the calls held out that it is false of, and how many leave it
    open."""
    counts = Counter(found)
    all_ = together(d for d in counts if d.kind in BY_RULE and d.explanations)
    classes = {d.accuracy for d in counts if d.accuracy}
    returned = Counter(d for w, d in zip(wrong, found, strict=True) if w.seen.seen is Seen.RETURNED)
    judge = _Judge(all_, classes, ask)
    rows = [(d, *(judge.judged(d) if d.kind in BY_RULE else ([], 0))) for d in counts]
    return [
        {
            "says": d.id,
            "kind": d.kind,
            "answers": returned[d],
            "stops": counts[d] - returned[d],
            "false": false,
            "open": left_open,
        }
        for d, false, left_open in sorted(rows, key=lambda each: -counts[each[0]])
    ]


class _Judge:
    """Holds a statement against calls held out, with `all_` else that is said and the classes."""

    def __init__(self, all_: Explanation, classes: set[str], ask: Ask) -> None:
        self._all, self._classes, self._ask = all_, classes, ask
        self._claims = Claims(lambda cases: list(ask(cases)))

    def judged(self, said: Diagnosis) -> tuple[list[str], int]:
        """The calls of which it is false, alone and with all else; a class alone is false of what
        is less exact than it allows. And how many leave it open: something is wrong with them that
        nothing explains, and what it says is true of them all the same."""
        rules = (*said.explanations, self._all)
        calls = [
            case
            for case in suite_cases("random", HELD_OUT_SEED)[:HELD_OUT_CASES]
            if case.op == "ConvTranspose"
            and meets(said.where, case)
            and (not said.explanations or differs(said.explanations[0], Check.OUTPUT, Asked(case)))
        ]
        replies = (r for r in self._ask(calls[:HELD_OUT]) if r.seen.seen is Seen.RETURNED)
        if not said.explanations:
            replies = (r for r in replies if r.outcome is Outcome.INEXACT)
        unlike = [r for r in replies if not _is_true(rules, self._classes, r)]
        left_open = [r for r in unlike if is_open(said, r, self._claims, self._all)]
        return [r.case.id for r in unlike if r not in left_open], len(left_open)


def _is_true(rules: Sequence[Explanation], classes: set[str], reply: Reply) -> bool:
    return any(fits(rule, reply) for rule in rules) or any(
        is_of_class(name, answer, reply.compared)
        for rule in rules
        for answer in under(rule, reply.asked)
        for name in classes
    )


def asked(chosen: Together, folder: Path) -> dict[str, Any]:
    """The row of a runtime that is installed for it alone. Raises SubprocessError."""
    interpreter = made(chosen, folder, time.monotonic() + 60 * MINUTES)
    command = [str(interpreter), str(Path(__file__).resolve()), "--here", chosen.name]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    # what a library writes besides stands before it
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Asks, writes, prints the sums."""
    names = [each.name for each in RUNTIMES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", choices=names)
    parser.add_argument("--here", choices=names)
    parser.add_argument("--environments", type=Path, default=ROOT / ".tox" / "matrix")
    given = parser.parse_args()
    if given.here:
        sys.path.append(str(STRANGERS))
        print(json.dumps(row(next(each for each in RUNTIMES if each.name == given.here))))
        return
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if given.set else None
    rows = {each["runtime"]: each for each in (before or {"rows": []})["rows"]}
    parts = []
    for chosen in RUNTIMES:
        if given.set is None or chosen.name in given.set:
            parts += [f"script {name.partition('@')[0]}.py" for name in chosen.backends]
            try:
                rows[chosen.name] = asked(chosen, given.environments.resolve())
            except (subprocess.SubprocessError, OSError) as error:
                sys.exit(f"{chosen.name}: not asked, and nothing written: {error}")
            print(rows[chosen.name], file=sys.stderr, flush=True)
    told = [rows[name] for name in names if name in rows]
    keep_figures(RESULTS, {"measured_of": key_of("unmet_runtimes", before, parts), "rows": told})


if __name__ == "__main__":
    main()
