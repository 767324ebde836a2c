"""What an adapter does, as script lines: each adapter's own writer is asked.

Those of this project import no framework and are asked here; another distribution's may import
one, or anything else, and is asked in a process apart.
"""

from collections.abc import Sequence
from importlib import import_module

from ..backends.apart import Unanswered, apart
from ..backends.api import Call, Unsupported, text_of
from ..backends.entry import Entry
from ..backends.script import Script, Writer

_OURS = f"{__name__.partition('.')[0]}."


def transcript(entry: Entry, call: Call, *, static: bool = False) -> Script:
    """The script of one call. Raises as `transcripts` does, and where it is not to be said."""
    (script,) = transcripts(entry, [call], static=static)
    if isinstance(script, Script):
        return script
    raise Unsupported(script)


def transcripts(entry: Entry, calls: Sequence[Call], *, static: bool = False) -> list[Script | str]:
    """The script of each call, or the adapter's reason why it cannot be said; `static`: of the
    output shape that the backend states without computing.

    Of X, W, B only shapes and dtype matter. Raises Unsupported where the adapter gives no script at
    all, and where it states no shape.
    """
    if static and "output_shape" not in entry.checks:
        raise Unsupported("this API states no output shape ahead of the call")
    if not entry.script:
        raise Unsupported(f"the adapter of {entry.name} gives none")
    if entry.script.startswith(_OURS):
        return written(entry, calls, static)
    try:
        return apart(written, (entry, calls, static), list[Script | str])
    except Unanswered as error:
        raise Unsupported(f"{entry.script} gave none: {error}") from error


def written(entry: Entry, calls: Sequence[Call], static: bool) -> list[Script | str]:
    """Asks the writer here. Raises TypeError where it gives something else than a Script."""
    module, _, name = entry.script.partition(":")
    write: Writer = getattr(import_module(module), name)
    return [_of_one(write, entry, call, static) for call in calls]


def _of_one(write: Writer, entry: Entry, call: Call, static: bool) -> Script | str:
    try:
        script = write(entry, call, static=static)
    except Unsupported as why:
        return text_of(why)
    if isinstance(script, Script):
        return script
    raise TypeError(f"{entry.script}: found {type(script).__name__}, accepted is a Script")
