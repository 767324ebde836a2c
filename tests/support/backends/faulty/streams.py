"""What is written, and where to."""

import io
import os
import sys
from typing import Any

from .fault import Fault, collected

FAULTS: dict[str, Fault] = {}
fault = collected(FAULTS)


@fault("AGREES")
def stdout_is_none(Y: Any) -> Any:
    """Sets `sys.stdout` to None."""
    sys.stdout = None  # type: ignore[assignment]
    return [Y]


@fault("AGREES")
def stdout_is_closed(Y: Any) -> Any:
    """Closes `sys.stdout`."""
    sys.stdout.close()
    return [Y]


@fault("AGREES")
def stderr_is_closed(Y: Any) -> Any:
    """Closes `sys.stderr`."""
    sys.stderr.close()
    return [Y]


@fault("AGREES")
def stdout_is_gone(Y: Any) -> Any:
    """Deletes `sys.stdout`."""
    del sys.stdout
    return [Y]


@fault("AGREES")
def stdout_cannot_be_flushed(Y: Any) -> Any:
    """Puts a stream in the place of `sys.stdout` that cannot be flushed."""

    class Stuck(io.StringIO):
        def flush(self) -> None:
            raise OSError("stuck")

    sys.stdout = Stuck()
    return [Y]


@fault("AGREES")
def stdout_is_full(Y: Any) -> Any:
    """Leads descriptor 1 to a full device, with something that is not flushed yet."""
    os.dup2(os.open("/dev/full", os.O_WRONLY), 1)
    sys.stdout.write("x")
    return [Y]


@fault("CRASHED", "exit status 7")
def flush_exits(Y: Any) -> Any:
    """Puts a stream in the place of `sys.stdout` that ends the process when it is flushed."""

    class Last(io.StringIO):
        def flush(self) -> None:
            os._exit(7)

    sys.stdout = Last()
    return [Y]


@fault("AGREES")
def descriptor_1_closed(Y: Any) -> Any:
    """Closes descriptor 1."""
    os.close(1)
    return [Y]


@fault("AGREES")
def descriptor_2_closed(Y: Any) -> Any:
    """Closes descriptor 2."""
    os.close(2)
    return [Y]


@fault("AGREES")
def descriptor_0_closed(Y: Any) -> Any:
    """Closes descriptor 0."""
    os.close(0)
    return [Y]


@fault("AGREES")
def many_closed(Y: Any) -> Any:
    """Closes descriptors 0 to 99."""
    os.closerange(0, 100)
    return [Y]


@fault("CRASHED", "exit status 1; the suite's own descriptors: Bad file descriptor")
def all_closed(Y: Any) -> Any:
    """Closes every descriptor, the suite's own with them."""
    os.closerange(3, 1024)
    return [Y]


@fault("CRASHED", "socket")
def writes_into_every_descriptor(Y: Any) -> Any:
    """Writes into every descriptor that is open, the suite's own with them."""
    for descriptor in range(3, 1024):
        try:
            os.write(descriptor, b"nonsense " * 20)
        except OSError:
            continue
    return [Y]


@fault("AGREES")
def prints(Y: Any) -> Any:
    """Prints a line on both streams."""
    print("hello")
    print("hello", file=sys.stderr)
    return [Y]


@fault("AGREES")
def shouts(Y: Any) -> Any:
    """Writes 100 MB to stdout."""
    for _ in range(100):
        os.write(1, b"x" * 1_000_000)
    return [Y]


@fault("AGREES")
def prints_escapes(Y: Any) -> Any:
    """Prints what clears a terminal."""
    print("\x1b[2J\x1b[31m")
    return [Y]


@fault("AGREES")
def prints_the_mark(Y: Any) -> Any:
    """Prints what the suite tells calls apart by."""
    print("\x1e" * 1000)
    return [Y]


@fault("AGREES")
def prints_no_text(Y: Any) -> Any:
    """Writes bytes that are no UTF-8."""
    os.write(2, b"\xff\xfe\x00")
    return [Y]


@fault("CRASHED", "SIGABRT")
def last_words(Y: Any) -> Any:
    """Says with its process and the time why it aborts."""
    import time

    print(f"{time.time()} [{os.getpid()}] Check failed: nothing fits", file=sys.stderr, flush=True)
    os.abort()


@fault("AGREES")
def reads_stdin(Y: Any) -> Any:
    """Reads all of stdin."""
    sys.stdin.read()
    return [Y]


@fault("AGREES")
def stdout_elsewhere(Y: Any) -> Any:
    """Leads descriptor 1 to /dev/null."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return [Y]
