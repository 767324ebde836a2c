"""Lasagne's layer: `TransposedConv2DLayer(net, 8, 4, stride=2, crop=1)`, by PyTorch's size rule,
its crop as padding."""

import re
from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import torch_rule
from ..subject import Subject
from .torch_layer import Names, layer_subject

LAYER = re.compile(r"(?:\w+\.)*(?:TransposedConv|Deconv)(?P<rank>[23])DLayer")
_SIGNATURE: dict[str, Any] = {
    "incoming": REQUIRED,
    "num_filters": REQUIRED,
    "filter_size": REQUIRED,
    "stride": 1,
    "crop": 0,
    "untie_biases": False,
    "W": None,
    "b": True,
    "nonlinearity": None,
    "flip_filters": False,
    "output_size": None,
}
_ORDER = ("filter_size", "stride", "crop", "output_padding", "dilation")
_USUAL = {"filter_size": "4", "stride": "2", "crop": "1"}


def lasagne_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer. Raises Unreadable."""
    name = LAYER.fullmatch(call.function)
    assert name is not None
    rank, given = int(name["rank"]), bound(call, _SIGNATURE, ("name",))
    if given.values["output_size"] is not None:
        raise given.wrong("output_size", "none: crop, which makes the size")
    more = {"output_padding": 0, "dilation": 1, "bias": given.values["b"] is not None}
    given = replace(given, values={**given.values, **more})
    given.require(_USUAL, torch_rule(given, rank, _ORDER))
    names = Names(
        rank=rank,
        C="",
        M="num_filters",
        groups="",
        kernel="filter_size",
        padding="crop",
        framework="lasagne",
    )
    return layer_subject(call, _cropped(given, rank), x, names)


def _cropped(given: Bound, rank: int) -> Bound:
    """With numbers for the words that crop may be."""
    word = given.values["crop"]
    if not isinstance(word, str):
        return given
    kernels = given.per_axis("filter_size", rank, 1)
    word = given.word("crop", ("valid", "full", "same"))
    crop = {
        "valid": (0,) * rank,
        "full": tuple(k - 1 for k in kernels),
        "same": tuple(k // 2 for k in kernels),
    }[word]
    return replace(given, values={**given.values, "crop": crop})
