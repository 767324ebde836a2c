"""The numbers of a case: integers times a power of two, the same on every machine.

Key: the first 16 bytes, little-endian, of SHA-256("case/tensor/v1"); stream: Philox's raw output,
which NumPy keeps stable; then shifts and masks only. Which kind of numbers proves what:
docs/numerics.md.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count
from math import ceil, gcd, log2, prod
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import Attributes, Shape
from convtranspose_reference.conv import conv_geometry, gather_windows
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formats import FORMATS, Format, round_to
from convtranspose_reference.geometry import Geometry

from .case import Case
from .measuring import one_hot, witness
from .special import PREFIX, Numbers, theme_of

Integers = NDArray[np.int64]
Linear = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
Words = NDArray[np.uint64]
Magnitudes = Callable[[Words], Words]
Draw = Callable[[str, Shape, Magnitudes], Integers]
LARGEST_INTEGER_BITS = 5
SPARSE_PRODUCTS = 8
THIN_BITS = 2
AFTER = ("previous", "previous-ones")  # X is the output of the case before


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """integers * 2**exponent, but where `special` is not 0.0: NaN, an infinity or -0.0, beside an
    integer of 0."""

    integers: Integers
    exponent: int
    special: NDArray[np.float64] | None = None

    def array(self, dtype: str) -> NDArray[Any]:
        """The numbers in `dtype`; exact, by the choice of the integers."""
        finite = np.asarray(self.integers.astype(np.float64))
        if self.exponent:
            finite = np.ldexp(finite, self.exponent)
        if self.special is not None:
            finite = np.where((self.special != 0) | np.signbit(self.special), self.special, finite)
        return np.asarray(round_to(finite, FORMATS[dtype].dtype))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensors:
    """X, W and B (None where the case has none) of a case, exactly."""

    X: Scaled
    W: Scaled
    B: Scaled | None

    def arrays(self, dtype: str) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any] | None]:
        """X, W, B as arrays of `dtype`."""
        return (
            self.X.array(dtype),
            self.W.array(dtype),
            None if self.B is None else self.B.array(dtype),
        )


_TURN = Lock()


@cache
def _stream() -> "np.random.Philox":  # in quotes: numpy loads its generators when they are used
    """One generator, set anew for each tensor: that is six times quicker than to make another."""
    return np.random.Philox(key=0)


def raw(case_id: str, tensor: str, count: int, seed: int = 0) -> Words:
    """`count` random 64-bit words for one tensor of one case; another `seed` gives another
    stream."""
    text = f"{case_id}/{tensor}/v1{f'/{seed}' if seed else ''}"
    key = np.frombuffer(hashlib.sha256(text.encode()).digest(), "<u8", count=2)
    none = np.zeros(4, np.uint64)
    start: Any = {
        "bit_generator": "Philox",
        "state": {"counter": none, "key": key},
        "buffer": none,
        "buffer_pos": len(none),  # nothing is left of the words before
        "has_uint32": 0,
        "uinteger": 0,
    }
    with _TURN:
        _stream().state = start
        words: Words = _stream().random_raw(count)
    return words


@lru_cache(maxsize=64)
def uncropped(case: Case) -> Geometry:
    """The case's geometry without pads: what any reading of them crops or extends."""
    bare = Attributes(
        strides=case.attributes.strides,
        dilations=case.attributes.dilations,
        group=case.attributes.group,
    )
    return _uncropped(case.x_shape, case.w_shape, bare)


@lru_cache(maxsize=1024)
def _uncropped(x_shape: Shape, w_shape: Shape, bare: Attributes) -> Geometry:
    found = Case(suite="", name="", x_shape=x_shape, w_shape=w_shape, attributes=bare)
    sizes = [max(a.natural, 0) for a in found.axes]
    ends = tuple(a.natural - size for a, size in zip(found.axes, sizes, strict=True))
    return Geometry(
        batch=x_shape[0],
        channels=x_shape[1],
        maps=found.maps,
        group=found.group,
        axes=found.axes,
        begins=(0,) * found.rank,
        ends=ends,
    )


def linear_of(case: Case) -> Linear:
    """(X, W) -> Y without pads (ConvTranspose) or with them (Conv), without bias, in the arithmetic
    of its arguments."""
    if case.op == "ConvTranspose":
        found = uncropped(case)
        return lambda X, W: scatter(X, W, found)
    axes, pads, sizes = conv_geometry(case.x_shape, case.w_shape, case.attributes, opset=case.opset)
    return lambda X, W: gather_windows(X, W, case.group, axes, pads, sizes)


@lru_cache(maxsize=64)
def most_products(case: Case) -> int:
    """The largest number of products that one output element sums, at least 1."""
    if case.op == "ConvTranspose":
        return _most_terms(uncropped(case))
    return max(int(linear_of(case)(np.ones(case.x_shape), np.ones(case.w_shape)).max(initial=1)), 1)


@lru_cache(maxsize=1024)
def _most_terms(found: Geometry) -> int:
    """Of a ConvTranspose without pads, which cases by the dozen share."""
    ones = np.ones((found.batch, found.channels, *(a.input for a in found.axes)))
    weights = np.ones((found.channels, found.maps // found.group, *found.kernel))
    return max(int(scatter(ones, weights, found).max(initial=1)), 1)


def _signed(words: Words, magnitudes: Words, shape: Shape) -> Integers:
    signs = 1 - 2 * (words >> np.uint64(63)).astype(np.int64)
    return (signs * magnitudes.astype(np.int64)).reshape(shape)


def _up_to(bits: int) -> Magnitudes:
    """Magnitudes 1 ... 2**bits."""
    return lambda words: (words & np.uint64(2**bits - 1)) + np.uint64(1)


def _whole(bits: int, *, odd: bool = False) -> Magnitudes:
    """Magnitudes of exactly `bits` bits."""
    lowest = np.uint64(2 ** (bits - 1) | int(odd))
    return lambda words: (words & np.uint64(2 ** (bits - 1) - 1)) | lowest


def thinning_step(pairs: int, limit: int) -> int:
    """Distance of the `limit` kept ones of `pairs`: it shares no factor with them, so that they
    fall on different taps too."""
    return next(step for step in count(-(-pairs // limit)) if gcd(step, pairs) == 1)


def _thinned(case: Case, W: Integers, limit: int) -> Integers:
    """W with at most `limit` nonzero (channel, tap) pairs for each output channel, spread evenly:
    an output has no more products."""
    pairs = case.channels_per_group * case.taps
    if pairs <= limit:
        return W
    shape = (case.group, case.channels_per_group, case.maps // case.group, case.taps)
    kept = np.zeros((case.maps, pairs), bool)
    step = thinning_step(pairs, limit)
    for m in range(case.maps):
        kept[m, (step * np.arange(limit) + m) % pairs] = True
    if case.op == "Conv":
        return np.where(kept.reshape(W.shape), W, 0)
    by_map = kept.reshape(shape[0], shape[2], shape[1], shape[3])
    return np.where(by_map.swapaxes(1, 2).reshape(W.shape), W, 0)


def tensors(case: Case, seed: int = 0) -> Tensors:
    """The numbers of a case. Raises ValueError where its data kind cannot hold what it promises at
    this size."""

    def draw(tensor: str, shape: Shape, magnitudes: Magnitudes) -> Integers:
        words = raw(case.id, tensor, prod(shape), seed)
        return _signed(words, magnitudes(words), shape)

    if case.data in AFTER:
        return _previous(case, draw, seed)
    if case.data.startswith(PREFIX):
        return _special(case, seed)
    if case.data.startswith(one_hot.PREFIX):
        return _one_hot(case)
    if case.data.startswith(witness.PREFIX):
        return _witness(case)
    return KINDS[case.data](case, FORMATS[case.dtype], draw)


def _bias(case: Case, draw: Draw, bits: int, exponent: int) -> Scaled | None:
    return (
        Scaled(integers=draw("B", (case.maps,), _up_to(bits)), exponent=exponent)
        if case.bias
        else None
    )


def _integers(case: Case, target: Format, draw: Draw) -> Tensors:
    room = target.precision - ceil(log2(most_products(case) + 1))
    if room < 0:
        raise ValueError(
            f"{case.id}: {most_products(case)} products an output leave no exact {case.dtype} "
            "integers"
        )
    bits_w = min(room // 2, LARGEST_INTEGER_BITS)
    bits_x = min(room - room // 2, LARGEST_INTEGER_BITS)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, _up_to(bits_x)), exponent=0),
        W=Scaled(integers=draw("W", case.w_shape, _up_to(bits_w)), exponent=0),
        B=_bias(case, draw, min(room, LARGEST_INTEGER_BITS), 0),
    )


def _dense(case: Case, target: Format, draw: Draw) -> Tensors:
    bits, scale = target.precision, 1 - target.precision
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, _whole(bits)), exponent=scale),
        W=Scaled(integers=draw("W", case.w_shape, _whole(bits)), exponent=scale),
        B=Scaled(integers=draw("B", (case.maps,), _whole(bits)), exponent=scale)
        if case.bias
        else None,
    )


def _sparse(case: Case, target: Format, draw: Draw) -> Tensors:
    dense = _dense(case, target, draw)
    thinned = _thinned(case, dense.W.integers, SPARSE_PRODUCTS)
    return Tensors(X=dense.X, W=Scaled(integers=thinned, exponent=dense.W.exponent), B=dense.B)


def _wide_operand(case: Case, draw: Draw, wide: str) -> Tensors:
    """One operand odd 12-bit integers, the other so small that every partial sum stays below
    2**24."""
    most = 2**12 - 2
    small = max(12 - ceil(log2(min(most_products(case), most) + 1)), 0)
    bits = {wide: _whole(12, odd=True)}
    X = draw("X", case.x_shape, bits.get("X", _up_to(min(small, 3))))
    W = draw("W", case.w_shape, bits.get("W", _up_to(min(small, 3))))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=_thinned(case, W, most), exponent=0),
        B=_bias(case, draw, 10, 0),
    )


def _wide(case: Case, target: Format, draw: Draw) -> Tensors:
    """As many bits as float32 sums exactly, up to the dtype's own; sums below 2**15, so that
    float16 holds them."""
    bits = min(target.precision, (24 - ceil(log2(most_products(case) + 1))) // 2)
    exponent = -max(bits, 24 - 15)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, _whole(bits)), exponent=0),
        W=Scaled(integers=draw("W", case.w_shape, _whole(bits)), exponent=exponent),
        B=_bias(case, draw, bits - 1, bits + exponent),
    )


def _narrow(case: Case, draw: Draw, bits: int) -> Tensors:
    """Both operands of exactly `bits` bits, of so few products that float32 sums them exactly;
    below 2**15, so that float16 holds them."""
    W = _thinned(case, draw("W", case.w_shape, _whole(bits, odd=True)), 2 ** (24 - 2 * bits) - 1)
    return Tensors(
        X=Scaled(integers=draw("X", case.x_shape, _whole(bits, odd=True)), exponent=0),
        W=Scaled(integers=W, exponent=15 - 24),
        B=_bias(case, draw, bits, 15 - 24),
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


def thinned(integers: Integers, words: Words, share: int) -> Integers:
    """`integers` with all but one in `share` (rounded up) set to 0: those stay whose random words
    are the smallest."""
    flat = np.zeros(integers.size, np.int64)
    kept = np.argsort(words, kind="stable")[: -(-integers.size // share)]
    flat[kept] = integers.ravel()[kept]
    return flat.reshape(integers.shape)


def _thin(case: Case, target: Format, draw: Draw) -> Tensors:
    """Small integers, three in four of X zero: what leaves room for gradients, which sum over whole
    images, in 16 bits."""
    words = draw("X zeros", case.x_shape, lambda words: words >> np.uint64(1))
    X = thinned(
        draw("X", case.x_shape, _up_to(THIN_BITS)), np.abs(words).ravel().astype(np.uint64), 4
    )
    W = draw("W", case.w_shape, _up_to(THIN_BITS))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W, exponent=0),
        B=_bias(case, draw, THIN_BITS, 0),
    )


def _previous(case: Case, draw: Draw, seed: int) -> Tensors:
    """X is the previous layer's exact output; W is of -1 and 1: real activations stay small enough
    to be exact. `previous-ones`: W is of ones alone."""
    if case.previous is None:
        raise ValueError(f"{case.id}: data '{case.data}' without a previous case")
    before = tensors(case.previous, seed)
    X = scatter(before.X.integers, before.W.integers, case.previous.geometry())
    if before.B is not None:
        X = X + before.B.integers.reshape(1, -1, *(1,) * case.rank)
    W = draw("W", case.w_shape, _up_to(0))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W if case.data == "previous" else np.abs(W), exponent=0),
        B=_bias(case, draw, 1, 0),
    )


def _special(case: Case, seed: int) -> Tensors:
    theme, target = theme_of(case.data), FORMATS[case.dtype]
    if case.dtype not in theme.dtypes:
        raise ValueError(f"{case.id}: {case.data} is for {', '.join(theme.dtypes)}")

    def drawn(tensor: str, shape: Shape, numbers: Numbers) -> Scaled:
        integers, special = numbers.drawn(raw(case.id, tensor, int(np.prod(shape)), seed), target)
        return Scaled(
            integers=integers.reshape(shape),
            exponent=numbers.exponent(target),
            special=special.reshape(shape),
        )

    B = drawn("B", (case.maps,), theme.B) if case.bias else None
    return Tensors(X=drawn("X", case.x_shape, theme.X), W=drawn("W", case.w_shape, theme.W), B=B)


def _one_hot(case: Case) -> Tensors:
    kind = one_hot.OneHot.of(case.data)
    X, W, B = (
        kind.inputs(case.x_shape),
        kind.weights(case.w_shape, case.dtype),
        kind.weights((case.maps,), case.dtype) if case.bias else None,
    )
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W, exponent=0),
        B=None if B is None else Scaled(integers=B, exponent=0),
    )


def _witness(case: Case) -> Tensors:
    found = witness.of(case.data, case.dtype)
    X, W = witness.laid_out(found, case)
    exponent = found.x_exponent + found.w_exponent
    B = np.full(case.maps, found.b or 0, np.int64)
    return Tensors(
        X=Scaled(integers=X, exponent=found.x_exponent),
        W=Scaled(integers=W, exponent=found.w_exponent),
        B=Scaled(integers=B, exponent=exponent) if case.bias else None,
    )


def _plain(case: Case, draw: Draw) -> Tensors:
    """Small integers for a call that nobody should compute: drawn without asking what they would
    sum to."""
    B = (
        None
        if case.b_shape is None
        else Scaled(integers=draw("B", case.b_shape, _up_to(3)), exponent=0)
    )
    X, W = (
        Scaled(integers=draw(name, shape, _up_to(3)), exponent=0)
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
