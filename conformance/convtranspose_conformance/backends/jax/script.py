"""JAX's calls as script lines, as its adapter makes them."""

from ..api import Call
from ..entry import Entry
from ..script import SHOWN_SHAPE, SHOWN_Y, Lines, Name, Script, Stenographer, quoted, shown
from .arguments import arguments, is_turned


def jax_script(entry: Entry, call: Call, *, static: bool) -> Script:
    """The operator on its device, its gradients where the call has a dY, or the shape that it is
    traced to have."""
    lines, shows = _stated(entry, call) if static else _computed(entry, call)
    platform = f'jax.config.update("jax_default_device", jax.devices({quoted(entry.device)})[0])'
    return Script(
        imports=["import jax"],
        settings=['jax.config.update("jax_enable_x64", True)', platform],
        call=lines,
        version="jax.__version__",
        shows=shows,
        forms={} if static or call.dY is not None else {"jax.jit": _jitted(entry, call)},
    )


def _operator(entry: Entry, call: Call) -> str:
    """The call of x and w as an expression."""
    precision = "default" if any(entry.arguments[1:]) else "highest"
    lax, given = Stenographer("jax.lax"), arguments(call) | {"precision": precision}
    if is_turned(call):
        return str(lax.conv_general_dilated(Name("x"), Name("turned(w)"), **given))
    made = lax.conv_transpose if call.op == "ConvTranspose" else lax.conv_general_dilated
    return str(made(Name("x"), Name("w"), **given))


def _defined(entry: Entry, call: Call) -> Lines:
    """Lines that define `operator` of x and w."""
    said = _operator(entry, call)  # first: it knows what cannot be said
    return [*_turned(call), "def operator(x, w):", *_indented(f"return {said}"), ""]


def _turned(call: Call) -> Lines:
    """Lines that define `turned` of w, where the call needs it."""
    if not is_turned(call):
        return []
    (inputs, outputs, *kernel), group = call.W.shape, call.group
    split = (group, inputs // group, outputs, *kernel)
    joined = (group * outputs, inputs // group, *kernel)
    reverse = ", ".join(["::-1"] * call.rank)
    text = f"return w.reshape{split}.swapaxes(1, 2).reshape{joined}[:, :, {reverse}]"
    return ["def turned(w):  # the kernel of the convolution", *_indented(text), ""]


def _indented(text: str) -> Lines:
    return [f"    {line}" for line in text.splitlines()]


def _stated(entry: Entry, call: Call) -> tuple[Lines, tuple[str, ...]]:
    return [
        *_defined(entry, call),
        "specs = [jax.ShapeDtypeStruct(a.shape, a.dtype) for a in (X, W)]",
        "Y_shape = list(jax.eval_shape(operator, *specs).shape)",
    ], SHOWN_SHAPE


def _computed(entry: Entry, call: Call) -> tuple[Lines, tuple[str, ...]]:
    if call.dY is None:
        return [*_defined(entry, call), "Y = np.asarray(operator(X, W))"], SHOWN_Y
    return [
        *_defined(entry, call),
        "_, derive = jax.vjp(operator, X, W)",
        "dX, dW = (np.asarray(a) for a in derive(jax.numpy.asarray(dY)))",
    ], shown("dX", "dW")


def _jitted(entry: Entry, call: Call) -> Lines:
    return [*_defined(entry, call), "Y = np.asarray(jax.jit(operator)(X, W))"]
