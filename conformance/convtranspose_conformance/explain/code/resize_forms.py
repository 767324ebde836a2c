"""Nearest Resize to Y's size, then Conv, in PyTorch, TensorFlow and ONNX: output o repeats input
o * input // output along each axis."""

from convtranspose_cases import Case

from ..geometry.window import axis_name
from .snippet import Code
from .stride_one import (
    FLAT,
    Filter,
    by_tensorflow,
    by_torch,
    filters_last,
    first_to_last,
    last_to_first,
    middle,
    onnx_attributes,
)
from .whole_model import of_nodes


def odd(kernel: int) -> int:
    """The least odd kernel at or above: it has a middle."""
    return kernel + 1 - kernel % 2


def resize_forms(case: Case) -> list[Code]:
    """The three, of a legal ConvTranspose of one to three axes with elements."""
    sizes, kernel = case.y_shape()[2:], tuple(odd(a.kernel) for a in case.axes)
    dilations = tuple(a.dilation for a in case.axes)
    each = [middle(n, k, d) for n, k, d in zip(sizes, kernel, dilations, strict=True)]
    f = Filter(
        kernel=kernel,
        dilations=dilations,
        befores=tuple(b for b, _ in each),
        afters=tuple(e for _, e in each),
    )
    return [_torch(case, f), _tensorflow(case, f), _onnx(case, f)]


def _torch(case: Case, f: Filter) -> Code:
    names = ["x", "v", *["b"] * case.bias]
    of = ["X", "V", *["B"] * case.bias]
    lines = (
        "import torch",
        "import torch.nn.functional as F",
        "",
        f"{', '.join(names)} = (torch.from_numpy(a) for a in ({', '.join(of)}))",
        *_unequally(case),
        f'resized = F.interpolate(x, size={case.y_shape()[2:]}, mode="nearest")',
        *by_torch(case, f, "resized"),
        "Y = y.numpy()",
    )
    return Code(title="PyTorch", framework="torch", lines=lines)


def _unequally(case: Case) -> list[str]:
    """A comment for each axis whose output is no multiple of its input."""
    sizes = zip(case.y_shape()[2:], case.x_shape[2:], strict=True)
    return [
        f"# {axis_name(axis)}: {n} is no multiple of {i}: some inputs are repeated more often"
        for axis, (n, i) in enumerate(sizes)
        if i and n % i
    ]


def _tensorflow(case: Case, f: Filter) -> Code:
    lines = (
        "import numpy as np",
        "import tensorflow as tf",
        "",
        f"x = tf.constant(X.transpose{first_to_last(case.rank)})",
        f"v = V.transpose{filters_last(case.rank)}  # kernel, C, M",
        *["b = B"] * case.bias,
        *_repeated(case),
        *by_tensorflow(case, f, "x"),
        f"Y = y.numpy().transpose{last_to_first(case.rank)}",
    )
    return Code(title="TensorFlow", framework="tensorflow", lines=lines)


def _repeated(case: Case) -> list[str]:
    """`tf.image.resize` takes two axes, and looks at the middle of an output: the same only where
    the size is a multiple of the input's."""
    sizes, inputs = case.y_shape()[2:], case.x_shape[2:]
    if case.rank == FLAT and not any(n % i for n, i in zip(sizes, inputs, strict=True)):
        return [f'x = tf.image.resize(x, {list(sizes)}, "nearest")']
    return [
        f"x = tf.gather(x, np.arange({n}) * {i} // {n}, axis={axis})  # {axis_name(axis - 1)}"
        for axis, (n, i) in enumerate(zip(sizes, inputs, strict=True), 1)
    ]


def _onnx(case: Case, f: Filter) -> Code:
    nearest = ['mode="nearest"', 'coordinate_transformation_mode="asymmetric"']
    nodes = [
        ("Resize", ["X", "", "", "sizes"], "resized", [*nearest, 'nearest_mode="floor"']),
        ("Conv", ["resized", "V", *["B"] * case.bias], "Y", onnx_attributes(case, f)),
    ]
    sizes = [*case.x_shape[:2], *case.y_shape()[2:]]
    return of_nodes(case, nodes, {"sizes": f"np.array({sizes}, np.int64)"})
