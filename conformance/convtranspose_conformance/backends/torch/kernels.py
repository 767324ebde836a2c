"""What PyTorch hands to oneDNN, as it says itself, and as the processor's flags tell: no framework
is imported."""

from collections.abc import Collection
from typing import Any

from ..processor import ONEDNN_VARIABLES, is_reached, told


def of_cpu(torch: Any) -> dict[str, str]:
    """What decides which kernels an imported PyTorch computes with on the CPU."""
    backends, asked = torch.backends, torch.ops.mkldnn
    on = backends.mkldnn.is_available() and backends.mkldnn.enabled
    dtypes = {
        "float32": on,
        "bfloat16": on and asked._is_mkldnn_bf16_supported(),
        "float16": on and asked._is_mkldnn_fp16_supported(),
    }
    return {
        "onednn": " ".join(name for name, is_taken in dtypes.items() if is_taken) or "off",
        "aten": backends.cpu.get_cpu_capability().lower(),
    } | told("ATEN_CPU_CAPABILITY", "MKL_ENABLE_INSTRUCTIONS", *ONEDNN_VARIABLES)


def expected(flags: Collection[str]) -> dict[str, str]:
    """What `Torch.kernels` tells on a processor with these `flags`: float16 and bfloat16 go to
    oneDNN where it has instructions for them (aten/src/ATen/native/mkldnn/Utils.h)."""
    dtypes = ["float32"]
    dtypes += ["bfloat16"] * is_reached("avx512_core", flags)
    dtypes += ["float16"] * ("avx512_fp16" in flags)
    return {"onednn": " ".join(dtypes)}
