"""Numbers as integers and an exponent, and the three tensors of a case."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_reference.formats import FORMATS, round_to

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """integers * 2**exponent, but where `special` is not 0.0: NaN, an infinity or -0.0, beside an
    integer of 0."""

    integers: Integers
    exponent: int
    special: NDArray[np.float64] | None = None

    def array(self, dtype: str) -> NDArray[Any]:
        """The numbers in `dtype`; exact, by the choice of the integers."""
        if self.special is None and not self.exponent and self.integers.dtype != object:
            return self.integers.astype(FORMATS[dtype].dtype)
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
