"""What 10^8 checks would take on 50 machines: `python benchmarks/costs/scale.py`, some minutes.

Measures, on this machine and one backend after the other, what a check costs where it is asked and
where it is judged, what a batch weighs on the way back and how long a framework takes to start.
Then plays runs through in simulated time (SimPy), with machines that are lost, slow ones and
batches of uneven cost. Writes `scale.json`, from which `docs/refresh.py` makes the tables of
docs/scale.md; `--simulate` keeps what was measured.
"""

import argparse
import json
import pickle
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import simpy
from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import named, registered
from convtranspose_conformance.run.cluster import leaf
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.verdict.deviation_files import declared
from convtranspose_conformance.worker.process import Limits

RESULTS = ROOT / "benchmarks" / "figures" / "scale.json"
BACKENDS = ("torch-cpu", "tensorflow-cpu", "onnxruntime-cpu", "onnx-reference")
CASES = 400  # of suite core, at equal distances
CHECKS, MACHINES, CORES, KINDS = 10**8, 50, 16, 12  # KINDS: frameworks x versions
BATCH_S = 30.0  # of work in a batch: long beside its way, short beside a machine's life
REPAIR_S = 1800.0
SEED = 1


def measured_of(name: str) -> dict[str, float]:
    """Figures of one backend: milliseconds a check where it is asked and where it is judged, bytes
    a check on the way back, seconds until the first answer."""
    cases = suite_cases("core")
    chosen = cases[:: len(cases) // CASES]
    entry, limits = named(name), Limits()
    batch = leaf.Batch(
        backend=name,
        version="",
        cases=chosen,
        numbers=list(range(len(chosen))),
        seed=0,
        limits=limits,
    )
    times, answers = [], None
    for _ in range(2):
        begun = time.perf_counter()
        answers = leaf.answers(batch)
        times.append(time.perf_counter() - begun)
    leaf.let_go()
    assert answers is not None
    checks = sum(len(found) for _, found in answers.found)
    judging = _judging_s(entry, chosen, answers)
    return {
        "asked_ms": round(1000 * times[1] / checks, 3),
        "judged_ms": round(1000 * judging / checks, 3),
        "bytes": round(len(pickle.dumps(answers)) / checks),
        "start_s": round(max(times[0] - times[1], 0.0), 1),
    }


def _judging_s(entry: Entry, cases: list[Case], answers: leaf.BatchAnswers) -> float:
    """Seconds in which a session judges a backend's answers."""
    session = Session(
        Plan(
            entries=[entry],
            listed=[],
            suites=["core"],
            cases=cases,
            deviations=[d for d in declared(list(registered())) if d.backend == entry.name],
        )
    )
    session.told(entry.name, answers.versions, answers.kernels)
    begun = time.perf_counter()
    for number, found in answers.found:
        session.judged(entry, number, found)
    return time.perf_counter() - begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How a run is set up, and what goes wrong. `coordinators`: how many judge; 0: the machines
    judge what they asked, each a shard of its own."""

    says: str
    coordinators: int
    mean_life_s: float = float("inf")  # of a machine, until it is lost
    slow: float = 0.0  # share of machines that take three times as long
    spread: float = 0.0  # of the logarithm of a batch's cost


SCENARIOS = (
    Scenario(says="one coordinator", coordinators=1),
    Scenario(says="one coordinator a backend", coordinators=KINDS),
    Scenario(says="shards, each judged where it is asked", coordinators=0),
    Scenario(says="shards; a machine is lost every 10 min", coordinators=0, mean_life_s=30_000.0),
    Scenario(
        says="shards; a fifth of the machines at a third of the pace", coordinators=0, slow=0.2
    ),
    Scenario(says="shards; batches of uneven cost", coordinators=0, spread=1.0),
    Scenario(
        says="one coordinator a backend; all three",
        coordinators=KINDS,
        mean_life_s=30_000.0,
        slow=0.2,
        spread=1.0,
    ),
    Scenario(says="shards; all three", coordinators=0, mean_life_s=30_000.0, slow=0.2, spread=1.0),
)


class Played:
    """A run in simulated seconds: `asked_s` and `judged_s` are those of a check."""

    def __init__(self, scenario: Scenario, asked_s: float, judged_s: float) -> None:
        self._scenario, self._rng, self._env = scenario, random.Random(SEED), simpy.Environment()
        here = asked_s + (0.0 if scenario.coordinators else judged_s)
        in_batch = max(round(BATCH_S / here), 1)
        self._cost_s, self._judging_s = here * in_batch, judged_s * in_batch
        self._to_judge = self._left = -(-CHECKS // in_batch)  # batches; left: to be begun
        self._desks = simpy.Resource(self._env, max(scenario.coordinators, 1))
        self._ended, self._more = self._env.event(), self._env.event()
        self._repeated, self._busy_s = 0, 0.0

    def figures(self) -> dict[str, float]:
        """Hours until the last batch is judged, the share of the cores' time that is work which
        counts, and the batches that were begun twice."""
        for number in range(MACHINES):
            machine = _Machine(self._env)
            pace = 3.0 if number < self._scenario.slow * MACHINES else 1.0
            for _ in range(CORES):
                self._env.process(self._core(machine, pace))
            self._env.process(self._losses(machine))
        self._env.run(until=self._ended)
        return {
            "hours": round(self._env.now / 3600, 2),
            "used": round(self._busy_s / (self._env.now * MACHINES * CORES), 3),
            "repeated": self._repeated,
        }

    def _core(self, machine: "_Machine", pace: float) -> Iterator[Any]:
        while self._to_judge:
            if machine.is_lost:
                yield machine.back
            if not self._left:
                yield self._more  # a lost batch may come back
                continue
            self._left -= 1
            work, gone = self._cost_s * pace * self._uneven(), machine.gone
            yield self._env.timeout(work) | gone
            if gone.triggered:
                self._left += 1
                self._repeated += 1
                self._more.succeed()
                self._more = self._env.event()
                continue
            self._busy_s += work
            self._env.process(self._judged())

    def _uneven(self) -> float:
        """Of mean 1."""
        spread = self._scenario.spread
        return self._rng.lognormvariate(-(spread**2) / 2, spread) if spread else 1.0

    def _judged(self) -> Iterator[Any]:
        if self._scenario.coordinators:
            with self._desks.request() as turn:
                yield turn
                yield self._env.timeout(self._judging_s)
        else:
            yield self._env.timeout(0)
        self._to_judge -= 1
        if not self._to_judge:
            self._ended.succeed()

    def _losses(self, machine: "_Machine") -> Iterator[Any]:
        while self._scenario.mean_life_s < float("inf"):
            yield self._env.timeout(self._rng.expovariate(1 / self._scenario.mean_life_s))
            machine.lose()
            yield self._env.timeout(REPAIR_S)
            machine.come_back()


class _Machine:
    """A machine, and the events of its loss and its return."""

    def __init__(self, env: simpy.Environment) -> None:
        self._env = env
        self.gone, self.back = env.event(), env.event()
        self.is_lost = False

    def lose(self) -> None:
        self.is_lost = True
        self.gone.succeed()

    def come_back(self) -> None:
        self.is_lost = False
        self.back.succeed()
        self.gone, self.back = self._env.event(), self._env.event()


def simulated(constants: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Every scenario, from what the backends cost on average."""
    asked, judged = (
        sum(each[name] for each in constants.values()) / len(constants) / 1000
        for name in ("asked_ms", "judged_ms")
    )
    return [{"says": each.says, **Played(each, asked, judged).figures()} for each in SCENARIOS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulate", action="store_true", help="keep what was measured")
    given = parser.parse_args()
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    constants = (
        kept["constants"] if given.simulate else {name: measured_of(name) for name in BACKENDS}
    )
    print(json.dumps(constants))
    results = {
        "measured_of": kept.get("measured_of") if given.simulate else key_of("scale"),
        "run": {"checks": CHECKS, "machines": MACHINES, "cores": CORES, "kinds": KINDS},
        "constants": constants,
        "scenarios": simulated(constants),
    }
    keep_figures(RESULTS, results)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
