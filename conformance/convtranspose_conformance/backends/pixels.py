"""What frameworks without opsets, whose pixels have their centers at halves, say of a Resize."""

from convtranspose_reference import InvalidInput
from convtranspose_reference.resize import Resize, check_opset, resize_axes

from .api import Call, Unsupported


def check_any_opset(call: Call, resize: Resize) -> None:
    """Raises Unsupported where it is its opset alone that forbids the call."""
    try:
        check_opset(resize, call.opset)
    except InvalidInput as refused:
        raise Unsupported(f"there are no opsets: {refused}") from refused


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
    if asked == "half_pixel_symmetric" and any(a.asked * a.input != a.output for a in axes):
        raise Unsupported("what is cut off is not split: there is no half_pixel_symmetric")
    return "half_pixel"
