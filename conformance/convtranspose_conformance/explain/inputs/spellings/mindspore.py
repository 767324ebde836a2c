"""MindSpore's layer as text: `nn.Conv2dTranspose(16, 8, 3, stride=2)`. Its pad_mode says the rule:
"pad" PyTorch's, "same" and "valid" its own, which are Keras's but for dilations beside strides.

Source: mindspore, `_deconv_output_length` in nn/layer/conv.py."""

import re
from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Written, bound
from ..size_rule import torch_rule, word_rule
from ..subject import Subject
from ..written.fold import NameInText
from .said_by_word import kept_by, mindspore_same, mindspore_valid
from .torch_layer import Names, layer_subject

LAYER = re.compile(r"(?:\w+\.)*Conv(?P<rank>[123])dTranspose")
_SIGNATURE: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "pad_mode": "same",
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "group": 1,
    "has_bias": False,
    "weight_init": None,
    "bias_init": None,
    "data_format": None,
    "dtype": None,
}
_ORDER = ("kernel_size", "stride", "padding", "output_padding", "dilation")


_WORDS = {
    "same": (mindspore_same, "input * stride"),
    "valid": (mindspore_valid, "(input - 1) * stride + max(kernel, stride)"),
}


def mindspore_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer. Raises Unreadable."""
    given = bound(call, _SIGNATURE)
    usual = {"kernel_size": "4", "stride": "2", "output_padding": "0", "dilation": "1"}
    if isinstance(given.values["pad_mode"], NameInText):
        given.require(usual | {"pad_mode": "same", "padding": "0"})
    names = Names(rank=rank, groups="group", bias="has_bias", framework="MindSpore", ends=True)
    word = given.word("pad_mode", ("pad", "same", "valid"))
    if word == "pad":
        given.require(usual | {"padding": "1"}, torch_rule(given, rank, _ORDER))
        return layer_subject(call, given, x, names)
    given.require(usual, word_rule(given, rank, ("kernel_size", "stride", "pad_mode"), "dilation"))
    for name in ("padding", "output_padding"):
        if any(given.per_axis(name, _count(given.values[name], rank), 0)):
            raise given.wrong(name, f'0 beside pad_mode="{word}", by MindSpore\'s own check')
    plain = replace(given, values={**given.values, "padding": 0, "output_padding": 0})
    kept, size = _WORDS[word]
    return kept_by(layer_subject(call, plain, x, names), kept, f"MindSpore's size: {size}")


def _count(value: Any, rank: int) -> int:
    """How many numbers an argument has that may be one for each end."""
    return len(value) if isinstance(value, list | tuple) else rank
