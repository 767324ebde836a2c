"""The check `repeatability` as script lines: what `repeat.repeated` asks, form by form."""

from dataclasses import replace
from textwrap import indent

import numpy as np

from ..backends.api import Call, Unsupported
from ..backends.forms import AFTER_OTHERS, AGAIN, NEGATED
from .transcripts import forms, transcript, undone

FIRST = "at first"


def repetitions(backend: str, call: Call) -> dict[str, list[str]]:
    """Form -> the lines that make its Y from X, W and B, in the order in which they are asked, the
    call itself first.

    Of X, W, B only shapes and dtype matter. Raises as `transcripts.transcript` does.
    """
    script = transcript(backend, call, pinned=True)
    return {
        FIRST: script.call,
        AGAIN: script.again or script.call,
        **forms(backend, call),
        NEGATED: [_negated(call), *undone(script.call, _negated(call)), "Y = -Y"],
        AFTER_OTHERS: [*_others(backend, call), *script.call],
    }


def _negated(call: Call) -> str:
    return "W = -W" if call.B is None else "W, B = -W, -B"


def _others(backend: str, call: Call) -> list[str]:
    """Calls of an empty batch and of a doubled one; what they answer does not count."""
    lines = ["whole = X"]
    for X, text in (
        (call.X[:0], "whole[:0]"),
        (np.concatenate([call.X, call.X]), "np.concatenate([whole, whole])"),
    ):
        try:
            other = transcript(backend, replace(call, X=X), pinned=True).call
        except Unsupported:
            continue
        lines += [
            "try:",
            indent("\n".join([f"X = {text}", *other]), "    "),
            "except Exception:",
            "    pass",
        ]
    return [*lines, "X = whole"]
