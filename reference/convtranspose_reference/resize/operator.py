"""ONNX Resize along the spatial axes, in exact rational arithmetic: the size of the output, where
each output looks, and the coefficients of what it sees there.

Source: the operator text of Resize 11, 13, 18 and 19. It has clauses U to Z of
`convtranspose list clauses`; where it is open, `ResizeRules` says which reading holds.
"""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from fractions import Fraction
from math import ceil, floor, isfinite
from typing import Any, Self

import numpy as np

from ..attributes import InvalidInput, Shape
from ..formats import round_to
from ..window import Array
from .coordinates import COORDINATES, TEXT, Along, ResizeRules, looked_at, scale_of

MODES = ("nearest", "linear", "cubic")
NEAREST_MODES = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
POLICIES = ("stretch", "not_larger", "not_smaller")
OLDEST_OPSET = 11  # before it Resize had no coordinates
Row = dict[int, Fraction]  # input -> its coefficient


def _float32(values: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(float(np.float32(value)) for value in values)


@dataclass(frozen=True, slots=True)
class Resize:
    """A Resize of the spatial axes as a node says it, in ONNX's names and with ONNX's defaults.

    `scales` or `sizes` have a value for each spatial axis, `roi` all starts, then all ends. Floats
    are those of float32, which a node has: 0.7 is the nearest one.
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
            object.__setattr__(self, name, _float32(getattr(self, name)))
        for name in ("cubic_coeff_a", "extrapolation_value"):
            object.__setattr__(self, name, float(np.float32(getattr(self, name))))
        if self.sizes is not None:
            object.__setattr__(self, "sizes", tuple(map(int, self.sizes)))

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
    if any(not isfinite(each) or each <= 0 for each in resize.scales or ()):
        raise InvalidInput("Z", "scales", list(resize.scales or ()), "finite values above 0")
    if any(each < 0 for each in resize.sizes or ()):
        raise InvalidInput("Z", "sizes", list(resize.sizes or ()), "values of at least 0")
    if resize.roi is None and resize.coordinate_transformation_mode == "tf_crop_and_resize":
        raise InvalidInput("Z", "roi", None, "given beside tf_crop_and_resize")


def check_opset(resize: Resize, opset: int) -> None:
    """Refuse what an opset's text does not have. Raises InvalidInput (clause Z)."""
    if opset < OLDEST_OPSET:
        raise InvalidInput("Z", "opset", opset, f"at least {OLDEST_OPSET}")
    since, until = COORDINATES[resize.coordinate_transformation_mode]
    if not since <= opset < until:
        word = resize.coordinate_transformation_mode
        raise InvalidInput("Z", "coordinate_transformation_mode", word, f"one of opset {opset}")
    for name in ("antialias", "keep_aspect_ratio_policy"):
        if name in resize.given() and opset < 18:
            raise InvalidInput("Z", name, getattr(resize, name), "absent before opset 18")


def _round_half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def resize_axes(spatial: Shape, resize: Resize, opset: int = 19) -> tuple[Along, ...]:
    """Sizes and scales along each spatial axis of X. Raises InvalidInput (clause Z)."""
    check_resize(resize, len(spatial), opset)
    rank, roi = len(spatial), resize.roi or (0.0,) * len(spatial) + (1.0,) * len(spatial)
    crops = [(Fraction(roi[axis]), Fraction(roi[rank + axis])) for axis in range(rank)]
    if resize.scales is not None:
        asked = [Fraction(scale) for scale in resize.scales]
        cropping = resize.coordinate_transformation_mode == "tf_crop_and_resize"
        shares = [end - start if cropping else Fraction(1) for start, end in crops]
        sizes = [floor(x * c * s) for x, c, s in zip(spatial, shares, asked, strict=True)]
    else:
        sizes, asked = _from_sizes(spatial, resize)
    if any(size < 0 for size in sizes):
        raise InvalidInput("Z", "roi", list(roi), "ends that are not before their starts")
    each = zip(spatial, sizes, asked, crops, strict=True)
    return tuple(
        Along(input=x, output=size, asked=scale, start=start, end=end)
        for x, size, scale, (start, end) in each
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


def kernel(resize: Resize, distance: Fraction) -> Fraction:
    """The coefficient of an input at a distance: a tent, or Keys' cubic convolution kernel (IEEE
    Trans. ASSP 29, 1981, equation 4) with `cubic_coeff_a`."""
    x = abs(distance)
    if resize.mode == "linear":
        return max(1 - x, Fraction(0))
    a = Fraction(resize.cubic_coeff_a)
    if x <= 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a if x < 2 else Fraction(0)


def _nearest(x: Fraction, mode: str) -> int:
    half = Fraction(1, 2)
    whole = {
        "round_prefer_floor": ceil(x - half),
        "round_prefer_ceil": floor(x + half),
        "floor": floor(x),
        "ceil": ceil(x),
    }
    return whole[mode]


def row(along: Along, resize: Resize, output: int, rules: ResizeRules = TEXT) -> Row | None:
    """The inputs that one output weighs, and how much; None where it is `extrapolation_value`.

    Inputs outside X are those at its edge (clause W), unless `exclude_outside`. Coefficients sum to
    1.
    """
    mode = resize.coordinate_transformation_mode
    x = looked_at(along, resize.mode, mode, output, rules)
    if mode == "tf_crop_and_resize" and not 0 <= x <= along.input - 1:
        return None
    if resize.mode == "nearest":
        return {min(max(_nearest(x, resize.nearest_mode), 0), along.input - 1): Fraction(1)}
    stretch = min(scale_of(along, rules), Fraction(1)) if resize.antialias else Fraction(1)
    reach = (1 if resize.mode == "linear" else 2) / stretch
    excludes = resize.exclude_outside or (resize.antialias and rules.antialias_excludes)
    found: Row = {}
    for each in range(ceil(x - reach), floor(x + reach) + 1):
        inside = min(max(each, 0), along.input - 1)
        weight = kernel(resize, (each - x) * stretch)
        if weight and (inside == each or not excludes):
            found[inside] = found.get(inside, Fraction(0)) + weight
    total = sum(found.values(), start=Fraction(0))
    if not total:
        raise InvalidInput("W", "exclude_outside", 1, f"0 where output {output} sees no element")
    return {each: weight / total for each, weight in found.items()}


def rows(along: Along, resize: Resize, rules: ResizeRules = TEXT) -> list[Row | None]:
    """`row` of every output along an axis."""
    return [row(along, resize, output, rules) for output in range(along.output)]


def matrix(found: Sequence[Row | None], inputs: int) -> Array:
    """Rows as a matrix of float64: output x input, zeros where extrapolated."""
    made = np.zeros((len(found), inputs))
    for at, each in enumerate(found):
        for index, weight in (each or {}).items():
            made[at, index] = float(weight)
    return made


def along_axis(matrix_of: Array, X: Array, axis: int) -> Array:
    """A matrix, output x input, times X along an axis."""
    return np.moveaxis(np.tensordot(matrix_of, X, (1, axis)), 0, axis)


def extrapolated(each_axis: Sequence[Sequence[Row | None]]) -> Array:
    """Where, over the spatial axes, the output is `extrapolation_value`."""
    found = np.zeros(tuple(map(len, each_axis)), bool)
    for axis, along in enumerate(each_axis):
        beyond = np.array([each is None for each in along], bool)
        found |= beyond.reshape(-1, *(1,) * (len(each_axis) - 1 - axis))
    return found


def resize(X: Array, *, opset: int = 19, rules: ResizeRules = TEXT, **given: Any) -> Array:
    """ONNX Resize of the spatial axes of X (N x C x D1...), as the text of opset 19 reads.

    `given` are the fields of `Resize`. Computes in float64 from exact coefficients, rounds once.
    Raises InvalidInput (a ValueError) naming clause, attribute, value found and values accepted.
    """
    asked = Resize.of(**given)
    axes = resize_axes(X.shape[2:], asked, opset)
    each_axis = [rows(along, asked, rules) for along in axes]
    Y = np.asarray(X, np.float64)
    for axis, (along, found) in enumerate(zip(axes, each_axis, strict=True)):
        Y = along_axis(matrix(found, along.input), Y, axis + 2)
    Y = np.where(extrapolated(each_axis), asked.extrapolation_value, Y)
    return round_to(Y, X.dtype)
