"""TensorFlow's `conv2d_backprop_input` route, told the output's shape."""

from typing import Any

from ..api import Array, Call, Gradients, Unsupported, refusals
from .adapter import TensorFlow
from .arguments import backprop_arguments, laid_out, whole
from .layout import CHANNELS_LAST, channels_first, channels_last, filters, unfiltered


class TensorFlowBackpropInput(TensorFlow):
    """The lecture's `deconv2d`: `tf.raw_ops.Conv2DBackpropInput`, told the output's shape, with the
    filter as [h, w, out, in]."""

    def _arguments(self, call: Call) -> tuple[tuple[int, ...], dict[str, Any]]:
        return backprop_arguments(call)

    def _apply(
        self,
        call: Call,
        X: Any,
        W: Any,
        output: tuple[int, ...],
        given: dict[str, Any],
        layout: str = "",
    ) -> Any:
        last = layout in ("", *CHANNELS_LAST)
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
        "strides": whole(given["strides"], last),
        "padding": "EXPLICIT" if explicit else pads,
        "dilations": whole(given["dilations"], last),
        "explicit_paddings": flat,
    }
    return spelled if last else spelled | {"data_format": "NCHW"}
