"""The kinds of numbers that are drawn for a case, or laid out for it. Which kind proves what:
docs/numerics.md."""

from collections.abc import Callable
from math import ceil, log2

import numpy as np

from convtranspose_reference.formats import Format

from ..case import Case
from .drawn import Draw, spread_out, thinned, up_to, whole
from .fed import resized_integers
from .products import most_products
from .scaled import Scaled, Tensors

LARGEST_INTEGER_BITS = 5
SPARSE_PRODUCTS = 8
THIN_BITS = 2


def bias_of(case: Case, draw: Draw, bits: int, exponent: int) -> Scaled | None:
    """B of magnitudes up to 2**bits times 2**exponent, where the case has one."""
    return (
        Scaled(integers=draw("B", (case.maps,), up_to(bits)), exponent=exponent)
        if case.bias
        else None
    )


def _integers(case: Case, target: Format, draw: Draw) -> Tensors:
    if case.resize is not None:
        X, W, room = resized_integers(case, target, draw)
        return Tensors(X=X, W=W, B=bias_of(case, draw, min(room, LARGEST_INTEGER_BITS), 0))
    room = target.precision - ceil(log2(most_products(case) + 1))
    if room < 0:
        raise ValueError(
            f"{case.id}: {most_products(case)} products an output leave no exact {case.dtype} "
            "integers"
        )
    bits_w = min(room // 2, LARGEST_INTEGER_BITS)
    bits_x = min(room - room // 2, LARGEST_INTEGER_BITS)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, up_to(bits_x)), exponent=0),
        W=Scaled(integers=draw("W", case.w_shape, up_to(bits_w)), exponent=0),
        B=bias_of(case, draw, min(room, LARGEST_INTEGER_BITS), 0),
    )


def _dense(case: Case, target: Format, draw: Draw) -> Tensors:
    bits, scale = target.precision, 1 - target.precision
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, whole(bits)), exponent=scale),
        W=Scaled(integers=draw("W", case.w_shape, whole(bits)), exponent=scale),
        B=Scaled(integers=draw("B", (case.maps,), whole(bits)), exponent=scale)
        if case.bias
        else None,
    )


def _sparse(case: Case, target: Format, draw: Draw) -> Tensors:
    dense = _dense(case, target, draw)
    thinned = spread_out(case, dense.W.integers, SPARSE_PRODUCTS)
    return Tensors(X=dense.X, W=Scaled(integers=thinned, exponent=dense.W.exponent), B=dense.B)


def _wide_operand(case: Case, draw: Draw, wide: str) -> Tensors:
    """One operand odd 12-bit integers, the other so small that every partial sum stays below
    2**24."""
    most = 2**12 - 2
    small = max(12 - ceil(log2(min(most_products(case), most) + 1)), 0)
    bits = {wide: whole(12, odd=True)}
    X = draw("X", case.x_shape, bits.get("X", up_to(min(small, 3))))
    W = draw("W", case.w_shape, bits.get("W", up_to(min(small, 3))))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=spread_out(case, W, most), exponent=0),
        B=bias_of(case, draw, 10, 0),
    )


def _wide(case: Case, target: Format, draw: Draw) -> Tensors:
    """As many bits as float32 sums exactly, up to the dtype's own; sums below 2**15, so that
    float16 holds them."""
    bits = min(target.precision, (24 - ceil(log2(most_products(case) + 1))) // 2)
    exponent = -max(bits, 24 - 15)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, whole(bits)), exponent=0),
        W=Scaled(integers=draw("W", case.w_shape, whole(bits)), exponent=exponent),
        B=bias_of(case, draw, bits - 1, bits + exponent),
    )


def _narrow(case: Case, draw: Draw, bits: int) -> Tensors:
    """Both operands of exactly `bits` bits, of so few products that float32 sums them exactly;
    below 2**15, so that float16 holds them."""
    W = spread_out(case, draw("W", case.w_shape, whole(bits, odd=True)), 2 ** (24 - 2 * bits) - 1)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, whole(bits, odd=True)), exponent=0),
        W=Scaled(integers=W, exponent=15 - 24),
        B=bias_of(case, draw, bits, 15 - 24),
    )


def _terms(case: Case, target: Format, draw: Draw) -> Tensors:
    """x_i = 2**i and w_j = 2**(j * elements of X): every product is a bit of its own, so an output
    spells out its terms."""
    inputs, weights = int(np.prod(case.x_shape)), int(np.prod(case.w_shape))
    if inputs * weights > target.precision:
        raise ValueError(f"{case.id}: {inputs} x {weights} terms do not fit into {case.dtype}")
    return Tensors(
        X=Scaled(
            integers=(1 << np.arange(inputs, dtype=np.int64)).reshape(case.x_shape), exponent=0
        ),
        W=Scaled(
            integers=(1 << (inputs * np.arange(weights, dtype=np.int64))).reshape(case.w_shape),
            exponent=0,
        ),
        B=None,
    )


def _thin(case: Case, target: Format, draw: Draw) -> Tensors:
    """Small integers, three in four of X zero: what leaves room for gradients, which sum over whole
    images, in 16 bits."""
    words = draw("X zeros", case.x_shape, lambda words: words >> np.uint64(1))
    X = thinned(
        draw("X", case.x_shape, up_to(THIN_BITS)), np.abs(words).ravel().astype(np.uint64), 4
    )
    W = draw("W", case.w_shape, up_to(THIN_BITS))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W, exponent=0),
        B=bias_of(case, draw, THIN_BITS, 0),
    )


def _plain(case: Case, draw: Draw) -> Tensors:
    """Small integers for a call that nobody should compute: drawn without asking what they would
    sum to."""
    B = (
        None
        if case.b_shape is None
        else Scaled(integers=draw("B", case.b_shape, up_to(3)), exponent=0)
    )
    X, W = (
        Scaled(integers=draw(name, shape, up_to(3)), exponent=0)
        for name, shape in (("X", case.x_shape), ("W", case.w_shape))
    )
    return Tensors(X=X, W=W, B=B)


def _simple(case: Case, target: Format, highest: int) -> Tensors:
    """1, 2, 3, ... up to `highest` and again from 1: a reader adds such products in the head."""
    X, W, B = (
        1 + np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape) % highest
        for shape in (case.x_shape, case.w_shape, (case.maps,))
    )
    largest = most_products(case) * int(X.max(initial=1) * W.max(initial=1)) + int(B.max(initial=0))
    if largest > 2**target.precision:
        raise ValueError(f"{case.id}: sums up to {largest} are no exact {case.dtype} integers")
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W, exponent=0),
        B=Scaled(integers=B, exponent=0) if case.bias else None,
    )


KINDS: dict[str, Callable[[Case, Format, Draw], Tensors]] = {
    "integers": _integers,
    "dense": _dense,
    "sparse": _sparse,
    "wide-x": lambda case, target, draw: _wide_operand(case, draw, "X"),
    "wide-w": lambda case, target, draw: _wide_operand(case, draw, "W"),
    "wide": _wide,
    "narrow-8": lambda case, target, draw: _narrow(case, draw, 8),
    "narrow-11": lambda case, target, draw: _narrow(case, draw, 11),
    "terms": _terms,
    "plain": lambda case, target, draw: _plain(case, draw),
    "thin": _thin,
    "ones": lambda case, target, draw: _simple(case, target, 1),
    "ascending": lambda case, target, draw: _simple(case, target, 2**62),
}
