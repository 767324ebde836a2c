"""What ConvTranspose and Conv mean: a NumPy reference that refuses what the operator text
forbids."""

from .attributes import Attributes, InvalidInput
from .conv import conv
from .conv_transpose import conv_transpose
from .geometry import output_shape_of

__all__ = ["Attributes", "InvalidInput", "conv", "conv_transpose", "output_shape_of"]
