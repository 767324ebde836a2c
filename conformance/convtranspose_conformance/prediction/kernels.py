"""The kernels of a backend on this processor, told without importing its framework."""

import importlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from ..backends.entry import Entry
from ..backends.processor import cpu_flags, effective

# processors at both ends, the newest with other kernels of its own: what holds on all of them holds
# whatever the machine is
_NOTHING: dict[str, str] = {"flags": "", "onednn": "off"}
_EVERYTHING: dict[str, str] = {
    "flags": "avx2 fma f16c avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni avx512_bf16 "
    "avx512_fp16 avx_vnni",
    "onednn": "float32 bfloat16 float16",
    "isa": "avx512_core_fp16",
    "aten": "avx512",
}
_TILES = _EVERYTHING | {
    "flags": f"{_EVERYTHING['flags']} amx_tile amx_int8 amx_bf16",
    "isa": "avx512_core_amx",
}
ELSEWHERE = (_NOTHING, _EVERYTHING, _TILES)


@cache
def kernels_here(entry: Entry) -> dict[str, str]:
    """What a worker of the backend would tell of its kernels on this machine."""
    told = resolved(entry.kernels)(cpu_flags()) if entry.kernels else {}
    return effective(told)


def kernels_on(entry: Entry, flags: Sequence[str]) -> dict[str, str]:
    """The same on a processor with these instruction sets, which another backend told of."""
    told = resolved(entry.kernels)(flags) if entry.kernels else {}
    return {"flags": " ".join(flags)} | told


@cache
def resolved(target: str) -> Callable[..., Any]:
    """What `module:callable` names."""
    module, _, name = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
