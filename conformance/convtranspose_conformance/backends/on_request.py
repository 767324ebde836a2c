"""The backends that a plain run does not ask: by name, or with `--all-backends`."""

from functools import partial

from .entry import ALL_CHECKS, Entry

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
ON_REQUEST = (
    _JAX(name="jax-cpu", title="JAX, CPU", arguments=("cpu",)),
    _JAX(name="jax-cuda", title="JAX, CUDA, TF32 off", device="cuda", arguments=("cuda", False)),
    _JAX(name="jax-cuda-tf32", title="JAX, CUDA, TF32 on", device="cuda", arguments=("cuda", True)),
)
