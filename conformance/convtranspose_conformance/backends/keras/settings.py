"""The variables of the environment that Keras and its framework read when they are imported, and
the errors that they raise."""

from typing import Any

_ERRORS = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError)

_ONE_THREAD = dict.fromkeys(("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
_OWN = {
    "tensorflow": {"TF_CPP_MIN_LOG_LEVEL": "3", **_ONE_THREAD},
    "jax": {"JAX_ENABLE_X64": "1"},
}


def settings(framework: str) -> dict[str, str]:
    """Keras on this framework, on the CPU."""
    return {"CUDA_VISIBLE_DEVICES": "", "KERAS_BACKEND": framework} | _OWN.get(framework, {})


def errors(framework: Any) -> tuple[type[Exception], ...]:
    """The kinds of errors that are answers. TensorFlow's are none of Python's."""
    own = (framework.errors.OpError,) if framework.__name__ == "tensorflow" else ()
    return (*_ERRORS, *own)
