"""X, W and B of a case: of its kind, or made of what comes before it, of a theme, a position or a
witness."""

from math import prod

import numpy as np

from convtranspose_reference.attributes import Shape
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.formats import FORMATS

from ..case import Case
from ..measuring import one_hot, witness
from ..special import PREFIX, Numbers, theme_of
from .drawn import Draw, Magnitudes, signed, up_to
from .fed import check_held
from .kinds import KINDS, bias_of
from .scaled import Integers, Scaled, Tensors
from .stream import raw

AFTER = ("previous", "previous-ones")  # X is the output of the case before


def tensors(case: Case, seed: int = 0) -> Tensors:
    """The numbers of a case. Raises ValueError where its data kind cannot hold what it promises at
    this size."""

    def draw(tensor: str, shape: Shape, magnitudes: Magnitudes) -> Integers:
        words = raw(case.id, tensor, prod(shape), seed)
        return signed(words, magnitudes(words), shape)

    if case.resize is not None and case.data not in KINDS:
        raise ValueError(f"{case.id}: {case.data} numbers are not made for a resized X")
    if case.data in AFTER:
        return _previous(case, draw, seed)
    if case.data.startswith(PREFIX):
        return _special(case, seed)
    if case.data.startswith(one_hot.PREFIX):
        return _one_hot(case)
    if case.data.startswith(witness.PREFIX):
        return _witness(case)
    found = KINDS[case.data](case, FORMATS[case.dtype], draw)
    check_held(case, found.X.integers)
    return found


def _previous(case: Case, draw: Draw, seed: int) -> Tensors:
    """X is the previous layer's exact output; W is of -1 and 1: real activations stay small enough
    to be exact. `previous-ones`: W is of ones alone."""
    if case.previous is None:
        raise ValueError(f"{case.id}: data '{case.data}' without a previous case")
    before = tensors(case.previous, seed)
    X = scatter(before.X.integers, before.W.integers, case.previous.geometry())
    if before.B is not None:
        X = X + before.B.integers.reshape(1, -1, *(1,) * case.rank)
    W = draw("W", case.w_shape, up_to(0))
    return Tensors(
        X=Scaled(integers=X, exponent=0),
        W=Scaled(integers=W if case.data == "previous" else np.abs(W), exponent=0),
        B=bias_of(case, draw, 1, 0),
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
    numbers = witness.of(case.data, case.dtype)
    X, W = witness.laid_out(numbers, case)
    exponent = numbers.x_exponent + numbers.w_exponent
    B = np.full(case.maps, numbers.b or 0, np.int64)
    return Tensors(
        X=Scaled(integers=X, exponent=numbers.x_exponent),
        W=Scaled(integers=W, exponent=numbers.w_exponent),
        B=Scaled(integers=B, exponent=exponent) if case.bias else None,
    )
