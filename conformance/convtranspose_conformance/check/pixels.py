"""Resize and DepthToSpace of a model's node, as the reference says them."""

from typing import Any

import numpy as np

from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS, round_to
from convtranspose_reference.resize import Resize, resize
from convtranspose_reference.resize.depth_to_space import DepthToSpace, depth_to_space

from .graph import NotReached, Step
from .numbers import Array

PIXELS = ("Resize", "DepthToSpace")
_WORDS = ("mode", "coordinate_transformation_mode", "nearest_mode", "keep_aspect_ratio_policy")
_FLAGS = ("antialias", "exclude_outside")
_FLOATS = ("cubic_coeff_a", "extrapolation_value")


def depth_to_space_of(step: Step) -> DepthToSpace:
    """What a DepthToSpace node says. Raises NotReached where it has no blocksize."""
    given = _attributes(step)
    if "blocksize" not in given:
        raise NotReached("has no blocksize")
    return DepthToSpace(int(given["blocksize"]), mode=given.get("mode", "DCR"))


def resize_of(step: Step, taken: list[Array | None]) -> Resize:
    """What a Resize node of floats says of the spatial axes. Raises NotReached for one that resizes
    the batch or the channels, too, keeps the aspect ratio of some axes alone, or writes NaN or
    infinities; as `Resize` does for a number that is none of float32."""
    X, roi, scales, sizes = _inputs(taken)
    given, rank = _attributes(step), X.ndim
    axes = tuple(int(axis) % rank for axis in given.pop("axes", range(rank)))
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


def _inputs(taken: list[Array | None]) -> tuple[Array, Array | None, Array | None, Array | None]:
    """X, roi, scales and sizes, one that is empty as if it were left out."""
    X, roi, scales, sizes = (*taken, None, None, None)[:4]
    if X is None or X.ndim < 3:
        raise NotReached("resizes no X with spatial axes")
    if not np.isfinite(X).all():
        raise NotReached("resizes NaN or infinities, of which the text says nothing")
    roi, scales, sizes = (
        None if each is None or not each.size else each for each in (roi, scales, sizes)
    )
    return X, roi, scales, sizes


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


def _attributes(step: Step) -> dict[str, Any]:
    from onnx import helper

    given = {each.name: helper.get_attribute_value(each) for each in step.proto.attribute}
    return {k: v.decode() if isinstance(v, bytes) else v for k, v in given.items()}


def made_of_pixels(step: Step, taken: list[Array | None], opset: int) -> Array:
    """What a Resize or DepthToSpace of floats gives: exact coefficients, worked out in float64,
    rounded once. Raises NotReached for one that the reference does not say, InvalidInput for one
    that the text forbids."""
    X = taken[0]
    if X is None or X.dtype.name not in FORMATS:
        raise NotReached("takes no image of floats")
    if step.op == "DepthToSpace":
        asked = depth_to_space_of(step)
        return depth_to_space(X, asked.blocksize, asked.mode, opset=opset)
    return resize(X, opset=opset, **resize_of(step, taken).given())
