"""`resize`: ONNX Resize before a convolution, the remedy for checkerboards that Odena, Dumoulin and
Olah ("Deconvolution and Checkerboard Artifacts", Distill 2016) put in ConvTranspose's place.

Every way to say where an output looks, in both directions, in one, two and three axes. The
convolution is small: what is asked is what it is fed.
"""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any

from convtranspose_reference.resize import NEAREST_MODES, Resize

from ..case import Case, make
from .families import each_once

SUITE = "resize"
TITLE = "Resize before a convolution: every coordinate, every way to round, antialias"
COORDINATES = (
    "half_pixel",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "half_pixel_symmetric",
)
_OWN = (
    "scales",
    "sizes",
    "nearest_mode",
    "cubic_coeff_a",
    "exclude_outside",
    "antialias",
    "extrapolation_value",
    "roi",
)


def _case(x: Iterable[int], mode: str, k: Iterable[int] = (2,), **given: Any) -> Case:
    """A Conv with kernel `k` of X resized; `coordinates` and `policy` are short for ONNX's
    names."""
    asked = {name: given.pop(name) for name in _OWN if name in given}
    for short, name in (
        ("coordinates", "coordinate_transformation_mode"),
        ("policy", "keep_aspect_ratio_policy"),
    ):
        if short in given:
            asked[name] = given.pop(short)
    resize = Resize.of(mode=mode, **asked)
    return make(SUITE, tuple(x), tuple(k), op="Conv", resize=resize, **given)


def lecture() -> Iterator[Case]:
    """The remedy itself: nearest and linear times 2 and a 3 x 3 convolution that keeps the size, as
    both spell it."""
    same: dict[str, Any] = {"pads": (1, 1, 1, 1), "c": 2, "m": 2}
    for size in (4, 5):
        for coordinates in ("half_pixel", "asymmetric"):
            twice: dict[str, Any] = {"scales": (2, 2), "coordinates": coordinates}
            yield _case((size, size), "nearest", (3, 3), nearest_mode="floor", **twice, **same)
            yield _case((size, size), "linear", (3, 3), **twice, **same)
        yield _case(
            (size, size), "nearest", (3, 3), scales=(2, 2), nearest_mode="round_prefer_ceil", **same
        )
        yield _case(
            (size, size), "linear", (3, 3), scales=(2, 2), coordinates="align_corners", **same
        )
        yield _case((size, size), "cubic", (3, 3), scales=(2, 2), **same)
    ones: dict[str, Any] = {"scales": (2, 2), "bias": True, "data": "ones"} | same
    floored = {"nearest_mode": "floor", "coordinates": "asymmetric"}
    yield _case((4, 4), "nearest", (3, 3), **floored, **ones)
    yield _case((4, 4), "linear", (3, 3), **ones)


def nearest() -> Iterator[Case]:
    """Every coordinate with every way to round: up, down, by a power of two and by none, through
    ties and whole coordinates."""
    for coordinates, nearest_mode in product(COORDINATES, NEAREST_MODES):
        how: dict[str, Any] = {"coordinates": coordinates, "nearest_mode": nearest_mode}
        for x, scale in ((4, 2.0), (8, 0.5), (5, 3.0)):
            yield _case((x,), "nearest", scales=(scale,), **how)
        for x, size in ((5, 7), (7, 3)):
            yield _case((x,), "nearest", sizes=(size,), **how)
    for nearest_mode in NEAREST_MODES:
        how = {"coordinates": "tf_half_pixel_for_nn", "nearest_mode": nearest_mode, "opset": 11}
        for x, size in ((5, 7), (7, 3), (4, 8)):
            yield _case((x,), "nearest", sizes=(size,), **how)


def linear() -> Iterator[Case]:
    """Every coordinate, up and down, exact where the scale is a power of two and bounded where it
    is not; one output alone."""
    for coordinates in COORDINATES:
        for x, scale in ((4, 2.0), (8, 0.5), (4, 1.5), (5, 3.0)):
            yield _case((x,), "linear", scales=(scale,), coordinates=coordinates)
        for x, size in ((5, 7), (7, 3), (6, 1), (1, 3)):
            yield _case((x,), "linear", (1,), sizes=(size,), coordinates=coordinates)


def in_words_of_frameworks() -> Iterator[Case]:
    """The few of these calls that PyTorch and TensorFlow have a word for, at sizes of all kinds."""
    words: tuple[tuple[str, dict[str, Any]], ...] = (
        ("nearest", {"coordinates": "asymmetric", "nearest_mode": "floor"}),
        ("nearest", {"coordinates": "half_pixel", "nearest_mode": "round_prefer_ceil"}),
        ("linear", {"coordinates": "half_pixel"}),
        ("linear", {"coordinates": "align_corners"}),
    )
    for mode, how in words:
        for x, size in (((4, 5), (8, 10)), ((4, 6), (2, 3)), ((5, 3), (7, 4)), ((6, 7), (3, 2))):
            yield _case(x, mode, (2, 2), sizes=size, c=2, m=2, **how)
        for x, scales in (((3, 4), (3, 1.5)), ((5, 6), (1.5, 0.75)), ((4, 4), (0.5, 2.5))):
            yield _case(x, mode, (2, 1), scales=scales, **how)
        yield _case((2, 3, 4), mode, (1, 1, 2), sizes=(4, 5, 2), **how)
    for a, outside in ((-0.75, False), (-0.5, True)):
        how = {"cubic_coeff_a": a, "exclude_outside": outside}
        for shape, size in (((4, 3), (8, 3)), ((3, 8), (3, 4)), ((4, 2), (6, 2))):
            yield _case(shape, "cubic", (2, 2), sizes=size, **how)
        yield _case((4, 4), "cubic", (2, 2), sizes=(4, 4), **how)


def rounding() -> Iterator[Case]:
    """Sizes at which a coordinate in float32 is rounded to another input than the exact one is."""
    for x, size, coordinates, nearest_mode in (
        (3, 13, "half_pixel", "floor"),
        (10, 6, "half_pixel", "floor"),
        (11, 7, "half_pixel", "ceil"),
        (7, 19, "half_pixel", "ceil"),
        (4, 14, "half_pixel", "round_prefer_floor"),
        (6, 13, "half_pixel", "round_prefer_ceil"),
        (10, 17, "half_pixel", "round_prefer_ceil"),
        (7, 2, "asymmetric", "round_prefer_ceil"),
        (7, 4, "asymmetric", "round_prefer_ceil"),
        (10, 12, "asymmetric", "round_prefer_ceil"),
        (11, 14, "asymmetric", "round_prefer_floor"),
    ):
        how: dict[str, Any] = {"coordinates": coordinates, "nearest_mode": nearest_mode}
        yield _case((x,), "nearest", (1,), sizes=(size,), **how)
        yield _case((x, 2), "nearest", (1, 1), sizes=(size, 4), **how)


def cubic() -> Iterator[Case]:
    """Keys' kernel with both coefficients in use, with what lies outside repeated or left out; in
    two axes, which everybody has, one of them as it is."""
    for coordinates, (a, outside) in product(
        COORDINATES, ((-0.75, False), (-0.5, False), (-0.75, True), (-0.5, True))
    ):
        how: dict[str, Any] = {"coordinates": coordinates}
        how |= {"cubic_coeff_a": a, "exclude_outside": outside}
        for x, scale in ((3 if coordinates == "align_corners" else 4, 2.0), (8, 0.5)):
            yield _case((x, 2), "cubic", (1, 1), scales=(scale, 1), **how)
        if a == -0.75 or outside:
            yield _case((2, 4), "cubic", (1, 1), sizes=(2, 6), **how)
    for coordinates in ("half_pixel", "pytorch_half_pixel"):
        yield _case((5, 2), "cubic", (1, 1), sizes=(1, 2), coordinates=coordinates)
    yield _case((4,), "cubic", scales=(2,))
    yield _case((4,), "cubic", (1,), sizes=(6,))


def antialias() -> Iterator[Case]:
    """The stretched filter, at the border too, in both modes; no stretch where X grows."""
    for outside in (False, True):
        how: dict[str, Any] = {"antialias": True, "exclude_outside": outside}
        for x, scale in ((8, 0.5), (8, 0.25), (4, 2.0)):
            yield _case((x,), "linear", (1,), scales=(scale,), **how)
        for x, size in ((6, 4), (9, 3), (6, 1)):
            yield _case((x,), "linear", (1,), sizes=(size,), **how)
        for a in (-0.5, -0.75):
            yield _case((8, 3), "cubic", (1, 1), scales=(0.5, 1), cubic_coeff_a=a, **how)
        for shape, scales in (((8, 8), (0.5, 0.5)), ((8, 4), (0.25, 2)), ((4, 4), (2, 2))):
            yield _case(shape, "linear", (2, 2), scales=scales, **how)
        yield _case((8, 6), "linear", (2, 2), sizes=(4, 6), c=2, m=2, **how)
        yield _case((8,), "linear", (1,), scales=(0.5,), coordinates="asymmetric", **how)
        yield _case((9,), "linear", (1,), sizes=(5,), coordinates="align_corners", **how)


def cut_off() -> Iterator[Case]:
    """Scales that give no whole size, so that the scale as given is not that of the sizes."""
    for coordinates in COORDINATES:
        for x, scale in ((5, 1.5), (7, 0.5), (6, 1.25)):
            how: dict[str, Any] = {"scales": (scale,), "coordinates": coordinates}
            yield _case((x,), "linear", (1,), **how)
            yield _case((x,), "nearest", (1,), nearest_mode="floor", **how)
    yield _case((5, 7), "linear", (1, 1), scales=(1.5, 0.5))
    yield _case(
        (5, 7), "nearest", (1, 1), scales=(1.5, 0.5), coordinates="asymmetric", nearest_mode="floor"
    )


def along_more_axes() -> Iterator[Case]:
    """Two and three axes, each with its own scale; one of them left as it is."""
    both: dict[str, Any] = {"c": 2, "m": 3, "bias": True}
    for mode, coordinates in product(("nearest", "linear"), COORDINATES):
        how: dict[str, Any] = {"coordinates": coordinates}
        yield _case((3, 4), mode, (2, 3), scales=(2, 4), **how, **both)
        yield _case((4, 8), mode, (2, 2), scales=(2, 0.5), c=2, m=2, **how)
        yield _case((4, 5), mode, (2, 2), sizes=(8, 5), **how)
        yield _case((3, 4), mode, (1, 2), sizes=(5, 7), **how)
    for mode in ("nearest", "linear"):
        for coordinates in ("half_pixel", "align_corners", "asymmetric"):
            how = {"coordinates": coordinates, "nearest_mode": "floor"}
            yield _case((2, 3, 2), mode, (2, 2, 1), scales=(2, 2, 2), **how)
            yield _case((2, 3, 4), mode, (1, 2, 2), sizes=(4, 3, 2), c=2, m=2, **how)
    for a, outside in ((-0.75, False), (-0.5, True)):
        how = {"cubic_coeff_a": a, "exclude_outside": outside}
        yield _case((4, 4), "cubic", (1, 1), scales=(2, 1) if outside else (2, 2), **how)
        yield _case((4, 5), "cubic", (2, 2), sizes=(8, 5), c=2, m=2, **how)


def other_calls() -> Iterator[Case]:
    """Crops with an extrapolation value, policies, scales of 1, sizes of X itself; the convolution
    with its own pads, strides, dilations and groups."""
    crop: dict[str, Any] = {"coordinates": "tf_crop_and_resize"}
    for mode in ("nearest", "linear"):
        yield _case((5,), mode, (1,), sizes=(3,), roi=(0, 1), **crop)
        yield _case((5,), mode, (1,), sizes=(5,), roi=(0.25, 0.75), **crop)
        yield _case((5,), mode, (2,), sizes=(9,), roi=(-0.5, 1.5), extrapolation_value=3, **crop)
        beyond = {"roi": (0, -0.5, 1, 1.5), "extrapolation_value": -2} | crop
        yield _case((5, 5), mode, (1, 1), sizes=(3, 9), **beyond)
        for policy in ("not_larger", "not_smaller"):
            yield _case((4, 8), mode, (1, 1), sizes=(8, 8), policy=policy)
            yield _case((3, 4), mode, (1, 1), sizes=(6, 6), policy=policy)
        yield _case((5,), mode, scales=(1,))
        yield _case((5, 4), mode, (2, 2), sizes=(5, 4))
    twice: dict[str, Any] = {"scales": (2, 2)}
    for mode in ("nearest", "linear"):
        yield _case((4, 4), mode, (3, 3), strides=(2, 2), pads=(1, 0, 0, 1), **twice)
        yield _case((4, 4), mode, (2, 3), dilations=(2, 2), c=4, m=2, group=2, bias=True, **twice)
        yield _case((4, 3), mode, (3, 3), auto_pad="SAME_UPPER", c=2, m=4, group=2, **twice)
        yield _case((4, 4), mode, (2, 2), initializer=False, n=2, **twice)
    yield _case((0,), "linear", scales=(2,), pads=(1, 1))


def opsets() -> Iterator[Case]:
    """The texts of 11, 13 and 18 on what they have in common, and of 22."""
    for opset, mode in product((11, 13, 18, 22), ("nearest", "linear", "cubic")):
        yield _case((4, 2), mode, (1, 1), scales=(2, 1), opset=opset)
        yield _case((8, 4), mode, (1, 1), sizes=(4, 8), opset=opset, coordinates="align_corners")
    for opset in (18, 22):
        yield _case((8,), "linear", (1,), scales=(0.5,), antialias=True, opset=opset)


def dtypes() -> Iterator[Case]:
    """The other dtypes, in which coordinates are float32 all the same."""
    for dtype in ("float16", "bfloat16", "float64"):
        for mode in ("nearest", "linear"):
            yield _case((4,), mode, scales=(2,), dtype=dtype)
            yield _case((4, 4), mode, (3, 3), scales=(2, 2), dtype=dtype, pads=(1, 1, 1, 1))
            yield _case((5,), mode, (1,), sizes=(7,), dtype=dtype)
        yield _case((4, 2), "cubic", (1, 1), scales=(2, 1), dtype=dtype)
        yield _case((8,), "linear", (1,), scales=(0.5,), antialias=True, dtype=dtype)


def forbidden() -> Iterator[Case]:
    """Scales of 0 and below, both scales and sizes or neither, lists of another length, what is not
    of the opset, an empty X with sizes."""
    plain: dict[str, Any] = {"data": "plain"}
    for scales in ((0,), (-1,)):
        yield _case((4,), "linear", scales=scales, **plain)
    yield _case((4, 4), "linear", (2, 2), scales=(2, 0), **plain)
    yield _case((4,), "linear", scales=(2,), sizes=(8,), **plain)
    yield _case((4,), "linear", **plain)
    yield _case((4, 4), "linear", (2, 2), scales=(2,), **plain)
    yield _case((4, 4), "linear", (2, 2), sizes=(8, 8, 8), **plain)
    yield _case((4, 4), "linear", (2, 2), sizes=(8, -1), **plain)
    yield _case((0,), "linear", (1,), sizes=(4,), **plain)
    yield _case((8,), "linear", scales=(0.5,), antialias=True, opset=13, **plain)
    yield _case((4,), "linear", scales=(2,), coordinates="half_pixel_symmetric", opset=13, **plain)
    yield _case((4,), "nearest", scales=(2,), coordinates="tf_half_pixel_for_nn", opset=13, **plain)
    yield _case((4,), "linear", (1,), sizes=(4,), coordinates="tf_crop_and_resize", **plain)
    yield _case((4,), "linear", (3,), scales=(0.25,), **plain)  # the kernel does not fit


FAMILIES = (
    lecture,
    in_words_of_frameworks,
    nearest,
    rounding,
    linear,
    cubic,
    antialias,
    cut_off,
    along_more_axes,
    other_calls,
    opsets,
    dtypes,
    forbidden,
)


def cases() -> list[Case]:
    """Every family's cases, each call once."""
    return each_once(FAMILIES)
