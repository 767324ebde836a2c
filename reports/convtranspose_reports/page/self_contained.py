"""What every page of HTML here has in common: a package's templates, and inline text that a Content
Security Policy allows by its hash."""

import base64
import hashlib
from functools import cache

import jinja2


@cache
def environment_of(package: str) -> jinja2.Environment:
    """The templates of a package, compiled once for all pages of a process. Everything is escaped,
    and a name that is not given is an error."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader(package),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def content_hash(content: str) -> str:
    """A Content-Security-Policy source that allows exactly this inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
