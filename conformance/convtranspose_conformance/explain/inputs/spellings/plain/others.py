"""Plain convolutions of further frameworks, by the size rule of PyTorch or of Keras, and so by the
names that these give the arguments: `tf.layers.conv2d(x, 8, 3)`, `slim.conv2d(x, 8, 3)`,
`hk.Conv2D(8, 3)`, `flax.linen.Conv(8, (3, 3))`, `paddle.nn.Conv2D(16, 8, 3)`,
`gluon.nn.Conv2D(8, 3)`, `mx.sym.Convolution(x, num_filter=8, kernel=(3, 3))` and
`L.Convolution2D(16, 8, 3)`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ...asked import NamesOpen
from ...signature import REQUIRED, Written, bound
from ...subject import Subject, Unreadable
from ...written.fold import NameInText
from .convolution import keras_convolution, torch_convolution
from .spelled import (
    CHAINER,
    FLAX,
    GLUON,
    HAIKU,
    LAYERS,
    MINDSPORE_PADS,
    MINDSPORE_WORD,
    MXNET,
    NNX,
    PADDLE,
    SLIM,
    LayerArguments,
)

# what has nothing to do with sizes, beside the arguments in order
_ASIDE = re.compile(
    r"\w*(?:initializer|regularizer|constraint|_fn|_params|_collections|_init|dtype)"
    r"|name|scope|reuse|trainable|precision|rngs|key|prefix|params|workspace|cudnn\w+|attr|out"
    r"|mask|initialW|initial_bias|lhs_\w+|parent|promote_\w+|in_axes|dot_general\w*"
)
_RANK = re.compile(r"(?:conv|Conv|Convolution)(?P<rank>[123])[dD]")


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


def _spelling(call: Written, before: str, last: str, text: str) -> LayerArguments | None:
    names, head = set(call.named), before.split(".")[0]
    if last == "Conv":
        return NNX if head == "nnx" or "in_features" in names else _flax(call, before)
    if last == "Convolution":
        return MXNET if {"num_filter", "kernel"} & names else None
    if last.endswith("d") and last.startswith("Conv"):
        own = names & {"pad_mode", "has_bias"} or "mindspore" in text
        return _mindspore(call) if own else None
    if last.startswith("conv"):
        slim = {"num_outputs", "activation_fn", "normalizer_fn", "scope"} & names
        if slim or re.search(r"slim|contrib|tcl|\btfl\b", before):
            return SLIM
        return LAYERS if before.endswith("layers") else None
    if names & {"output_channels", "kernel_shape"} or head in ("hk", "haiku", "snt", "sonnet"):
        return HAIKU
    if last.startswith("Convolution"):
        return CHAINER if before.endswith(("L", "links")) or "ksize" in names else None
    return _of_layer(call, before, text) if last.endswith("D") else None


def _mindspore(call: Written) -> LayerArguments:
    """By its pad_mode, which is "same" where it is not said. Raises NamesOpen for one that is
    open."""
    mode = call.named.get("pad_mode", next(iter(call.positional[4:5]), "same"))
    if isinstance(mode, NameInText):
        raise NamesOpen(call.function, {mode.text: "same"})
    return MINDSPORE_PADS if mode == "pad" else MINDSPORE_WORD


def _flax(call: Written, before: str) -> LayerArguments | None:
    first = next(iter(call.positional), None)
    layer = before.endswith(("nn", "linen")) and isinstance(first, int | NameInText)
    return FLAX if layer or "features" in call.named else None


def _of_layer(call: Written, before: str, text: str) -> LayerArguments | None:
    """`Conv2D` is Keras's name, PaddlePaddle's and Gluon's."""
    names = set(call.named)
    word = any(isinstance(v, str) for v in (*call.positional, call.named.get("padding")))
    if word or names & {"filters", "kernel_initializer", "dilation_rate", "input_shape"}:
        return None
    if "gluon" in before or names & {"channels", "layout"}:
        return GLUON
    prefixed = before.endswith("nn") or "paddle" in before or "fluid" in before
    if prefixed and (names & {"strides", "use_bias"} or "import gluon" in text):
        return GLUON
    paddle = names & {"in_channels", "out_channels", "stride", "weight_attr", "bias_attr"}
    return PADDLE if prefixed or paddle or "import paddle" in text else None


def _named(call: Written, spelling: LayerArguments) -> dict[str, Any]:
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
