"""Who is asked: what an adapter is made of (`api`), the adapters, and the names under which they
are asked for (`registry`).

A façade for other people's adapters: what stands here stays here.
"""

from .api import Array, Backend, Call, Gradients, Refused, Unsupported, Unusable, refusals, text_of
from .registry import (
    ALL_CHECKS,
    BUILT_IN,
    ENTRY_POINTS,
    FORWARD_CHECKS,
    Entry,
    cuda_devices,
    registered,
)

__all__ = [
    "ALL_CHECKS",
    "BUILT_IN",
    "ENTRY_POINTS",
    "FORWARD_CHECKS",
    "Array",
    "Backend",
    "Call",
    "Entry",
    "Gradients",
    "Refused",
    "Unsupported",
    "Unusable",
    "cuda_devices",
    "refusals",
    "registered",
    "text_of",
]
