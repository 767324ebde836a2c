"""Calls whose numbers hang on what the text leaves open: Y's size in the text's own names, and in
numbers for values that are usual."""

import contextlib
import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from convtranspose_reference.attributes import InvalidInput, Shape

from .asked import NamesOpen
from .options import names_option
from .read import Given
from .spellings.known import is_plain
from .written.calls import CallInText, calls_in
from .written.fold import NameInText
from .written.source import text_of

MOST_TRIED = 20_000  # characters of a text that is read again for every row
MOST_CALLS = 8

# kernel, stride, padding, output_padding as public code has them most
_USUAL = ((4, 2, 1, 0), (3, 2, 1, 1), (2, 2, 0, 0), (3, 1, 1, 0), (5, 2, 2, 1), (16, 8, 4, 0))
_ROLES = {
    "kernel_size": 0,
    "kernel": 0,
    "kernel_shape": 0,
    "ksize": 0,
    "filter_size": 0,
    "filter_shape": 0,
    "stride": 1,
    "strides": 1,
    "padding": 2,
    "pad": 2,
    "pads": 2,
    "crop": 2,
    "output_padding": 3,
    "adj": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Usual values of what is open, and the spatial sizes that they make."""

    names: Mapping[str, Any]
    w: Shape | None
    x: Shape
    y: Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCall:
    """A call of the text, by `function` and `line`: Y's size as a `rule` in the text's own names,
    each of `names` with a usual value, the `order` of `--w` where the weights' shape is open too,
    the `options` that say all of it, and `rows` for values that are usual."""

    function: str
    line: int
    rule: str
    names: Mapping[str, str]
    order: str
    options: str
    rows: tuple[Row, ...]

    @property
    def settled(self) -> bool:
        """Does Y's size hang on nothing that is open?"""
        if len({(row.x, row.y) for row in self.rows}) != 1 or " says" in self.rule:
            return False
        words = set(re.findall(r"[\w.]+(?:\[[^]]*\])?", self.rule))
        return not words & {*self.names, *(["kernel"] if self.order else [])}


def open_calls(what: str, given: Given) -> list[OpenCall]:
    """The calls of a text of which nothing but Y's size in names is known; none where that is not
    known either, or where another call can be read."""
    text = text_of(what)
    every = [call for call in _read(text, given) if call.subject or call.error]
    chosen = [call for call in every if not is_plain(call.function)] or every
    if any(call.subject for call in chosen):
        return []
    asked = [(each, each.error) for each in chosen if isinstance(each.error, NamesOpen)]
    few = len(text) <= MOST_TRIED and len(asked) <= MOST_CALLS
    return [
        _open(call, error, tuple(_rows(call, error, text, given)) if few else ())
        for call, error in asked
        if error.rule
    ]


def _open(call: CallInText, asked: NamesOpen, rows: tuple[Row, ...]) -> OpenCall:
    """With the values asked for that make a call, or else the first that do."""
    as_asked = (_named(asked), asked.weights.usual if asked.weights else None)
    if rows and as_asked not in [(row.names, row.w) for row in rows]:
        asked = asked.with_usual(rows[0].names, rows[0].w)
    return OpenCall(
        function=call.function,
        line=call.line,
        rule=asked.rule,
        names=asked.names,
        order=asked.weights.order if asked.weights else "",
        options=asked.options,
        rows=rows,
    )


def _named(asked: NamesOpen) -> dict[str, Any]:
    return names_option(f"{name}={value}" for name, value in asked.names.items())


def _read(text: str, given: Given, more: Mapping[str, Any] | None = None) -> list[CallInText]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = {**given.names, **(more or {})}
        return list(calls_in(text, given.x, given.w, given.dtype, names))


def _rows(call: CallInText, asked: NamesOpen, text: str, given: Given) -> Iterator[Row]:
    """What usual values make of the call, those that can be read; each once."""
    seen = []
    for names, w in _tried(asked):
        if (names, w) in seen:
            continue
        seen.append((names, w))
        again = replace(given, w=w) if w else given
        subject = next((c.subject for c in _read(text, again, names) if _same(c, call)), None)
        if subject is None:
            continue
        with contextlib.suppress(InvalidInput):
            y = subject.case.y_shape()[2:]
            if min(y) > 0:
                yield Row(names=names, w=w, x=subject.case.x_shape[2:], y=y)


def _tried(asked: NamesOpen) -> Iterator[tuple[dict[str, Any], Shape | None]]:
    """Values of the names, and shapes of the weights: usual ones, and those that are asked for."""
    for usual, word in itertools.product(_USUAL, ("same", "valid")):
        yield _names(asked, usual, word), asked.weights.of(usual[0]) if asked.weights else None
    yield _named(asked), asked.weights.usual if asked.weights else None


def _same(one: CallInText, other: CallInText) -> bool:
    return one.subject is not None and (one.line, one.function) == (other.line, other.function)


def _names(asked: NamesOpen, usual: tuple[int, ...], word: str) -> dict[str, Any]:
    """Values of all that is open: those of the arguments that a name is, `usual` ones, or the
    `word` for a padding that is one; others as they are asked for."""
    names = _named(asked)
    taken = set()
    for argument, value in asked.values.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            if not isinstance(each, NameInText) or each.text not in names or argument not in _ROLES:
                continue
            if each.text not in taken:
                names[each.text] = _like(names[each.text], usual[_ROLES[argument]], word)
            taken.add(each.text)
    for star, arguments in asked.stars.items():
        names[star] = _filled(names[star], arguments, usual, word)
    return names


def _filled(held: Any, arguments: Sequence[str], usual: tuple[int, ...], word: str) -> Any:
    """What a star holds, a list or a table, with usual values for its sizes."""
    filled = held.copy()
    for at, argument in enumerate(arguments):
        if argument in _ROLES:
            key = argument if isinstance(held, dict) else at
            filled[key] = _like(held[key], usual[_ROLES[argument]], word)
    return filled


def _like(example: Any, number: int, word: str) -> Any:
    """A usual value in the form of what is asked for: a number, one for each axis, or a word."""
    if isinstance(example, tuple | list):
        return type(example)([_like(each, number, word) for each in example])
    if isinstance(example, str):
        return word.upper() if example.isupper() else word
    return number
