"""What a model is compiled with, and the proof that it took it."""

from typing import Any

from ..api import Unusable

# unless told, the CPU computes in bfloat16 where the processor has instructions for it
SETTINGS: dict[str, str | int] = {
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
}


def prove(compiled: Any, device: str, f32: Any) -> None:
    """Raises Unusable where a model is elsewhere than on the device, or did not take its settings;
    `f32` is OpenVINO's word for float32."""
    if (ran := compiled.get_property("EXECUTION_DEVICES")) != [device]:
        raise Unusable(f"the model is on {', '.join(ran)}, not on {device}")
    asked = SETTINGS | {"INFERENCE_PRECISION_HINT": f32}
    told = {name: compiled.get_property(name) for name in asked}
    if told != asked:
        raise Unusable(f"{device} did not take {SETTINGS}: it says {told}")
