"""Resize and DepthToSpace of a model's node, as the reference says them."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reference.resize import Resize, resize, resize_axes
from convtranspose_reference.resize.depth_to_space import DepthToSpace, depth_to_space

from ..explain.inputs.onnx_model.attributes import given_of
from ..explain.inputs.subject import Unreadable
from .model.step import GraphStep, NotReached, TooLarge
from .numbers import Array

PIXELS = ("Resize", "DepthToSpace")
_WORDS = ("mode", "coordinate_transformation_mode", "nearest_mode", "keep_aspect_ratio_policy")
_FLAGS = ("antialias", "exclude_outside")
_FLOATS = ("cubic_coeff_a", "extrapolation_value")
_INPUTS = {"roi": "f", "scales": "f", "sizes": "i"}  # kinds of element types
MOST_OUTPUTS = 2**26
MOST_COEFFICIENTS = 2**27  # of an axis: a gigabyte of float64
MOST_ROWS = 2**20  # outputs along an axis, each of exact fractions
MOST_BY_ONNX = 2**22  # outputs, each of which ReferenceEvaluator works out by itself


def depth_to_space_of(title: str, step: GraphStep) -> DepthToSpace:
    """What a DepthToSpace node says. Raises Unreadable, behind the node's `title`, for an attribute
    that is none or of another type, and where it has no blocksize."""
    given = given_of(title, step.proto.attribute, step.op)
    if "blocksize" not in given:
        raise Unreadable(f"{title}: has no blocksize; accepted is attribute blocksize, an INT")
    return DepthToSpace(given["blocksize"], mode=given.get("mode", "DCR"))


def resize_of(title: str, step: GraphStep, taken: list[Array | None]) -> Resize:
    """What a Resize node of floats says of the spatial axes. Raises Unreadable, behind the node's
    `title`, for an attribute that is none or of another type, and for axes that X has not;
    NotReached for one that resizes the batch or the channels, too, keeps the aspect ratio of some
    axes alone, or writes NaN or infinities; as `Resize` does for a number that is none of
    float32."""
    given = given_of(title, step.proto.attribute, step.op)
    X, roi, scales, sizes = _inputs(taken)
    rank = X.ndim
    axes = _axes(title, given.pop("axes", range(rank)), rank)
    asked: dict[str, Any] = {name: given[name] for name in _WORDS if name in given}
    asked |= {name: bool(given[name]) for name in _FLAGS if name in given}
    asked |= {name: float(given[name]) for name in _FLOATS if name in given}
    if asked.get("keep_aspect_ratio_policy", "stretch") != "stretch" and set(axes) != set(
        range(2, rank)
    ):
        raise NotReached(f"keeps the aspect ratio of axes {list(axes)}; accepted are the spatial")
    if scales is not None:
        asked["scales"] = _spatial(scales, axes, (1.0,) * rank)
    if sizes is not None:
        asked["sizes"] = tuple(map(int, _spatial(sizes, axes, X.shape)))
    if roi is not None and asked.get("coordinate_transformation_mode") == "tf_crop_and_resize":
        half = len(axes)
        starts = _spatial(roi[:half], axes, (0.0,) * rank)
        asked["roi"] = (*starts, *_spatial(roi[half:], axes, (1.0,) * rank))
    found = Resize.of(**asked)
    if found.crops and not np.isfinite(_in_dtype(found.extrapolation_value, X)).all():
        value = found.extrapolation_value
        raise NotReached(f"writes {value} outside of X, which is no finite {X.dtype.name}")
    return found


def _in_dtype(value: float, X: Array) -> Array:
    return round_to(np.array([value], np.float64), X.dtype)


def _axes(title: str, stated: Sequence[int], rank: int) -> Shape:
    """Counted from the front. Raises Unreadable for those that X has not, or that are said
    twice."""
    axes = tuple(axis % rank for axis in stated if -rank <= axis < rank)
    if len(set(axes)) < len(stated):
        raise Unreadable(
            f"{title}: attribute axes is {list(stated)}; accepted are different ones from {-rank} "
            f"to {rank - 1}, since X has {rank} axes"
        )
    return axes


def _inputs(taken: list[Array | None]) -> tuple[Array, Array | None, Array | None, Array | None]:
    """X, roi, scales and sizes, one that is empty as if it were left out. Raises NotReached for
    others than the operator takes."""
    X, *others = (*taken, None, None, None, None)[:4]
    if X is None or X.ndim < 3:
        raise NotReached("resizes no X with spatial axes")
    if not np.isfinite(X).all():
        raise NotReached("resizes NaN or infinities, of which the text says nothing")
    roi, scales, sizes = (_one_axis(name, each) for name, each in zip(_INPUTS, others, strict=True))
    return X, roi, scales, sizes


def _one_axis(name: str, each: Array | None) -> Array | None:
    if each is None or not each.size:
        return None
    if each.ndim != 1 or each.dtype.kind != _INPUTS[name]:
        accepted = "floats" if _INPUTS[name] == "f" else "integers"
        raise NotReached(
            f"takes {each.dtype.name} {list(each.shape)} for {name}; accepted are {accepted} along "
            "one axis"
        )
    return each


def _spatial(values: Array, axes: Shape, others: tuple[float, ...]) -> tuple[float, ...]:
    """The values of the spatial axes, of those that are not named what leaves them alone. Raises
    NotReached where the batch or the channels are not left alone."""
    if len(values) != len(axes):
        raise NotReached(f"{len(values)} values for {len(axes)} axes")
    found = dict(zip(axes, values.tolist(), strict=True))
    whole = [found.get(axis, other) for axis, other in enumerate(others)]
    if whole[:2] != list(others[:2]):
        raise NotReached("resizes the batch or the channels")
    return tuple(whole[2:])


def require_affordable(asked: Resize, x_shape: Shape, opset: int) -> None:
    """Raises TooLarge where a legal Resize would cost more memory or time than there is."""
    along = resize_axes(x_shape[2:], asked, opset)
    outputs = prod((*x_shape[:2], *(each.output for each in along)))
    rows = max(each.output for each in along)
    coefficients = max(each.output * each.input for each in along)
    for what, count, most in (
        ("outputs", outputs, MOST_OUTPUTS),
        ("outputs along an axis", rows, MOST_ROWS),
        ("coefficients along an axis", coefficients, MOST_COEFFICIENTS),
    ):
        if count > most:
            raise TooLarge(f"would have {count} {what}; accepted are at most {most}")


def require_few(taken: list[Array | None]) -> None:
    """Raises TooLarge for a Resize that would keep onnx's ReferenceEvaluator busy for longer than
    anybody waits."""
    X, _, scales, sizes = (*taken, None, None, None, None)[:4]
    if X is None:
        return
    count = 0.0
    if scales is not None and scales.size and scales.dtype.kind == "f":
        count = float(X.size * np.prod(scales, dtype=np.float64))
    elif sizes is not None and sizes.size and sizes.dtype.kind == "i":
        left = X.shape[: max(X.ndim - sizes.size, 0)]
        count = float(np.prod((*left, *sizes.ravel()), dtype=np.float64))
    if count > MOST_BY_ONNX:
        raise TooLarge(f"would have {count:.3g} outputs; accepted are at most {MOST_BY_ONNX}")


def made_of_pixels(title: str, step: GraphStep, taken: list[Array | None], opset: int) -> Array:
    """What a Resize or DepthToSpace of floats gives: exact coefficients, worked out in float64,
    rounded once. Raises NotReached for one that the reference does not say, TooLarge for one that
    nothing here shall work out, Unreadable for attributes that are none of the operator's,
    InvalidInput for one that the text forbids."""
    X = next(iter(taken), None)
    if X is None or X.dtype.name not in FORMATS:
        raise NotReached("takes no image of floats")
    if step.op == "DepthToSpace":
        shuffle = depth_to_space_of(title, step)
        return depth_to_space(X, shuffle.blocksize, shuffle.mode, opset=opset)
    asked = resize_of(title, step, taken)
    require_affordable(asked, X.shape, opset)
    return resize(X, opset=opset, **asked.given())
