"""What a user can mend."""


class UserError(Exception):
    """An option, a name, a file or a backend that cannot be used. The message names it, says what
    was found and what is accepted, and is shown without a traceback."""
