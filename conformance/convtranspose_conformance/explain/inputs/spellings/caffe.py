"""Caffe's layer as pycaffe has it: `L.Deconvolution(x, convolution_param=dict(num_output=21,
kernel_size=16, stride=8))`, by PyTorch's size rule."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Bound, Written, bound
from ..size_rule import torch_rule
from ..subject import Subject, Unreadable
from .torch_layer import Names, layer_subject

_SIGNATURE: dict[str, Any] = {"bottom": None, "convolution_param": REQUIRED}
_PARAMETERS: dict[str, Any] = {
    "num_output": REQUIRED,
    "kernel_size": REQUIRED,
    "stride": 1,
    "pad": 0,
    "group": 1,
    "dilation": 1,
    "bias_term": True,
}
_CAFFE2: dict[str, Any] = {
    "blob_in": REQUIRED,
    "blob_out": REQUIRED,
    "dim_in": REQUIRED,
    "dim_out": REQUIRED,
    "kernel": REQUIRED,
    "stride": 1,
    "pad": 0,
    "adj": 0,
    "dilation": 1,
    "group": 1,
}
_OTHERS = ("weight_filler", "bias_filler", "engine")


def caffe2_subject(call: Written, x: Shape | None) -> Subject:
    """The case of Caffe2's `model.ConvTranspose(x, "up", 16, 8, kernel=4, stride=2)`. Raises
    Unreadable."""
    given = bound(call, _CAFFE2, ("weight_init", "bias_init", "no_bias", "engine", "order"))
    given = replace(given, values={**given.values, "bias": "no_bias" not in call.named})
    order = ("kernel", "stride", "pad", "adj", "dilation")
    usual = {"kernel": "4", "stride": "2", "pad": "1", "adj": "0"}
    given.require(usual, torch_rule(given, 2, order))
    names = Names(
        rank=2,
        C="dim_in",
        M="dim_out",
        groups="group",
        kernel="kernel",
        padding="pad",
        extra="adj",
        framework="caffe",
    )
    return layer_subject(call, given, x, names)


def caffe_subject(call: Written, x: Shape | None) -> Subject:
    """The case of a layer over two spatial axes. Raises Unreadable."""
    beside = ("param", "name", "ntop", "in_place")
    own = {name: value for name, value in call.named.items() if name in (*beside, *_SIGNATURE)}
    flat = {name: value for name, value in call.named.items() if name not in own}
    if flat and "convolution_param" not in own:  # pycaffe puts them where they belong
        own["convolution_param"] = flat
    outer = bound(replace(call, named=own), _SIGNATURE, beside)
    parameters = outer.values["convolution_param"]
    if not isinstance(parameters, dict):
        raise Unreadable(f"{call.function}: convolution_param: accepted is dict(...), written out")
    given: Bound = bound(replace(call, positional=(), named=parameters), _PARAMETERS, _OTHERS)
    given = replace(given, values={**given.values, "output_padding": 0})
    usual = {"kernel_size": "4", "stride": "2", "pad": "1", "dilation": "1"}
    order = ("kernel_size", "stride", "pad", "output_padding", "dilation")
    given.require(usual, torch_rule(given, 2, order))
    names = Names(
        rank=2,
        C="",
        M="num_output",
        groups="group",
        padding="pad",
        bias="bias_term",
        framework="caffe",
    )
    return layer_subject(call, given, x, names)
