"""Values for what a call leaves open under which it is a call: what is usual for each need not fit
together, as in `padding=p, output_padding=p`."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..asked import NamesOpen
from ..options import names_option

_TRIED = (1, 2, 3, 4, 0, 8)
_MOST = 300


def possible(asked: NamesOpen, holds: Callable[[Mapping[str, Any]], bool]) -> NamesOpen:
    """With the first values of its names under which the call `holds`; as it is where there are
    none among those that are tried."""
    for names in itertools.islice(_candidates(asked.names), _MOST):
        if holds(names_option(f"{name}={value}" for name, value in names.items())):
            return asked.with_names(names)
    return asked


def _candidates(usual: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The usual values first, then numbers in place of numbers."""
    each = [
        (value, *(str(n) for n in _TRIED if str(n) != value)) if value.isdigit() else (value,)
        for value in usual.values()
    ]
    return (dict(zip(usual, values, strict=True)) for values in itertools.product(*each))
