"""A façade for other people's adapters, under its old name: `backends.api` is where these live."""

from .backends.api import (
    Array,
    Backend,
    Call,
    Declined,
    Gradients,
    Refused,
    Unsupported,
    Unusable,
    refusals,
    text_of,
)

__all__ = [
    "Array",
    "Backend",
    "Call",
    "Declined",
    "Gradients",
    "Refused",
    "Unsupported",
    "Unusable",
    "refusals",
    "text_of",
]
