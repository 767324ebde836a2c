"""The calls in a text, as a person pastes it."""

import re
import warnings
from collections.abc import Mapping
from typing import Any

from convtranspose_reference.attributes import Shape

from .asked import NamesOpen
from .near import near_layer
from .spellings.known import KNOWN, is_plain
from .subject import LeftOutWarning, Subject, Unreadable
from .written.calls import CallInText, calls_in
from .written.source import first_line, text_of

IN_WORDS = (
    "accepted are a case id, model.onnx, a layer, call or node as text, such as "
    "nn.ConvTranspose2d(16, 8, 3, stride=2), and attributes such as kernel_shape=[3,3] "
    "strides=[2,2] pads=[1,1,1,1]; the Ask section of a run's page reads questions"
)


# of Keras, whose names may go on in the next line, and of torchinfo
_SUMMARY = re.compile(r"\b\w+ +\(Conv[123]DTr[a-z]*\)?|\bConvTranspose[123]d: \d+-\d+")


def text_subjects(
    what: str, x: Shape | None, w: Shape | None, dtype: str | None, names: Mapping[str, Any]
) -> list[Subject]:
    """The calls that can be read: the transposed ones, and the plain ones where there is no other.
    `x`, `w`, `dtype`, `names`: what the text leaves open.

    Warns with LeftOutWarning of those that cannot be read beside others that can. Raises
    Unreadable, which is NamesOpen where the text leaves names open.
    """
    text = text_of(what)
    every = list(calls_in(text, x, w, dtype, names))
    known = [call for call in every if call.subject or call.error]
    chosen = [call for call in known if not is_plain(call.function)] or known
    read = [call.subject for call in chosen if call.subject]
    if not read:
        raise _unread(what, text, chosen, every)
    for call in chosen:
        if call.error and not call.aside:
            warnings.warn(f"line {call.line}: {call.error}", LeftOutWarning, stacklevel=2)
    return read


def _unread(what: str, text: str, chosen: list[CallInText], every: list[CallInText]) -> Unreadable:
    """Why nothing was read: all names that are asked for at once, or what is wrong first."""
    asked = [call.error for call in chosen if isinstance(call.error, NamesOpen)]
    if len(asked) == 1:
        return asked[0]
    if asked:
        names = {name: usual for each in reversed(asked) for name, usual in each.names.items()}
        weights = next((each.weights for each in asked if each.weights), None)
        function = next(call.function for call in chosen if isinstance(call.error, NamesOpen))
        return NamesOpen(function, names, weights=weights)
    if row := _SUMMARY.search(text):
        return Unreadable(
            f"{row[0].strip()}: a row of a model's summary, which says neither kernel nor strides; "
            "accepted is the layer's own line, or what its get_config() gives"
        )
    if errors := [call.error for call in chosen if call.error]:
        return errors[0]
    return _unknown(what, text, every)


def _unknown(what: str, text: str, every: list[CallInText]) -> Unreadable:
    """Where no call has a name that is known: a name that looks like one, or what is accepted."""
    start = every[0].function if every else first_line(what)
    if every and every[0].function.startswith("self."):
        start += ": applies what another line makes, and that line is not in the text"
    if near := near_layer(text):
        name, known = near
        return Unreadable(
            f"{name}: no layer that is known here; did you mean {known}? accepted is that name"
        )
    if "(" not in text:
        return Unreadable(f"{start}: no call is in it; {IN_WORDS}")
    return Unreadable(f"{start}: no layer that is known here; accepted are {KNOWN}")
