"""How a process ended, and what of all that it wrote says why."""

import re
import signal

from .stable_words import stable_words
from .streams import MARK

_FATAL = re.compile(r"Check failed|Assertion|terminate called|what\(\):|panicked at")
# said by whoever finds the process dying, or by the C library
_FATAL_AT_LEAST = re.compile(
    r"LLVM ERROR|double free|free\(\): invalid|stack smashing|corrupted|Fatal Python error"
)


def how_it_ended(status: int | None) -> str:
    """An exit status in words."""
    if status is None:
        return "still running"
    return signal.Signals(-status).name if status < 0 else f"exit status {status}"


def without_marks(tail: str) -> str:
    """What the process wrote, for people."""
    return tail.replace(MARK, "").strip()


def own_words(tail: str) -> str:
    """What the last call alone wrote: without the lines that calls before it wrote, too, be it in
    other numbers."""
    before, _, own = tail.rpartition(MARK)
    usual = {stable_words(line) for line in before.replace(MARK, "\n").splitlines()}
    return "\n".join(each for each in own.splitlines() if stable_words(each) not in usual).strip()


def last_words(tail: str) -> str:
    """The last line that says why a process is about to die, without the time and place before it;
    else the whole tail.

    What an abort prints besides, a stack with its addresses, differs from run to run.
    """
    return fatal_line(tail) or tail


def fatal_line(text: str) -> str:
    """Of what a process wrote, the last line that says why it dies, without the time and place
    before that; "" for none."""
    for told in (_FATAL, _FATAL_AT_LEAST):
        found = [(line, match) for line in text.splitlines() if (match := told.search(line))]
        if found:
            line, match = found[-1]
            return (line[: match.start()].rpartition("] ")[2] + line[match.start() :]).strip()
    return ""
