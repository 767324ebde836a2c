"""How much memory a run takes at most, in a process of its own."""

import subprocess
import sys
import tempfile

_RUN = """
import resource, sys
from pathlib import Path
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.worker.process import Limits

if __name__ == "__main__":
    limits = Limits(memory_gib=2.0)
    asked = plan(backends=[sys.argv[2]], patterns=sys.argv[3:], limits=limits, jobs=1)
    run = execute(asked, Path(sys.argv[1]))
    assert {each.verdict.value for each in run.records} == {"fails"}, run.records
    assert run.findings[0].cases == len(run.records)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mib(backend: str, cases: list[str]) -> int:
    """MiB of the coordinator of a run in which every answer is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(
            [sys.executable, "-c", _RUN, folder, backend, *cases],
            check=True,
            capture_output=True,
            text=True,
        )
    return int(process.stdout)


def large_calls(number: int) -> list[str]:
    """Calls with as many answers of 4 MiB and a little more."""
    return [f"call/x_1_1_{1_100_000 + i}_w_1_1_2" for i in range(number)]


def small_calls(number: int) -> list[str]:
    """Calls whose answers are small."""
    return [f"call/x_1_1_{5 + i}_w_1_1_2" for i in range(number)]
