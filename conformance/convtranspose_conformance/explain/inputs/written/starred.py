"""Arguments that a call leaves to what stands behind * and **: `nn.Conv2d(*sizes, **more)`."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from .fold import NameInText, Starred

# the sizes that a star may hold in place of a default; the second ones are not asked for
_SIZES = ("kernel_size", "kernel_shape", "ksize", "stride", "strides", "padding", "pad", "pads")
_SELDOM = ("output_padding", "adj", "dilation", "dilations", "dilate")
_ASIDE = ("output_padding", "dilation_rate")  # they are seldom there, and move sizes if they are
_TENSORS = ("input", "inputs", "x", "lhs", "data", "weight", "rhs")
_CHANNELS = (16, 8)


def left_to_stars(
    signature: Mapping[str, Any],
    required: NameInText,
    given: tuple[int, Mapping[str, Any]],
    stars: tuple[str, str],
) -> dict[str, Starred]:
    """The arguments of a `signature` that what is behind * and ** (`stars`, empty where there is
    none) may hold: those that are `required` and the sizes, without what is `given`, so many by
    position and some by name."""
    star, double = stars
    count, named = given
    rest = list(signature)[count:]
    needed = [name for name in rest if signature[name] is required]
    reached = list(takewhile(lambda name: name not in named, rest)) if star else []
    by_position = _up_to(reached, needed if double else (*needed, *_SIZES))
    arguments = {}
    for name in rest:
        by_name = name not in by_position
        behind = double if by_name else star
        held = name in (*needed, *by_position) or _is_size(name, signature)
        if behind and held and name not in named:
            default = None if name in needed else signature[name]
            arguments[name] = Starred(name, (behind,), by_name, name in needed, default)
    return arguments


def _up_to(names: list[str], wanted: Sequence[str]) -> list[str]:
    """Up to the last that is wanted."""
    last = max((at for at, name in enumerate(names, 1) if name in wanted), default=0)
    return names[:last]


def _is_size(name: str, signature: Mapping[str, Any]) -> bool:
    return name in _SIZES or (name in _SELDOM and signature[name] is not None)


def usual_stars(values: Mapping[str, Any], usual: Mapping[str, str]) -> dict[str, str]:
    """What each star would be in a usual call, as a list or a table; `usual`: of single values."""
    channels = iter(_CHANNELS)
    stars: dict[str, Any] = {}
    for name, value in _starred(values):
        usual_value = _said(name, value, usual, channels)
        if not value.keyword:
            stars.setdefault(value.leaves[0], []).append(usual_value)
            continue
        table = stars.setdefault(value.leaves[0], {})
        if name not in _SELDOM:
            table[value.text] = usual_value
    return {star: repr(each).replace("'", '"') for star, each in stars.items()}


def _said(name: str, value: Starred, usual: Mapping[str, str], channels: Iterator[int]) -> Any:
    if name not in usual and not value.needed:
        return None if isinstance(value.default, NameInText) else value.default
    if name not in usual:
        return name if name in _TENSORS else next(channels, _CHANNELS[-1])
    try:
        return ast.literal_eval(usual[name])
    except ValueError:
        return usual[name]


def holders(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Of each star the arguments that it is asked for."""
    found: dict[str, list[str]] = {}
    for name, value in _starred(values):
        if not (value.keyword and name in _SELDOM):
            found.setdefault(value.leaves[0], []).append(value.text)
    return found


def as_they_say(rule: str, values: Mapping[str, Any], sizes: Sequence[str]) -> str:
    """A rule with what its names stand for where stars hold them."""
    held = [(name, value) for name, value in _starred(values) if name in sizes]
    if not rule or not held:
        return rule
    stars = list(dict.fromkeys("*" * (1 + v.keyword) + v.leaves[0] for _, v in held))
    names = ", ".join(value.text for _, value in held)
    optional = ", ".join(
        f"{v.text} {v.default}"
        for _, v in held
        if v.default is not None and not isinstance(v.default, NameInText)
    )
    told = f"; {names} as {' and '.join(stars)} {'has' if len(stars) == 1 else 'have'} "
    told += "it" if len(held) == 1 else "them"
    without = " or ".join(_left_out(values)) if any(v.keyword for _, v in held) else ""
    told += f", or else {optional}" if optional else ""
    return rule + told + (f", where there is no {without}" if without else "")


def _left_out(values: Mapping[str, Any]) -> list[str]:
    """The arguments that ** may hold, too, and that a rule takes for absent."""
    return [name for name in _ASIDE if name in values and values[name] in (None, 1)]


def _starred(values: Mapping[str, Any]) -> list[tuple[str, Starred]]:
    return [(name, value) for name, value in values.items() if isinstance(value, Starred)]
