"""A call as it is written, matched to a signature of the framework."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .asked import NamesOpen, Weights
from .near import did_you_mean, meant
from .subject import Unreadable
from .written.fold import MOST_ENTRIES, NameInText, Starred, folded, leaves
from .written.starred import as_they_say, holders, left_to_stars, usual_stars


class UnknownArgument(Unreadable):
    """An argument by a `name` that the signature has not; `near`: the one of its own that it looks
    like, empty where it looks like none."""

    def __init__(self, function: str, name: str, accepted: Sequence[str]) -> None:
        self.name = name
        self.near = meant(name, accepted, _parts(accepted))
        hint = did_you_mean(self.near, "=")
        super().__init__(
            f"{function}: {name}: no such argument: {hint}accepted are {', '.join(accepted)}"
        )

    @property
    def may_be_a_size(self) -> bool:
        """Is it an argument of the layer, misspelled, or a word on which sizes may hang, such as
        `pad_mode`?"""
        of_sizes = _OF_SIZES.search(self.name) and not _OF_VALUES.search(self.name)
        return bool(self.near or of_sizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A call as it is written: the `function`'s dotted name, positional and keyword arguments, and
    its `text`.

    `x`, `w`, `b`: shapes of its tensors where the text has them, in the framework's own order, None
    for sizes that it leaves open. `kernel`: W's spatial sizes, names among them.
    `output_size`: what the layer is asked for where it is applied.
    `dtype`: what the layer is turned to, as in `Layer(...).half()`. `line`: from 1. `scoped`: the
    arguments that stand for missing ones, as an arg_scope around the call has them. `stars`: what
    is behind * and **, where that is not known.
    """

    function: str
    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    text: str = field(repr=False)
    x: tuple[int | None, ...] | None = None
    w: tuple[int | None, ...] | None = None
    kernel: tuple[Any, ...] | None = None
    b: tuple[int | None, ...] | None = None
    output_size: Any = None
    dtype: str = ""
    line: int = 0
    scoped: Mapping[str, Any] = field(default_factory=dict)
    stars: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Arguments by name, the signature's defaults filled in."""

    function: str
    values: Mapping[str, Any]

    def wrong(self, name: str, accepted: str) -> Unreadable:
        """The error for one argument: what was value, what is accepted."""
        stated = as_written(self.values[name])
        return Unreadable(f"{self.function}: {name}={stated}: accepted is {accepted}")

    def require(
        self, usual: Mapping[str, str], rule: str = "", weights: Weights | None = None
    ) -> None:
        """Raises NamesOpen for the names that the arguments of `usual` hang on, and the `weights`,
        all at once; each with the value that is usual. `rule`: Y's size in the text's own names."""
        open_: list[tuple[NameInText, str]] = []
        for argument, example in usual.items():
            value = self.values.get(argument)
            each = example.strip("()[]").split(",")[0]
            open_ += [(entry, each) for entry in _entries(value) if isinstance(entry, NameInText)]
            if isinstance(value, NameInText) and not isinstance(value, Starred):
                open_.append((value, example))
        names = _usual(open_) | usual_stars(self.values, usual)
        if names or weights:
            values = {name: self.values[name] for name in usual if leaves(self.values.get(name))}
            rule = as_they_say(rule, self.values, list(usual))
            stars = holders(self.values)
            raise NamesOpen(self.function, names, rule, weights=weights, values=values, stars=stars)

    def known(self, name: str) -> bool:
        """Is it a value, and none that the text leaves open?"""
        return not isinstance(self.values.get(name), NameInText)

    def integer(self, name: str, least: int) -> int:
        """An integer of at least `least`. Raises Unreadable."""
        value = self.values[name]
        if type(value) is not int or value < least:
            raise self.wrong(name, f"an integer of at least {least}")
        return value

    def per_axis(self, name: str, rank: int, least: int) -> tuple[int, ...]:
        """One integer for all axes, or one for each. Raises Unreadable."""
        value = self.values[name]
        each = (value,) * rank if type(value) is int else value
        whole = isinstance(each, tuple | list) and all(type(v) is int and v >= least for v in each)
        if not whole or len(each) not in (rank, 1) or (len(each) == 1 and rank > 1):
            raise self.wrong(
                name,
                f"an integer of at least {least}"
                + (f", or {rank} of them" if rank > 1 else ", or a tuple of one"),
            )
        return tuple(each)

    def truth(self, name: str) -> bool:
        value = self.values[name]
        if type(value) is not bool:
            raise self.wrong(name, "True or False")
        return value

    def word(self, name: str, words: tuple[str, ...]) -> str:
        """One of `words`, in any case of letters. Raises Unreadable."""
        value = self.values[name]
        if not isinstance(value, str) or value.lower() not in words:
            raise self.wrong(name, " or ".join(f'"{word}"' for word in words))
        return value.lower()


def _entries(value: Any) -> Iterator[Any]:
    """What stands in a list, those of inner ones one by one; nothing of what is none."""
    for each in value if isinstance(value, list | tuple) else ():
        yield from _entries(each) if isinstance(each, list | tuple) else (each,)


def as_written(value: Any) -> str:
    """A value as the text has it, names among its entries."""
    if isinstance(value, list | tuple):
        inner = ", ".join(map(as_written, value))
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner}{',' * (len(value) == 1)})"
    return value.text if isinstance(value, NameInText) else repr(value)


REQUIRED = NameInText("")
_OF_SIZES = re.compile(
    r"(?i)strid|pad|kernel|dilat|size|shape|group|filter|channel|rate|crop|out|feature|factor|scale"
    r"|mode|samp|causal|border|adj|dim|step|transpos|up|^[a-z]{1,3}$"
)
_OF_VALUES = re.compile(
    r"(?i)initiali[sz]er|regulari[sz]er|constraint|(?:^|_)init$|^(?:act|bn|key)$"
)
_ENTRY = re.compile(r"(?P<of>.+)\[(?P<at>\d+)\]")
_TRIED = (*range(1, 17), *range(-1, -17, -1))


def _parts(accepted: Sequence[str]) -> dict[str, str]:
    """The words within names of several on which sizes hang, as `kernel` of `kernel_size`."""
    return {
        part: name
        for name in reversed(accepted)
        for part in name.split("_")
        if len(part) > 3 and _OF_SIZES.search(part) and not _OF_VALUES.search(name)
    }


def _usual(open_: Sequence[tuple[NameInText, str]]) -> dict[str, str]:
    """A value of each name: the usual one of what it stands for; within an expression, one that
    makes it worth its usual value, or else possible: 1 for `4 // 2**s`."""
    names: dict[str, str] = {}
    for value, example in open_:
        if value.leaves == (value.text,):
            names.setdefault(value.text, example)
    for value, example in open_:
        if missing := [leaf for leaf in value.leaves if leaf not in names]:
            others = names | dict.fromkeys(missing[1:], example)
            names |= {
                **dict.fromkeys(missing, example),
                missing[0]: _solved(value, others, example),
            }
    return _whole(names)


def _whole(names: dict[str, str]) -> dict[str, str]:
    """Entries of what is asked for too, `stride[0]` beside `stride`, are entries of its value."""
    entries = [(name, _ENTRY.fullmatch(name)) for name in names]
    inner = {name: match for name, match in entries if match and match["of"] in names}
    for match in inner.values():
        of = match["of"]
        count = max(2, *(int(m["at"]) + 1 for m in inner.values() if m["of"] == of))
        if count > MOST_ENTRIES:
            continue
        if names[of].isdigit():
            names[of] = f"({', '.join([names[of]] * count)})"
    return {name: value for name, value in names.items() if name not in inner}


def _solved(value: NameInText, others: Mapping[str, str], example: str) -> str:
    """What the one leaf that `others` has not is to be."""
    (leaf,) = (each for each in value.leaves if each not in others)
    node = ast.parse(value.text, mode="eval").body
    known = {name: int(said) if said.isdigit() else said for name, said in others.items()}
    worth = {tried: folded(node, {**known, leaf: tried}) for tried in _TRIED}
    wanted = [str(tried) for tried, made in worth.items() if str(made) == example]
    possible = [str(tried) for tried, made in worth.items() if type(made) is int and made >= 1]
    return next(iter([*wanted, *possible]), example)


def bound(call: Written, signature: Mapping[str, Any], extra: tuple[str, ...] = ()) -> Bound:
    """The call's arguments by the signature's names, in its order; REQUIRED is a default that is
    none, `extra` are ignored keywords.

    Raises Unreadable for an argument too many, unknown, given twice or missing.
    """
    names = list(signature)
    if len(call.positional) > len(names):
        raise Unreadable(
            f"{call.function}: {len(call.positional)} positional arguments: accepted are "
            f"{len(names)}: {', '.join(names)}"
        )
    given = (len(call.positional), call.named)
    values = dict(signature) | left_to_stars(signature, REQUIRED, given, call.stars)
    values |= dict(zip(names, call.positional, strict=False))
    for name, value in call.named.items():
        if name in names[: len(call.positional)]:
            raise Unreadable(
                f"{call.function}: {name} is given twice, by position and by name: accepted is once"
            )
        if name not in signature and name not in extra:
            raise UnknownArgument(call.function, name, names)
        values[name] = value
    missing = [name for name, value in values.items() if value is REQUIRED]
    if missing:
        raise Unreadable(
            f"{call.function}: {', '.join(missing)} missing: accepted are {', '.join(names)}"
        )
    return Bound(function=call.function, values=values)
