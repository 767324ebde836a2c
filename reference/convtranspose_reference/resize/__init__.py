"""What stands before a convolution or behind it. ONNX Resize of the spatial axes: coordinates,
coefficients and sizes in exact fractions, and how far an output that rounds may be off; and
DepthToSpace."""

from .attributes import (
    MODES,
    NEAREST_MODES,
    POLICIES,
    Resize,
    check_opset,
    check_resize,
    resize_axes,
)
from .bounds import Resized, carried, resized
from .coordinates import COORDINATES, Along, ResizeRules, coordinate
from .integers import denominator_of, finest_of, odd_part
from .operator import Row, Rows, Undefined, matrix, resize, row, rows
from .roundings import require_bounded

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
    "Rows",
    "Undefined",
    "carried",
    "check_opset",
    "check_resize",
    "coordinate",
    "denominator_of",
    "finest_of",
    "matrix",
    "odd_part",
    "require_bounded",
    "resize",
    "resize_axes",
    "resized",
    "row",
    "rows",
]
