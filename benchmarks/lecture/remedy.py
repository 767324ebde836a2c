"""A remedy against a checkerboard: the steps that a framework takes, the kernel that they are, and
the products that they cost."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import Geometry, geometry
from convtranspose_reference.remedies import (
    composed,
    convolved_products,
    divided_kernel,
    icnr,
    interleaved,
    linear_kernel,
    linear_products,
    nearest_kernel,
    phase_filters,
    transposed_products,
)

from .frameworks import Step

LOW = 3  # the filter of a sub-pixel convolution, on the input's own pixels
REMEDIES = (
    "ConvTranspose",
    "a kernel that the stride divides",
    "nearest Resize, Conv",
    "linear Resize, Conv",
    "sub-pixel",
    "sub-pixel, ICNR",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A remedy for a call of this kernel and stride, along two axes alike."""

    name: str
    kernel: int
    stride: int

    @property
    def side(self) -> int:
        """Of its filter."""
        if self.name == "ConvTranspose":
            return self.kernel
        if self.name.startswith("a kernel"):
            return divided_kernel(_placed(self.kernel, self.stride, 1, 1).axes[0])
        return LOW if self.name.startswith("sub-pixel") else self.kernel + 1 - self.kernel % 2

    @property
    def is_transposed(self) -> bool:
        return self.name in REMEDIES[:2]

    def filters(self, maps: int) -> int:
        """Filters of `maps` maps that are drawn alone: one for each phase of a sub-pixel
        convolution, unless ICNR repeats it."""
        return maps * self.stride**2 if self.name == "sub-pixel" else maps

    def steps(self, W: Any, order: str = "CRD") -> list[Step]:
        """W: filters x C x side x side; of a ConvTranspose C x M x side x side."""
        if self.is_transposed:
            return [("conv_transpose", W, self.stride)]
        if self.name.startswith("sub-pixel"):
            is_icnr = self.name.endswith("ICNR")
            weights = icnr(W, (self.stride, self.stride), order) if is_icnr else W
            shuffle = [("shuffle", self.stride)] * (self.stride > 1)  # TensorFlow refuses 1
            return [("conv", weights), *shuffle]
        return [(self.name.split()[0], self.stride), ("conv", W)]

    def as_kernel(self, W: Any) -> Any:
        """The kernel that W (of one pair of channels) makes, times `whole`, in integers."""
        scales = (self.stride, self.stride)
        if self.is_transposed:
            return W[0, 0]
        if self.name.startswith("sub-pixel"):
            weights = icnr(W, scales) if self.name.endswith("ICNR") else W
            return interleaved(phase_filters(weights, scales)[0, 0])
        resize = linear_kernel if self.name.startswith("linear") else nearest_kernel
        return composed([resize(self.stride)] * 2, W[0, 0])

    @property
    def whole(self) -> int:
        """What `as_kernel` is a multiple of."""
        return (2 * self.stride) ** 2 if self.name.startswith("linear") else 1

    @property
    def begin(self) -> int:
        """Where the kernel of an input begins, in outputs from stride * input."""
        if self.is_transposed:
            return 0
        if self.name.startswith("sub-pixel"):
            return -self.stride * (LOW // 2)
        return -(self.side // 2) - (self.stride // 2) * self.name.startswith("linear")

    def products(self, channels: int, image: int) -> int:
        """Of a layer of as many maps, X channels x image x image."""
        s, pairs = self.stride, channels**2
        if self.is_transposed:
            return transposed_products(_placed(self.side, s, channels, image))
        if self.name.startswith("sub-pixel"):
            return s**2 * convolved_products((image, image), (LOW, LOW), pairs)
        larger, resized = (s * image, s * image), 0
        if self.name.startswith("linear"):
            resized = linear_products((image, image), (s, s), channels)
        return resized + convolved_products(larger, (self.side, self.side), pairs)


def _placed(kernel: int, stride: int, channels: int, image: int) -> Geometry:
    given = Attributes.of(strides=(stride, stride))
    x_shape = (1, channels, image, image)
    return geometry(x_shape, (channels, channels, kernel, kernel), given)


def remedies(kernel: int, stride: int) -> Iterator[Remedy]:
    for name in REMEDIES:
        yield Remedy(name=name, kernel=kernel, stride=stride)


def drawn(remedy: Remedy, seed: int, channels: int = 1) -> Any:
    """Weights from -8 to 8."""
    shape = (remedy.filters(channels), channels, remedy.side, remedy.side)
    return np.random.default_rng(seed).integers(-8, 9, shape)
