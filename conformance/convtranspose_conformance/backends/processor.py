"""The processor, and which of its instruction sets a framework's kernels may use: what decides
which kernel computes."""

import os
import platform
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
MAX_ISA = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")  # the first that is set counts
ONEDNN_VARIABLES = (*MAX_ISA, "ONEDNN_DEFAULT_FPMATH_MODE")
_AVX512 = ("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl")
# oneDNN's levels, lowest first: the level below, and the instruction sets that it adds, as Linux
# names them (src/cpu/x64/cpu_isa_traits.hpp).
_LEVELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sse41": ("", ("sse4_1",)),
    "avx": ("sse41", ("avx",)),
    "avx2": ("avx", ("avx2", "fma", "f16c")),
    "avx2_vnni": ("avx2", ("avx_vnni",)),
    "avx2_vnni_2": ("avx2_vnni", ("avx_vnni_int8", "avx_ne_convert")),
    "avx512_core": ("avx2", _AVX512),
    "avx512_core_vnni": ("avx512_core", ("avx512_vnni",)),
    "avx512_core_bf16": ("avx512_core_vnni", ("avx512_bf16",)),
    "avx512_core_fp16": ("avx512_core_bf16", ("avx512_fp16", "avx_vnni")),
    "avx512_core_amx": ("avx512_core_fp16", ("amx_tile", "amx_int8", "amx_bf16")),
    "avx512_core_amx_fp16": ("avx512_core_amx", ("amx_fp16",)),
}
_OTHER_NAMES = {
    "avx10_1_512": "avx512_core_fp16",
    "avx10_1_512_amx": "avx512_core_amx",
    "avx10_1_512_amx_fp16": "avx512_core_amx_fp16",
}
_VECTOR = re.compile(r"s?sse|avx|fma|f16c|amx|asimd|sve|sme(?!p)|neon|bf16")


@cache
def _fields(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {key.strip(): value.strip() for key, _, value in reversed(pairs)}


def cpu_name() -> str:
    """The processor's own name, or its architecture."""
    return _fields(CPUINFO).get("model name") or platform.processor() or platform.machine()


def cpu_flags() -> list[str]:
    """Vector instruction sets as Linux names them ("avx512f", "amx_tile"); [] where it does not
    tell."""
    fields = _fields(CPUINFO)
    flags = (fields.get("flags") or fields.get("Features") or "").split()
    return [flag for flag in flags if _VECTOR.match(flag)]


def capped(flags: Iterable[str], level: str) -> list[str]:
    """Those of `flags` that oneDNN uses where it is told not to go beyond `level`, a value of
    ONEDNN_MAX_CPU_ISA; all of them where the level is none of oneDNN's, which ignores it."""
    allowed = _contained(_OTHER_NAMES.get(level.lower(), level.lower()))
    if not allowed:
        return list(flags)
    governed = ("sse4_1", "avx", "fma", "f16c", "amx")
    return [flag for flag in flags if flag in allowed or not flag.startswith(governed)]


def level_of(flags: Iterable[str]) -> str:
    """The highest of oneDNN's levels that `flags` reach, "" for none."""
    here = set(flags)
    return next((name for name in reversed(_LEVELS) if is_reached(name, here)), "")


def is_reached(level: str, flags: Iterable[str]) -> bool:
    """Do these instruction sets hold all of one of oneDNN's levels?"""
    needed = _contained(level)
    return bool(needed) and needed <= set(flags)


def _contained(level: str) -> set[str]:
    below, added = _LEVELS.get(level, ("", ()))
    return {*added, *(_contained(below) if below else ())}


def told(*variables: str) -> dict[str, str]:
    """Those of the environment's variables that are set, with their values."""
    return {name: os.environ[name] for name in variables if name in os.environ}


def effective(kernels: Mapping[str, str]) -> dict[str, str]:
    """What a backend tells of its kernels, and, besides, `flags`: the vector instruction sets that
    it may use, those of the processor that the level told to oneDNN, where oneDNN is on, leaves;
    then also `isa`, oneDNN's name of the level that they reach."""
    on = kernels.get("onednn", "off") != "off"
    limit = next(iter(told(*MAX_ISA).values()), "") if on else ""
    flags = capped(cpu_flags(), limit)
    isa = {"isa": level_of(flags)} if on and level_of(flags) else {}
    return dict(kernels) | isa | {"flags": " ".join(flags)}
