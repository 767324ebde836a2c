"""Faults of gradients and of sizes of 0 alone."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden, moved
from convtranspose_reference.attributes import Shape

from .fault import Array, Fault, Partial


def _weight_gradient(
    change: Callable[[Case, Array], Array],
) -> Callable[[Case, dict[str, Golden]], dict[str, Golden]]:
    """dW with its elements in other places."""

    def gradients(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
        return given | {"dW": moved(given["dW"], lambda array: change(case, array))}

    return gradients


def _empty_gradient_keeps_sizes(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
    if case.x_shape[0] or case.op == "Conv":
        return given
    dX, shape = given["dX"], (*case.x_shape[:2], *case.y_shape()[2:])
    sums = replace(dX.sums, S=np.zeros(shape), n=np.zeros(shape, np.int64), size=np.zeros(shape))
    return given | {"dX": replace(dX, values=np.zeros(shape, np.int64), sums=sums)}


def _bias_gradient_missing(case: Case, given: dict[str, Golden]) -> dict[str, Golden]:
    return {name: golden for name, golden in given.items() if name != "dB"}


def _no_maps_without_channels(case: Case, shape: Shape) -> Partial:
    return (shape[0], 0, *shape[2:]) if case.x_shape[1] == 0 else shape


def _up_to_smaller_axis(case: Case, shape: Shape) -> Partial:
    sizes = zip(case.attributes.output_shape or case.x_shape[2:], case.x_shape[2:], strict=True)
    first = next((i for i, (size, x) in enumerate(sizes) if size < x), case.rank)
    return shape[: 2 + first]


GRADIENTS = (
    Fault(
        "weight_gradient_flipped",
        "returns dW with the kernel reversed along every axis",
        gradients=_weight_gradient(lambda case, dW: np.flip(dW, tuple(range(2, dW.ndim)))),
    ),
    Fault(
        "gradient_of_empty_batch_keeps_output_sizes",
        "returns dX with Y's spatial sizes where N = 0",
        gradients=_empty_gradient_keeps_sizes,
    ),
    Fault(
        "bias_gradient_missing",
        "returns no gradient in B where there is a bias",
        gradients=_bias_gradient_missing,
    ),
)

SHAPES = (
    Fault(
        "rank_cut_at_small_output_shape",
        "states a shape that ends before the first axis whose output_shape is smaller than the "
        "input",
        shape=_up_to_smaller_axis,
    ),
    Fault(
        "empty_batch_keeps_input_sizes",
        "returns X's spatial sizes where N = 0",
        shape=lambda case, shape: (
            (*shape[:2], *case.x_shape[2:]) if case.x_shape[0] == 0 else shape
        ),
    ),
    Fault(
        "no_maps_without_channels",
        "states M = 0 where C = 0, whatever W says",
        shape=_no_maps_without_channels,
    ),
)
