"""A case's numbers as Python text: the same bits in a fresh interpreter that has NumPy alone
(ml_dtypes too for bfloat16)."""

import hashlib
import textwrap
from math import prod

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.inputs import Integers, Scaled, thinning_step

from ..backends.script import dtype_source

LONGEST_LITERAL = 2000
WIDTH = 100


def tensor_source(case: Case, name: str, tensor: Scaled, seed: int = 0) -> str:
    """Lines that define the array `name` (X, W or B) of a case with `tensor`'s numbers, its shape
    and the case's dtype.

    Up to LONGEST_LITERAL elements, or nonzero ones, are listed; beyond that they are drawn as
    `inputs.py` draws them with `seed`. That recipe is tried here, and where it gives other numbers
    they are listed all the same.
    """
    if tensor.special is not None:
        return _finished(name, tensor, case.dtype, [], tensor.integers) + _special(
            name, tensor.special
        )
    integers = tensor.integers
    if integers.size <= LONGEST_LITERAL:
        return _finished(name, tensor, case.dtype, [], integers)
    positions = np.flatnonzero(integers)
    if len(positions) <= LONGEST_LITERAL // 2:
        listed = [_assigned("where", positions), _assigned("what", integers.ravel()[positions])]
        return _finished(
            name,
            tensor,
            case.dtype,
            [*listed, f"{name} = np.zeros({integers.size}, np.int64)", f"{name}[where] = what"],
        )
    drawn = _finished(name, tensor, case.dtype, _recipe(case, name, integers, seed))
    return (
        drawn
        if _gives(drawn, name, tensor, case.dtype)
        else _finished(name, tensor, case.dtype, [], integers)
    )


def _special(name: str, special: NDArray[np.float64]) -> str:
    """The line that puts NaN, infinities and -0.0 in their places."""
    places = np.flatnonzero((special != 0) | np.signbit(special))
    words = {"nan": "np.nan", "inf": "np.inf", "-inf": "-np.inf", "-0.0": "-0.0"}
    values = ", ".join(words[str(float(value))] for value in special.ravel()[places])
    return f"\n{name}.flat[{places.tolist()}] = [{values}]" if len(places) else ""


def _list(values: Integers) -> str:
    text = f"[{', '.join(map(str, values.ravel().tolist()))}]"
    if len(text) <= WIDTH - 40:
        return text
    lines = textwrap.wrap(
        text[1:-1], WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    return "[\n" + "\n".join(lines) + "\n]"


def _assigned(name: str, values: Integers) -> str:
    return f"{name} = {_list(values)}"


def _finished(
    name: str, tensor: Scaled, dtype: str, lines: list[str], literal: Integers | None = None
) -> str:
    """The integers, listed or made by `lines`, scaled by the exponent, in the dtype and shape."""
    shape, target = tensor.integers.shape, dtype_source(dtype)
    if not prod(shape):
        return f"{name} = np.zeros({shape}, {target})"
    sizes = ", ".join(map(str, shape))
    if literal is None and not tensor.exponent:
        expression = f"{name}.astype({target})"
    elif not tensor.exponent:
        expression = f"np.array({_list(tensor.integers)}, {target})"
    else:
        whole = (
            f"{name}.astype(np.float64)"
            if literal is None
            else f"np.array({_list(literal)}, np.float64)"
        )
        expression = f"np.ldexp({whole}, {tensor.exponent}).astype({target})"
    return "\n".join([*lines, f"{name} = {expression}.reshape({sizes})"])


def _recipe(case: Case, name: str, integers: Integers, seed: int) -> list[str]:
    """Lines that draw the integers from the case's stream; a guess from their magnitudes, to be
    tried."""
    key = hashlib.sha256(f"{case.id}/{name}/v1{f'/{seed}' if seed else ''}".encode()).digest()[:16]
    magnitudes = np.abs(integers[integers != 0])
    lengths = {int(m).bit_length() for m in (magnitudes.min(), magnitudes.max())}
    bits = max(lengths)
    if len(lengths) == 1 and bits > 1:
        lowest = 2 ** (bits - 1) | int((magnitudes % 2).all())
        drawn = f"(words & np.uint64({2 ** (bits - 1) - 1})) | np.uint64({lowest})"
    else:
        drawn = (
            f"(words & np.uint64({2 ** int(magnitudes.max() - 1).bit_length() - 1})) + np.uint64(1)"
        )
    return [
        f"words = np.random.Philox(key=0x{int.from_bytes(key, 'little'):032x}, "
        f"counter=0).random_raw({integers.size})",
        "signs = 1 - 2 * (words >> np.uint64(63)).astype(np.int64)",
        f"{name} = signs * ({drawn}).astype(np.int64)",
        *(_thinning(case, integers) if name == "W" and len(magnitudes) < integers.size else []),
    ]


def _thinning(case: Case, integers: Integers) -> list[str]:
    """Lines that keep equally many (channel, tap) pairs for each output channel, spread evenly, and
    zero the others."""
    pairs = case.channels_per_group * case.taps
    limit = int(np.count_nonzero(integers)) // case.maps
    shape = (case.group, case.maps // case.group, case.channels_per_group, case.taps)
    kept = "kept" if case.op == "Conv" else f"kept.reshape{shape}.swapaxes(1, 2)"
    return [
        f"kept = np.zeros(({case.maps}, {pairs}), bool)",
        f"for m in range({case.maps}):",
        f"    kept[m, ({thinning_step(pairs, limit)} * np.arange({limit}) + m) % {pairs}] = True",
        f"W = np.where({kept}.ravel(), W, 0)",
    ]


def _gives(source: str, name: str, tensor: Scaled, dtype: str) -> bool:
    import ml_dtypes

    made: dict[str, object] = {"np": np, "ml_dtypes": ml_dtypes}
    exec(source, made)
    return np.array_equal(np.asarray(made[name]), tensor.array(dtype))
