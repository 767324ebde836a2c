"""What a declaration may say of the machine: names for the kernels that a backend uses there."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..backends.processor import cpu_flags
from ..rules.predicate import Expression

NAMES = frozenset({"cpu_flags", "onednn", "isa", "aten"})


def machine_facts(kernels: Mapping[str, str]) -> dict[str, Any]:
    """What the names of `machine` stand for, where a backend's worker told `kernels`; of the
    processor alone, where none told anything."""
    return {
        "cpu_flags": kernels["flags"].split() if "flags" in kernels else cpu_flags(),
        "onednn": kernels.get("onednn", "off").replace("off", "").split(),
        "isa": kernels.get("isa", ""),
        "aten": kernels.get("aten", ""),
    }


@lru_cache
def condition(text: str) -> Expression:
    """`text` as an expression over those names. Raises PredicateError where it is none, or where it
    cannot be worked out."""
    found = Expression(text, NAMES)
    found.holds(machine_facts({}))
    return found
