"""Every fault, worked out by hand from its sentence: one small call each, small enough to check in
the head. Tables by kind."""

from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_conformance.rules.faults.composed import RESIZE, SHUFFLE
from convtranspose_reference.readings import READINGS

Row = tuple[
    str, Case, Any, Any, Any, Any
]  # rules, the call, X, W, B, Y without the axes of batch (and, where M = 1, channel)


def asked_with(case: Case, X: Any, W: Any, B: Any = None) -> Asked:
    """The case with numbers of our own."""
    asked = Asked(case)
    scaled = [
        None if t is None else Scaled(integers=np.array(t).reshape(s), exponent=0)
        for t, s in ((X, case.x_shape), (W, case.w_shape), (B, case.b_shape))
    ]
    asked.__dict__["tensors"] = Tensors(X=scaled[0], W=scaled[1], B=scaled[2])  # type: ignore[arg-type]
    return asked


def explanation(rules: str) -> Explanation:
    names = rules.split()
    return Explanation(
        readings=tuple(n for n in names if n in READINGS),
        faults=tuple(n for n in names if n in FAULTS),
    )


def line(**given: Any) -> Case:
    """Two inputs, three taps, stride 2: 1 10 and 1 2 3 give 1 2 13 20 30."""
    return make("by_hand", (2,), (3,), strides=(2,), **given)


def grid(x: Any, k: Any = (1, 1), **given: Any) -> Case:
    return make("by_hand", x, k, **given)


def pixels(count: int, c: int, m: int, **given: Any) -> Case:
    """`count` pixels of c channels, each by itself: the kernel is a single tap."""
    return make("by_hand", (count,), (1,), c=c, m=m, **given)


def two_taps(**given: Any) -> Case:
    """Two inputs, two taps: 1 10 and 1 2 give 1 12 20."""
    return make("by_hand", (2,), (2,), **given)


def points(**given: Any) -> Case:
    """Two inputs and a single tap, stride 2: 1 10 and 1 give 1 0 10."""
    return make("by_hand", (2,), (1,), strides=(2,), **given)


X2, W3 = [1, 10], [1, 2, 3]

PADS: list[Row] = [
    ("", line(), X2, W3, None, [1, 2, 13, 20, 30]),
    ("pads_swapped", line(pads=(1, 0)), X2, W3, None, [1, 2, 13, 20]),
    ("pads_ignored", line(pads=(1, 0)), X2, W3, None, [1, 2, 13, 20, 30]),
    ("begin_pads_at_both_ends", line(pads=(1, 0)), X2, W3, None, [2, 13, 20]),
    ("end_pads_at_both_ends", line(pads=(0, 1)), X2, W3, None, [2, 13, 20]),
    ("pads_added", line(pads=(1, 1)), X2, W3, None, [0, 1, 2, 13, 20, 30, 0]),
    ("crops_at_end", line(pads=(1, 1)), X2, W3, None, [1, 2, 13]),
    ("crops_at_begin", line(pads=(1, 1)), X2, W3, None, [13, 20, 30]),
    ("", grid((3, 2), pads=(0, 1, 0, 0)), [1, 2, 3, 4, 5, 6], [1], None, [[2], [4], [6]]),
    (
        "pads_interleaved",
        grid((3, 2), pads=(0, 1, 0, 0)),
        [1, 2, 3, 4, 5, 6],
        [1],
        None,
        [[1, 2], [3, 4]],
    ),  # 0 1 of rows, 0 0 of columns
    ("first_pads_for_all", grid((2, 2), pads=(1, 0, 0, 0)), [1, 2, 3, 4], [1], None, [[4]]),
    ("last_pads_for_all", grid((2, 2), pads=(0, 0, 0, 1)), [1, 2, 3, 4], [1], None, [[1]]),
]

STEPS: list[Row] = [
    ("strides_ignored", line(), X2, W3, None, [1, 12, 23, 30]),
    ("strides_reversed", grid((2, 1), strides=(3, 1)), [1, 2], [1], None, [[1], [2]]),
    (
        "strides_of_next_axis",
        grid((1, 2, 1), (1, 1, 1), strides=(1, 2, 3)),
        [1, 2],
        [1],
        None,
        [[[1], [0], [0], [2]]],
    ),
    (
        "strides_of_previous_axis",
        grid((1, 1, 2), (1, 1, 1), strides=(1, 2, 3)),
        [1, 2],
        [1],
        None,
        [[[1, 0, 2]]],
    ),
    ("first_stride_for_all", grid((1, 2), strides=(3, 1)), [1, 2], [1], None, [[1, 0, 0, 2]]),
    ("last_stride_for_all", grid((2, 1), strides=(1, 3)), [1, 2], [1], None, [[1], [0], [0], [2]]),
    ("", two_taps(dilations=(2,)), X2, [1, 2], None, [1, 10, 2, 20]),
    ("dilations_ignored", two_taps(dilations=(2,)), X2, [1, 2], None, [1, 12, 20]),
    ("dilations_count_zeros", two_taps(dilations=(1,)), X2, [1, 2], None, [1, 10, 2, 20]),
    ("dilations_reversed", grid((1, 1), (2, 1), dilations=(2, 1)), [1], [1, 2], None, [[1], [2]]),
    (
        "dilations_of_next_axis",
        grid((1, 1, 1), (1, 2, 1), dilations=(1, 2, 3)),
        [1],
        [1, 2],
        None,
        [[[1], [0], [0], [2]]],
    ),
    (
        "dilations_of_previous_axis",
        grid((1, 1, 1), (1, 1, 2), dilations=(1, 2, 3)),
        [1],
        [1, 2],
        None,
        [[[1, 0, 2]]],
    ),
    (
        "first_dilation_for_all",
        grid((1, 1), (1, 2), dilations=(3, 1)),
        [1],
        [1, 2],
        None,
        [[1, 0, 0, 2]],
    ),
    (
        "last_dilation_for_all",
        grid((1, 1), (2, 1), dilations=(1, 3)),
        [1],
        [1, 2],
        None,
        [[1], [0], [0], [2]],
    ),
    (
        "strides_and_dilations_swapped",
        two_taps(strides=(2,)),
        X2,
        [1, 2],
        None,
        [1, 10, 2, 20],
    ),  # the text: 1 2 10 20
]

OUTPUT_PADDING: list[Row] = [
    ("", line(output_padding=(1,)), X2, W3, None, [1, 2, 13, 20, 30, 0]),
    ("output_padding_ignored", line(output_padding=(1,)), X2, W3, None, [1, 2, 13, 20, 30]),
    ("output_padding_at_begin", line(output_padding=(1,)), X2, W3, None, [0, 1, 2, 13, 20, 30]),
    ("output_padding_twice", line(output_padding=(1,)), X2, W3, None, [1, 2, 13, 20, 30, 0, 0]),
    (
        "output_padding_on_both_ends",
        line(output_padding=(1,)),
        X2,
        W3,
        None,
        [0, 1, 2, 13, 20, 30, 0],
    ),
    (
        "output_padding_reversed",
        grid((1, 1), strides=(2, 2), output_padding=(1, 0)),
        [7],
        [1],
        None,
        [[7, 0]],
    ),
    (
        "output_padding_not_computed",
        line(output_padding=(1,), pads=(0, 1)),
        X2,
        W3,
        None,
        [1, 2, 13, 20, 0],
    ),
    (
        "output_padding_not_computed",
        line(output_padding=(1,), pads=(0, 1), bias=True),
        X2,
        W3,
        [5],
        [6, 7, 18, 25, 5],
    ),
    (
        "",
        line(output_padding=(1,), auto_pad="SAME_UPPER"),
        X2,
        W3,
        None,
        [2, 13, 20, 30],
    ),  # total 2: 1 and 1
    (
        "output_padding_left_out_of_total",
        line(output_padding=(1,), auto_pad="SAME_UPPER"),
        X2,
        W3,
        None,
        [1, 2, 13, 20],
    ),
]

SAME: list[Row] = [
    (
        "",
        line(auto_pad="SAME_UPPER"),
        X2,
        W3,
        None,
        [1, 2, 13, 20],
    ),  # total 1: the extra one at the end
    ("same_swapped", line(auto_pad="SAME_UPPER"), X2, W3, None, [2, 13, 20, 30]),
    ("same_swapped", line(auto_pad="SAME_LOWER"), X2, W3, None, [1, 2, 13, 20]),
    ("same_lower_as_upper", line(auto_pad="SAME_LOWER"), X2, W3, None, [1, 2, 13, 20]),
    ("same_upper_as_lower", line(auto_pad="SAME_UPPER"), X2, W3, None, [2, 13, 20, 30]),
    ("same_as_notset", line(auto_pad="SAME_UPPER"), X2, W3, None, [1, 2, 13, 20, 30]),
    ("same_size_of_input", line(auto_pad="SAME_UPPER"), X2, W3, None, [2, 13]),  # total 3: 1 and 2
    (
        "",
        two_taps(dilations=(2,), auto_pad="SAME_UPPER"),
        X2,
        [1, 2],
        None,
        [10, 2],
    ),  # of 1 10 2 20: total 2
    (
        "same_total_without_dilation",
        two_taps(dilations=(2,), auto_pad="SAME_UPPER"),
        X2,
        [1, 2],
        None,
        [1, 10, 2],
    ),  # total 1
    (
        "dilation_left_out_of_total",
        two_taps(dilations=(2,), auto_pad="SAME_UPPER"),
        X2,
        [1, 2],
        None,
        [1, 10],
    ),
    ("valid_as_same", line(auto_pad="VALID"), X2, W3, None, [1, 2, 13, 20]),
    ("size_at_least_input_times_stride", points(), X2, [1], None, [1, 0, 10, 0]),
]

OUTPUT_SHAPE: list[Row] = [
    ("output_shape_ignored", line(output_shape=(3,)), X2, W3, None, [1, 2, 13, 20, 30]),
    (
        "",
        line(output_shape=(4,), pads=(0, 0)),
        X2,
        W3,
        None,
        [2, 13, 20, 30],
    ),  # NOTSET: the extra one at the begin
    (
        "output_shape_begins_at_pads",
        line(output_shape=(4,), pads=(0, 0)),
        X2,
        W3,
        None,
        [1, 2, 13, 20],
    ),
    ("output_shape_extra_at_end", line(output_shape=(4,)), X2, W3, None, [1, 2, 13, 20]),
    (
        "output_shape_extra_at_begin",
        line(output_shape=(4,), auto_pad="SAME_UPPER"),
        X2,
        W3,
        None,
        [2, 13, 20, 30],
    ),
    ("", line(output_shape=(6,)), X2, W3, None, [1, 2, 13, 20, 30, 0]),
    ("output_shape_total_clamped", line(output_shape=(6,)), X2, W3, None, [1, 2, 13, 20, 30]),
    (
        "input_reread_as_blocks F:no_pads",
        grid((4, 1), output_shape=(2, 2)),
        [1, 2, 3, 4],
        [1],
        None,
        [[1, 2], [3, 4]],
    ),
]

LAYOUT: list[Row] = [
    ("kernel_flipped", line(), X2, W3, None, [3, 2, 31, 20, 10]),
    ("kernel_flipped", grid((1, 1), (2, 2)), [1], [1, 2, 3, 4], None, [[4, 3], [2, 1]]),
    (
        "kernel_flipped_along_first_axis",
        grid((1, 1), (2, 2)),
        [1],
        [1, 2, 3, 4],
        None,
        [[3, 4], [1, 2]],
    ),
    (
        "kernel_flipped_along_last_axis",
        grid((1, 1), (2, 2)),
        [1],
        [1, 2, 3, 4],
        None,
        [[2, 1], [4, 3]],
    ),
    ("kernel_axes_transposed", grid((1, 1), (2, 2)), [1], [1, 2, 3, 4], None, [[1, 3], [2, 4]]),
    (
        "kernel_last_axes_exchanged",
        grid((1, 1, 1), (1, 2, 2)),
        [1],
        [1, 2, 3, 4],
        None,
        [[[1, 3], [2, 4]]],
    ),
    ("output_axes_transposed", grid((1, 2)), [1, 2], [1], None, [[1], [2]]),
    ("", pixels(1, 2, 2), [1, 10], [[1, 2], [3, 4]], None, [[31], [42]]),
    ("channels_swapped", pixels(1, 2, 2), [1, 10], [[1, 2], [3, 4]], None, [[21], [43]]),
    ("", pixels(2, 2, 1), [1, 10, 100, 1000], [1, 2], None, [201, 2010]),
    (
        "input_read_channels_last",
        pixels(2, 2, 1),
        [1, 10, 100, 1000],
        [1, 2],
        None,
        [21, 2100],
    ),  # pixels 1 10 and 100 1000
    ("", pixels(3, 1, 2), [1, 10, 100], [1, 2], None, [[1, 10, 100], [2, 20, 200]]),
    (
        "output_written_channels_last",
        pixels(3, 1, 2),
        [1, 10, 100],
        [1, 2],
        None,
        [[1, 2, 10], [20, 100, 200]],
    ),
    (
        "output_channels_last",
        pixels(3, 1, 2),
        [1, 10, 100],
        [1, 2],
        None,
        [[1, 2], [10, 20], [100, 200]],
    ),
]

GROUPED = pixels(1, 4, 4, group=2, bias=True)
THREE = pixels(1, 3, 3, group=3)
X4, W4 = (
    [1, 10, 100, 1000],
    [[1, 2], [3, 4], [5, 6], [7, 8]],
)  # the filters of a group's two input channels, one by one
B4, NONE = [1, 2, 3, 4], [0, 0, 0, 0]

GROUP: list[Row] = [
    ("", GROUPED, X4, W4, B4, [[32], [44], [7503], [8604]]),
    ("bias_of_first_group", GROUPED, X4, W4, B4, [[32], [44], [7501], [8602]]),
    ("weights_of_first_group", GROUPED, X4, W4, NONE, [[31], [42], [3100], [4200]]),
    (
        "group_interleaved",
        GROUPED,
        X4,
        W4,
        NONE,
        [[51], [62], [7300], [8400]],
    ),  # filters 0 and 2, then 1 and 3
    (
        "group_inputs_interleaved",
        GROUPED,
        X4,
        W4,
        NONE,
        [[301], [402], [7050], [8060]],
    ),  # inputs 0 and 2, then 1 and 3
    ("group_channels_interleaved", GROUPED, X4, W4, NONE, [[501], [602], [7030], [8040]]),  # both
    ("group_outputs_interleaved", GROUPED, X4, W4, B4, [[32], [7502], [45], [8604]]),
    ("group_outputs_and_bias_interleaved", GROUPED, X4, W4, B4, [[32], [7503], [44], [8604]]),
    ("first_map_for_group", GROUPED, X4, W4, NONE, [[31], [31], [7500], [7500]]),
    ("", THREE, [1, 10, 100], [1, 2, 3], None, [[1], [20], [300]]),
    ("weights_of_next_group", THREE, [1, 10, 100], [1, 2, 3], None, [[2], [30], [100]]),
    ("weights_of_previous_group", THREE, [1, 10, 100], [1, 2, 3], None, [[3], [10], [200]]),
]

BIAS: list[Row] = [
    ("bias_missing", GROUPED, X4, W4, B4, [[31], [42], [7500], [8600]]),
    ("bias_twice", GROUPED, X4, W4, B4, [[33], [46], [7506], [8608]]),
    ("bias_subtracted", GROUPED, X4, W4, B4, [[30], [40], [7497], [8596]]),
    ("first_bias_for_all", GROUPED, X4, W4, B4, [[32], [43], [7501], [8601]]),
    ("bias_reversed", GROUPED, X4, W4, B4, [[35], [45], [7502], [8601]]),
    ("", line(output_shape=(7,), bias=True), X2, W3, [5], [5, 6, 7, 18, 25, 35, 5]),
    (
        "bias_before_zeros",
        line(output_shape=(7,), bias=True),
        X2,
        W3,
        [5],
        [0, 6, 7, 18, 25, 35, 0],
    ),
    ("bias_where_reached", points(bias=True), X2, [1], [5], [6, 0, 15]),
]

ONE = pixels(1, 1, 1)
ARITHMETIC: list[
    Row
    # 2049 and 2051 have 12 bits, and lie halfway between numbers of 11; 257 and 259 likewise, 9 and
    # 8
] = [
    ("inputs_rounded_to_tf32", ONE, [2049], [2051], None, [2048 * 2052]),
    ("inputs_rounded_away_to_tf32", ONE, [2049], [2051], None, [2050 * 2052]),
    ("inputs_cut_to_tf32", ONE, [-2049], [2051], None, [-2048 * 2050]),
    ("weights_rounded_to_float16", ONE, [2049], [2051], None, [2049 * 2052]),
    ("inputs_rounded_to_bfloat16", ONE, [257], [259], None, [256 * 260]),
    ("inputs_cut_to_bfloat16", ONE, [257], [-259], None, [256 * -258]),
    ("weights_rounded_to_bfloat16", ONE, [257], [259], None, [257 * 260]),
]

# Conv is another implementation: what a rule says of filters or of auto_pad holds for it in its own
# layout, M x C/group.
CONV_GROUPED = pixels(1, 4, 4, group=2, op="Conv")
CONV: list[Row] = [
    ("", CONV_GROUPED, X4, W4, None, [[21], [43], [6500], [8700]]),
    ("first_map_for_group", CONV_GROUPED, X4, W4, None, [[21], [21], [6500], [6500]]),
    ("weights_of_first_group", CONV_GROUPED, X4, W4, None, [[21], [43], [2100], [4300]]),
    (
        "group_interleaved",
        CONV_GROUPED,
        X4,
        W4,
        None,
        [[21], [65], [4300], [8700]],
    ),  # filters 0 and 2, then 1 and 3
    ("group_inputs_interleaved", CONV_GROUPED, X4, W4, None, [[201], [403], [6050], [8070]]),
    ("group_channels_interleaved", CONV_GROUPED, X4, W4, None, [[201], [605], [4030], [8070]]),
    ("channels_swapped", CONV_GROUPED, X4, W4, None, [[31], [42], [7500], [8600]]),
    (
        "same_swapped",
        make("by_hand", (2,), (2,), op="Conv", auto_pad="SAME_UPPER"),
        X2,
        [1, 2],
        None,
        [2, 21],
    ),  # the text: 21 10
]

BY_HAND = [
    *PADS,
    *STEPS,
    *OUTPUT_PADDING,
    *SAME,
    *OUTPUT_SHAPE,
    *LAYOUT,
    *GROUP,
    *BIAS,
    *ARITHMETIC,
    *CONV,
]


@pytest.mark.parametrize(("rules", "case", "X", "W", "B", "expected"), BY_HAND)
def test_by_hand(rules: str, case: Case, X: Any, W: Any, B: Any, expected: Any) -> None:
    answer = asked_with(case, X, W, B).answer(explanation(rules))
    assert not answer.refused
    found = answer.golden.values[0] if case.maps > 1 else answer.golden.values[0, 0]
    assert found.tolist() == expected
    assert answer.shape == answer.golden.shape


@pytest.mark.parametrize(
    ("rules", "case", "X", "W", "B", "expected"), [row for row in BY_HAND if row[0]]
)
def test_what_is_worked_out_is_not_what_the_text_says(
    rules: str, case: Case, X: Any, W: Any, B: Any, expected: Any
) -> None:
    text = asked_with(case, X, W, B).answer()
    found = text.golden.values[0] if case.maps > 1 else text.golden.values[0, 0]
    assert found.tolist() != expected


WHOLE: list[tuple[str, Case, Any]] = [  # X holds 1 and 10, W holds 1 and 2 where there are two
    ("", pixels(2, 1, 2), [[[1, 10], [2, 20]]]),
    ("axis_added_behind", pixels(2, 1, 2), [[[[1], [10]], [[2], [20]]]]),
    ("axis_added_before_space", pixels(2, 1, 2), [[[[1, 10]], [[2, 20]]]]),
    ("axis_added_in_front", pixels(2, 1, 2), [[[[1, 10], [2, 20]]]]),
    ("axis_of_one_image_dropped", pixels(2, 1, 2), [[1, 10], [2, 20]]),
    ("axes_of_one_dropped", pixels(2, 1, 1), [1, 10]),
    ("output_channels_first", pixels(2, 1, 2), [[[1, 10]], [[2, 20]]]),
    ("", grid((1, 2)), [[[[1, 10]]]]),
    ("axes_of_one_dropped", grid((1, 2)), [1, 10]),
    ("spatial_axes_joined", grid((1, 2)), [[[1, 10]]]),
]


@pytest.mark.parametrize(("rules", "case", "expected"), WHOLE)
def test_whole_outputs_by_hand(rules: str, case: Case, expected: Any) -> None:
    answer = asked_with(case, X2, [1, 2][: case.maps]).answer(explanation(rules))
    assert not answer.refused
    assert answer.golden.values.tolist() == expected
    assert answer.shape == answer.golden.shape == np.shape(expected)


def test_what_holds_under_two_conditions_acts_once() -> None:
    asked = asked_with(GROUPED, X4, W4, B4)
    twice = Explanation(faults=("bias_twice where bias", "bias_twice where group > 1"))
    once = asked.answer(Explanation(faults=("bias_twice",)))
    assert asked.answer(twice).golden.values.tolist() == once.golden.values.tolist()


STATED: list[tuple[str, Case, Any]] = [
    ("rank_cut_at_small_output_shape", grid((3, 4), (2, 2), output_shape=(5, 2)), (1, 1, 5)),
    ("rank_cut_at_small_output_shape", grid((3, 4), (2, 2), output_shape=(2, 5)), (1, 1)),
    ("rank_cut_at_small_output_shape", grid((3, 4), (2, 2), output_shape=(3, 4)), (1, 1, 3, 4)),
    ("empty_batch_keeps_input_sizes", grid((5,), (3,), op="Conv", n=0, m=2), (0, 2, 5)),
    ("empty_batch_keeps_input_sizes", grid((5,), (3,), op="Conv", n=1, m=2), (1, 2, 3)),
    ("no_maps_without_channels", grid((4,), (3,), c=0, m=3), (1, 0, 6)),
]


@pytest.mark.parametrize(("fault", "case", "shape"), STATED)
def test_stated_shapes_by_hand(fault: str, case: Case, shape: Any) -> None:
    assert Asked(case).answer(Explanation(faults=(fault,))).shape == shape


def _gradients(case: Case, X: Any, W: Any, dY: Any, fault: str) -> dict[str, Any]:
    asked = asked_with(case, X, W, NONE[: case.maps] if case.bias else None)
    asked.__dict__["output_gradient"] = Scaled(
        integers=np.array(dY).reshape(case.y_shape()), exponent=0
    )
    return {
        name: golden.values.tolist()
        for name, golden in asked.answer(explanation(fault)).gradients.items()
    }


def test_gradients_by_hand() -> None:
    """One input, two taps, a bias: dX = 5 * 10 + 7 * 100, dW = 3 * 5 and 3 * 7, dB = 5 + 7."""
    case = make("by_hand", (1,), (2,), bias=True)
    text = {"dX": [[[750]]], "dW": [[[15, 21]]], "dB": [12]}
    assert _gradients(case, [3], [10, 100], [5, 7], "") == text
    assert _gradients(case, [3], [10, 100], [5, 7], "weight_gradient_flipped") == text | {
        "dW": [[[21, 15]]]
    }
    assert _gradients(case, [3], [10, 100], [5, 7], "bias_gradient_missing") == {
        "dX": [[[750]]],
        "dW": [[[15, 21]]],
    }


def test_gradients_of_outputs_of_other_sizes_by_hand() -> None:
    """dY says how large Y is, whatever the fault makes of it: what of dY lands beyond all inputs is
    left out, and what dY has not is 0."""
    dilated = make("by_hand", (2,), (2,), dilations=(2,))
    found = _gradients(dilated, [3, 5], [10, 100], [5, 7, 11, 13], "dilations_ignored")
    assert found == {
        "dX": [[[5 * 10 + 7 * 100, 7 * 10 + 11 * 100]]],
        "dW": [[[3 * 5 + 5 * 7, 3 * 7 + 5 * 11]]],
    }
    padded = make("by_hand", (1,), (3,), pads=(1, 1))
    assert _gradients(padded, [3], [10, 100, 1000], [5], "") == {
        "dX": [[[500]]],
        "dW": [[[0, 15, 0]]],
    }
    assert _gradients(padded, [3], [10, 100, 1000], [5], "pads_ignored") == {
        "dX": [[[50]]],
        "dW": [[[15, 0, 0]]],
    }
    conv = make("by_hand", (3,), (2,), op="Conv", dilations=(2,))
    assert _gradients(conv, [3, 5, 7], [10, 100], [2], "dilations_ignored") == {
        "dX": [[[20, 200, 0]]],
        "dW": [[[6, 10]]],
    }


def test_the_gradient_of_an_empty_batch_by_hand() -> None:
    asked = Asked(make("by_hand", (2,), (3,), strides=(2,), n=0))
    shapes = {
        fault: asked.answer(explanation(fault)).gradients["dX"].values.shape
        for fault in ("", GRADIENT_SIZES)
    }
    assert shapes == {"": (0, 1, 2), GRADIENT_SIZES: (0, 1, 5)}


GRADIENT_SIZES = "gradient_of_empty_batch_keeps_output_sizes"
GRADIENTS = {"weight_gradient_flipped", "bias_gradient_missing", GRADIENT_SIZES}


def test_every_fault_is_worked_out_by_hand() -> None:
    """Those of numbers that are not finite: in test_special_suite; of what stands before or after a
    convolution: in test_composed_faults_by_hand."""
    done = (
        {name for rules, *_ in (*BY_HAND, *WHOLE) for name in rules.split()}
        | {fault for fault, *_ in STATED}
        | GRADIENTS
        | {fault.name for fault in (*RESIZE, *SHUFFLE)}
    )
    assert done >= {name for name, fault in FAULTS.items() if fault.sums is None}
