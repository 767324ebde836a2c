"""TensorFlow 1's layers: `tf.layers.conv2d_transpose(x, 8, 3)`, by Keras's size rule, and
`slim.conv2d_transpose(x, 8, 3, 2)`, by the same with SAME as its default."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ..signature import REQUIRED, Written, bound
from ..subject import Subject
from ..written.fold import NameInText
from .keras.layer import layer_subject

SCOPED = NameInText("kernel_size", ("kernel_size",))  # where it is missing, an arg_scope has it
_LAYERS: dict[str, Any] = {
    "inputs": REQUIRED,
    "filters": REQUIRED,
    "kernel_size": SCOPED,
    "strides": 1,
    "padding": "valid",
    "data_format": "channels_last",
    "activation": None,
    "use_bias": True,
    "kernel_initializer": None,
    "bias_initializer": None,
}
_OTHERS = (
    "kernel_regularizer",
    "bias_regularizer",
    "activity_regularizer",
    "kernel_constraint",
    "bias_constraint",
    "trainable",
    "name",
    "reuse",
)
_SLIM: dict[str, Any] = {
    "inputs": REQUIRED,
    "num_outputs": REQUIRED,
    "kernel_size": SCOPED,
    "stride": 1,
    "padding": "SAME",
    "data_format": "NHWC",
    "activation_fn": "relu",
    "normalizer_fn": None,
    "normalizer_params": None,
    "weights_initializer": None,
    "weights_regularizer": None,
    "biases_initializer": "zeros",
    "biases_regularizer": None,
    "reuse": None,
    "variables_collections": None,
    "outputs_collections": None,
    "trainable": True,
    "scope": None,
}


def layers_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a call of `tf.layers`. Raises Unreadable."""
    given = bound(call, scoped(_LAYERS, call), _OTHERS)
    given = replace(given, values={**given.values, "output_padding": None, "dilation_rate": 1})
    return _of_tensorflow(layer_subject(call, given, rank, x))


def slim_subject(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of a call of `tf.contrib.layers` or slim. Raises Unreadable."""
    given = bound(call, scoped(_SLIM, call))
    own = given.values
    normalized = own["normalizer_fn"] is not None
    layouts = {"NCHW": "channels_first", "NCDHW": "channels_first", "NCW": "channels_first"}
    values = {
        "filters": own["num_outputs"],
        "kernel_size": own["kernel_size"],
        "strides": own["stride"],
        "padding": own["padding"],
        "data_format": layouts.get(str(own["data_format"])),
        "output_padding": None,
        "dilation_rate": 1,
        "activation": own["activation_fn"],
        "use_bias": not normalized and own["biases_initializer"] is not None,
    }
    read = layer_subject(call, replace(given, values=values), rank, x)
    said = ("slim adds a relu unless activation_fn says otherwise",) * (
        "activation_fn" not in call.named
    )
    return _of_tensorflow(replace(read, notes=(*read.notes, *said)))


def scoped(signature: dict[str, Any], call: Written) -> dict[str, Any]:
    """With an arg_scope's arguments for defaults."""
    return signature | {name: value for name, value in call.scoped.items() if name in signature}


def _of_tensorflow(read: Subject) -> Subject:
    return replace(read, origin=replace(read.origin, framework="tensorflow"))
