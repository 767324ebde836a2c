"""Numbers that show every term of an output: X has one 1, W has powers of 4, so that an output
element, written in base 4, says which weights reached it and how often.

ConvTranspose is linear in X and in W: such calls say all of it but how it rounds.
"""

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from convtranspose_reference.attributes import Shape
from convtranspose_reference.formats import FORMATS

if TYPE_CHECKING:
    from ..case import Case

PREFIX = "one-hot-"
ALL = "all"


def digits(dtype: str) -> int:
    """How many digits in base 4 a number of the dtype holds exactly."""
    return FORMATS[dtype].precision // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class OneHot:
    """What `data` = "one-hot-PART-IMAGE" stands for: of W, and of B, the elements of one part have
    powers of 4, the others 0; `image` is the element of X that is 1 in every image, or None: it is
    number n in image n, and none in the last image."""

    part: int
    image: int | None

    @classmethod
    def of(cls, data: str) -> "OneHot":
        """Read from a kind of numbers. Raises ValueError for another kind."""
        part, _, image = data.removeprefix(PREFIX).partition("-")
        if not data.startswith(PREFIX):
            raise ValueError(f"{data!r} is no kind of one-hot numbers")
        return cls(part=int(part), image=None if image == ALL else int(image))

    @property
    def data(self) -> str:
        return f"{PREFIX}{self.part}-{ALL if self.image is None else self.image}"

    def inputs(self, shape: Shape) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """X, N x C x D1..."""
        X = np.zeros((shape[0], prod(shape[1:])), np.int64)
        if self.image is not None:
            X[:, self.image : self.image + 1] = 1
        else:
            np.fill_diagonal(X, 1)
        return X.reshape(shape)

    def weights(self, shape: Shape, dtype: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """W, or B: powers of 4 in this part of it."""
        count, most = prod(shape), digits(dtype)
        numbers = np.arange(count) - self.part * most
        inside = (numbers >= 0) & (numbers < most)
        return np.where(inside, 4 ** np.clip(numbers, 0, most - 1), 0).reshape(shape)


def parts(case: "Case") -> int:
    """How many calls show all of W and of B."""
    return max(-(-max(prod(case.w_shape), case.maps * case.bias) // digits(case.dtype)), 1)


def traced(case: "Case", image: int | None = None) -> "list[Case]":
    """The calls that show every term of the case's shapes and attributes: one a part, with an image
    for each element of X and one of zeros, or with the case's own number of images, alike."""
    images = case.x_shape[0] if image is not None else prod(case.x_shape[1:]) + 1
    return [
        replace(
            case,
            suite="measured",
            name=f"{case.name}_{kind.data.replace('-', '_')}",
            x_shape=(images, *case.x_shape[1:]),
            data=kind.data,
            previous=None,
        )
        for kind in (OneHot(part=part, image=image) for part in range(parts(case)))
    ]
