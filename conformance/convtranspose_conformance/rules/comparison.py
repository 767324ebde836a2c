"""An output held against the golden that it should be."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases.goldens import Golden

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Comparison:
    """A golden and an output `Y` of its shape and dtype. Each quantity is worked out when it is
    first asked for, and once; all but the first two have Y's shape."""

    golden: Golden
    Y: Array

    @cached_property
    def agrees(self) -> bool:
        """Is nothing wrong? The expected bits are quickest to see: they need no golden's bound."""
        if self.Y.tobytes() == self.expected.tobytes():
            return True
        return bool(self.equal.all()) or not self.wrong.any()

    @cached_property
    def furthest(self) -> tuple[int, ...] | None:
        """The index of the wrong element that is furthest off; None where none is wrong."""
        if not self.wrong.any():
            return None
        size = np.where(np.isnan(self.error), np.inf, self.error)
        flat = int(np.argmax(np.where(self.wrong, size, -1)))
        return tuple(int(i) for i in np.unravel_index(flat, self.wrong.shape))

    @cached_property
    def expected(self) -> Array:
        """What a correctly rounding implementation returns."""
        return self.golden.expected()

    @cached_property
    def equal(self) -> NDArray[np.bool_]:
        """Where Y is what is expected, NaN for NaN, zeros of either sign."""
        return self.golden.equal(self.Y)

    @cached_property
    def error(self) -> NDArray[np.float64]:
        """|Y - golden|; infinite or NaN where one of them alone is not finite."""
        return self.golden.error(self.Y)

    @cached_property
    def bound(self) -> NDArray[np.float64]:
        """The proved bound on `error`."""
        return self.golden.bound()

    @cached_property
    def exact(self) -> NDArray[np.bool_]:
        """Where nothing but what is expected is right."""
        return self.golden.exact()

    @cached_property
    def overflown(self) -> NDArray[np.bool_]:
        """Where Y is an infinity that the golden reaches within the bound."""
        return self.golden.may_overflow(self.Y)

    @cached_property
    def wrong(self) -> NDArray[np.bool_]:
        """Where Y is another number although sums are exact, or is off by more than the bound."""
        if self.exact.all():
            return ~self.equal
        return np.where(self.exact, ~self.equal, ~(self.error <= self.bound) & ~self.overflown)
