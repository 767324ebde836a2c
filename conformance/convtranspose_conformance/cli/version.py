"""`convtranspose --version`."""

from ..run.suite_version import DISTRIBUTION, suite_version


def version() -> str:
    """The distribution's name and version."""
    return f"{DISTRIBUTION} {suite_version()}"
