"""Paddings that a framework says by a word, where it has PyTorch's arguments beside them: what the
word keeps of the output that a layer makes without pads.

PaddlePaddle's "SAME" pads as its plain convolution does over an input of X's size, half of it at
the begin, and takes dilations for 1. Source: paddle, UpdatePaddingAndDilation; run on 280 calls of
PaddlePaddle 3.3.1. MindSpore's "same" makes input * stride, half of what is too much off the begin,
and its "valid" (input - 1) * stride + max(kernel, stride). Run on 180 calls of MindSpore 2.10.
"""

from collections.abc import Callable
from dataclasses import replace

from convtranspose_reference.geometry import Axis

from ...geometry.window import Window, attributes_of, bare_axis
from ..subject import Subject


def kept_by(read: Subject, kept: Callable[[Axis], Window], note: str) -> Subject:
    """The call, which is read without pads, with what is kept of each axis, and the note that says
    so."""
    case = read.case
    axes = [bare_axis(axis.input, axis.kernel, axis.stride, axis.dilation) for axis in case.axes]
    attributes = replace(attributes_of(list(map(kept, axes))), group=case.attributes.group)
    return replace(read, case=replace(case, attributes=attributes), notes=(*read.notes, note))


def paddle_same(axis: Axis) -> Window:
    """With pads of the plain convolution, where dilation is 1."""
    outputs = -(-axis.input // axis.stride)
    total = max((outputs - 1) * axis.stride + axis.kernel - axis.input, 0)
    plain = bare_axis(axis.input, axis.kernel, axis.stride, 1)
    full = axis.stride * (axis.input - 1) + axis.kernel
    return Window(axis=plain, begin=total // 2, size=full - total)


def mindspore_same(axis: Axis) -> Window:
    """Of input * stride outputs."""
    total = max(axis.effective_kernel - axis.stride, 0)
    return Window(axis=axis, begin=total // 2, size=axis.input * axis.stride)


def mindspore_valid(axis: Axis) -> Window:
    """All that the kernel reaches, and as much as a stride."""
    size = (axis.input - 1) * axis.stride + max(axis.effective_kernel, axis.stride)
    return Window(axis=axis, begin=0, size=size)
