"""Layers and functions that change sizes by a plain rule: pooling and upsampling."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..fold import dotted, folded

Sizes = list[Any]
MOST = 2**31  # of a factor or a size
_POOL = re.compile(r"(?:Max|Avg|Average)Pool(?:ing)?[123][dD]|(?:max|avg)_pool[123]d")
_UP = re.compile(r"UpSampling[123]D|Upsample|interpolate|upsample")


def scales(call: ast.Call) -> bool:
    """Is it a pooling or an upsampling, made or called?"""
    last = dotted(call.func).rpartition(".")[2]
    return bool(_POOL.fullmatch(last) or _UP.fullmatch(last))


def scaled(sizes: Sizes, call: ast.Call, names: Mapping[str, Any]) -> Sizes | None:
    """The sizes behind it, in the order of its framework; None where its rule is not this plain."""
    last = dotted(call.func).rpartition(".")[2]
    keras = last.endswith("D")
    is_function = last[:1].islower()
    given = [folded(each, names) for each in call.args[is_function:]]
    named = {str(each.arg): folded(each.value, names) for each in call.keywords}
    rank = len(sizes) - 2
    spatial = sizes[1:-1] if keras else sizes[2:]
    if rank < 1 or any(type(size) is not int for size in spatial):
        return None
    if _UP.fullmatch(last):
        made = _upsampled(spatial, given, named, keras=keras)
    else:
        made = _pooled(spatial, given, named, keras=keras)
    if made is None:
        return None
    return [sizes[0], *made, sizes[-1]] if keras else [*sizes[:2], *made]


def _upsampled(
    spatial: Sizes, given: list[Any], named: dict[str, Any], *, keras: bool
) -> Sizes | None:
    """By a factor; PyTorch's first argument is a size, Keras's the factor."""
    if set(named) - {"scale_factor", "size", "mode", "interpolation", "align_corners"}:
        return None
    if keras:
        factor = named.get("size", given[0] if given else 2)
    elif given[:1] not in ([], [None]) or named.get("size") is not None:
        factor = None
    else:
        factor = named.get("scale_factor", given[1] if len(given) > 1 else None)
    factors = _each(factor, len(spatial))
    if factors is None:
        return None
    made = [size * by for size, by in zip(spatial, factors, strict=True)]
    return [int(each) for each in made] if all(each == int(each) for each in made) else None


def _pooled(
    spatial: Sizes, given: list[Any], named: dict[str, Any], *, keras: bool
) -> Sizes | None:
    kernel, stride, padding = (
        ("pool_size", "strides", "padding") if keras else ("kernel_size", "stride", "padding")
    )
    if set(named) - {kernel, stride, padding, "name"} or len(given) > 3:
        return None
    values = dict(zip((kernel, stride, padding), given, strict=False)) | named
    kernels = _each(values.get(kernel, 2 if keras else None), len(spatial))
    steps = kernels if values.get(stride) is None else _each(values[stride], len(spatial))
    if kernels is None or steps is None or min(steps) < 1:
        return None
    if keras and str(values.get(padding, "valid")).lower() == "same":
        return [-(-size // s) for size, s in zip(spatial, steps, strict=True)]
    pads = [0] * len(spatial) if keras else _each(values.get(padding, 0), len(spatial))
    if pads is None or (keras and str(values.get(padding, "valid")).lower() != "valid"):
        return None
    axes = zip(spatial, kernels, steps, pads, strict=True)
    made = [(size + 2 * p - k) // s + 1 for size, k, s, p in axes]
    return made if min(made) > 0 else None


def _each(value: Any, rank: int) -> list[Any] | None:
    """A number for each axis; None where it is none."""
    several = list(value) if isinstance(value, list | tuple) else [value] * rank
    plain = all(type(each) in (int, float) and abs(each) <= MOST for each in several)
    return several if plain and len(several) == rank else None
