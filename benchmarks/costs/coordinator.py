"""What a run keeps of its records until its page is drawn: `python
benchmarks/costs/coordinator.py`, some minutes.

Runs of 10^3 to 10^6 records: cases of `exhaustive-1d`, of which ten backends are asked two checks
each. No process is asked: what they answer is made up, right but for calls that stop as declared
and calls that the API has no word for, as most answers of such runs are. All else is a run:
journal, judgement, ledger, records, page. Each in a process of its own, of which the most memory
and the processor time are kept. Writes `figures/coordinator.json`, from which `docs/refresh.py`
makes a table of docs/scale.md.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import ROOT, keep_figures, key_of

from convtranspose_cases import suite_cases
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.asking.conversation import AnsweredCase
from convtranspose_conformance.run.asking.parallel import Progress
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.verdict.deviation_files import parse
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import write_report

RESULTS = ROOT / "benchmarks" / "figures" / "coordinator.json"
SIZES = (10**3, 10**4, 4 * 10**4, 10**5, 10**6)
BACKENDS = tuple(f"backend-{letter}" for letter in "abcdefghij")
CHECKS = ("output", "output_shape")
STOPS = """backend = "{backend}"
[[deviation]]
name = "stops"
check = "{check}"
versions = "==1.*"
when = "strides[0] > 2"
cause = "framework"
reason = "It says so."
error = {{ type = "RuntimeError", pattern = "could not do it" }}
"""


def plan(records: int) -> Plan:
    """As many cases, drawn evenly, as come to so many records."""
    every, count = suite_cases("exhaustive-1d"), records // (len(BACKENDS) * len(CHECKS))
    declared = [
        deviation
        for backend in BACKENDS
        for check in CHECKS
        for deviation in parse(
            STOPS.format(backend=backend, check=check), "declared.toml", BACKENDS
        )
    ]
    return Plan(
        entries=[
            Entry(
                name=name,
                title=name,
                route="call",
                target="none:none",
                distributions=(),
                version="1.0",
                checks=CHECKS,
            )
            for name in BACKENDS
        ],
        listed=[],
        suites=["exhaustive-1d"],
        cases=list(every[:: len(every) // count][:count]),
        deviations=declared,
        partial="a part",
    )


def answered(asked: Asked, number: int, backend: int) -> dict[str, Observation]:
    """What a backend says to a case, by check."""
    strides = asked.case.attributes.strides or (1,)
    if strides[0] > 2:
        return dict.fromkeys(
            CHECKS, stopped(Seen.REFUSED, "run", "RuntimeError", "could not do it")
        )
    if (number * 7 + backend * 3) % 24 < 4:
        says = f"the API has no word for it ({number % 20})"
        return dict.fromkeys(CHECKS, stopped(Seen.UNSUPPORTED, "", "", says))
    answer = asked.answer()
    return {"output": returned(answer.golden.expected()), "output_shape": stated(answer.shape)}


@contextmanager
def asking(session: Session, progress: Progress) -> Iterator[Iterator[AnsweredCase]]:
    """Every backend's answers to every case, in turn."""

    def answers() -> Iterator[AnsweredCase]:
        for entry in session.plan.entries:
            session.told(entry.name, {}, {})
        for number in range(len(session.plan.cases)):
            for i, entry in enumerate(session.plan.entries):
                yield entry, number, answered(session.asked[number], number, i)

    yield answers()


def run(records: int) -> dict[str, float]:
    """Runs so many, in this process."""
    chosen = plan(records)
    with TemporaryDirectory() as folder:
        run = execute(chosen, Path(folder), asking=asking)
        asked = _most_mib()
        write_report(Path(folder), run)
    assert len(run.records) == records
    return {
        "records": records,
        "cases": len(chosen.cases),
        "run_mib": asked,
        "mib": _most_mib(),
        "cpu_s": round(time.process_time(), 1),
    }


def _most_mib() -> int:
    """Not getrusage's: a process begins there with what its parent held."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM:"))


def main() -> None:
    """Measures, and writes the file."""
    if len(sys.argv) > 1:
        print(json.dumps(run(int(sys.argv[1]))))
        return
    rows = []
    for records in SIZES:
        command = [sys.executable, __file__, str(records)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        rows.append(json.loads(done.stdout))
        print(json.dumps(rows[-1]), flush=True)
    keep_figures(RESULTS, {"measured_of": key_of("coordinator"), "rows": rows})


if __name__ == "__main__":
    main()
