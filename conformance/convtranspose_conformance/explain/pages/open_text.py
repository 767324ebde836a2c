"""Calls of which the text leaves open what their numbers hang on, as text: Y's size in its names, a
row for each of some usual values, and the command for the reader's own."""

import shlex
from collections.abc import Sequence

from ..inputs.open_calls import OpenCall, Row
from .columns import columns
from .wrapped import wrapped


def open_text(what: str, calls: Sequence[OpenCall], typed: Sequence[str] = ()) -> str:
    """A part for each call. `typed`: the options that are given already."""
    head = f"{len(calls)} calls, none of them with all its numbers\n"
    parts = [_part(what, call, typed) for call in calls]
    return "\n".join([*([head] if len(calls) > 1 else []), *parts])


def _part(what: str, call: OpenCall, typed: Sequence[str]) -> str:
    weights = f"the weights' shape ({call.order})" if call.order else ""
    open_ = [*call.names, *filter(None, [weights])]
    left = f"the text leaves {', '.join(open_)} open"
    lines = [f"{call.function}, line {call.line}", wrapped(call.rule, "  ", "    ")]
    if call.settled:
        x, y = ("x".join(map(str, each)) for each in (call.rows[0].x, call.rows[0].y))
        lines.append(wrapped(f"{y} for an X of {x}; {left}, on which no size hangs", "  ", "    "))
    else:
        lines.append(wrapped(left, "  ", "    "))
    if call.rows and not call.settled:
        head = [*call.names, *(["kernel"] if call.order else []), "X -> Y"]
        rows = [[str(v) for v in row.names.values()] + _sizes(row) for row in call.rows]
        told = ", where output_shape asks for these sizes" * (" says" in call.rule)
        lines += ["", f"  with usual values{told}", *columns([head, *rows], "    ")]
    own = shlex.quote(what) if len(what) <= 500 else "..."
    command = " ".join(["convtranspose explain", own, *typed, call.options])
    return "\n".join([*lines, "", "  all of it, with your own values", f"    {command}", ""])


def _sizes(row: Row) -> list[str]:
    kernel = ["x".join(map(str, row.w[2:]))] if row.w else []
    return [*kernel, f"{'x'.join(map(str, row.x))} -> {'x'.join(map(str, row.y))}"]
