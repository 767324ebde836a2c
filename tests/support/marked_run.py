"""Runs of misbehaving backends in sessions of their own, and who outlives them.

Every process of a run inherits a mark in its environment, whatever becomes of its parent.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from convtranspose_conformance.worker.process import Limits

SOME_CASES = "core/x_5_k_[1-4]_dilations_1_strides_2"
GUILTY = {
    "core/x_5_k_2_dilations_1_strides_2",
    "core/x_5_k_4_dilations_1_strides_2",
}  # kernels of even size
INNOCENT = {"core/x_5_k_1_dilations_1_strides_2", "core/x_5_k_3_dilations_1_strides_2"}
LIMITS = Limits(case_s=4.0, start_s=120.0, memory_gib=2.0)
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="/proc and PR_SET_PDEATHSIG")

RUN_OF = """
import sys
from pathlib import Path
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.worker.process import Limits

if __name__ == "__main__":
    limits = Limits(case_s=float(sys.argv[2]), memory_gib=float(sys.argv[3]))
    asked = plan(backends=sys.argv[4:], patterns=[sys.argv[1]], limits=limits, jobs=2)
    execute(asked, Path("{directory}"), lambda name, done, total: print(name, done, flush=True))
"""


@contextmanager
def running(
    directory: Path, seconds: float, names: list[str], memory_gib: float = 2.0
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A run in a session of its own, and its mark; it prints a line for each case done. Whatever
    fails, nothing survives the test."""
    mark = uuid.uuid4().hex
    command = [
        sys.executable,
        "-c",
        RUN_OF.format(directory=directory),
        SOME_CASES,
        str(seconds),
        str(memory_gib),
        *names,
    ]
    process = subprocess.Popen(
        command,
        env=os.environ | {"CONVTRANSPOSE_MARK": mark},
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process, mark
    finally:
        for pid in marked(mark):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


def marked(mark: str) -> dict[int, str]:
    """Living processes that carry the mark: pid -> command line."""
    processes = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            if f"CONVTRANSPOSE_MARK={mark}".encode() in (process / "environ").read_bytes():
                processes[int(process.name)] = (
                    (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                )
        except OSError:
            continue
    return processes


def survivors(mark: str, seconds: float) -> dict[int, str]:
    """Who still carries the mark after so many seconds; empty as soon as nobody does."""
    until = time.monotonic() + seconds
    while (alive := marked(mark)) and time.monotonic() < until:
        time.sleep(0.1)
    return alive
