"""Who is asked: what an adapter is made of (`api`, `entry`, `script`), the adapters, each with its
script beside it, and the names under which they are asked for (`registry`).

A façade for other people's adapters: what stands here stays here.
"""

from .api import Array, Backend, Call, Gradients, Refused, Unsupported, Unusable, refusals, text_of
from .entry import ALL_CHECKS, FORWARD_CHECKS, Entry, cuda_devices
from .registry import BUILT_IN, ENTRY_POINTS, registered
from .script import Script

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
    "Script",
    "Unsupported",
    "Unusable",
    "cuda_devices",
    "refusals",
    "registered",
    "text_of",
]
