"""Chainer's layers: `L.Deconvolution2D(16, 8, 4, stride=2, pad=1)`, by PyTorch's size rule."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Written, bound
from ..size_rule import torch_rule
from ..subject import Subject
from .torch_layer import Names, layer_subject

_SIGNATURE: dict[str, Any] = {
    "in_channels": REQUIRED,
    "out_channels": REQUIRED,
    "ksize": None,
    "stride": 1,
    "pad": 0,
    "nobias": False,
    "outsize": None,
    "initialW": None,
    "initial_bias": None,
    "dilate": 1,
    "groups": 1,
}
_FIRST_VERSION = ("wscale", "bias", "use_cudnn", "deterministic")
_ORDER = ("ksize", "stride", "pad", "output_padding", "dilate")


def chainer_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a layer. Where one number is missing, in_channels is what it leaves out. Raises
    Unreadable."""
    given = bound(call, _SIGNATURE, _FIRST_VERSION)
    own = given.values
    if own["ksize"] is None:
        own = {**own, "in_channels": None, "out_channels": own["in_channels"]}
        own["ksize"] = given.values["out_channels"]
    outsize = own["outsize"]
    call = replace(call, output_size=(outsize,) * rank if type(outsize) is int else outsize)
    nobias = own["nobias"] is True
    given = replace(given, values={**own, "output_padding": 0, "bias": not nobias})
    usual = {"ksize": "4", "stride": "2", "pad": "1", "dilate": "1"}
    given.require(usual, torch_rule(given, rank, _ORDER))
    names = Names(
        rank=rank,
        C="in_channels",
        kernel="ksize",
        padding="pad",
        dilation="dilate",
        framework="chainer",
    )
    return layer_subject(call, given, x, names)
