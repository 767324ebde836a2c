"""The exact output of a case: an integer and an exponent, never a rounded estimate.

Integers are cut into slices narrow enough that float64 sums them exactly (docs/numerics.md; Ozaki
et al. 2012), so that BLAS does the work; the slices' sums are put together as integers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, frexp, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.attributes import Shape
from convtranspose_reference.bounds import Sums, error_bound, exact_where
from convtranspose_reference.formats import FORMATS, Format, round_to
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.resize.coordinates import LITERAL, ResizeRules
from convtranspose_reference.resize.depth_to_space import depth_to_space
from convtranspose_reference.resize.integers import INT64_BITS
from convtranspose_reference.window import window

from .case import Case
from .inputs import Integers, Linear, Scaled, Tensors, fed, few_summed, linear_of
from .special import Special, counted, signs_of, valued

EXACT_BITS = 53
FEW = 32  # elements


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """Y = `values` * 2**`exponent` (int64, or Python ints in an object array), for a case of
    `dtype`; `sums` bounds the error.

    Where `special` has a value, that is Y: the integers are those of the finite terms alone.
    `cast_to`: the type that Y, once it is rounded to `dtype`, is cast to, which holds all of
    `dtype`'s numbers; "" for `dtype` itself. `bits_as`: the type that the bits of that are returned
    as, "" for its own. `rounds_twice`: is its bound that of more than one rounding?
    """

    dtype: str
    values: NDArray[Any]
    exponent: int
    sums: Sums
    special: Special | None = None
    cast_to: str = ""
    bits_as: str = ""
    rounds_twice: bool = False

    @property
    def returned(self) -> str:
        """The element type that Y is returned in."""
        return self.bits_as or self.cast_to or self.dtype

    def numbers(self, Y: NDArray[Any]) -> NDArray[Any]:
        """Those of a returned array; of bits, what they stand for."""
        if not self.bits_as or Y.dtype.name != self.bits_as:
            return Y
        return Y.view(FORMATS[self.cast_to or self.dtype].dtype)

    @property
    def shape(self) -> Shape:
        return self.values.shape

    def expected(self) -> NDArray[Any]:
        """The golden rounded once to its dtype: what a correctly rounding implementation
        returns."""
        target = FORMATS[self.dtype]
        if self._is_of_small_integers(target):
            return self.values.astype(target.dtype)
        finite = _to_float64(self.values, self.exponent, target.precision)
        if self.special is not None:
            finite = np.where(
                self.special.value != 0,
                self.special.value,
                np.where(self.special.negative_zero, -0.0, finite),
            )
        return round_to(finite, target.dtype)

    def _is_of_small_integers(self, target: Format) -> bool:
        """Does the format hold every value as it stands here?"""
        plain = self.special is None and not self.exponent and self.values.dtype != object
        return plain and _bits(self.values) <= target.precision

    def exact(self) -> NDArray[np.bool_]:
        """Where a result has to be equal to `expected`."""
        target = FORMATS[self.dtype]
        if self.sums.are_exact(target):
            return np.ones(self.shape, np.bool_)
        return exact_where(self.sums, target)

    def bound(self, roundoff: float | None = None) -> NDArray[np.float64]:
        """The proved bound on |y - golden|, or that of an accuracy class of unit roundoff
        `roundoff`."""
        return error_bound(self.sums, FORMATS[self.dtype], roundoff=roundoff)

    def error(self, Y: NDArray[Any]) -> NDArray[np.float64]:
        """|Y - golden|, right to a relative 2**-50: the golden's float64 remainder joins after the
        leading parts have cancelled.

        0 where both are the same infinity or NaN, whatever its sign and payload; else infinite or
        NaN where one of them is not finite.
        """
        error, found = np.abs(self.signed_error(Y)), Y.astype(np.float64)
        if self.special is None:
            return error
        value = self.special.value
        same = (found == value) | (np.isnan(found) & np.isnan(value))
        return np.where(value != 0, np.where(same, 0.0, np.inf), error)

    def signed_error(self, Y: NDArray[Any]) -> NDArray[np.float64]:
        """Y - golden, of the finite terms alone; as right as `error`."""
        leading = _to_float64(self.values, self.exponent, EXACT_BITS)
        with np.errstate(invalid="ignore", over="ignore"):
            return np.asarray(
                (Y.astype(np.float64) - leading) - _remainder(self.values, self.exponent, leading)
            )

    def equal(self, Y: NDArray[Any]) -> NDArray[np.bool_]:
        """Where Y is `expected`, NaN for NaN, zeros of either sign."""
        expected = self.expected()
        return np.asarray((Y == expected) | ((Y != Y) & (expected != expected)))

    def may_be_cast(self, Y: NDArray[Any]) -> bool:
        """Are all of a returned array's numbers some that `dtype` holds?"""
        if not self.cast_to:
            return True
        Y = self.numbers(Y)
        with np.errstate(over="ignore", invalid="ignore"):
            cast = round_to(Y.astype(np.float64), FORMATS[self.dtype].dtype).astype(Y.dtype)
        return bool(((cast == Y) | ((cast != cast) & (Y != Y))).all())

    def may_overflow(self, Y: NDArray[Any]) -> NDArray[np.bool_]:
        """Where Y is an infinity that the golden reaches within the bound: past it, the format
        rounds to Inf."""
        target = FORMATS[self.dtype]
        limit = target.largest * (1 + target.unit_roundoff / 2)
        signs = np.sign(_to_float64(self.values, self.exponent, EXACT_BITS))
        return np.asarray(
            np.isinf(Y)
            & (np.sign(Y.astype(np.float64)) == signs)
            & (self.sums.size + self.bound() >= limit)
        )


def _to_float64(values: NDArray[Any], exponent: int, precision: int) -> NDArray[np.float64]:
    """Integers times 2**exponent as float64: rounded to nearest where float64 is the target, to odd
    where another rounding follows."""
    if values.dtype != object and _bits(values) <= EXACT_BITS:
        whole = values.astype(np.float64)
        return np.asarray(np.ldexp(whole, exponent)) if exponent else whole
    convert = float if precision == EXACT_BITS else _odd_float
    flat = [convert(int(v)) for v in values.ravel()]
    return np.ldexp(np.array(flat, np.float64).reshape(values.shape), exponent)


def _odd_float(value: int) -> float:
    """The float64 toward zero, its last bit set if anything was cut off: a later rounding to <= 51
    bits is then the only one."""
    magnitude = abs(value)
    shift = max(magnitude.bit_length() - EXACT_BITS, 0)
    top = magnitude >> shift
    top |= int(top << shift != magnitude)
    return float((top << shift) if value >= 0 else -(top << shift))


def _remainder(
    values: NDArray[Any], exponent: int, leading: NDArray[np.float64]
) -> NDArray[np.float64]:
    if values.dtype != object and np.abs(values).max(initial=0) < 2**EXACT_BITS:
        return np.zeros(values.shape)
    rest = [
        float(int(v) - int(np.ldexp(f, -exponent)))
        for v, f in zip(values.ravel(), leading.ravel(), strict=True)
    ]
    return np.ldexp(np.array(rest, np.float64).reshape(values.shape), exponent)


def exact_products(linear: Linear, X: Integers, W: Integers, products: int) -> NDArray[Any]:
    """linear(X, W) over the integers, without a rounding: int64, or an object array where 62 bits
    are too few.

    `products` is the most products that an output sums. Raises OverflowError past 2**17 products of
    24-bit numbers.
    """
    spare = EXACT_BITS - ceil(log2(max(products, 1) + 1))
    bits_x, bits_w = _bits(X), _bits(W)
    slices_x, slices_w = _slices(bits_x, bits_w, spare)
    width_x, width_w = -(-bits_x // slices_x), -(-bits_w // slices_w)
    wide = bits_x + bits_w + EXACT_BITS - spare > INT64_BITS
    total: NDArray[Any] | int = 0
    for i in range(slices_x):
        for j in range(slices_w):
            part = linear(_slice(X, i, width_x), _slice(W, j, width_w))
            if np.abs(part).max(initial=0) >= 2.0**EXACT_BITS:
                raise OverflowError(f"a slice sums past 2**{EXACT_BITS}")
            whole = part.astype(np.int64)
            total = total + (
                (whole.astype(object) if wide else whole) << (i * width_x + j * width_w)
            )
    return np.asarray(total)


def _bits(integers: Integers) -> int:
    if integers.size <= FEW:  # quicker one by one
        return max(map(abs, integers.ravel().tolist()), default=0).bit_length() or 1
    return max(int(np.abs(integers).max(initial=1)).bit_length(), 1)


def _slices(bits_x: int, bits_w: int, spare: int) -> tuple[int, int]:
    for count in range(1, 2 * EXACT_BITS):
        for slices_x in range(1, count + 1):
            slices_w = count + 1 - slices_x
            if -(-bits_x // slices_x) + -(-bits_w // slices_w) <= spare:
                return slices_x, slices_w
    raise OverflowError(f"{bits_x} x {bits_w} bits do not fit into {spare}")


def _slice(integers: Integers, number: int, width: int) -> NDArray[np.float64]:
    magnitudes = (np.abs(integers) >> (number * width)) & ((1 << width) - 1)
    return np.asarray((np.sign(integers) * magnitudes).astype(np.float64))


def _aligned_bias(B: Scaled, exponent: int, rank: int) -> NDArray[Any]:
    shift = B.exponent - exponent
    values = B.integers.astype(object) if _bits(B.integers) + shift > INT64_BITS else B.integers
    return np.asarray(values << shift).reshape(1, -1, *(1,) * rank)


def _bits_of_sums(X: Integers, W: Integers) -> int:
    """No sum of products has more: an output sums at most one of each element of the larger
    operand."""
    return _bits(X) + _bits(W) + ceil(log2(max(X.size, W.size, 1) + 1))


def _fits_one_pass(X: Integers, W: Integers) -> bool:
    """Does float64 sum the products exactly, uncut?"""
    return object not in (X.dtype, W.dtype) and _bits_of_sums(X, W) <= EXACT_BITS


def golden_of(
    case: Case, given: Tensors, crop: Geometry | None = None, rules: ResizeRules = LITERAL
) -> Golden:
    """The exact output of a case's operator on numbers of its own: of a ConvTranspose cropped as
    `crop` says, of a Conv with X resized before; without the `depth_to_space` after it."""
    met = fed(case, given, rules)
    few = few_summed(case, met.tensors.X.integers, met.tensors.W.integers)
    return golden(met.tensors, linear_of(case), case.dtype, crop, met.carried, few)


def shuffled(case: Case, found: Golden) -> Golden:
    """A golden with its channels made blocks, where the case has a `depth_to_space`."""
    asked = case.depth_to_space
    if asked is None:
        return found
    return moved(found, lambda Y: depth_to_space(Y, asked.blocksize, asked.mode))


def moved(found: Golden, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Golden:
    """A golden after a change of places; its bounds move along."""
    sums = replace(
        found.sums,
        S=change(found.sums.S),
        n=change(found.sums.n),
        size=change(found.sums.size),
        carried=None if found.sums.carried is None else change(found.sums.carried),
    )
    special = found.special and replace(
        found.special,
        value=change(found.special.value),
        negative_zero=change(found.special.negative_zero),
        flushed=change(found.special.flushed),
    )
    return replace(found, values=change(found.values), sums=sums, special=special)


def _summed(linear: Linear, X: Integers, W: Integers) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """linear(X, W) over the integers; how many products that sums, where it had to be known."""
    if _fits_one_pass(X, W):
        return linear(X.astype(np.float64), W.astype(np.float64)).astype(np.int64), None
    products = _products(linear, X, W)
    return exact_products(linear, X, W, int(products.max(initial=1))), products


def golden(
    tensors: Tensors,
    linear: Linear,
    dtype: str,
    crop: Geometry | None = None,
    carried: NDArray[np.float64] | None = None,
    summed: Integers | None = None,
) -> Golden:
    """The exact output of `linear` (ConvTranspose without pads, or Conv) on the case's numbers,
    cropped as `crop` says, plus bias. `carried`: how far X itself may be off. `summed`: linear(X,
    W), where it is known."""
    X, W, B = tensors.X.integers, tensors.W.integers, tensors.B
    exponent = tensors.X.exponent + tensors.W.exponent
    values, products = _summed(linear, X, W) if summed is None else (summed, None)
    values = values if crop is None else _cropped(values, crop)
    special = _special(tensors, linear, crop, FORMATS[dtype])
    bias: NDArray[Any] | None = None
    if B is not None:
        if B.exponent < exponent:
            raise ValueError("a bias finer than the products")
        bias = _aligned_bias(B, exponent, X.ndim - 2)
        values = values + bias

    def sums() -> Sums:
        met = X if carried is None else np.where(carried > 0, 1, X)
        n = _products(linear, met, W) if products is None or carried is not None else products
        magnitudes = linear(np.abs(X).astype(np.float64), np.abs(W).astype(np.float64))
        if crop is not None:
            n, magnitudes = _cropped(n, crop), _cropped(magnitudes, crop)
        if bias is not None:
            magnitudes = magnitudes + np.abs(bias).astype(np.float64)
        wrong = None if carried is None else linear(carried, _magnitudes(tensors.W))
        return Sums(
            S=np.ldexp(magnitudes, exponent) + (0.0 if wrong is None else wrong),
            carried=wrong,
            n=n.astype(np.int64),
            beta=int(B is not None),
            ulp=2.0**exponent,
            size=np.abs(_to_float64(values, exponent, EXACT_BITS)),
        )

    later = Sums.later(sums, partial(_are_exact, X, W, bias, exponent, carried))
    return Golden(dtype=dtype, values=values, exponent=exponent, sums=later, special=special)


def _are_exact(
    X: Integers,
    W: Integers,
    bias: NDArray[Any] | None,
    exponent: int,
    carried: NDArray[np.float64] | None,
    target: Format,
) -> bool:
    """Do the sizes of X, W and a bias alone show that a format holds every sum of products of
    2**`exponent`?"""
    bits = _bits_of_sums(X, W) if bias is None else max(_bits_of_sums(X, W), _bits(bias)) + 1
    plain = carried is None and bits < max(target.precision, 24)
    finite = bits + exponent < frexp(target.largest)[1]
    return plain and finite and exponent >= target.min_exponent


def _magnitudes(tensor: Scaled) -> NDArray[np.float64]:
    return np.asarray(np.ldexp(np.abs(tensor.integers).astype(np.float64), tensor.exponent))


def _products(linear: Linear, X: Integers, W: Integers) -> NDArray[Any]:
    """How many products of nonzero factors each output sums."""
    return linear((X != 0).astype(np.float64), (W != 0).astype(np.float64))


def _cropped(canvas: NDArray[Any], crop: Geometry) -> NDArray[Any]:
    return window(canvas, len(crop.axes), crop.begins, crop.spatial)


def _special(
    tensors: Tensors, linear: Linear, crop: Geometry | None, target: Format
) -> Special | None:
    """What is not finite, by the terms of each element (docs/numerics.md); None for tensors of
    finite numbers alone."""
    X, W, B = tensors.X, tensors.W, tensors.B
    if X.special is None and W.special is None:
        return None
    parts = counted(linear, signs_of(X.integers, X.special), signs_of(W.integers, W.special))
    lost = linear(np.abs(X.integers) * _subnormal(X, target), np.abs(W.integers).astype(np.float64))
    lost = lost + linear(
        np.abs(X.integers).astype(np.float64), np.abs(W.integers) * _subnormal(W, target)
    )
    if crop is not None:
        parts, lost = tuple(_cropped(part, crop) for part in parts), _cropped(lost, crop)
    nan, plus, minus, zero, terms = parts
    flushed = np.ldexp(lost, X.exponent + W.exponent)
    if B is not None:
        b = [
            each.reshape(1, -1, *(1,) * (nan.ndim - 2)) for each in signs_of(B.integers, B.special)
        ]
        nan, plus, minus, zero, terms = (
            nan + b[0],
            plus + b[1],
            minus + b[2],
            zero + b[6],
            terms + 1,
        )
        flushed = flushed + np.ldexp(
            np.abs(B.integers) * _subnormal(B, target), B.exponent
        ).reshape(b[0].shape)
    flushed = flushed + (terms + 1) * 2.0**target.min_exponent
    return Special(
        value=valued(nan, plus, minus), negative_zero=(zero == terms) & (terms > 0), flushed=flushed
    )


def _subnormal(tensor: Scaled, target: Format) -> NDArray[np.float64]:
    """1.0 where a number lies below the smallest normal one."""
    magnitudes = np.ldexp(np.abs(tensor.integers).astype(np.float64), tensor.exponent)
    return np.asarray((magnitudes < 2.0**target.min_exponent).astype(np.float64))
