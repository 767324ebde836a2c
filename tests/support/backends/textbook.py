"""ConvTranspose and Conv straight from the operator text, for ONNX's Backend API: slow, obvious,
and independent of the reference.

Nothing here imports the suite. Every step is a method of its own, so that a planted fault
(`planted/`) overrides exactly one. What is forbidden stands in `textbook_laws.py`, gradients in
`textbook_gradients.py`.
"""

from itertools import product
from typing import Any, ClassVar

import numpy as np
from onnx import helper, numpy_helper

Array = Any
Ints = list[int]


class Textbook:
    """One prepared node. `prepare(model, device).run(inputs)` is all that ONNX's Backend API asks
    for."""

    accumulator: ClassVar[Any] = np.float64

    @classmethod
    def prepare(cls, model: Any, device: str = "CPU", **_: Any) -> "Textbook":
        return cls(model)

    def __init__(self, model: Any) -> None:
        nodes = {each.op_type: each for each in model.graph.node}
        self.before, self.after = nodes.pop("Resize", None), nodes.pop("DepthToSpace", None)
        (node,) = nodes.values()
        self.op, self.opset = node.op_type, model.opset_import[0].version
        self.given = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        self.names = list(node.input)
        if self.before is not None:
            self.names[0] = self.before.input[0]
        self.graph_inputs = [i.name for i in model.graph.input]
        self.constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}

    def run(self, inputs: Any, **_: Any) -> Any:
        tensors = self.constants | dict(zip(self.graph_inputs, inputs, strict=True))
        X, W, *rest = (tensors[name] for name in self.names)
        return self.answer(X, W, rest[0] if rest else None)

    def answer(self, X: Array, W: Array, B: Array | None) -> Any:
        with np.errstate(all="ignore"):
            return [self.compute(X, W, B)]

    def compute(self, X: Array, W: Array, B: Array | None) -> Array:
        self.read(X, W)
        x, w = (
            self.images(self.numbers(X)).astype(self.accumulator),
            self.filters(self.numbers(W)).astype(self.accumulator),
        )
        if self.group > 1:
            x, w = self.grouped_images(x), self.grouped_filters(w)
        b = None if B is None else self.bias(B).astype(self.accumulator)
        Y = self.transposed(x, w, b) if self.op == "ConvTranspose" else self.forward(x, w, b)
        return self.rounded(Y, X.dtype)

    def rounded(self, Y: Array, dtype: Any) -> Array:
        return Y.astype(dtype)

    # The node

    def read(self, X: Array, W: Array) -> None:
        """The attributes, defaults filled in."""
        self.rank, self.inputs, self.kernel = X.ndim - 2, list(X.shape[2:]), list(W.shape[2:])
        ones, zeros = [1] * self.rank, [0] * self.rank
        self.group = self.given.get("group", 1)
        self.auto_pad = self.given.get("auto_pad", b"NOTSET").decode()
        self.strides: Ints = list(self.given.get("strides", ones))
        self.dilations: Ints = list(self.given.get("dilations", ones))
        self.output_padding: Ints = list(self.given.get("output_padding", zeros))
        self.output_shape: Ints | None = (
            list(self.given["output_shape"]) if "output_shape" in self.given else None
        )
        self.explicit: Ints = list(self.given.get("pads", zeros + zeros))

    def numbers(self, array: Array) -> Array:
        """X or W as the arithmetic takes it."""
        return array

    def images(self, X: Array) -> Array:
        return X

    def filters(self, W: Array) -> Array:
        return W

    def grouped_images(self, X: Array) -> Array:
        return X

    def grouped_filters(self, W: Array) -> Array:
        return W

    def bias(self, B: Array) -> Array:
        return B

    # Geometry of ConvTranspose, one axis at a time

    def reach(self, axis: int) -> int:
        """((kernel_shape[i] - 1) * dilations[i] + 1)"""
        return (self.kernel[axis] - 1) * self.dilations[axis] + 1

    def natural(self, axis: int) -> int:
        return (
            self.strides[axis] * (self.inputs[axis] - 1)
            + self.output_padding[axis]
            + self.reach(axis)
        )

    def wanted(self, axis: int) -> int | None:
        """The output size that output_shape or SAME asks for, None where pads decide."""
        if self.output_shape is not None:
            return self.output_shape[axis]
        return self.same_size(axis) if self.auto_pad in ("SAME_UPPER", "SAME_LOWER") else None

    def same_size(self, axis: int) -> int:
        return self.inputs[axis] * self.strides[axis] if self.opset >= 11 else self.inputs[axis]

    def pads(self, axis: int) -> tuple[int, int]:
        size = self.wanted(axis)
        if size is not None:
            return self.split(self.natural(axis) - size)
        if self.auto_pad == "VALID":
            return 0, 0
        return self.explicit[axis], self.explicit[axis + self.rank]

    def split(self, total: int) -> tuple[int, int]:
        """The If / Else below total_padding; opset 1 has the opposite condition."""
        half = total // 2
        upper = self.auto_pad == "SAME_UPPER"
        if self.opset < 11 and self.output_shape is not None:
            upper = not upper
        return (half, total - half) if upper else (total - half, half)

    # Values

    def transposed(self, X: Array, W: Array, B: Array | None) -> Array:
        pads = [self.pads(axis) for axis in range(self.rank)]
        natural = [self.natural(axis) for axis in range(self.rank)]
        canvas = self.add_up(X, W, [max(size, 0) for size in natural])
        Y = self.crop(
            canvas,
            pads,
            [size - begin - end for size, (begin, end) in zip(natural, pads, strict=True)],
        )
        return Y if B is None else self.add(Y, B)

    def add_up(self, X: Array, W: Array, sizes: Ints) -> Array:
        """Input element by input element: its multiple of the whole filter lands at stride *
        index."""
        maps = W.shape[1]
        canvas = np.zeros((X.shape[0], maps * self.group, *sizes), self.accumulator)
        channels = X.shape[1] // self.group
        for index in product(*(range(size) for size in self.inputs)):
            at = self.met(index)
            for g in range(self.group):
                taken = slice(g * channels, (g + 1) * channels)
                values = self.products(X[(slice(None), taken, *index)], W[taken])
                self.land(canvas, (slice(None), slice(g * maps, (g + 1) * maps), *at), values)
        return canvas

    def products(self, pixels: Array, W: Array) -> Array:
        """One input position's multiple of the filters, summed over the channels."""
        return np.einsum("nc,cm...->nm...", pixels, W)

    def met(self, index: tuple[int, ...]) -> tuple[slice, ...]:
        """Where the filter lies whose first tap is at stride * index."""
        firsts = [i * s for i, s in zip(index, self.strides, strict=True)]
        return tuple(
            slice(first, first + self.reach(a), self.dilations[a]) for a, first in enumerate(firsts)
        )

    def land(self, canvas: Array, at: Any, values: Array) -> None:
        canvas[at] += values

    def crop(self, canvas: Array, pads: list[tuple[int, int]], sizes: Ints) -> Array:
        """Pads cut off; negative ones add zeros."""
        Y = np.zeros((*canvas.shape[:2], *sizes), canvas.dtype)
        taken, put = [], []
        for (begin, _), size, wide in zip(pads, sizes, canvas.shape[2:], strict=True):
            first = max(begin, 0)
            last = max(min(begin + size, wide), first)
            taken.append(slice(first, last))
            put.append(slice(first - begin, last - begin))
        Y[(..., *put)] = canvas[(..., *taken)]
        return Y

    def add(self, Y: Array, B: Array) -> Array:
        return Y + B.reshape([1, -1] + [1] * self.rank)

    # Conv

    def forward_pads(self, axis: int) -> tuple[int, int]:
        if self.auto_pad == "NOTSET":
            return self.explicit[axis], self.explicit[axis + self.rank]
        if self.auto_pad == "VALID":
            return 0, 0
        size = -(-self.inputs[axis] // self.strides[axis])
        total = max((size - 1) * self.strides[axis] + self.reach(axis) - self.inputs[axis], 0)
        return (
            (total // 2, total - total // 2)
            if self.auto_pad == "SAME_UPPER"
            else (total - total // 2, total // 2)
        )

    def forward(self, X: Array, W: Array, B: Array | None) -> Array:
        """Output element by output element: the filter over the window that starts at stride *
        index."""
        pads = [self.forward_pads(axis) for axis in range(self.rank)]
        padded = np.pad(X, [(0, 0), (0, 0), *pads])
        sizes = [
            (padded.shape[2 + a] - self.reach(a)) // self.strides[a] + 1 for a in range(self.rank)
        ]
        maps, channels = W.shape[0] // self.group, W.shape[1]
        Y = np.zeros((X.shape[0], W.shape[0], *sizes), self.accumulator)
        for index in product(*(range(size) for size in sizes)):
            at = self.met(index)
            for g in range(self.group):
                window = padded[(slice(None), slice(g * channels, (g + 1) * channels), *at)]
                made = slice(g * maps, (g + 1) * maps)
                Y[(slice(None), made, *index)] = np.tensordot(
                    window, W[made], (range(1, X.ndim),) * 2
                )
        return Y if B is None else self.add(Y, B)


class Correct(Textbook):
    """No fault."""
