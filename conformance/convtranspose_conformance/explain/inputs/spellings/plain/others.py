"""Plain convolutions of further frameworks, by the size rule of PyTorch or of Keras, and so by the
names that these give the arguments: `tf.layers.conv2d(x, 8, 3)`, `slim.conv2d(x, 8, 3)`,
`hk.Conv2D(8, 3)`, `flax.linen.Conv(8, (3, 3))`, `paddle.nn.Conv2D(16, 8, 3)`,
`gluon.nn.Conv2D(8, 3)`, `mx.sym.Convolution(x, num_filter=8, kernel=(3, 3))` and
`L.Convolution2D(16, 8, 3)`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ...signature import REQUIRED, Written, bound
from ...subject import Subject, Unreadable
from ...written.fold import Name
from .convolution import keras_convolution, torch_convolution

# what has nothing to do with sizes, beside the arguments in order
_ASIDE = re.compile(
    r"\w*(?:initializer|regularizer|constraint|_fn|_params|_collections|_init|dtype)"
    r"|name|scope|reuse|trainable|precision|rngs|key|prefix|params|workspace|cudnn\w+|attr|out"
    r"|mask|initialW|initial_bias|lhs_\w+|parent|promote_\w+|in_axes|dot_general\w*"
)
_RANK = re.compile(r"(?:conv|Conv|Convolution)(?P<rank>[123])[dD]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spelling:
    """The arguments in order, by the names of the rule that is theirs, `keras` or else PyTorch's;
    an empty name has nothing to do with a size. `also`: what can be said by name alone.
    `defaults`: those that the rule has not."""

    order: tuple[tuple[str, str], ...]
    also: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    keras: bool = True


_LAYERS = _Spelling(
    order=(
        ("inputs", ""),
        ("filters", "filters"),
        ("kernel_size", "kernel_size"),
        ("strides", "strides"),
        ("padding", "padding"),
        ("data_format", "data_format"),
        ("dilation_rate", "dilation_rate"),
        ("activation", "activation"),
        ("use_bias", "use_bias"),
    ),
)
_SLIM = _Spelling(
    order=(
        ("inputs", ""),
        ("num_outputs", "filters"),
        ("kernel_size", "kernel_size"),
        ("stride", "strides"),
        ("padding", "padding"),
        ("data_format", ""),
        ("rate", "dilation_rate"),
    ),
    defaults={"padding": "SAME"},
)
_HAIKU = _Spelling(
    order=(
        ("output_channels", "filters"),
        ("kernel_shape", "kernel_size"),
        ("stride", "strides"),
        ("rate", "dilation_rate"),
        ("padding", "padding"),
        ("with_bias", "use_bias"),
    ),
    also={"data_format": "", "feature_group_count": "groups"},
    defaults={"padding": "SAME"},
)
_FLAX = _Spelling(
    order=(
        ("features", "filters"),
        ("kernel_size", "kernel_size"),
        ("strides", "strides"),
        ("padding", "padding"),
    ),
    also={
        "kernel_dilation": "dilation_rate",
        "feature_group_count": "groups",
        "use_bias": "use_bias",
    },
    defaults={"padding": "SAME"},
)
_NNX = replace(_FLAX, order=(("in_features", ""), ("out_features", "filters"), *_FLAX.order[1:]))
_PADDLE = _Spelling(
    order=(
        ("in_channels", "in_channels"),
        ("out_channels", "out_channels"),
        ("kernel_size", "kernel_size"),
        ("stride", "stride"),
        ("padding", "padding"),
        ("dilation", "dilation"),
        ("groups", "groups"),
        ("padding_mode", "padding_mode"),
        ("weight_attr", ""),
        ("bias_attr", "bias"),
        ("data_format", ""),
    ),
    keras=False,
)
_GLUON = _Spelling(
    order=(
        ("channels", "out_channels"),
        ("kernel_size", "kernel_size"),
        ("strides", "stride"),
        ("padding", "padding"),
        ("dilation", "dilation"),
        ("groups", "groups"),
        ("layout", ""),
        ("activation", ""),
        ("use_bias", "bias"),
    ),
    also={"in_channels": "in_channels"},
    keras=False,
)
_MXNET = _Spelling(
    order=(("data", ""), ("weight", ""), ("bias", "")),
    also={
        "kernel": "kernel_size",
        "stride": "stride",
        "dilate": "dilation",
        "pad": "padding",
        "num_filter": "out_channels",
        "num_group": "groups",
        "no_bias": "no_bias",
    },
    keras=False,
)
_CHAINER = _Spelling(
    order=(
        ("in_channels", "in_channels"),
        ("out_channels", "out_channels"),
        ("ksize", "kernel_size"),
        ("stride", "stride"),
        ("pad", "padding"),
    ),
    also={"dilate": "dilation", "groups": "groups", "nobias": "no_bias"},
    keras=False,
)


def other_convolution(call: Written, text: str, x: Shape | None) -> Subject | None:
    """The case of a call; None where it is none of these. Raises Unreadable."""
    before, _, last = call.function.rpartition(".")
    spelling = _spelling(call, before, last, text)
    if spelling is None:
        return None
    named = _named(call, spelling)
    match, kernel = _RANK.fullmatch(last), named.get("kernel_size")
    rank = int(match["rank"]) if match else len(kernel) if isinstance(kernel, list | tuple) else 2
    again = replace(call, positional=(), named=named)
    if spelling.keras:
        return keras_convolution(again, rank, x)
    return torch_convolution(again, rank, x, lazy="in_channels" not in named)


def _spelling(call: Written, before: str, last: str, text: str) -> _Spelling | None:
    names, head = set(call.named), before.split(".")[0]
    if last == "Conv":
        return _NNX if head == "nnx" or "in_features" in names else _flax(call, before)
    if last == "Convolution":
        return _MXNET if {"num_filter", "kernel"} & names else None
    if last.startswith("conv"):
        slim = {"num_outputs", "activation_fn", "normalizer_fn", "scope"} & names
        if slim or re.search(r"slim|contrib|tcl|\btfl\b", before):
            return _SLIM
        return _LAYERS if before.endswith("layers") else None
    if names & {"output_channels", "kernel_shape"} or head in ("hk", "haiku", "snt", "sonnet"):
        return _HAIKU
    if last.startswith("Convolution"):
        return _CHAINER if before.endswith(("L", "links")) or "ksize" in names else None
    return _of_layer(call, before, text) if last.endswith("D") else None


def _flax(call: Written, before: str) -> _Spelling | None:
    first = next(iter(call.positional), None)
    layer = before.endswith(("nn", "linen")) and isinstance(first, int | Name)
    return _FLAX if layer or "features" in call.named else None


def _of_layer(call: Written, before: str, text: str) -> _Spelling | None:
    """`Conv2D` is Keras's name, PaddlePaddle's and Gluon's."""
    names = set(call.named)
    word = any(isinstance(v, str) for v in (*call.positional, call.named.get("padding")))
    if word or names & {"filters", "kernel_initializer", "dilation_rate", "input_shape"}:
        return None
    if "gluon" in before or names & {"channels", "layout"}:
        return _GLUON
    prefixed = before.endswith("nn") or "paddle" in before or "fluid" in before
    if prefixed and (names & {"strides", "use_bias"} or "import gluon" in text):
        return _GLUON
    paddle = names & {"in_channels", "out_channels", "stride", "weight_attr", "bias_attr"}
    return _PADDLE if prefixed or paddle or "import paddle" in text else None


def _named(call: Written, spelling: _Spelling) -> dict[str, Any]:
    """The arguments by the rule's names. Raises Unreadable."""
    known = dict(spelling.order) | dict(spelling.also)
    needed = ("filters", "out_channels", "kernel_size")
    signature: dict[str, Any] = dict.fromkeys(known)
    signature |= {own: REQUIRED for own, name in known.items() if name in needed}
    signature |= {
        own: spelling.defaults.get(name) for own, name in known.items() if name not in needed
    }
    signature |= {name: value for name, value in call.scoped.items() if name in known}
    own = {n: v for n, v in call.named.items() if n in known or not _ASIDE.fullmatch(n)}
    given = bound(replace(call, named=own), signature).values
    named = {known[name]: v for name, v in given.items() if known[name] and v is not None}
    if type(without := named.pop("no_bias", False)) is bool:
        named.setdefault("bias", not without)
    if type(named.get("bias", True)) is not bool or spelling.keras:
        named.pop("bias", None)
    _whole(call, named)
    return dict(spelling.defaults) | named


def _whole(call: Written, named: Mapping[str, Any]) -> None:
    """Raises Unreadable for pads of each end, which no other framework's rule has."""
    padding = named.get("padding")
    if isinstance(padding, list | tuple) and any(isinstance(p, list | tuple) for p in padding):
        raise Unreadable(
            f"{call.function}: padding={padding!r}: accepted is a word, or one integer for each "
            "axis"
        )
