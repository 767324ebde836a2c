"""One run in a directory at a time."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from convtranspose_reference.errors import UserError


class OccupiedError(UserError):
    """A directory that another run writes to."""


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """The directory, made where it is missing, is this run's until the block ends. Raises
    OccupiedError at once where it is another's.

    The lock is on the directory itself: no file is left behind, and it ends with the process. Where
    a file system knows no locks, there is none.
    """
    directory.mkdir(parents=True, exist_ok=True)
    held = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            os.close(held)
            raise OccupiedError(
                f"--out {directory}: another run writes there; accepted is another directory, or "
                "to wait until it has ended"
            ) from None
    try:
        yield
    finally:
        os.close(held)
