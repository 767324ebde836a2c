"""The numbers of a case: integers times a power of two, the same on every machine."""

from .drawn import thinned, thinning_step
from .fed import Matrices, fed, matrices
from .kinds import KINDS, LARGEST_INTEGER_BITS
from .products import Linear, few_summed, linear_of, most_products, uncropped
from .scaled import Integers, Scaled, Tensors
from .stream import raw
from .tensors import AFTER, tensors

__all__ = [
    "AFTER",
    "KINDS",
    "LARGEST_INTEGER_BITS",
    "Integers",
    "Linear",
    "Matrices",
    "Scaled",
    "Tensors",
    "fed",
    "few_summed",
    "linear_of",
    "matrices",
    "most_products",
    "raw",
    "tensors",
    "thinned",
    "thinning_step",
    "uncropped",
]
