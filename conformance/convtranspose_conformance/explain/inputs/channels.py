"""The channels and groups of a layer that states them, and what is assumed of those that its text
leaves open: no size of the output hangs on them."""

import ast
from dataclasses import dataclass, replace

from convtranspose_reference.attributes import Shape

from .signature import Bound, as_written
from .subject import Unreadable, listed
from .written.fold import NameInText, folded, resolved

EXAMPLE = "; its size is assumed, --x N,C,D1,... says another"
ASSUMED = 5
ASSUMED_CHANNELS = 4
MOST_CHANNELS = 4096  # of a name that is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """C, M and group, the notes that say which of them are assumed, and their names."""

    C: int
    M: int
    group: int = 1
    notes: tuple[str, ...] = ()
    assumed: frozenset[str] = frozenset()


def channels_of(given: Bound, arguments: tuple[str, str, str], C: int | None) -> Channels:
    """By the `arguments` for C, M and group, an empty name where the layer has none; `C` where X or
    W says it. Raises Unreadable."""
    names = dict(zip("CMg", arguments, strict=True))
    open_ = {key: name for key, name in names.items() if name and not given.known(name)}
    least = dict.fromkeys(names, 1)
    given = _whole(given, [name for name in names.values() if name])
    stated = {
        key: given.integer(name, least[key])
        for key, name in names.items()
        if name and key not in open_ and given.values[name] is not None
    }
    derived = {"C"} & open_.keys() if C is not None else set()  # by X, or by W
    if C is not None and "C" not in stated:
        stated["C"] = C
    unit = stated.get("g", 1)
    depthwise = "g" in open_ and given.values[names["g"]] == given.values.get(names["C"])
    usual = max(ASSUMED_CHANNELS // unit, 1) * unit
    if {"C", "M"} <= open_.keys():
        made, only = _of_same_names(given, names, stated, usual, unit)
        stated |= made
        derived |= {"M"} if only and derived else set()
    stated |= {
        key: _of_usual(given, name, usual, unit)
        for key, name in open_.items()
        if key in "CM" and key not in stated
    }
    open_ = {key: name for key, name in open_.items() if key not in derived}
    channels = stated.get("C", usual)
    group = channels if depthwise else unit
    maps = stated.get("M", max(usual // group, 1) * group)
    _divisible(given, names["g"], group, {"C": channels, "M": maps}, names)
    assumed = [key for key in ("C", "M") if key in open_ or key not in stated] + ["group"] * (
        "g" in open_
    )
    return Channels(
        C=channels,
        M=maps,
        group=group,
        notes=_said(given, open_, {"C": channels, "M": maps, "g": group}),
        assumed=frozenset(assumed),
    )


def _of_same_names(
    given: Bound, names: dict[str, str], stated: dict[str, int], usual: int, unit: int
) -> tuple[dict[str, int], bool]:
    """C and M, where M is an expression of names that C is one of: `in_channels // 2`, or `c` of
    `2 * c`; with the C that is stated, or with a usual value of the names. And whether they are
    the only ones."""
    C, M = (given.values.get(names[key]) for key in "CM")
    if not isinstance(C, NameInText) or not isinstance(M, NameInText) or not M.leaves:
        return {}, False
    if not set(M.leaves) <= set(C.leaves):
        return {}, False
    trees = [ast.parse(each.text, mode="eval").body for each in (C, M)]
    pairs: list[dict[str, int]] = []
    for value in range(1, MOST_CHANNELS) if "C" in stated else (usual, 2 * usual, 4 * usual):
        sizes = [folded(tree, dict.fromkeys(C.leaves, value)) for tree in trees]
        whole = [int(s) for s in sizes if type(s) in (int, float) and s == int(s) > 0]
        if len(whole) == 2 and stated.get("C", whole[0]) == whole[0] and not whole[1] % unit:
            pairs.append(dict(zip("CM", whole, strict=True)))
    first = next(iter(pairs), {})
    return first, len(C.leaves) == 1 and all(each == first for each in pairs)


def _of_usual(given: Bound, name: str, usual: int, unit: int) -> int:
    """What an expression of names is worth for a usual value of them: 2 for `c // 2`."""
    value = given.values[name]
    if isinstance(value, NameInText) and value.leaves:
        for tried in (usual, 2 * usual, 4 * usual):
            made = resolved(value, dict.fromkeys(value.leaves, tried))
            if type(made) is int and made >= 1 and made % unit == 0:
                return made
    return usual


def _whole(given: Bound, names: list[str]) -> Bound:
    """A quotient without a rest is its integer, as in Python 2: `128 / 2`."""
    own = {name: given.values[name] for name in names}
    whole = {n: int(v) for n, v in own.items() if isinstance(v, float) and v.is_integer()}
    return replace(given, values={**given.values, **whole})


def _divisible(
    given: Bound, groups: str, group: int, sizes: dict[str, int], names: dict[str, str]
) -> None:
    for key, size in sizes.items():
        if size % group:
            raise given.wrong(groups, f"a divisor of {names[key] or key} = {size}")


def _said(given: Bound, open_: dict[str, str], values: dict[str, int]) -> tuple[str, ...]:
    if not open_:
        return ()
    parts = [f"{name} = {as_written(given.values[name])}" for name in open_.values()]
    assumed = ", ".join(f"{'group' if key == 'g' else key} {values[key]}" for key in open_)
    return (
        f"the text leaves {', '.join(parts)} open: {assumed} {'is' if len(open_) == 1 else 'are'} "
        "assumed, and changes no spatial size; --set NAME=VALUE says another",
    )


def input_shape(
    function: str, rank: int, channels: int, x: Shape | None, *, known: bool
) -> tuple[Shape, tuple[str, ...]]:
    """`x`, checked; or a size that is assumed, with the note that says so. `known`: the layer
    itself states its input channels."""
    if x is not None:
        if len(x) != rank + 2:
            raise Unreadable(
                f"{function}: --x {listed(x)}: accepted are {rank + 2} sizes, N,C and {rank} "
                "spatial"
            )
        if x[1] != channels:
            raise Unreadable(
                f"{function}: --x {listed(x)} has {x[1]} channels: accepted is in_channels = "
                f"{channels}"
            )
        return x, ()
    shape = (1, channels, *(ASSUMED,) * rank)
    what = "the input's size" if known else "the input's size and channels"
    return shape, (
        f"the layer does not state {what}: X {listed(shape)} is assumed, --x N,C,D1,... says "
        "another",
    )


def filters_in_text(
    sizes: tuple[int | None, ...] | None, rank: int, *, last: bool, channels: tuple[int, int]
) -> tuple[Shape | None, tuple[str, ...]]:
    """W as the text makes it, in its own order, with `channels` for those that it leaves open, and
    the note that says so; None where it leaves the kernel open. `last`: the kernel comes first."""
    if sizes is None or rank < 1 or len(sizes) != rank + 2:
        return None, ()
    usual = (0,) * rank + channels if last else channels + (0,) * rank
    shape = tuple(u if s is None else s for s, u in zip(sizes, usual, strict=True))
    if 0 in shape:
        return None, ()
    note = f"W {listed(shape)} is the tensor that the text makes, with examples for channels that "
    return shape, (f"{note}it leaves open",) * (None in sizes)


def in_text(
    function: str,
    sizes: tuple[int | None, ...] | None,
    rank: int,
    C: int | None,
    *,
    last: bool,
    unbatched: bool = False,
) -> tuple[Shape | None, tuple[str, ...]]:
    """X as the text makes it, in ONNX's order, with an example for each size that it leaves open,
    and the note that says where it is from; None where it makes none. `unbatched`: does the
    framework take one image without a batch axis?

    Raises Unreadable where that is no input of this layer.
    """
    if sizes is None:
        return None, ()
    alone = unbatched and len(sizes) == rank + 1
    if len(sizes) != rank + 2 - alone:
        several = f"{rank + 1} or {rank + 2}" if unbatched else f"{rank + 2}"
        raise _no_input(function, sizes, f"one with {several} sizes")
    stated, sizes = sizes, (1, *sizes) if alone else sizes
    own = (sizes[0], sizes[-1], *sizes[1:-1]) if last else sizes
    if C is not None and own[1] not in (None, C):
        raise _no_input(function, stated, f"one with {C} channels, as the layer or its weights say")
    usual = (1, C or ASSUMED_CHANNELS, *(ASSUMED,) * rank)
    shape = tuple(u if s is None else s for s, u in zip(own, usual, strict=True))
    example = ", with examples for what it leaves open" * (None in own)
    example += ", one image without a batch axis" * alone
    example += EXAMPLE * (None in own[2:])
    return shape, (f"X {listed(shape)} is the one that the text states{example}",)


def _no_input(function: str, sizes: tuple[int | None, ...], accepted: str) -> Unreadable:
    found = ",".join("?" if size is None else str(size) for size in sizes)
    found = found or "no sizes"
    return Unreadable(f"{function}: the text gives it an input of {found}: accepted is {accepted}")


def bias_of(given: Bound, name: str) -> tuple[bool, tuple[str, ...]]:
    """Has the layer a bias? None is none; what the text leaves open is assumed to be one."""
    value = given.values[name]
    if isinstance(value, NameInText):
        return True, (f"{name} = {value.text} is not known: a bias is assumed",)
    return (False if value is None else given.truth(name)), ()
