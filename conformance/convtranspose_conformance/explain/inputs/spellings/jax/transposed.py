"""`jax.lax.conv_transpose(lhs, rhs, strides, padding)` and `flax.linen.ConvTranspose(features,
kernel_size, strides)`, by JAX's own padding rule.

Source: jax, `_conv_transpose_padding`: the pads of the convolution over the input with zeros put
in. SAME makes input * stride, VALID (input - 1) * stride + max(kernel, stride); explicit pads are
of that convolution, so that kernel - 1 of them cut nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape
from convtranspose_reference.geometry import Axis

from ....geometry.window import Window, attributes_of, bare_axis
from ...asked import Weights
from ...channels import (
    ASSUMED_CHANNELS,
    bias_of,
    channels_of,
    filters_in_text,
    in_text,
    input_shape,
)
from ...options import SUITE
from ...signature import REQUIRED, Bound, Written, bound
from ...size_rule import pairs_rule, word_rule
from ...subject import Origin, Subject
from ...written.fold import NameInText

_LAX: dict[str, Any] = {
    "lhs": REQUIRED,
    "rhs": REQUIRED,
    "strides": REQUIRED,
    "padding": REQUIRED,
    "rhs_dilation": None,
    "dimension_numbers": None,
    "transpose_kernel": False,
    "precision": None,
    "preferred_element_type": None,
    "use_consistent_padding": False,
}
_FLAX: dict[str, Any] = {
    "features": REQUIRED,
    "kernel_size": REQUIRED,
    "strides": None,
    "padding": "SAME",
    "kernel_dilation": None,
    "use_bias": True,
    "mask": None,
    "dtype": None,
    "param_dtype": None,
    "precision": None,
    "kernel_init": None,
    "bias_init": None,
    "transpose_kernel": False,
}
_NNX: dict[str, Any] = {
    "in_features": REQUIRED,
    "out_features": REQUIRED,
    **{name: value for name, value in _FLAX.items() if name != "features"},
    "promote_dtype": None,
    "rngs": None,
}
MIRRORED = (
    "JAX does not mirror the kernel: W of ONNX is this kernel with its spatial axes reversed; "
    "transpose_kernel=True has ONNX's order of taps"
)


def flax_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer of `flax.linen`. Raises Unreadable."""
    named = {"features" if n == "features_out" else n: v for n, v in call.named.items()}
    call = replace(call, named=named)  # Treex's word
    given = bound(call, _NNX if _is_nnx(call) else _FLAX, ("name", "parent"))
    if _is_nnx(call):
        given = replace(given, values={**given.values, "features": given.values["out_features"]})
    kernel = given.values["kernel_size"]
    if type(kernel) is int:  # one axis, by Flax's own words
        kernel = (kernel,)
        given = replace(given, values={**given.values, "kernel_size": kernel})
    lists = (kernel, given.values["strides"])
    axes_of = next((len(each) for each in lists if isinstance(each, list | tuple)), 2)
    rule = _rule(given, axes_of, ("kernel_size", "strides", "padding"), "kernel_dilation")
    usual = {"kernel_size": str((3,) * axes_of), "strides": str((2,) * axes_of)}
    given.require(usual | {"padding": _usual_padding(given), "kernel_dilation": "1"}, rule)
    if not isinstance(kernel, list | tuple) or not kernel:
        raise given.wrong("kernel_size", "a tuple, one integer for each spatial axis")
    rank = len(kernel)
    kernels = given.per_axis("kernel_size", rank, 1)
    strides, dilations = (each_axis(given, name, rank) for name in ("strides", "kernel_dilation"))
    stated = "in_features" if _is_nnx(call) else ""
    channels = channels_of(given, (stated, "features", ""), x[1] if x else _channels(call, rank))
    own = in_text(call.function, call.x, rank, channels.C, last=True, unbatched=True)
    tensor, notes = own if x is None else (None, ())
    if tensor is None:
        known = bool(stated) and given.known(stated)
        tensor, notes = input_shape(call.function, rank, channels.C, x, known=known)
    bias, about = bias_of(given, "use_bias")
    axes = list(map(bare_axis, tensor[2:], kernels, strides, dilations))
    kept = [window_of(given, n, axis) for n, axis in enumerate(axes)]
    told = (*notes, *channels.notes, *about, *_mirrored(given))
    return subject_of(call, (channels.M, bias, "flax"), tensor, kept, told)


def _rule(given: Bound, rank: int, names: tuple[str, str, str], dilation: str) -> str:
    return word_rule(given, rank, names, dilation) or pairs_rule(given, rank, names, dilation)


def _usual_padding(given: Bound) -> str:
    """A word, or of pairs a number in one of them."""
    return "1" if isinstance(given.values["padding"], list | tuple) else "SAME"


def _channels(call: Written, rank: int) -> int | None:
    """Those of X where the text makes it, one image without a batch axis, too."""
    return call.x[-1] if call.x and len(call.x) in (rank + 1, rank + 2) else None


def _is_nnx(call: Written) -> bool:
    return call.function.startswith("nnx.") or "in_features" in call.named


def lax_subject(call: Written, x: Shape | None, w: Shape | None) -> Subject:
    """The case of a call of `jax.lax`, its channels last. `w` in ONNX's order. Raises
    Unreadable."""
    given = bound(call, _LAX)
    own_w, about = _kernel(given, call)
    w, about = (w, ()) if w else (own_w, about)
    strides = given.values["strides"]
    axes_of = len(strides) if isinstance(strides, list | tuple) else 2
    known = replace(
        given, values={**given.values, "rhs": NameInText("kernel") if w is None else w[2:]}
    )
    rule = _rule(known, axes_of, ("rhs", "strides", "padding"), "rhs_dilation")
    usual = {"strides": "(2, 2)", "padding": _usual_padding(given), "rhs_dilation": "1"}
    sizes = (ASSUMED_CHANNELS, ASSUMED_CHANNELS, *(3,) * axes_of)
    weights = None if w else Weights(order="C,M,k1,... in ONNX's order", usual=sizes)
    given.require(usual, rule, weights)
    assert w is not None
    rank = len(w) - 2
    own = in_order(given, 0, call.x, "N", "C")
    tensor, notes = in_text(call.function, own, rank, w[0], last=True) if x is None else (x, ())
    if tensor is None:
        tensor, notes = input_shape(call.function, rank, w[0], None, known=False)
    strides, dilations = (each_axis(given, name, rank) for name in ("strides", "rhs_dilation"))
    axes = list(map(bare_axis, tensor[2:], w[2:], strides, dilations))
    kept = [window_of(given, n, axis) for n, axis in enumerate(axes)]
    told = (*about, *notes, *_mirrored(given))
    return subject_of(call, (w[1], False, "jax"), tensor, kept, told)


def _kernel(given: Bound, call: Written) -> tuple[Shape | None, tuple[str, ...]]:
    """W in ONNX's order, as the text makes it: sizes, I, O, which transpose_kernel=True reads the
    other way round; None where dimension_numbers gives the axes another order."""
    examples = (ASSUMED_CHANNELS, ASSUMED_CHANNELS)
    sizes = in_order(given, 1, call.w, "", "IO")
    own, told = filters_in_text(sizes, len(sizes or ()) - 2, last=True, channels=examples)
    if own is None:
        return None, ()
    *kernel, c, m = own
    turned = given.values["transpose_kernel"] is True
    return (m, c, *kernel) if turned else (c, m, *kernel), told


def in_order(
    given: Bound, number: int, sizes: tuple[int | None, ...] | None, first: str, last: str
) -> tuple[int | None, ...] | None:
    """X's (0) or W's (1) sizes, by dimension_numbers, with the `first` axes before the spatial ones
    and the `last` ones behind them; None where they are not spelled out."""
    numbers = given.values["dimension_numbers"]
    if numbers is None or sizes is None:
        return sizes
    spec = numbers[number] if isinstance(numbers, Sequence) and len(numbers) == 3 else ""
    named = {*first, *last}
    if not isinstance(spec, str) or len(spec) != len(sizes) or not named <= set(spec):
        return None
    spatial = [n for n, axis in enumerate(spec) if axis not in named]
    order = [*map(spec.index, first), *spatial, *map(spec.index, last)]
    return tuple(sizes[axis] for axis in order)


def each_axis(given: Bound, name: str, rank: int) -> Shape:
    """What an argument says of each axis, 1 where it is None. Raises Unreadable."""
    return (1,) * rank if given.values[name] is None else given.per_axis(name, rank, 1)


def _mirrored(given: Bound) -> tuple[str, ...]:
    return () if given.values["transpose_kernel"] is True else (MIRRORED,)


def window_of(given: Bound, number: int, axis: Axis) -> Window:
    """What an axis keeps, by the call's padding. Raises Unreadable."""
    k, s = axis.effective_kernel, axis.stride
    begin, end = _pads(given, number, k, s)
    size = (axis.input - 1) * s + 1 + begin + end - k + 1
    return Window(axis=axis, begin=k - 1 - begin, size=size)


def _pads(given: Bound, number: int, k: int, s: int) -> tuple[int, int]:
    """Of the convolution over the input with zeros put in."""
    padding = given.values["padding"]
    word = padding.upper() if isinstance(padding, str) else ""
    if word == "VALID":
        return k - 1, s - 1 + max(k - s, 0)
    if word == "SAME":
        begin = k - 1 if s > k - 1 else -(-(k + s - 2) // 2)
        return begin, k + s - 2 - begin
    if word == "CIRCULAR":
        raise given.wrong(
            "padding",
            '"VALID": its output is what "CIRCULAR" then wraps around and adds up to input * '
            "stride, and no ConvTranspose wraps",
        )
    pair = padding[number : number + 1] if isinstance(padding, list | tuple) else (padding,)
    each = pair[0] if len(pair) == 1 else None
    of_flax = "rhs" not in given.values  # whose layers take one number for both ends
    both = tuple(each) if isinstance(each, list | tuple) else (each, each) if of_flax else ()
    if len(both) != 2 or not all(type(amount) is int for amount in both):
        raise given.wrong("padding", '"SAME", "VALID" or a pair for each spatial axis')
    return both


def subject_of(
    call: Written, made: tuple[int, bool, str], x: Shape, kept: list[Window], notes: tuple[str, ...]
) -> Subject:
    """The case of what is `made`, its M, whether it has a bias, and by which framework, on X, with
    the windows that are `kept`."""
    maps, bias, framework = made
    case = Case(
        suite=SUITE,
        name="call",
        x_shape=x,
        w_shape=(x[1], maps, *(window.axis.kernel for window in kept)),
        attributes=attributes_of(kept),
        bias=bias,
        dtype="float32",
        opset=opset_for("float32"),
    )
    return Subject(
        case=case,
        title=call.text,
        notes=notes,
        assumed=frozenset({"x"} if any("assumed, --x" in note for note in notes) else ()),
        origin=Origin(framework=framework, function=call.function, line=call.line),
    )
