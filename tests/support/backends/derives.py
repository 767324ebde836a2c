"""Miniature native adapters for `gradient` and `repeatability`: a right one, on the reference's
arithmetic, and others wrong in one way."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convtranspose_conformance.backends.api import (
    Array,
    Backend,
    Call,
    Gradients,
    Refused,
    Unsupported,
)
from convtranspose_reference import conv, conv_transpose
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.formats import round_to
from convtranspose_reference.geometry import geometry
from convtranspose_reference.gradients import Gradients as Maps
from convtranspose_reference.gradients import adjoint_of_conv


class Right(Backend):
    def versions(self) -> dict[str, str]:
        return {"miniature": "1"}

    def run(self, call: Call) -> Array:
        operator: Callable[..., Array] = conv_transpose if call.op == "ConvTranspose" else conv
        return operator(call.X, call.W, call.B, **call.attributes.given())

    def gradients(self, call: Call, dY: Array) -> Gradients:
        X, W, upstream = (a.astype(np.float64) for a in (call.X, call.W, dY))
        place: Callable[[Any, Any, Attributes], Any] = (
            geometry if call.op == "ConvTranspose" else adjoint_of_conv
        )
        maps = Maps(op=call.op, found=place(X.shape, W.shape, call.attributes))
        dX, dW, dB = (
            round_to(a, call.X.dtype)
            for a in (maps.of_X(upstream, W), maps.of_W(X, upstream), maps.of_B(upstream))
        )
        return dX, dW, None if call.B is None else dB


class WeightGradientFlipped(Right):
    def gradients(self, call: Call, dY: Array) -> Gradients:
        dX, dW, dB = super().gradients(call, dY)
        return dX, np.flip(dW, tuple(range(2, dW.ndim))), dB


class BiasGradientMissing(Right):
    def gradients(self, call: Call, dY: Array) -> Gradients:
        return *super().gradients(call, dY)[:2], None


class BiasGradientOfOneImage(Right):
    def gradients(self, call: Call, dY: Array) -> Gradients:
        dX, dW, dB = super().gradients(call, dY)
        return (
            dX,
            dW,
            None if dB is None else dY[:1].sum(axis=(0, *range(2, dY.ndim)), dtype=dY.dtype),
        )


class InputGradientTransposed(Right):
    """Rounds nothing and forgets nothing: one axis too many is reversed."""

    def gradients(self, call: Call, dY: Array) -> Gradients:
        dX, dW, dB = super().gradients(call, dY)
        return dX[..., ::-1], dW, dB


class ChangesTheOutputGradient(Right):
    def gradients(self, call: Call, dY: Array) -> Gradients:
        found = super().gradients(call, dY)
        dY *= 2
        return found


class EveryOtherCallOff(Right):
    """A buffer that is not cleared: every second answer is one more."""

    def __init__(self) -> None:
        self._calls = 0

    def run(self, call: Call) -> Array:
        self._calls += 1
        return super().run(call) + call.X.dtype.type(self._calls % 2 == 0)


class KeepsWeights(Right):
    """W is packed once for each shape."""

    def __init__(self) -> None:
        self._packed: dict[Any, Array] = {}

    def run(self, call: Call) -> Array:
        W = self._packed.setdefault((call.op, call.W.shape), call.W)
        operator: Callable[..., Array] = conv_transpose if call.op == "ConvTranspose" else conv
        return operator(call.X, W, call.B, **call.attributes.given())


class RemembersAnEmptyBatch(Right):
    """After an empty batch nothing is added up any more."""

    def __init__(self) -> None:
        self._broken = False

    def run(self, call: Call) -> Array:
        self._broken |= call.X.shape[0] == 0
        return super().run(call) * call.X.dtype.type(not self._broken)


class SecondLayoutWrong(Right):
    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "right layout", lambda: self.run(call)
        yield "wrong layout", lambda: self.run(call)[..., ::-1]


class SecondLayoutRefused(Right):
    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "wrong layout", self._refuse

    def _refuse(self) -> Array:
        raise Refused("call", "LayoutError", "no such layout")


class SecondLayoutRounds(Right):
    """Another order of summation: the last bit, on numbers that do not sum exactly."""

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "other layout", lambda: np.nextafter(self.run(call), call.X.dtype.type(0))


class SecondLayoutAbsent(Right):
    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "no layout", self._absent

    def _absent(self) -> Array:
        raise Unsupported("not on this device")
