"""Which spelling a call has, by the name as it is written and by what the text imports."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape

from ..signature import UnknownArgument, Written
from ..subject import Subject, Unreadable
from ..written.fold import NameInText
from ..written.printed.nodes import opset_in
from . import (
    borrowed_rules,
    caffe,
    chainer,
    equinox,
    lasagne,
    mindspore,
    mlx,
    old_tensorflow,
    onnx_call,
    paddle_mxnet,
    torch_layer,
)
from .jax import general, transposed
from .keras import first_version as keras_first
from .keras import layer as keras_layer
from .plain import convolution
from .plain.others import other_convolution
from .tensorflow import backend
from .tensorflow import call as tensorflow_call

KNOWN = (
    "nn.ConvTranspose1d, 2d, 3d, F.conv_transpose1d, 2d, 3d, keras.layers.Conv1DTranspose, 2D, 3D, "
    "tf.nn, tf.layers and slim.conv2d_transpose, flax.linen.ConvTranspose, lax.conv_transpose, "
    "lax.conv_general_dilated, libtorch, Haiku, Equinox, Sonnet and Chainer, "
    "paddle.nn and gluon.nn.Conv2DTranspose, mx.sym and Caffe's Deconvolution, prototxt too, "
    'helper.make_node("ConvTranspose", ...), and plain convolutions'
)
_PLAIN = re.compile(r"(?P<lazy>Lazy)?Conv(?P<rank>[123])d|(?:Conv|Convolution)(?P<keras>[123])D")
_FUNCTION = re.compile(r"conv(?P<rank>[123])d")
_CHAINER = re.compile(r"Deconvolution(?P<rank>[123])D")
_OLD = re.compile(r"(?:conv|convolution)(?P<rank>[123])d_transpose")


def is_plain(function: str) -> bool:
    """Is it a convolution that is not transposed?"""
    last = function.rpartition(".")[2]
    named = last in ("Conv", "Convolution")
    return named or bool(_PLAIN.fullmatch(last) or _FUNCTION.fullmatch(last))


def read_call(
    call: Written, text: str, x: Shape | None, w: Shape | None, dtype: str | None
) -> Subject | None:
    """The case of a call; None where the name is none that is known here. Raises Unreadable."""
    last = call.function.rpartition(".")[2]
    subject = _leniently(call, text, (x, w, dtype))
    takes = {"w": last in _FUNCTIONS or "conv_transpose" in last or "conv2d" in last}
    if subject is not None and w is not None and subject.case.w_shape != w and not takes["w"]:
        raise Unreadable(f"{call.function} says W's shape by itself: leave out --w")
    if subject is not None and dtype is not None and subject.case.dtype != dtype:
        subject = replace(subject, case=replace(subject.case, dtype=dtype, opset=opset_for(dtype)))
    stated = opset_in(text) if subject and subject.origin.framework == "onnx" else None
    return subject if subject is None or stated is None else _of_opset(subject, stated)


NEWEST_OPSET = 28  # of onnx 1.23
_NEWER = "the text states opset {}, which is not known here: opset {} is taken, the newest that is"
_NO_BFLOAT16 = (
    "the text states opset {}, whose ConvTranspose has no bfloat16: opset {} is taken, the first "
    "that has it"
)


def _of_opset(subject: Subject, opset: int) -> Subject:
    """By the opset that the text states, or the nearest that is known and has the element type,
    with a note. Raises Unreadable for what is no opset."""
    if opset < 1:
        raise Unreadable(f"opset {opset}: accepted is 1 or more")
    oldest = opset_for(subject.case.dtype) if subject.case.dtype == "bfloat16" else 1
    taken = min(max(opset, oldest), NEWEST_OPSET)
    told = () if taken == opset else ((_NO_BFLOAT16 if taken > opset else _NEWER),)
    notes = (*subject.notes, *(each.format(opset, taken) for each in told))
    return replace(subject, case=replace(subject.case, opset=taken), notes=notes)


def _leniently(
    call: Written, text: str, given: tuple[Shape | None, Shape | None, str | None]
) -> Subject | None:
    """The case of a call, without arguments that the layer of that name has not and on which no
    size hangs: a wrapper's own, or another version's."""
    before, _, last = call.function.rpartition(".")
    x, w, dtype = given
    try:
        subject = _transposed(call, before, last, text, (x, w, dtype or "float32"))
        if subject is None and is_plain(call.function):
            subject = _plain(call, text, x, w)
        return subject
    except UnknownArgument as unknown:
        if unknown.may_be_a_size or unknown.name not in call.named:
            raise
        fewer = {name: value for name, value in call.named.items() if name != unknown.name}
        subject = _leniently(replace(call, named=fewer), text, given)
        note = f"{unknown.name} is no argument of the layer of this name, and is left aside"
        return subject and replace(subject, notes=(*subject.notes, note))


_FUNCTIONS = ("ConvTranspose", "make_node", "Deconvolution", "conv_general_dilated")
Given = tuple[Shape | None, Shape | None, str]


def _transposed(call: Written, before: str, last: str, text: str, given: Given) -> Subject | None:
    x, w, dtype = given
    if before.split(".")[0] in _OWN_RULES:
        return _of_own_rules(call, before.split(".")[0], last, x)
    if torch_layer.MODULE.fullmatch(call.function):
        return torch_layer.torch_module(call, x)
    function = torch_layer.FUNCTION.fullmatch(call.function)
    if function and before in ("mx", "mlx.core", "mlx"):
        return mlx.mlx_function(call, int(function["rank"]), x, w)
    if function:
        return torch_layer.torch_function(call, x, w, dtype)
    if lasagne.LAYER.fullmatch(call.function):
        return lasagne.lasagne_subject(call, x)
    if match := mindspore.LAYER.fullmatch(call.function):
        return mindspore.mindspore_subject(call, int(match["rank"]), x)
    if match := keras_layer.LAYER.fullmatch(call.function):
        return _keras_like(call, before, int(match["rank"]), text, x)
    paddle = before.startswith("paddle") or _is_static(call, before)
    if tensorflow_call.FUNCTION.fullmatch(call.function) and not paddle:
        return tensorflow_call.tensorflow_function(call, x, w, dtype)
    if match := _OLD.fullmatch(last):
        return _old(call, before, int(match["rank"]), text, given)
    return _others(call, before, last, given)


# by what their name begins with: names that other frameworks have too, under other rules
_OWN_RULES = {
    "hk": "haiku",
    "haiku": "haiku",
    "snt": "sonnet",
    "sonnet": "sonnet",
    "eqx": "equinox",
    "equinox": "equinox",
    "tl": "trax",
    "trax": "trax",
    "tlx": "TensorLayerX",
    "tensorlayerx": "TensorLayerX",
    "tensorlayer": "TensorLayer",
    "jt": "Jittor",
    "jittor": "Jittor",
    "relay": "TVM's relay",
    "topi": "TVM's topi",
}
_RANK = re.compile(r"Conv(?:Transpose(?P<torch>[123])d|(?P<keras>[123])DTranspose)")


def _of_own_rules(call: Written, first: str, last: str, x: Shape | None) -> Subject | None:
    """None for a name that is no layer here. Raises Unreadable for a framework whose rule is not
    known here."""
    framework, match = _OWN_RULES[first], _RANK.fullmatch(last)
    if framework == "trax" and last == "ConvTranspose":
        return borrowed_rules.trax_subject(call, x)
    if match is None and not framework.startswith("TVM"):
        return None
    if match is None:
        raise _no_rule(call.function, framework)
    if framework == "equinox" and match["torch"]:
        return equinox.equinox_subject(call, int(match["torch"]), x)
    if framework == "haiku" and match["keras"]:
        return borrowed_rules.haiku_subject(call, int(match["keras"]), x)
    if framework == "sonnet" and match["keras"]:
        return borrowed_rules.sonnet_subject(call, int(match["keras"]), x)
    raise _no_rule(call.function, framework)


def _no_rule(function: str, framework: str) -> Unreadable:
    return Unreadable(
        f"{function}: the rule of {framework} is not known here; accepted are {KNOWN}"
    )


def _keras_like(call: Written, before: str, rank: int, text: str, x: Shape | None) -> Subject:
    """Keras's name is also PaddlePaddle's and Gluon's, whose prefix is nn and whose arguments have
    other names."""
    names = set(call.named)
    if names & {"output_channels", "kernel_shape"}:
        return borrowed_rules.haiku_subject(call, rank, x)
    if call.positional and _is_word(call.positional[0]):
        return borrowed_rules.tensorpack_subject(call, rank, x)
    word = isinstance(call.named.get("padding"), str) or any(
        isinstance(value, str) for value in call.positional
    )
    if (word or names & _KERAS_ONLY) and "paddle" not in before:
        return keras_layer.keras_subject(call, x)
    if "channels" in names:
        return paddle_mxnet.gluon_subject(call, rank, x)
    prefixed = before.endswith("nn") or "paddle" in before or "fluid" in before
    both = bool(call.positional) and "in_channels" in names  # PaddlePaddle's first is in_channels
    gluon = bool(names & _GLUON_ONLY) or both or "import gluon" in text
    if "gluon" in before or (prefixed and gluon):
        return paddle_mxnet.gluon_subject(call, rank, x)
    if prefixed or names & {"in_channels", "out_channels", "stride"} or "import paddle" in text:
        return paddle_mxnet.paddle_subject(call, rank, x)
    return keras_layer.keras_subject(call, x)


def _shaped(positional: Sequence[Any]) -> bool:
    """Is the fourth argument an output_shape?"""
    return len(positional) > 3 and isinstance(positional[3], list | tuple)


def _is_word(value: Any) -> bool:
    """A string, or an expression that begins with one: tensorpack's first argument."""
    text = value.text if isinstance(value, NameInText) else value
    quoted = isinstance(text, str) and text.lstrip("fr").startswith(("'", '"'))
    return isinstance(value, str) or quoted


_KERAS_OWN = {"filters", "kernel_size", "strides", "padding"}  # and none of Chainer's
_KERAS_ONLY = {"filters", "kernel_initializer", "dilation_rate", "input_shape"}
_GLUON_ONLY = {"channels", "strides", "use_bias", "layout", "activation"}


def _is_static(call: Written, before: str) -> bool:
    """Is it PaddlePaddle's function that makes its own weights?"""
    names = {"num_filters", "filter_size"} & set(call.named)
    return bool(names) or "fluid" in before or "static" in before


def _old(call: Written, before: str, rank: int, text: str, given: Given) -> Subject | None:
    """`conv2d_transpose` of TensorFlow 1's layers or of slim; a function without a prefix may be
    the text's own."""
    x, w, dtype = given
    if before.rpartition(".")[2] in backend.BACKENDS and rank == 2:
        return backend.backend_subject(call, x, w, dtype)
    if _is_static(call, before):
        return paddle_mxnet.paddle_static(call, rank, x)
    if before in ("F", "functional", "nn.functional") or "paddle" in before:
        return paddle_mxnet.paddle_function(call, rank, x, w)
    slim = {"num_outputs", "stride", "activation_fn", "scope", "normalizer_fn"} & set(call.named)
    if slim or re.search(r"slim|contrib|tcl|\btfl\b", before):
        return old_tensorflow.slim_subject(call, rank, x)
    if before.endswith("layers"):
        if "contrib" in text and "tf.layers" not in text and before == "layers":
            return old_tensorflow.slim_subject(call, rank, x)
        return old_tensorflow.layers_subject(call, rank, x)
    return None


def _others(call: Written, before: str, last: str, given: Given) -> Subject | None:
    x, w, dtype = given
    if last == "conv_general_dilated":
        return general.general_subject(call, x, w)
    if last == "conv_transpose" and before.endswith("lax"):
        return transposed.lax_subject(call, x, w)
    if last == "conv_transpose" and (before.endswith("ops") or before in ("knn", "keras.nn")):
        return borrowed_rules.keras_function(call, x, w)
    match = _CHAINER.fullmatch(last)
    if match and (keras_first.FIRST_VERSION & set(call.named) or _shaped(call.positional)):
        return keras_first.first_version(call, int(match["rank"]), x)
    if match and _KERAS_OWN & set(call.named):
        alias = f"Conv{match['rank']}DTranspose"  # Keras 2 has the name of Keras 1, too
        return keras_layer.keras_subject(replace(call, function=alias), x)
    if match:
        return chainer.chainer_subject(call, int(match["rank"]), x)
    if last == "Deconvolution" and {"convolution_param", "num_output"} & set(call.named):
        return caffe.caffe_subject(call, x)
    if last == "Deconvolution":
        return paddle_mxnet.deconvolution(call, x)
    if last == "make_node" and call.positional[:1] in (("ConvTranspose",), ("Conv",)):
        return onnx_call.onnx_call(call, x, w, dtype)
    if last != "ConvTranspose":
        return None
    if before.rpartition(".")[2] == "stax":
        return borrowed_rules.stax_subject(call, x)
    if "kernel" in call.named and (len(call.positional) > 3 or "dim_in" in call.named):
        return caffe.caffe2_subject(call, x)
    flax = {"features", "out_features", "kernel_size"} & set(call.named) or type(
        next(iter(call.positional), "")
    ) is int
    ours = before in ("onnx", "op") or bool({"pads", "kernel_shape"} & set(call.named))
    if not ours and (before or flax):
        return transposed.flax_subject(call, x)
    return onnx_call.onnx_call(call, x, w, dtype)


def _plain(call: Written, text: str, x: Shape | None, w: Shape | None) -> Subject | None:
    before, _, last = call.function.rpartition(".")
    if other := other_convolution(call, text, x):
        return other
    if match := _PLAIN.fullmatch(last):
        if match["keras"]:
            return convolution.keras_convolution(call, int(match["keras"]), x)
        return convolution.torch_convolution(call, int(match["rank"]), x, lazy=bool(match["lazy"]))
    match = _FUNCTION.fullmatch(last)
    if match is None:
        return None
    if before.endswith(("tf.nn", "v1.nn", "tensorflow.nn")):
        return convolution.tensorflow_function(call, int(match["rank"]), x, w)
    if before in ("F", "torch", "functional", "nn.functional", "torch.nn.functional"):
        return convolution.torch_function(call, int(match["rank"]), x, w)
    return None
