"""Keras's own size rule for Conv{1,2,3}DTranspose, one axis at a time.

Source: keras, `compute_conv_transpose_output_shape`; the window is TensorFlow's, which places what
Keras has sized.
"""

from dataclasses import dataclass

from convtranspose_reference.geometry import Axis

from .tensorflow_window import same_window, valid_window
from .window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class KerasAxis:
    """What a layer says of one axis. `output_padding` None where it is left out, which is not 0."""

    padding: str
    output_padding: int | None

    def size(self, axis: Axis) -> int:
        """The output size that Keras works out."""
        kernel, reached = axis.effective_kernel, (axis.input - 1) * axis.stride
        if self.padding == "valid":
            return reached + (
                max(kernel, axis.stride)
                if self.output_padding is None
                else kernel + self.output_padding
            )
        return (
            axis.input * axis.stride
            if self.output_padding is None
            else reached + kernel % 2 + self.output_padding
        )

    def rule(self, axis: Axis) -> str:
        """The same as a sentence, with its numbers."""
        kernel, stride, size = axis.effective_kernel, axis.stride, self.size(axis)
        reached, extra = f"({axis.input} - 1) * {stride}", self.output_padding
        if self.padding == "valid" and extra is None:
            how = "(input - 1) * stride + max(kernel, stride)"
            return f"{how} = {reached} + max({kernel}, {stride}) = {size}"
        if self.padding == "valid":
            how = "(input - 1) * stride + kernel + output_padding"
            return f"{how} = {reached} + {kernel} + {extra} = {size}"
        if extra is None:
            return f"input * stride = {axis.input} * {stride} = {size}"
        how = "(input - 1) * stride + kernel % 2 + output_padding"
        return f"{how} = {reached} + {kernel % 2} + {extra} = {size}"

    def window(self, axis: Axis) -> Window | None:
        """The part of the full output that the layer keeps; None where TensorFlow refuses the size
        that Keras asks for."""
        window = valid_window if self.padding == "valid" else same_window
        return window(axis, self.size(axis))
