"""What of the machine a result may depend on: the processor's name and instruction sets."""

import platform
from functools import cache
from pathlib import Path


@cache
def _fields() -> dict[str, str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {key.strip(): value.strip() for key, _, value in reversed(pairs)}


def cpu_name() -> str:
    """The processor's own name, or its architecture."""
    return _fields().get("model name") or platform.processor() or platform.machine()


def cpu_flags() -> list[str]:
    """Instruction sets as Linux names them ("avx512f", "amx_tile"); [] where it does not tell."""
    return (_fields().get("flags") or _fields().get("Features") or "").split()
