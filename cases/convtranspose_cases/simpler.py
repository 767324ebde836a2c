"""Cases that say less than a case, one change at a time: what a search for the smallest one tries
(`shrink`).

Each pass yields pairs of what the change is and the changed case, the largest changes first.
Whether the change means anything - whether the case is legal, and smaller by `weight` - is for the
search to ask.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from math import prod
from typing import Any

from convtranspose_reference.attributes import Attributes, Shape

from .case import Case, usual_opset
from .composed import resize_without_axis, simpler_resizes

Change = tuple[str, Case]
Pass = Callable[[Case], Iterator[Change]]

SIMPLE_DATA = ("ones", "ascending", "integers")
_DEFAULTS = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
_SIMPLEST = _DEFAULTS | {"output_shape": 1}


def not_default(case: Case) -> list[str]:
    """The attributes that say something else than their absence does."""
    return [
        name
        for name, value in case.attributes.given().items()
        if not _is_default(case, name, value)
    ]


def _is_default(case: Case, name: str, value: Any) -> bool:
    if name in _DEFAULTS:
        length = case.rank * (2 if name == "pads" else 1)
        return bool(value == (_DEFAULTS[name],) * length)
    return bool(
        value == {"group": 1, "auto_pad": "NOTSET", "kernel_shape": case.w_shape[2:]}.get(name)
    )


def weight(case: Case) -> tuple[int, ...]:
    """What a reader has to take in, the heaviest first: attributes, elements of X and W, axes,
    inputs beside them, numbers, values."""
    values = [
        value
        for each in case.attributes.given().values()
        if isinstance(each, tuple)
        for value in each
    ]
    data = SIMPLE_DATA.index(case.data) if case.data in SIMPLE_DATA else len(SIMPLE_DATA)
    beside = case.bias + (case.bias_shape is not None) + (case.previous is not None)
    departures = (
        (case.dtype != "float32")
        + (case.opset != usual_opset(case.dtype, case.resize))
        + (not case.initializer)
    )
    return (
        len(not_default(case)) + _beside(case),
        prod(case.x_shape),
        prod(case.w_shape),
        case.rank,
        beside,
        departures,
        data,
        len(case.attributes.given()),
        sum(map(abs, values)),
        case.group,
        case.op == "Conv",
    )


def _beside(case: Case) -> int:
    """What is said of a resize before and a shuffle after a convolution."""
    said = 0 if case.resize is None else 1 + len(case.resize.given())
    return said + (0 if case.depth_to_space is None else 1 + case.depth_to_space.blocksize)


def composition(case: Case) -> Iterator[Change]:
    """The convolution alone: on what it was fed, without what comes after it; or less of either."""
    if case.resize is not None:
        if case.refusal() is None:
            yield "no resize", replace(case, resize=None, x_shape=case.fed_shape)
        for what, simpler in simpler_resizes(case.resize):
            yield what, replace(case, resize=simpler)
    if case.depth_to_space is not None:
        yield "no shuffle", replace(case, depth_to_space=None)
        if case.depth_to_space.mode != "DCR":
            yield "DCR", replace(case, depth_to_space=replace(case.depth_to_space, mode="DCR"))


def _with(case: Case, **given: Any) -> Case:
    """The case with some attributes changed, None for absent; `x`, `w` are shapes."""
    shapes = {f"{name}_shape": given.pop(name) for name in ("x", "w") if name in given}
    return replace(case, **shapes, attributes=Attributes(**case.attributes.given() | given))


def numbers(case: Case) -> Iterator[Change]:
    """Numbers that are easier to follow, the usual dtype and opset, W constant."""
    for data in SIMPLE_DATA:
        if case.data == data or case.data == "plain":
            break
        yield f"numbers: {data}", replace(case, data=data, previous=None)
    if case.dtype != "float32":
        opset = min(case.opset, usual_opset("float32", case.resize))
        yield "dtype float32", replace(case, dtype="float32", opset=opset)
    if case.opset != (usual := usual_opset(case.dtype, case.resize)):
        yield f"opset {usual}", replace(case, opset=usual)
    if not case.initializer:
        yield "W constant", replace(case, initializer=True)


def axes(case: Case) -> Iterator[Change]:
    """One spatial axis less."""
    if case.rank < 2 or len(case.w_shape) != len(case.x_shape):
        return
    for axis in range(case.rank):
        given = {
            name: _without(value, axis, case.rank)
            for name, value in case.attributes.given().items()
            if isinstance(value, tuple)
        }
        cut = _with(case, x=_cut(case.x_shape, axis + 2), w=_cut(case.w_shape, axis + 2), **given)
        resize = case.resize and resize_without_axis(case.resize, axis, case.rank)
        yield f"without axis {axis}", replace(cut, resize=resize)


def _without(values: Shape, axis: int, rank: int) -> Shape:
    """A list of one value, or of two halves, an axis; another list, in a forbidden call, stays."""
    if len(values) == rank:
        return _cut(values, axis)
    return _cut(_cut(values, rank + axis), axis) if len(values) == 2 * rank else values


def _cut(values: Shape, at: int) -> Shape:
    return values[:at] + values[at + 1 :]


def attributes(case: Case) -> Iterator[Change]:
    """Attributes left out: one, or two where one alone would be forbidden."""
    names = list(case.attributes.given())
    for some in [*((name,) for name in names), *combinations(names, 2)]:
        changed = _with(case, **dict.fromkeys(some))
        yield (
            f"no {' and no '.join(some)}",
            _one_group(case, changed) if "group" in some else changed,
        )


def _one_group(case: Case, changed: Case) -> Case:
    """The channels of one group, where the groups fit."""
    if case.group < 1 or case.x_shape[1] % case.group:
        return changed
    channels, maps = case.x_shape[1] // case.group, max(case.maps // case.group, 1)
    return _with(changed, **_channels(case, channels, maps, 1))


def _channels(case: Case, channels: int, maps: int, group: int) -> dict[str, Shape]:
    """X's and W's shapes for so many input and output channels."""
    first = (channels, maps // group) if case.op == "ConvTranspose" else (maps, channels // group)
    return {"x": (case.x_shape[0], channels, *case.x_shape[2:]), "w": (*first, *case.w_shape[2:])}


def channels(case: Case) -> Iterator[Change]:
    """One image, fewer channels and groups, no bias."""
    if case.x_shape[0] > 1:
        yield "one image", _with(case, x=(1, *case.x_shape[1:]))
    if case.bias:
        yield "no bias", replace(case, bias=False, bias_shape=None)
    group = case.group
    if group < 1 or not case.x_shape[1] * case.maps:
        return
    each, maps = max(case.x_shape[1] // group, 1), max(case.maps // group, 1)
    if group > 2:
        yield "two groups", _with(case, group=2, **_channels(case, 2 * each, 2 * maps, 2))
    for fewer in _towards(each, 1):
        yield (
            f"{fewer} of C/group",
            _with(case, **_channels(case, fewer * group, maps * group, group)),
        )
    for fewer in _towards(maps, 1):
        yield (
            f"{fewer} of M/group",
            _with(case, **_channels(case, each * group, fewer * group, group)),
        )


def _towards(value: int, simplest: int) -> list[int]:
    """Values between, the simplest first."""
    step = 1 if value > simplest else -1
    found = [simplest, simplest + step, (value + simplest) // 2, value - step]
    return [
        v for v in dict.fromkeys(found) if v != value and abs(v - simplest) < abs(value - simplest)
    ]


def sizes(case: Case) -> Iterator[Change]:
    """Smaller inputs and kernels; output_shape as it is, or smaller by as much as the natural
    size."""
    if len(case.w_shape) != len(case.x_shape):
        return
    for axis in range(case.rank):
        for x in _towards(case.x_shape[axis + 2], 1):
            yield from _resized(
                case, f"input {x} along axis {axis}", axis, x=_set(case.x_shape, axis + 2, x)
            )
        for k in _towards(case.w_shape[axis + 2], 1):
            yield from _resized(
                case, f"kernel {k} along axis {axis}", axis, w=_set(case.w_shape, axis + 2, k)
            )


def _resized(case: Case, what: str, axis: int, **changed: Any) -> Iterator[Change]:
    """The change with all that has to follow it, then with less of it."""
    if case.attributes.kernel_shape == case.w_shape[2:] and "w" in changed:
        changed["kernel_shape"] = changed["w"][2:]
    smaller = _with(case, **changed)
    shape, pads = case.attributes.output_shape, case.attributes.pads
    if shape is not None and smaller.refusal() is None and case.refusal() is None:
        by = smaller.axes[axis].natural - case.axes[axis].natural
        yield (
            f"{what}, output_shape alike",
            _with(smaller, output_shape=_set(shape, axis, max(shape[axis] + by, 0))),
        )
    yield what, smaller
    if pads is not None and len(pads) == 2 * case.rank:
        yield (
            f"{what}, no pads there",
            _with(smaller, pads=_set(_set(pads, axis, 0), axis + case.rank, 0)),
        )


def _set(values: Shape, at: int, value: int) -> Shape:
    return (*values[:at], value, *values[at + 1 :])


def values(case: Case) -> Iterator[Change]:
    """Values of attributes nearer to their defaults; output_padding within its new limit."""
    for name, simplest in _SIMPLEST.items():
        given: Shape | None = getattr(case.attributes, name)
        for at, value in enumerate(given or ()):
            for nearer in _towards(value, simplest):
                what = f"{name}[{at}] = {nearer}"
                if name in ("strides", "dilations"):
                    yield from _slower(case, what, name, at, nearer)
                yield what, _with(case, **{name: _set(given or (), at, nearer)})
    if case.group > 1 and not case.refusal() and case.group not in (1, 2):
        yield "group 2", _with(case, group=2)


def _slower(case: Case, what: str, name: str, axis: int, value: int) -> Iterator[Change]:
    """A smaller stride or dilation, and with it output_padding within the limit, and
    output_shape."""
    smaller = _with(case, **{name: _set(getattr(case.attributes, name), axis, value)})
    padding, shape = case.attributes.output_padding, case.attributes.output_shape
    if case.refusal() is not None:
        return
    if padding is not None and padding[axis]:
        limit = max(smaller.axes[axis].stride, smaller.axes[axis].dilation) - 1
        smaller = _with(smaller, output_padding=_set(padding, axis, min(padding[axis], limit)))
        yield f"{what}, output_padding within", smaller
    if shape is not None:
        by = smaller.axes[axis].natural - case.axes[axis].natural
        yield (
            f"{what}, output_shape alike",
            _with(smaller, output_shape=_set(shape, axis, max(shape[axis] + by, 0))),
        )


def dimensions(case: Case) -> Iterator[Change]:
    """Of a forbidden call, whose shapes need not fit: any size of X, W or B by itself."""
    if case.refusal() is None:
        return
    for name, shape in (("x", case.x_shape), ("w", case.w_shape)):
        for at, size in enumerate(shape):
            for smaller in _towards(size, 1) if size else ():
                yield (
                    f"{name.upper()}.shape[{at}] = {smaller}",
                    _with(case, **{name: _set(shape, at, smaller)}),
                )
    for at, size in enumerate(case.bias_shape or ()):
        for smaller in _towards(size, 1) if size else ():
            yield (
                f"B.shape[{at}] = {smaller}",
                replace(case, bias_shape=_set(case.bias_shape or (), at, smaller)),
            )


PASSES: tuple[Pass, ...] = (
    numbers,
    composition,
    axes,
    attributes,
    channels,
    sizes,
    values,
    dimensions,
)
