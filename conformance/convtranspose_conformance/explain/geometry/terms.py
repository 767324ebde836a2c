"""Which inputs and taps reach which output along one axis, written down: sums, and the same as a
kernel that slides."""

from collections.abc import Iterator

from convtranspose_reference.geometry import Axis, Pads

from .window import Window

LETTERS = "abcdefgh"


def transpose_terms(axis: Axis, begin: int, size: int) -> list[str]:
    """The sum behind each output along one axis of ConvTranspose, by input: `y0 = w2a + w1b`. At
    most 8 inputs."""
    return [
        _sum(o, ((o + begin - axis.stride * i, i) for i in range(axis.input)), axis)
        for o in range(size)
    ]


def conv_terms(axis: Axis, begin: int, size: int) -> list[str]:
    """The sum behind each output along one axis of Conv, by input. At most 8 inputs."""
    return [
        _sum(o, ((i + begin - axis.stride * o, i) for i in range(axis.input)), axis)
        for o in range(size)
    ]


def _sum(output: int, reached: Iterator[Pads], axis: Axis) -> str:
    """`reached` pairs a distance into the effective kernel, which may lie outside of it, with an
    input."""
    within = [
        (distance, i)
        for distance, i in reached
        if 0 <= distance < axis.effective_kernel and distance % axis.dilation == 0
    ]
    return f"y{output} = " + (
        " + ".join(f"w{distance // axis.dilation + 1}{LETTERS[i]}" for distance, i in within) or "0"
    )


def inserted(w: Window) -> list[str]:
    """The input with zeros between and around it, cut so that a kernel's length slides over it in
    as many steps as there are outputs.

    One entry an element: a letter of the input, or `.` for a zero. Source: Dumoulin and Visin, "A
    guide to convolution arithmetic".
    """
    a = w.axis
    before = a.effective_kernel - 1 - w.begin
    places = range(-before, w.size + a.effective_kernel - 1 - before)
    return [
        LETTERS[p // a.stride] if p % a.stride == 0 and 0 <= p // a.stride < a.input else "."
        for p in places
    ]


def flipped(axis: Axis) -> list[str]:
    """The kernel that slides over it: the last tap first, dilation's holes as `.`."""
    taps = ["."] * axis.effective_kernel
    for tap in range(axis.kernel):
        taps[axis.effective_kernel - 1 - tap * axis.dilation] = f"w{tap + 1}"
    return taps
