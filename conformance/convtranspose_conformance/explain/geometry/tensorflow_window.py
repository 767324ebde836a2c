"""The windows that TensorFlow's two words of padding keep of the full output, told the size that is
asked for."""

from convtranspose_reference.geometry import Axis

from .window import Window


def valid_window(axis: Axis, size: int) -> Window | None:
    """VALID cuts nothing at the begin, and adds less than a stride of zeros at the end; None for
    another size, which TensorFlow refuses."""
    window = Window(axis=axis, begin=0, size=size)
    return window if 0 <= -window.end < axis.stride else None


def same_window(axis: Axis, size: int) -> Window | None:
    """SAME cuts max(full - size, 0), the smaller half first; None for a size that leads back to
    another number of inputs, which TensorFlow refuses."""
    if -(-size // axis.stride) != axis.input:
        return None
    full = Window(axis=axis, begin=0, size=size).full
    return Window(axis=axis, begin=max(full - size, 0) // 2, size=size)


def is_valid(w: Window) -> bool:
    """Does VALID, told the size, keep this window?"""
    return valid_window(w.axis, w.size) == w


def is_same(w: Window) -> bool:
    """Does SAME, told the size, keep this window?"""
    return same_window(w.axis, w.size) == w
