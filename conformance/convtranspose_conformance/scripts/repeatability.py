"""The check `repeatability` as script lines: what `worker.repeatability` asks, form by form."""

from dataclasses import replace
from textwrap import indent

import numpy as np

from ..backends.api import Call, Unsupported
from ..backends.entry import Entry
from ..backends.forms import AFTER_OTHERS, AGAIN, NEGATED
from ..backends.script import Lines, Script, undone
from .transcripts import transcripts

FIRST = "at first"
_OTHER_BATCHES = ("whole[:0]", "np.concatenate([whole, whole])")


def repetitions(entry: Entry, call: Call) -> dict[str, Lines]:
    """Form -> the lines that make its Y from X, W and B, in the order in which they are asked, the
    call itself first.

    Of X, W, B only shapes and dtype matter. Raises as `transcripts.transcript` does.
    """
    batches = (call.X, call.X[:0], np.concatenate([call.X, call.X]))
    script, *others = transcripts(entry, [replace(call, X=X) for X in batches])
    if isinstance(script, str):
        raise Unsupported(script)
    return {
        FIRST: script.call,
        AGAIN: script.again or script.call,
        **script.forms,
        NEGATED: [_negated(call), *undone(script.call, _negated(call)), "Y = -Y"],
        AFTER_OTHERS: [*_after(others), *script.call],
    }


def _negated(call: Call) -> str:
    return "W = -W" if call.B is None else "W, B = -W, -B"


def _after(others: list[Script | str]) -> Lines:
    """Calls of an empty batch and of a doubled one; what they answer does not count."""
    lines = ["whole = X"]
    for other, X in zip(others, _OTHER_BATCHES, strict=True):
        if isinstance(other, Script):
            lines += [
                "try:",
                indent("\n".join([f"X = {X}", *other.call]), "    "),
                "except Exception:",
                "    pass",
            ]
    return [*lines, "X = whole"]
