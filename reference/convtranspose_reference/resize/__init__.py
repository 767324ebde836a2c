"""What stands before a convolution or behind it. ONNX Resize of the spatial axes: coordinates,
coefficients and sizes in exact fractions, and how far an output that rounds may be off; and
DepthToSpace."""

from .bounds import Resized, carried, denominator_of, resized
from .coordinates import COORDINATES, Along, ResizeRules, coordinate
from .operator import (
    MODES,
    NEAREST_MODES,
    POLICIES,
    Resize,
    Row,
    check_opset,
    check_resize,
    matrix,
    resize,
    resize_axes,
    row,
    rows,
)

__all__ = [
    "COORDINATES",
    "MODES",
    "NEAREST_MODES",
    "POLICIES",
    "Along",
    "Resize",
    "ResizeRules",
    "Resized",
    "Row",
    "carried",
    "check_opset",
    "check_resize",
    "coordinate",
    "denominator_of",
    "matrix",
    "resize",
    "resize_axes",
    "resized",
    "row",
    "rows",
]
