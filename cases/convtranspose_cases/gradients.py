"""dY of a case, and the exact gradients that it leads to.

Three sums have to stay exact at once: dX sums over output channels and taps, dW over images and
positions, dB over images and outputs. dY gets the bits that the tightest of them leaves
(docs/numerics.md).
"""

from math import ceil, log2

import numpy as np

from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.gradients import Gradients, adjoint_of_conv

from .case import Case
from .goldens import Golden, golden
from .inputs import LARGEST_INTEGER_BITS, Integers, Scaled, Tensors, raw, thinned

_ONE = Scaled(integers=np.ones(1, np.int64), exponent=0)


def placed(case: Case, found: Geometry | None = None, y_sizes: Shape | None = None) -> Gradients:
    """The case's gradients as linear maps, a ConvTranspose placed by `found` (None: as the text
    reads), a Conv with Y of `y_sizes` (None: of those that it has). Raises InvalidInput."""
    if case.op == "ConvTranspose":
        return Gradients(op=case.op, found=found or case.geometry())
    x, w, given, opset = case.x_shape, case.w_shape, case.attributes, case.opset
    return Gradients(op=case.op, found=adjoint_of_conv(x, w, given, opset=opset, y_sizes=y_sizes))


def output_gradient(case: Case, given: Tensors, seed: int = 0) -> Scaled:
    """dY, shaped as Y: with the dtype's whole significand for `dense`, else integers that leave all
    three gradients exact.

    Raises ValueError where no integers do.
    """
    shape, precision = case.y_shape(), FORMATS[case.dtype].precision
    words = raw(case.id, "dY", int(np.prod(shape)), seed)
    signs = 1 - 2 * (words >> np.uint64(63)).astype(np.int64)
    if case.data == "dense":
        magnitudes = (words & np.uint64(2 ** (precision - 1) - 1)) | np.uint64(2 ** (precision - 1))
        return Scaled(
            integers=(signs * magnitudes.astype(np.int64)).reshape(shape), exponent=1 - precision
        )
    kept, bits = _kept(case, given, shape, seed)
    magnitudes = (words & np.uint64(2**bits - 1)) + np.uint64(1)
    return Scaled(integers=kept * (signs * magnitudes.astype(np.int64)).reshape(shape), exponent=0)


def _kept(case: Case, given: Tensors, shape: Shape, seed: int) -> tuple[Integers, int]:
    """Where dY is not 0, as zeros and ones, and the bits of its magnitudes there. `thin`: fewer and
    fewer, until two bits are left."""
    room = _room(case, given, np.ones(shape, np.int64))
    if case.data != "thin":
        if room < 0:
            raise ValueError(f"{case.id}: its gradients leave no exact {case.dtype} integers")
        return np.ones(shape, np.int64), min(room, LARGEST_INTEGER_BITS)
    words = raw(case.id, "dY zeros", int(np.prod(shape)), seed)
    for share in (4, 8, 16, 32, 64, 128):
        kept = thinned(np.ones(shape, np.int64), words, share)
        if (room := _room(case, given, kept)) >= 1:
            return kept, min(room, 2)
    raise ValueError(f"{case.id}: its gradients leave no exact {case.dtype} integers, however thin")


def _room(case: Case, given: Tensors, kept: Integers) -> int:
    """The bits that a nonzero element of dY may have: the dtype's, less those of the largest of the
    three sums over ones."""
    ones, each = kept.astype(np.float64), placed(case)
    X, W = (np.abs(tensor.integers).astype(np.float64) for tensor in (given.X, given.W))
    largest = max(
        float(sums.max(initial=0))
        for sums in (each.of_X(ones, W), each.of_W(X, ones), each.of_B(ones))
    )
    return FORMATS[case.dtype].precision - ceil(log2(largest + 1))


def gradient_goldens(
    case: Case, given: Tensors, dY: Scaled, found: Geometry | None = None
) -> dict[str, Golden]:
    """dX, dW and, where the case has a bias, dB, exactly; `found` as for `placed`, Y's sizes those
    of dY."""
    each = placed(case, found, dY.integers.shape[2:])
    goldens = {
        "dX": golden(Tensors(X=dY, W=given.W, B=None), each.of_X, case.dtype),
        "dW": golden(Tensors(X=given.X, W=dY, B=None), each.of_W, case.dtype),
    }
    if case.bias:
        goldens["dB"] = golden(
            Tensors(X=dY, W=_ONE, B=None), lambda dY, one: each.of_B(dY) * one, case.dtype
        )
    return goldens
