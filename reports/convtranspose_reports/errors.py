"""What a user can mend: this package imports none of the others, so the error has a root of its
own."""


class RunError(ValueError):
    """Files of runs that cannot be read or put together. The message names them, says what was
    found and what is accepted, and is shown without a traceback."""


class RunMergeError(RunError):
    """Runs that do not belong together; the message names what differs, and in which files."""
