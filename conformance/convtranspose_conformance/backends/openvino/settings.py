"""What a model is compiled with."""

# unless told, the CPU computes in bfloat16 where the processor has instructions for it
SETTINGS: dict[str, str | int] = {
    "INFERENCE_PRECISION_HINT": "f32",
    "INFERENCE_NUM_THREADS": 1,
    "NUM_STREAMS": 1,
}
