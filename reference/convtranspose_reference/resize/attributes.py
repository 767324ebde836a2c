"""A Resize as a node says it, what the text forbids, and how large what comes out is.

Source: the operator text of Resize 11, 13, 18 and 19. It has clauses U to Z of
`convtranspose list clauses`.
"""

from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from math import floor, isfinite
from typing import Any, Self

import numpy as np

from ..attributes import InvalidInput, Shape
from .coordinates import COORDINATES, LATER, Along

MODES = ("nearest", "linear", "cubic")
NEAREST_MODES = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
POLICIES = ("stretch", "not_larger", "not_smaller")
FIRST_OPSET = 11  # before it Resize had no coordinates
_LARGEST = float(np.finfo(np.float32).max)


def _float32(name: str, value: float) -> float:
    """Raises InvalidInput (clause Z) for a number past those of float32."""
    if isfinite(value) and abs(value) > _LARGEST:
        raise InvalidInput("Z", name, value, "a number that float32 holds")
    return float(np.float32(value))


@dataclass(frozen=True, slots=True)
class Resize:
    """A Resize of the spatial axes as a node says it, in ONNX's names and with ONNX's defaults.

    `scales` or `sizes` have a value for each spatial axis, `roi` all starts, then all ends. Floats
    are those of float32, which a node has: 0.7 is the nearest one. Raises InvalidInput (clause Z)
    where there is none.
    """

    _: KW_ONLY
    scales: tuple[float, ...] | None = None
    sizes: Shape | None = None
    mode: str = "nearest"
    coordinate_transformation_mode: str = "half_pixel"
    nearest_mode: str = "round_prefer_floor"
    cubic_coeff_a: float = -0.75
    exclude_outside: bool = False
    extrapolation_value: float = 0.0
    antialias: bool = False
    keep_aspect_ratio_policy: str = "stretch"
    roi: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("scales", "roi"):
            if (values := getattr(self, name)) is not None:
                object.__setattr__(self, name, tuple(_float32(name, value) for value in values))
        for name in ("cubic_coeff_a", "extrapolation_value"):
            object.__setattr__(self, name, _float32(name, getattr(self, name)))
        if self.sizes is not None:
            object.__setattr__(self, "sizes", tuple(map(int, self.sizes)))

    @property
    def crops(self) -> bool:
        """Is it a part of X that is resized? Of no other coordinates does roi say anything."""
        return self.coordinate_transformation_mode == "tf_crop_and_resize"

    def given(self) -> dict[str, Any]:
        """What differs from the operator's defaults, by name."""
        usual = type(self)()
        return {
            name: value
            for name in list(self.__slots__)
            if (value := getattr(self, name)) != getattr(usual, name)
        }

    def text(self) -> str:
        """The attributes and inputs that are given, on one line."""
        return ", ".join(
            f"{k}={list(v) if isinstance(v, tuple) else repr(v)}" for k, v in self.given().items()
        )

    @classmethod
    def of(cls, **given: Any) -> Self:
        """From lists, tuples or arrays of numbers. Raises TypeError on an unknown name."""
        plain: dict[str, Any] = {
            k: tuple(v) if k in ("scales", "sizes", "roi") and v is not None else v
            for k, v in given.items()
        }
        return cls(**plain)


def check_resize(resize: Resize, rank: int, opset: int) -> None:
    """Refuse what the text forbids whatever the sizes of X. Raises InvalidInput (clause Z)."""
    words: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("mode", MODES),
        ("nearest_mode", NEAREST_MODES),
        ("coordinate_transformation_mode", tuple(COORDINATES)),
        ("keep_aspect_ratio_policy", POLICIES),
    )
    for name, known in words:
        if getattr(resize, name) not in known:
            raise InvalidInput("Z", name, getattr(resize, name), f"one of {', '.join(known)}")
    check_opset(resize, opset)
    if (resize.scales is None) == (resize.sizes is None):
        raise InvalidInput("Z", "sizes", resize.sizes, "given where scales are not, and only there")
    for name, length in (("scales", rank), ("sizes", rank), ("roi", 2 * rank)):
        values = getattr(resize, name)
        if values is not None and len(values) != length:
            raise InvalidInput("Z", name, list(values), f"{length} values for {rank} spatial axes")
    crop = resize.roi if resize.crops else None
    coefficient = (resize.cubic_coeff_a,) if resize.mode == "cubic" else ()
    if any(not isfinite(each) or each <= 0 for each in resize.scales or ()):
        raise InvalidInput("Z", "scales", list(resize.scales or ()), "finite values above 0")
    if not all(map(isfinite, coefficient)):
        raise InvalidInput("Z", "cubic_coeff_a", resize.cubic_coeff_a, "a finite value")
    if not all(map(isfinite, crop or ())):
        raise InvalidInput("Z", "roi", list(crop or ()), "finite values")
    if any(each < 0 for each in resize.sizes or ()):
        raise InvalidInput("Z", "sizes", list(resize.sizes or ()), "values of at least 0")
    if resize.crops and crop is None:
        raise InvalidInput("Z", "roi", None, "given beside tf_crop_and_resize")


def check_opset(resize: Resize, opset: int) -> None:
    """Refuse what an opset's text does not have. Raises InvalidInput (clause Z)."""
    if opset < FIRST_OPSET:
        raise InvalidInput("Z", "opset", opset, f"at least {FIRST_OPSET}")
    word = resize.coordinate_transformation_mode
    since, until = COORDINATES.get(word, (FIRST_OPSET, LATER))  # a word of no opset is no matter
    if not since <= opset < until:
        raise InvalidInput("Z", "coordinate_transformation_mode", word, f"one of opset {opset}")
    for name in ("antialias", "keep_aspect_ratio_policy"):
        if name in resize.given() and opset < 18:
            raise InvalidInput("Z", name, getattr(resize, name), "absent before opset 18")


def _round_half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def resize_axes(spatial: Shape, resize: Resize, opset: int = 19) -> tuple[Along, ...]:
    """Sizes and scales along each spatial axis of X. Raises InvalidInput (clause Z)."""
    check_resize(resize, len(spatial), opset)
    rank = len(spatial)
    roi = (resize.roi if resize.crops else None) or (0.0,) * rank + (1.0,) * rank
    crops = [(Fraction(roi[axis]), Fraction(roi[rank + axis])) for axis in range(rank)]
    shares = [Fraction(1)] * rank
    if resize.scales is not None:
        asked = [Fraction(scale) for scale in resize.scales]
        shares = [end - start for start, end in crops]
        sizes = [floor(x * c * s) for x, c, s in zip(spatial, shares, asked, strict=True)]
    else:
        sizes, asked = _from_sizes(spatial, resize)
    if any(size < 0 for size in sizes):
        raise InvalidInput("Z", "roi", list(roi), "ends that are not before their starts")
    each = zip(spatial, sizes, asked, shares, crops, strict=True)
    return tuple(
        Along(input=x, output=size, asked=scale, share=share, start=start, end=end)
        for x, size, scale, share, (start, end) in each
    )


def _from_sizes(spatial: Shape, resize: Resize) -> tuple[list[int], list[Fraction]]:
    wanted = resize.sizes or ()
    if any(size and not x for x, size in zip(spatial, wanted, strict=True)):
        raise InvalidInput("Z", "sizes", list(wanted), "0 where X has no elements")
    if resize.keep_aspect_ratio_policy == "stretch" or 0 in spatial:
        return list(wanted), [Fraction(s, x or 1) for s, x in zip(wanted, spatial, strict=True)]
    scales = [Fraction(size, x) for size, x in zip(wanted, spatial, strict=True)]
    scale = min(scales) if resize.keep_aspect_ratio_policy == "not_larger" else max(scales)
    return [_round_half_up(scale * x) for x in spatial], [scale] * len(spatial)
