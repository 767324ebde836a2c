"""How frameworks call the arguments of a plain convolution."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerArguments:
    """The arguments in order, by the names of the rule that is theirs, `keras` or else PyTorch's;
    an empty name has nothing to do with a size. `also`: what can be said by name alone.
    `defaults`: those that the rule has not."""

    order: tuple[tuple[str, str], ...]
    also: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    keras: bool = True


LAYERS = LayerArguments(
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
SLIM = LayerArguments(
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
HAIKU = LayerArguments(
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
FLAX = LayerArguments(
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
NNX = replace(FLAX, order=(("in_features", ""), ("out_features", "filters"), *FLAX.order[1:]))
PADDLE = LayerArguments(
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
MINDSPORE_WORD = LayerArguments(
    order=(
        ("in_channels", ""),
        ("out_channels", "filters"),
        ("kernel_size", "kernel_size"),
        ("stride", "strides"),
        ("pad_mode", "padding"),
        ("padding", ""),
        ("dilation", "dilation_rate"),
        ("group", "groups"),
        ("has_bias", "use_bias"),
    ),
    defaults={"padding": "same", "use_bias": False},
)
MINDSPORE_PADS = LayerArguments(
    order=(
        ("in_channels", "in_channels"),
        ("out_channels", "out_channels"),
        ("kernel_size", "kernel_size"),
        ("stride", "stride"),
        ("pad_mode", ""),
        ("padding", "padding"),
        ("dilation", "dilation"),
        ("group", "groups"),
        ("has_bias", "bias"),
    ),
    defaults={"bias": False},
    keras=False,
)
GLUON = LayerArguments(
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
MXNET = LayerArguments(
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
CHAINER = LayerArguments(
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
