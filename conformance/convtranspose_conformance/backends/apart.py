"""Other people's code in a process of its own: whatever it imports, prints or breaks there costs an
answer and not the run."""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

SECONDS = 60.0
_CHILD = (
    "import sys; from convtranspose_conformance.backends import apart; apart.answer(sys.argv[1])"
)
_T = TypeVar("_T")


class Unanswered(Exception):
    """No answer came from the process; the message says how it ended."""


def apart(
    function: Callable[..., _T], given: tuple[Any, ...], kind: Any, seconds: float = SECONDS
) -> _T:
    """What a function of a module returns when a fresh interpreter calls it, plain data of the type
    `kind`. Raises Unanswered where the process dies or takes longer than `seconds`."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "question").write_bytes(pickle.dumps((function, given, seconds)))
        with Path(folder, "noise").open("wb") as noise:
            process = subprocess.Popen(
                [sys.executable, "-u", "-c", _CHILD, folder],
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(p or os.getcwd() for p in sys.path)},
                stdin=subprocess.DEVNULL,
                stdout=noise,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        how = _ending(process, seconds)
        written = Path(folder, "answer")
        if not written.exists():
            said = Path(folder, "noise").read_text("utf-8", "replace").strip().splitlines()
            raise Unanswered("; ".join([how, *said[-1:]]))
        answer: _T = msgspec.json.decode(written.read_bytes(), type=kind)
        return answer


def _ending(process: "subprocess.Popen[bytes]", seconds: float) -> str:
    """Waits for the end of the process and of what it has started; says how it ended."""
    try:
        status = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return f"no answer within {seconds:g} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def answer(folder: str) -> None:
    """In the process apart: calls the function, and leaves what it returned."""
    function, given, seconds = pickle.loads(Path(folder, "question").read_bytes())
    signal.alarm(int(seconds) + 1)  # where nobody is left to end it
    unfinished = Path(folder, "unfinished")
    unfinished.write_bytes(msgspec.json.encode(function(*given)))
    unfinished.rename(Path(folder, "answer"))
