"""What TensorFlow hands to oneDNN on this processor, as it says itself."""

import ctypes
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

from ..processor import ONEDNN_VARIABLES, cpu_flags, told

# tensorflow::IsDataTypeSupportedByOneDNNOnThisCPU (tensorflow/core/util/util.cc)
_SUPPORTED = "_ZN10tensorflow36IsDataTypeSupportedByOneDNNOnThisCPUERKNS_8DataTypeE"
# what turns oneDNN on where nothing is said (IsMKLEnabled in tensorflow/core/util/util.cc)
_ON_BY_DEFAULT = {"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"}


def expected(flags: Collection[str]) -> dict[str, str]:
    """What `TensorFlow.kernels` tells on a processor with these `flags`: TF_ENABLE_ONEDNN_OPTS
    decides, and where it is not set the processor."""
    default = "01"[not _ON_BY_DEFAULT.isdisjoint(flags)]
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS", default).lower() not in ("1", "true"):
        return {"onednn": "off"}
    converts = "avx_ne_convert" in flags
    dtypes = ["float32", *["bfloat16"] * ("avx512f" in flags or converts)]
    return {"onednn": " ".join([*dtypes, *["float16"] * ("avx512_fp16" in flags or converts)])}


def of_cpu(tf: Any) -> dict[str, str]:
    """What decides which kernels an imported TensorFlow computes with on the CPU."""
    dtypes = " ".join(taken_dtypes(tf))
    return {"onednn": dtypes or "off"} | told("TF_ENABLE_ONEDNN_OPTS", *ONEDNN_VARIABLES)


def taken_dtypes(tf: Any) -> list[str]:
    """The dtypes whose convolutions go to oneDNN, [] where it is off. TensorFlow asks a function of
    its own, and not oneDNN, which may be told to use less than the processor has."""
    from tensorflow.python.util import _pywrap_util_port

    if not _pywrap_util_port.IsMklEnabled():
        return []
    library = next(Path(tf.sysconfig.get_lib()).glob("libtensorflow_framework.*"))
    own = ctypes.CDLL(str(library))
    asked = getattr(ctypes.CDLL(None), _SUPPORTED, None) or getattr(own, _SUPPORTED, None)
    if asked is None:  # a TensorFlow that looks at the processor itself
        return ["float32", *(["bfloat16"] if "avx512f" in cpu_flags() else [])]
    asked.restype = ctypes.c_bool
    dtypes = {"float32": tf.float32, "bfloat16": tf.bfloat16, "float16": tf.float16}
    return [
        name
        for name, dtype in dtypes.items()
        if asked(ctypes.byref(ctypes.c_int(dtype.as_datatype_enum)))
    ]
