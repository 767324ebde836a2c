"""What PyTorch hands to oneDNN, told from the processor's flags: no framework is imported."""

from collections.abc import Collection

from ..processor import is_reached


def expected(flags: Collection[str]) -> dict[str, str]:
    """What `Torch.kernels` tells on a processor with these `flags`: float16 and bfloat16 go to
    oneDNN where it has instructions for them (aten/src/ATen/native/mkldnn/Utils.h)."""
    dtypes = ["float32"]
    dtypes += ["bfloat16"] * is_reached("avx512_core", flags)
    dtypes += ["float16"] * ("avx512_fp16" in flags)
    return {"onednn": " ".join(dtypes)}
