"""The calls in a text, as a person pastes it."""

import warnings
from collections.abc import Mapping
from typing import Any

from convtranspose_reference.attributes import Shape

from .asked import Asked
from .spellings.known import KNOWN, is_plain
from .subject import LeftOutWarning, Subject, Unreadable
from .written.calls import Call, calls_in
from .written.source import text_of


def text_subjects(
    what: str, x: Shape | None, w: Shape | None, dtype: str | None, names: Mapping[str, Any]
) -> list[Subject]:
    """The calls that can be read: the transposed ones, and the plain ones where there is no other.
    `x`, `w`, `dtype`, `names`: what the text leaves open.

    Warns with LeftOutWarning of those that cannot be read beside others that can. Raises
    Unreadable, which is Asked where the text leaves names open.
    """
    every = list(calls_in(text_of(what), x, w, dtype, names))
    known = [call for call in every if call.subject or call.error]
    chosen = [call for call in known if not is_plain(call.function)] or known
    read = [call.subject for call in chosen if call.subject]
    if not read:
        raise _unread(what, chosen, every)
    for call in chosen:
        if call.error and not call.aside:
            warnings.warn(f"line {call.line}: {call.error}", LeftOutWarning, stacklevel=2)
    return read


def _unread(what: str, chosen: list[Call], every: list[Call]) -> Unreadable:
    """Why nothing was read: all names that are asked for at once, or what is wrong first."""
    asked = [call.error for call in chosen if isinstance(call.error, Asked)]
    if len(asked) == 1:
        return asked[0]
    if asked:
        names = {name: usual for each in reversed(asked) for name, usual in each.names.items()}
        weights = next((each.weights for each in asked if each.weights), None)
        function = next(call.function for call in chosen if isinstance(call.error, Asked))
        return Asked(function, names, weights=weights)
    if errors := [call.error for call in chosen if call.error]:
        return errors[0]
    shown = repr(what if len(what) <= 60 else what[:57] + "...")
    found = f"{every[0].function}: " if every else f"{shown}: "
    if every and every[0].function.startswith("self."):
        found += "applies what another line makes, and that line is not in the text; "
    return Unreadable(f"{found}no layer that is known here; accepted are {KNOWN}")
