"""TensorFlow: `tf.nn.conv{1,2,3}d_transpose` and `conv{1,2,3}d`, channels last; before a
convolution `tf.image.resize`, after it `tf.nn.depth_to_space`."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from convtranspose_reference.attributes import PartialShape

from ..api import Array, Backend, Call, Gradients, Refused, Unsupported, Unusable, refusals
from .arguments import arguments, for_conv, laid_out
from .layout import (
    CHANNELS_FIRST,
    CHANNELS_LAST,
    channels_first,
    channels_last,
    filters,
    unfiltered,
)
from .onednn import of_cpu
from .resize import resizing

_REFUSALS = (ValueError, TypeError, OverflowError)
_NO_LAYOUT = re.compile(r"NHWC|NDHWC|channels_last")


class TensorFlow(Backend):
    """`tf.nn`, eagerly, on one device without soft placement."""

    composes = True

    def __init__(self, device: str, tf32: bool = False) -> None:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        if device == "CPU":
            os.environ["CUDA_VISIBLE_DEVICES"] = ""
        else:  # the whole device, otherwise, and nothing for the workers beside this one
            os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
        import tensorflow as tf

        if not tf.config.list_physical_devices(device):
            raise Unusable(f"TensorFlow sees no {device}")
        tf.config.set_soft_device_placement(False)
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.config.experimental.enable_tensor_float_32_execution(tf32)
        if device != "CPU":
            _require_taken(tf, tf32)
        self._tf, self._device = tf, device

    def versions(self) -> dict[str, str]:
        return {"tensorflow": self._tf.__version__}

    def kernels(self) -> dict[str, str]:
        if self._device != "CPU":
            return {}
        return of_cpu(self._tf)

    def run(self, call: Call) -> Array:
        return channels_first(self._run(call, CHANNELS_LAST))

    def _run(self, call: Call, layouts: tuple[str, ...], *, traced: bool = False) -> Array:
        """The output in the layout that `layouts` has for the call's rank; `traced`: as a graph of
        `tf.function`."""
        output, given = self._arguments(call)
        tf, layout = self._tf, layouts[call.rank - 1]

        def apply(X: Any, W: Any) -> Any:
            return self._apply(call, X, W, output, given, layout)

        with tf.device(f"/{self._device}:0"):
            X = tf.constant(channels_last(call.X) if layouts is CHANNELS_LAST else call.X)
            W = tf.constant(filters(call.W))
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
        yield "tf.function", lambda: channels_first(self._run(call, CHANNELS_LAST, traced=True))
        if call.resize is None:  # which takes channels last alone
            yield CHANNELS_FIRST[call.rank - 1], lambda: self._in_onnx_layout(call)

    def _in_onnx_layout(self, call: Call) -> Array:
        """Channels first. Raises Unsupported where the device's kernels take channels last
        alone."""
        try:
            return self._run(call, CHANNELS_FIRST)
        except Refused as refused:
            if _NO_LAYOUT.search(refused.message):
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
        return arguments(call)  # what a traced function raises is wrapped by TensorFlow

    def _apply(
        self,
        call: Call,
        X: Any,
        W: Any,
        output: tuple[int, ...],
        given: dict[str, Any],
        layout: str = "",
    ) -> Any:
        tf, layout = self._tf, layout or CHANNELS_LAST[call.rank - 1]
        last = layout in CHANNELS_LAST
        if call.op == "Conv":
            each = (tf.nn.conv1d, tf.nn.conv2d, tf.nn.conv3d)[call.rank - 1]
            fed = self._resized(call, X)
            Y = each(fed, W, **for_conv(call.rank, given, last), data_format=layout)
            return self._shuffled(call, Y, layout)
        each = (tf.nn.conv1d_transpose, tf.nn.conv2d_transpose, tf.nn.conv3d_transpose)[
            call.rank - 1
        ]
        sizes = [output[0], *output[2:], output[1]] if last else list(output)
        return each(X, W, sizes, data_format=layout, **laid_out(given, last))

    def _resized(self, call: Call, X: Any) -> Any:
        if call.resize is None:
            return X
        return self._tf.image.resize(X, **resizing(call, call.resize))

    def _shuffled(self, call: Call, Y: Any, layout: str) -> Any:
        if call.depth_to_space is None:
            return Y
        return self._tf.nn.depth_to_space(Y, call.depth_to_space.blocksize, data_format=layout)


def _require_taken(tf: Any, tf32: bool) -> None:
    """Raises Unusable where TensorFlow did not take what a proof on the GPU rests on."""
    if tf.config.get_soft_device_placement():
        raise Unusable("TensorFlow still places softly: an output may come from another device")
    if tf.config.experimental.tensor_float_32_execution_enabled() != tf32:
        raise Unusable(f"TensorFlow did not take TF32 execution = {tf32}")
