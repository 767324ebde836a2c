"""The one place where what a user can mend becomes a line on stderr and an exit status."""

from collections.abc import Iterator
from contextlib import contextmanager

from typer import TyperException

from convtranspose_reference.errors import UserError
from convtranspose_reports.errors import RunError

from ..run.exit_status import UNUSABLE_STATUS
from .terminal import say


class OptionError(UserError):
    """Options that do not go together, or a value that an option does not take."""


@contextmanager
def errors_said() -> Iterator[None]:
    """Around a command: what the user can mend ends it with one error, without a traceback."""
    try:
        yield
        return
    except (UserError, RunError) as error:
        message = str(error).rstrip()
    except TyperException as error:  # an option that Typer itself refuses
        message = error.format_message()
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    say(f"error: {message}")
    raise SystemExit(UNUSABLE_STATUS)
