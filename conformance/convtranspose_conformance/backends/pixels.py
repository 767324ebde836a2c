"""What frameworks without opsets, whose pixels have their centers at halves, say of a Resize and of
a DepthToSpace."""

from convtranspose_reference import InvalidInput
from convtranspose_reference.resize import MODES, Resize, check_opset, resize_axes
from convtranspose_reference.resize.depth_to_space import DepthToSpace, check_shuffle_opset

from .api import Call, Unsupported


def check_any_opset(call: Call, resize: Resize) -> None:
    """Raises Unsupported where it is its opset alone that forbids the call."""
    try:
        check_opset(resize, call.opset)
    except InvalidInput as refused:
        raise Unsupported(f"there are no opsets: {refused}") from refused


def check_any_opset_of_shuffle(call: Call, shuffle: DepthToSpace) -> None:
    """Raises Unsupported where it is its opset alone that forbids the call."""
    try:
        check_shuffle_opset(shuffle, call.opset)
    except InvalidInput as refused:
        raise Unsupported(f"there are no opsets: {refused}") from refused


def check_words(resize: Resize) -> None:
    """Raises Unsupported for a mode that is none of ONNX's, which no word here stands for."""
    if resize.mode not in MODES:
        raise Unsupported(f"there is no mode {resize.mode!r}")


def coordinates_of(call: Call, resize: Resize) -> str:
    """half_pixel for those of its kind that are the same here; the others as they are. Raises
    Unsupported where they are not the same."""
    asked = resize.coordinate_transformation_mode
    if asked == "tf_crop_and_resize":
        raise Unsupported("there is no roi")
    if asked not in ("pytorch_half_pixel", "half_pixel_symmetric"):
        return asked
    try:
        axes = resize_axes(call.X.shape[2:], resize, call.opset)
    except InvalidInput as refused:
        raise Unsupported(f"{asked} of a call that has no sizes: {refused}") from refused
    if asked == "pytorch_half_pixel" and any(axis.output == 1 for axis in axes):
        raise Unsupported("an output of one element looks where half_pixel has it, not at 0")
    if asked == "half_pixel_symmetric" and not all(axis.is_whole for axis in axes):
        raise Unsupported("what is cut off is not split: there is no half_pixel_symmetric")
    return "half_pixel"
