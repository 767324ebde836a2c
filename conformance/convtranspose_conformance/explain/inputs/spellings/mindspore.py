"""MindSpore's layer as text: `nn.Conv2dTranspose(16, 8, 3, stride=2)`. Its pad_mode says the rule:
"pad" PyTorch's, "same" and "valid" Keras's.

Source: mindspore, `_deconv_output_length` in nn/layer/conv.py."""

import re
from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..channels import input_shape
from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import torch_rule, word_rule
from ..subject import Subject
from ..written.fold import NameInText
from .keras import layer as keras_layer
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


def mindspore_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer. Raises Unreadable."""
    given = bound(call, _SIGNATURE)
    word = given.values["pad_mode"]
    usual = {"kernel_size": "4", "stride": "2", "output_padding": "0", "dilation": "1"}
    if isinstance(word, NameInText):
        given.require(usual | {"pad_mode": "same", "padding": "0"})
    if given.word("pad_mode", ("pad", "same", "valid")) == "pad":
        given.require(usual | {"padding": "1"}, torch_rule(given, rank, _ORDER))
        names = Names(rank=rank, groups="group", bias="has_bias", framework="MindSpore", ends=True)
        return layer_subject(call, given, x, names)
    given.require(usual, word_rule(given, rank, ("kernel_size", "stride", "pad_mode")))
    return _by_word(call, given, rank, x)


def _by_word(call: Written, given: Bound, rank: int, x: Shape | None) -> Subject:
    """By "same" or "valid", without groups."""
    own = given.values
    if own["group"] != 1 and not isinstance(own["group"], NameInText):
        raise given.wrong("group", '1 beside pad_mode "same" or "valid"')
    values = {
        "filters": own["out_channels"],
        "kernel_size": own["kernel_size"],
        "strides": own["stride"],
        "padding": own["pad_mode"],
        "data_format": "channels_first",
        "output_padding": None,
        "dilation_rate": own["dilation"],
        "activation": None,
        "use_bias": own["has_bias"],
    }
    C: Any = own["in_channels"]
    notes: tuple[str, ...] = ()
    if x is None and call.x is None and type(C) is int:
        x, notes = input_shape(call.function, rank, C, None, known=True)
    read = keras_layer.layer_subject(call, replace(given, values=values), rank, x)
    told = [note for note in read.notes if not note.startswith("data_format")]
    origin = replace(read.origin, framework="MindSpore")
    assumed = read.assumed | ({"x"} if notes else set())
    return replace(read, notes=(*notes, *told), origin=origin, assumed=assumed)
