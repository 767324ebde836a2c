"""`invalid`: one call for each sentence that forbids something, and what a careless caller sends.
Is it refused, and cleanly?

Tensors are small everywhere: what is huge stands in attributes alone.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

from convtranspose_reference.attributes import Attributes, Op, Shape

from ..case import Case

SUITE = "invalid"
TITLE = "Calls that the operator text forbids"
INT32, INT64 = 2**31 - 1, 2**63 - 1

_ONE = ((1, 2, 4), (2, 3, 3))  # one spatial axis, C = 2, M = 3
_TWO = ((1, 4, 4, 5), (4, 2, 3, 2))  # two, C = 4, M = 2
_THREE = ((1, 2, 2, 3, 2), (2, 1, 2, 2, 3))
_CONV = ((1, 2, 6), (3, 2, 3))

_STEPS: tuple[tuple[str, tuple[Shape, Shape], Shape], ...] = (
    ("0", _ONE, (0,)),
    ("minus_1", _ONE, (-1,)),
    ("minus_2", _ONE, (-2,)),
    ("int64_min", _ONE, (-INT64 - 1,)),
    ("too_many", _ONE, (1, 1)),
    ("0_0_2d", _TWO, (0, 0)),
    ("1_0_2d", _TWO, (1, 0)),
    ("2_minus_1_2d", _TWO, (2, -1)),
    ("too_few_2d", _TWO, (2,)),
    ("with_batch_and_channels_2d", _TWO, (1, 2, 2, 1)),
    ("0_3d", _THREE, (1, 0, 1)),
)


def _case(
    name: str,
    shapes: tuple[Shape, Shape] = _ONE,
    *,
    op: Op = "ConvTranspose",
    b: Shape | None = None,
    initializer: bool = True,
    **given: Any,
) -> Case:
    """A forbidden call; `b` is B's shape. Without legality nothing can be named after sizes, so
    that each has a name of its own."""
    return Case(
        suite=SUITE,
        name=name,
        op=op,
        x_shape=shapes[0],
        w_shape=shapes[1],
        attributes=Attributes.of(**given),
        bias=b is not None,
        bias_shape=b,
        data="plain",
        initializer=initializer,
    )


def ranks() -> Iterator[Case]:
    """X without a spatial axis; W of another rank than X (O)."""
    yield _case("x_of_rank_2", ((1, 2), (2, 3)))
    yield _case("w_of_rank_4_for_x_of_rank_3", ((1, 2, 4), (2, 3, 3, 3)))
    yield _case("w_of_rank_3_for_x_of_rank_4", ((1, 2, 4, 4), (2, 3, 3)))
    yield _case("w_of_rank_2_for_x_of_rank_3", ((1, 2, 4), (2, 3)))
    yield _case("w_without_kernel", ((1, 2, 4), (2, 3, 0)))
    yield _case("w_without_kernel_on_one_axis", ((1, 4, 4, 5), (4, 2, 3, 0)))


def channels() -> Iterator[Case]:
    """C and W.shape[0], group (O)."""
    yield _case("w_channels_above_c", ((1, 2, 4), (3, 3, 3)))
    yield _case("w_channels_below_c", ((1, 3, 4), (2, 3, 3)))
    yield _case("w_channels_1", ((1, 2, 4), (1, 3, 3)))
    yield _case("w_channels_above_c_2d", ((1, 2, 4, 5), (4, 2, 3, 2)))
    yield _case("w_channels_above_c_3d", ((1, 1, 2, 3, 2), (2, 1, 2, 2, 3)))
    yield _case("w_channels_per_group", ((1, 4, 4), (2, 3, 3)), group=2)
    yield _case("w_as_conv_has_it", ((1, 2, 4), (5, 2, 3)))
    yield _case("w_input_channels_above_c", ((1, 2, 4), (3, 3, 3)), initializer=False)
    yield _case("group_0", group=0)
    yield _case("group_0_2d", _TWO, group=0)
    yield _case("group_minus_1", group=-1)
    yield _case("group_minus_2_2d", _TWO, group=-2)
    yield _case("group_3_of_c_4", _TWO, group=3)
    yield _case("group_above_c", group=4)
    yield _case("group_int32_max", group=INT32)
    yield _case("group_2_32_plus_1", group=2**32 + 1)
    yield _case("group_int64_max", group=INT64)


def biases() -> Iterator[Case]:
    """B has M values in one dimension (O)."""
    yield _case("b_too_short", b=(2,))
    yield _case("b_too_long", b=(4,))
    yield _case("b_of_one", b=(1,))
    yield _case("b_empty", b=(0,))
    yield _case("b_scalar", b=())
    yield _case("b_of_rank_2", b=(1, 3))
    yield _case("b_as_broadcast", b=(1, 3, 1))
    yield _case("b_per_group_alone", ((1, 4, 4), (4, 2, 3)), b=(2,), group=2)
    yield _case("b_too_long_2d", _TWO, b=(3,))
    yield _case("b_too_short_2d", _TWO, b=(1,))
    yield _case("b_input_too_short", b=(2,), initializer=False)


def steps() -> Iterator[Case]:
    """strides and dilations of 0 and below; lists of the wrong length (O)."""
    for name, (label, shapes, values) in product(("strides", "dilations"), _STEPS):
        given: dict[str, Any] = {name: values}
        yield _case(f"{name}_{label}", shapes, **given)


def paddings() -> Iterator[Case]:
    """pads below 0, too few, too many, beside auto_pad (O, H); words that auto_pad has not (N)."""
    yield _case("pads_minus_1_0", pads=(-1, 0))
    yield _case("pads_0_minus_1", pads=(0, -1))
    yield _case("pads_minus_1_minus_1", pads=(-1, -1))
    yield _case("pads_minus_1_all_2d", _TWO, pads=(-1, -1, -1, -1))
    yield _case("pads_minus_int32", pads=(-INT32 - 1, 0))
    yield _case("pads_minus_2_40", pads=(-(2**40), 0))
    yield _case("pads_of_one", pads=(1,))
    yield _case("pads_of_begins_alone_2d", _TWO, pads=(1, 1))
    yield _case("pads_of_two_axes_1d", pads=(1, 1, 1, 1))
    yield _case("pads_of_four_axes_2d", _TWO, pads=(0, 0, 1, 1, 0, 0, 1, 1))
    for word in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        yield _case(f"pads_beside_{word.lower()}", auto_pad=word, pads=(1, 1))
    yield _case("zero_pads_beside_same_upper", auto_pad="SAME_UPPER", pads=(0, 0))
    yield _case("pads_beside_same_lower_2d", _TWO, auto_pad="SAME_LOWER", pads=(1, 0, 1, 0))
    for name, word in (
        ("same", "SAME"),
        ("lower_case", "same_upper"),
        ("full", "FULL"),
        ("empty", ""),
        ("explicit", "EXPLICIT"),
    ):
        yield _case(f"auto_pad_{name}", auto_pad=word)
    yield _case("auto_pad_same_2d", _TWO, auto_pad="SAME")


def kernels() -> Iterator[Case]:
    """kernel_shape that is not W's (O)."""
    yield _case("kernel_shape_smaller", kernel_shape=(2,))
    yield _case("kernel_shape_larger", kernel_shape=(5,))
    yield _case("kernel_shape_0", kernel_shape=(0,))
    yield _case("kernel_shape_minus_1", kernel_shape=(-1,))
    yield _case("kernel_shape_transposed_2d", _TWO, kernel_shape=(2, 3))
    yield _case("kernel_shape_too_few_2d", _TWO, kernel_shape=(3,))
    yield _case("kernel_shape_of_w_2d", _TWO, kernel_shape=_TWO[1])
    yield _case("kernel_shape_int32_max", kernel_shape=(INT32,))


def sizes() -> Iterator[Case]:
    """output_padding at and over its limit (K) or below 0 (O); output_shape of the wrong length (L)
    or below 0 (M); sizes below 0 (M)."""
    yield _case("output_padding_1_stride_1", output_padding=(1,))
    yield _case("output_padding_2_stride_2", strides=(2,), output_padding=(2,))
    yield _case(
        "output_padding_3_stride_2_dilation_3", strides=(2,), dilations=(3,), output_padding=(3,)
    )
    yield _case("output_padding_1_2_2d", _TWO, strides=(2, 2), output_padding=(1, 2))
    yield _case(
        "output_padding_over_under_same", strides=(2,), output_padding=(2,), auto_pad="SAME_UPPER"
    )
    yield _case(
        "output_padding_over_beside_output_shape",
        strides=(2,),
        output_padding=(2,),
        output_shape=(9,),
    )
    yield _case("output_padding_over_beside_pads", strides=(2,), output_padding=(4,), pads=(1, 1))
    yield _case("output_padding_minus_1", strides=(2,), output_padding=(-1,))
    yield _case("output_padding_too_many", strides=(2,), output_padding=(0, 0))
    yield _case("output_padding_too_few_2d", _TWO, strides=(2, 2), output_padding=(1,))
    yield _case("output_shape_with_batch_and_channels", output_shape=(1, 3, 6))
    yield _case("output_shape_with_batch_and_channels_2d", _TWO, output_shape=(1, 2, 6, 6))
    yield _case("output_shape_too_few_2d", _TWO, output_shape=(6,))
    yield _case("output_shape_minus_1", output_shape=(-1,))
    yield _case("output_shape_minus_1_2d", _TWO, output_shape=(6, -1))
    yield _case("output_shape_minus_1_under_same", auto_pad="SAME_UPPER", output_shape=(-1,))
    yield _case("pads_beyond_the_output", pads=(4, 3))
    yield _case("pads_far_beyond_the_output", pads=(100, 100))
    yield _case("pads_beyond_the_output_of_one_axis_2d", _TWO, pads=(0, 4, 0, 3))
    yield _case("pads_beyond_the_output_3d", _THREE, pads=(2, 0, 0, 2, 0, 0))


def huge() -> Iterator[Case]:
    """Values near 2**31 and 2**63 in attributes: sizes below 0 or past 2**62, in 64 bits, in 32,
    and where a sum wraps around (M, K)."""
    yield _case("pads_int32_max", pads=(INT32, INT32))
    yield _case("pads_int64_max", pads=(INT64, INT64))
    yield _case("pads_that_wrap_to_0", pads=(INT64, INT64 - 1 - 2))
    yield _case("output_padding_int32_max", output_padding=(INT32,))
    yield _case("output_padding_int64_max", output_padding=(INT64,))
    yield _case("output_padding_2_40", output_padding=(2**40,))
    yield _case("output_shape_int64_max", output_shape=(INT64,))
    yield _case("output_shape_2_62_2d", _TWO, output_shape=(2**31, 2**31))
    yield _case("strides_int64_max", strides=(INT64,))
    yield _case("strides_2_63_over_3", strides=(INT64 // 3 + 1,))
    yield _case("strides_2_31_2d", _TWO, strides=(2**31, 2**31))
    yield _case("dilations_int64_max", dilations=(INT64,))
    yield _case("dilations_2_62", dilations=(2**62,))
    yield _case("dilations_2_31_2d", _TWO, strides=(2**31, 1), dilations=(1, 2**31))


def forward() -> Iterator[Case]:
    """Conv: what its text forbids, a kernel that does not fit included."""
    yield _case("conv_w_channels", ((1, 2, 6), (3, 3, 3)), op="Conv")
    yield _case("conv_group_0", _CONV, op="Conv", group=0)
    yield _case("conv_group_2_of_m_3", ((1, 4, 6), (3, 2, 3)), op="Conv", group=2)
    yield _case("conv_strides_0", _CONV, op="Conv", strides=(0,))
    yield _case("conv_dilations_0", _CONV, op="Conv", dilations=(0,))
    yield _case("conv_pads_minus_1", _CONV, op="Conv", pads=(-1, 0))
    yield _case("conv_kernel_beyond_the_input", ((1, 2, 2), (3, 2, 5)), op="Conv")
    yield _case("conv_b_too_long", _CONV, op="Conv", b=(4,))
    yield _case("conv_output_padding", _CONV, op="Conv", output_padding=(0,))
    yield _case("conv_pads_beside_same", _CONV, op="Conv", auto_pad="SAME_UPPER", pads=(1, 1))


def found_by_fuzz() -> Iterator[Case]:
    """What `convtranspose fuzz` found: steps of 0 where nothing reads them, and what groups make of
    calls that pass in one group."""
    for name in ("strides", "dilations"):
        one: dict[str, Any] = {name: (0,)}
        two: dict[str, Any] = {name: (0, 1)}
        yield _case(f"{name}_0_empty_batch", ((0, 2, 4), (2, 3, 3)), **one)
        yield _case(f"{name}_0_1_empty_batch_2d", ((0, 4, 4, 5), (4, 2, 3, 2)), **two)
    yield _case("conv_dilations_0_empty_batch", ((0, 2, 6), (3, 2, 3)), op="Conv", dilations=(0,))
    yield _case("conv_strides_of_one_2d", ((1, 2, 6, 5), (3, 2, 3, 2)), op="Conv", strides=(2,))
    yield _case("strides_0_of_one_pixel", ((1, 2, 1), (2, 3, 3)), strides=(0,))
    yield _case("dilations_0_of_one_tap_group_2", ((1, 2, 4), (2, 1, 1)), group=2, dilations=(0,))
    yield _case("b_of_one_group_2", ((1, 2, 4), (2, 1, 3)), b=(1,), group=2)
    several = ((1, 4, 4), (4, 2, 3))
    yield _case("b_too_long_group_2", several, b=(5,), group=2)
    yield _case("auto_pad_same_group_2", several, auto_pad="SAME", group=2)
    yield _case("pads_minus_1_0_group_2", several, pads=(-1, 0), group=2)
    yield _case(
        "output_padding_over_beside_output_shape_group_2",
        several,
        strides=(2,),
        output_padding=(2,),
        output_shape=(9,),
        group=2,
    )


FAMILIES = (ranks, channels, biases, steps, paddings, kernels, sizes, huge, forward, found_by_fuzz)


def cases() -> list[Case]:
    """Every family's cases."""
    return [case for family in FAMILIES for case in family()]
