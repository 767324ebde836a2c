"""The backends that a plain run does not ask: by name, or with `--all-backends`."""

from functools import partial

from .entry import ALL_CHECKS, FORWARD_CHECKS, Entry

_HERE = __name__.rpartition(".")[0]  # the folder of the adapters

_JAX = partial(
    Entry,
    by_default=False,
    route="jax.lax.conv_transpose, conv_general_dilated",
    target=f"{_HERE}.jax.adapter:Jax",
    script=f"{_HERE}.jax.script:jax_script",
    sayable=f"{_HERE}.jax.arguments:arguments",
    distributions=("jax",),
    checks=ALL_CHECKS,
)
_KERAS = partial(
    Entry,
    by_default=False,
    route="keras.layers.Conv{1,2,3}DTranspose",
    target=f"{_HERE}.keras.adapter:Keras",
    script=f"{_HERE}.keras.script:keras_script",
    sayable=f"{_HERE}.keras.arguments:arguments",
    distributions=("keras",),
    checks=FORWARD_CHECKS,
)

ON_REQUEST = (
    _JAX(name="jax-cpu", title="JAX, CPU", arguments=("cpu",)),
    _JAX(name="jax-cuda", title="JAX, CUDA, TF32 off", device="cuda", arguments=("cuda", False)),
    _JAX(name="jax-cuda-tf32", title="JAX, CUDA, TF32 on", device="cuda", arguments=("cuda", True)),
    _KERAS(
        name="keras-torch-cpu",
        title="Keras on PyTorch, CPU",
        needs=("torch",),
    ),
)
