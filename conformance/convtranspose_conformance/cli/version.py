"""`convtranspose --version`."""

from importlib import metadata

DISTRIBUTION = "convtranspose-conformance"


def version() -> str:
    """The distribution's name and version."""
    return f"{DISTRIBUTION} {metadata.version(DISTRIBUTION)}"
