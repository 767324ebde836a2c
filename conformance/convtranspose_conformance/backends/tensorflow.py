"""TensorFlow: `tf.nn.conv{1,2,3}d_transpose` and `conv{1,2,3}d`, channels last; and the
`conv2d_backprop_input` route."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from convtranspose_reference import InvalidInput, output_shape_of
from convtranspose_reference.attributes import PartialShape

from .api import (
    Array,
    Backend,
    Call,
    Gradients,
    Refused,
    Unsupported,
    Unusable,
    refusals,
)
from .processor import ONEDNN_VARIABLES, told
from .registry import ALL_CHECKS

FORMATS = ("NWC", "NHWC", "NDHWC")
_REFUSALS = (ValueError, TypeError, OverflowError)
_SAID_BESIDE_THE_SHAPE = ("strides", "dilations", "pads", "W.shape[0]", "output size")
CHANNELS_FIRST = ("NCW", "NCHW", "NCDHW")
NO_LAYOUT = re.compile(r"NHWC|NDHWC|channels_last")


def channels_last(X: Array) -> Array:
    """N x C x D1... as N x D1... x C."""
    return np.ascontiguousarray(np.moveaxis(X, 1, -1))


def channels_first(Y: Array) -> Array:
    """N x D1... x C as N x C x D1...."""
    return np.ascontiguousarray(np.moveaxis(Y, -1, 1))


def unfiltered(dW: Array) -> Array:
    """`filters` undone."""
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(dW, -2, 0), -1, 0))


def filters(W: Array) -> Array:
    """ConvTranspose's C x M/group x k... as k... x M/group x C; Conv's M x C/group x k... as k... x
    C/group x M."""
    return np.ascontiguousarray(np.moveaxis(np.moveaxis(W, 0, -1), 0, -2))


def padding(call: Call, output: tuple[int, ...]) -> Any:
    """TensorFlow's padding argument. Raises Unsupported where neither a word nor explicit pads say
    the call."""
    if call.attributes.output_shape is not None and not call.auto_pad.startswith("SAME"):
        raise Unsupported("pads follow from output_shape under SAME only")
    if call.auto_pad == "SAME_LOWER":
        raise Unsupported("SAME puts the extra element at the end; there is no SAME_LOWER")
    if call.op == "ConvTranspose":
        _check_leads_back(call, output)
    if call.auto_pad == "SAME_UPPER":
        if any(call.output_padding):
            raise Unsupported("SAME has no output_padding: it is implied by output_shape")
        if call.op == "Conv" and call.opset < 11 and set(call.strides) != {1}:
            raise Unsupported("SAME gives ceil(input / stride), not the input size")
        return "SAME"
    if not any(b or e for b, e in call.pads):
        return "VALID"
    if call.rank != 2:
        raise Unsupported("explicit pads are for two spatial axes only")
    return [[0, 0], *([b, e] for b, e in call.pads), [0, 0]]


def _check_leads_back(call: Call, output: tuple[int, ...]) -> None:
    """TensorFlow defines conv_transpose as the gradient of conv: output_shape is a size from which
    conv gives the input's."""
    sizes = zip(
        output,
        call.X.shape[2:],
        call.W.shape[2:],
        call.strides,
        call.dilations,
        call.pads,
        strict=True,
    )
    for out, x, k, s, d, (b, e) in sizes:
        if s < 1:  # TensorFlow's to refuse
            continue
        same = call.auto_pad == "SAME_UPPER"
        back = -(-out // s) if same else (out + b + e - (k - 1) * d - 1) // s + 1
        if back != x:
            raise Unsupported(
                "output_shape has to be a size from which conv leads back to the input size"
            )


class TensorFlow(Backend):
    """`tf.nn`, eagerly, on one device without soft placement."""

    checks = ALL_CHECKS

    def __init__(self, device: str, tf32: bool = False) -> None:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        if device == "CPU":
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        import tensorflow as tf

        if not tf.config.list_physical_devices(device):
            raise Unusable(f"TensorFlow sees no {device}")
        tf.config.set_soft_device_placement(False)
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.experimental.enable_tensor_float_32_execution(tf32)
        self._tf, self._device = tf, device

    def versions(self) -> dict[str, str]:
        return {"tensorflow": self._tf.__version__}

    def kernels(self) -> dict[str, str]:
        if self._device != "CPU":
            return {}
        from tensorflow.python.util import _pywrap_util_port

        on = "on" if _pywrap_util_port.IsMklEnabled() else "off"
        return {"onednn": on} | told("TF_ENABLE_ONEDNN_OPTS", *ONEDNN_VARIABLES)

    def run(self, call: Call) -> Array:
        return channels_first(self._run(call, FORMATS))

    def _run(self, call: Call, layouts: tuple[str, ...], *, traced: bool = False) -> Array:
        """The output in the layout that `layouts` has for the call's rank; `traced`: as a graph of
        `tf.function`."""
        output, given = self._arguments(call)
        tf, layout = self._tf, layouts[call.rank - 1]

        def apply(X: Any, W: Any) -> Any:
            return self._apply(call, X, W, output, given, layout)

        with tf.device(f"/{self._device}:0"):
            X, W = (
                tf.constant(channels_last(call.X) if layouts is FORMATS else call.X),
                tf.constant(filters(call.W)),
            )
            with refusals("call", tf.errors.OpError, ValueError, TypeError):
                Y = (tf.function(apply) if traced else apply)(X, W)
        self._prove(Y)
        return Y.numpy()  # type: ignore[no-any-return]

    def _prove(self, *outputs: Any) -> None:
        for output in outputs:
            if self._device not in output.device:
                raise Unusable(f"the output is on {output.device}, not on {self._device}")

    def gradients(self, call: Call, dY: Array) -> Gradients:
        output, given = self._arguments(call)
        tf = self._tf
        with tf.device(f"/{self._device}:0"):
            X, W, upstream = (
                tf.constant(a) for a in (channels_last(call.X), filters(call.W), channels_last(dY))
            )
            with refusals("call", tf.errors.OpError, *_REFUSALS), tf.GradientTape() as tape:
                tape.watch([X, W])
                Y = self._apply(call, X, W, output, given)
            with refusals("GradientTape", tf.errors.OpError, ValueError, TypeError, LookupError):
                dX, dW = tape.gradient(Y, [X, W], output_gradients=upstream)
        self._prove(dX, dW)
        return channels_first(dX.numpy()), unfiltered(dW.numpy()), None

    def variants(self, call: Call) -> Iterator[tuple[str, Callable[[], Array]]]:
        yield "tf.function", lambda: channels_first(self._run(call, FORMATS, traced=True))
        yield CHANNELS_FIRST[call.rank - 1], lambda: self._in_onnx_layout(call)

    def _in_onnx_layout(self, call: Call) -> Array:
        """Channels first. Raises Unsupported where the device's kernels take channels last
        alone."""
        try:
            return self._run(call, CHANNELS_FIRST)
        except Refused as refused:
            if NO_LAYOUT.search(refused.message):
                raise Unsupported(refused.message) from refused
            raise

    def static_shape(self, call: Call) -> PartialShape | None:
        output, given = self._arguments(call)
        tf = self._tf
        W = tf.constant(filters(call.W))
        X = tf.TensorSpec((call.X.shape[0], *(None,) * call.rank, call.X.shape[1]), call.dtype)
        traced = tf.function(lambda x: self._apply(call, x, W, output, given), input_signature=[X])
        with refusals("tf.function", tf.errors.OpError, *_REFUSALS):
            shape = traced.get_concrete_function().output_shapes
        if shape.rank is None:
            return None
        sizes = shape.as_list()
        return (sizes[0], sizes[-1], *sizes[1:-1])

    def _arguments(self, call: Call) -> tuple[tuple[int, ...], dict[str, Any]]:
        call.check_sayable()
        if call.group < 1:
            raise Unsupported("there is no group argument: it follows from the shapes")
        if call.B is not None:
            raise Unsupported(
                "there is no bias argument; tf.nn.bias_add is a second call, with a rounding of "
                "its own"
            )
        output = () if call.op == "Conv" else _output(call)
        return output, {
            "strides": call.strides,
            "padding": padding(call, output[2:]),
            "dilations": call.dilations,
        }

    def _apply(
        self,
        call: Call,
        X: Any,
        W: Any,
        output: tuple[int, ...],
        given: dict[str, Any],
        layout: str = "",
    ) -> Any:
        tf, layout = self._tf, layout or FORMATS[call.rank - 1]
        last = layout in FORMATS
        if call.op == "Conv":
            each = (tf.nn.conv1d, tf.nn.conv2d, tf.nn.conv3d)[call.rank - 1]
            return each(X, W, **_for_conv(call.rank, given, last), data_format=layout)
        each = (tf.nn.conv1d_transpose, tf.nn.conv2d_transpose, tf.nn.conv3d_transpose)[
            call.rank - 1
        ]
        sizes = [output[0], *output[2:], output[1]] if last else list(output)
        return each(X, W, sizes, data_format=layout, **laid_out(given, last))


def laid_out(given: dict[str, Any], last: bool) -> dict[str, Any]:
    """Explicit padding names the channel axis where the layout has it."""
    pads = given["padding"]
    return (
        given
        if last or isinstance(pads, str)
        else given | {"padding": [pads[0], pads[-1], *pads[1:-1]]}
    )


def _whole(each: Any, last: bool) -> list[int]:
    """Strides or dilations, those of the batch and channel axes too."""
    return [1, *each, 1] if last else [1, 1, *each]


def _for_conv(rank: int, given: dict[str, Any], last: bool) -> dict[str, Any]:
    """conv1d says `stride`; conv3d wants strides and dilations for the batch and channel axes
    too."""
    if rank == 1:
        return {
            "stride": given["strides"],
            "padding": given["padding"],
            "dilations": given["dilations"],
        }
    return (
        laid_out(given, last)
        if rank == 2
        else given | {name: _whole(given[name], last) for name in ("strides", "dilations")}
    )


def _output(call: Call) -> tuple[int, ...]:
    """The output shape, which TensorFlow wants to be told; of a forbidden call the one that the
    text's equation alone gives."""
    try:
        return output_shape_of(
            call.X.shape, call.W.shape, opset=call.opset, **call.attributes.given()
        )
    except InvalidInput as refused:
        each = (
            call.X.shape[2:],
            call.W.shape[2:],
            call.strides,
            call.dilations,
            call.output_padding,
            call.pads,
        )
        if (
            refused.attribute not in _SAID_BESIDE_THE_SHAPE
            or {len(values) for values in each} != {call.rank}
            or call.auto_pad != "NOTSET"
        ):
            raise Unsupported(
                f"it has to be told the output's shape, and this call has none: {refused}"
            ) from refused
    sizes = [
        s * (x - 1) + o + (k - 1) * d + 1 - b - e
        for x, k, s, d, o, (b, e) in zip(*each, strict=True)
    ]
    return (call.X.shape[0], call.W.shape[1] * call.group, *sizes)


class TensorFlowBackpropInput(TensorFlow):
    """The lecture's `deconv2d`: `tf.raw_ops.Conv2DBackpropInput`, told the output's shape, with the
    filter as [h, w, out, in]."""

    def _arguments(self, call: Call) -> tuple[tuple[int, ...], dict[str, Any]]:
        if call.op == "Conv" or call.rank != 2:
            raise Unsupported("Conv2DBackpropInput is ConvTranspose with two spatial axes")
        return super()._arguments(call)

    def _apply(
        self,
        call: Call,
        X: Any,
        W: Any,
        output: tuple[int, ...],
        given: dict[str, Any],
        layout: str = "",
    ) -> Any:
        last = layout in ("", *FORMATS)
        sizes = [output[0], *output[2:], output[1]] if last else list(output)
        return self._tf.raw_ops.Conv2DBackpropInput(
            input_sizes=sizes, filter=W, out_backprop=X, **_raw(given, last)
        )

    def gradients(self, call: Call, dY: Array) -> Gradients:
        """Of ConvTranspose, that of the raw op; of Conv, the two raw ops that are its gradients:
        the first of them is ConvTranspose."""
        return (
            super().gradients(call, dY) if call.op == "ConvTranspose" else self._of_conv(call, dY)
        )

    def _of_conv(self, call: Call, dY: Array) -> Gradients:
        tf = self._tf
        with tf.device(f"/{self._device}:0"):
            X, W, upstream = (
                tf.constant(a) for a in (channels_last(call.X), filters(call.W), channels_last(dY))
            )
            with refusals("call", tf.errors.OpError, ValueError, TypeError):
                dX, dW = self._raw_gradients(call, X, W, upstream)
        self._prove(dX, dW)
        return channels_first(dX.numpy()), unfiltered(dW.numpy()), None

    def _raw_gradients(self, call: Call, X: Any, W: Any, dY: Any) -> tuple[Any, Any]:
        if call.rank != 2:
            raise Unsupported(
                "Conv2DBackpropInput and Conv2DBackpropFilter are for two spatial axes"
            )
        _, given = super()._arguments(call)
        ops, (n, c, *sizes), (m, per_group, *kernel) = self._tf.raw_ops, call.X.shape, call.W.shape
        dX = ops.Conv2DBackpropInput(
            input_sizes=[n, *sizes, c], filter=W, out_backprop=dY, **_raw(given, True)
        )
        dW = ops.Conv2DBackpropFilter(
            input=X, filter_sizes=[*kernel, per_group, m], out_backprop=dY, **_raw(given, True)
        )
        return dX, dW


def _raw(given: dict[str, Any], last: bool) -> dict[str, Any]:
    """Strides, padding and dilations as raw ops spell them."""
    pads = laid_out(given, last)["padding"]
    explicit = isinstance(pads, list)
    flat = [p for pair in pads for p in pair] if explicit else []
    spelled = {
        "strides": _whole(given["strides"], last),
        "padding": "EXPLICIT" if explicit else pads,
        "dilations": _whole(given["dilations"], last),
        "explicit_paddings": flat,
    }
    return spelled if last else spelled | {"data_format": "NCHW"}
