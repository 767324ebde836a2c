"""Keras's own size rule for Conv{1,2,3}DTranspose, one axis at a time.

Source: keras, `compute_conv_transpose_output_shape`; the window is TensorFlow's, which places what
Keras has sized.
"""

from dataclasses import dataclass

from convtranspose_reference.geometry import Axis

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
        kernel, reached, size = (
            axis.effective_kernel,
            f"({axis.input} - 1) * {axis.stride}",
            self.size(axis),
        )
        if self.padding == "valid" and self.output_padding is None:
            return (
                f"(input - 1) * stride + max(kernel, stride) = {reached} + max({kernel}, "
                f"{axis.stride}) = {size}"
            )
        if self.padding == "valid":
            return (
                f"(input - 1) * stride + kernel + output_padding = {reached} + {kernel} + "
                f"{self.output_padding} = {size}"
            )
        if self.output_padding is None:
            return f"input * stride = {axis.input} * {axis.stride} = {size}"
        return (
            f"(input - 1) * stride + kernel % 2 + output_padding = {reached} + {kernel % 2} + "
            f"{self.output_padding} = {size}"
        )

    def window(self, axis: Axis) -> Window | None:
        """The part of the full output that the layer keeps; None where TensorFlow refuses the size
        that Keras asks for."""
        size = self.size(axis)
        whole = Window(axis=axis, begin=0, size=size)
        if self.padding == "valid":
            return whole if 0 <= -whole.end < axis.stride else None
        if -(-size // axis.stride) != axis.input:
            return None
        return Window(axis=axis, begin=max(whole.full - size, 0) // 2, size=size)
