"""Ids that carry their case: exact both ways, safe in a shell and a glob, and clear about what is
wrong with them."""

import shlex
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convtranspose_cases import Case, NotationError, find_case, make, suite_cases
from convtranspose_cases.case import CALL
from convtranspose_cases.notation import (
    CALL_SUITES,
    KINDS_OF_DATA,
    askable,
    called,
    find_call,
    parse,
    spelled,
)
from convtranspose_reference.attributes import AUTO_PADS, Attributes
from convtranspose_reference.formats import FORMATS

INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-2, 9)
LISTS = st.none() | st.lists(INTEGERS, max_size=7).map(tuple)
RESIZED = "call/conv_x_1_1_4_w_1_1_1_resize"
SIZES = st.lists(st.integers(0, 2**40), min_size=2, max_size=5).map(tuple)
ATTRIBUTES = st.builds(
    Attributes,
    auto_pad=st.none() | st.sampled_from(AUTO_PADS) | st.text(),
    group=st.none() | INTEGERS,
    **dict.fromkeys(
        ("dilations", "kernel_shape", "output_padding", "output_shape", "pads", "strides"), LISTS
    ),
)


def cases(previous: st.SearchStrategy[Case | None]) -> st.SearchStrategy[Case]:
    """Whatever the case model can hold; B has a shape of its own only where there is a B."""
    bias = st.just({"bias": False}) | st.fixed_dictionaries(
        {
            "bias": st.just(True),
            "bias_shape": st.none() | st.lists(st.integers(0, 99), max_size=3).map(tuple),
        }
    )
    return st.builds(
        lambda rest, **fields: Case(name="", **fields, **rest),
        rest=bias,
        suite=st.sampled_from(list(CALL_SUITES)),
        op=st.sampled_from(["ConvTranspose", "Conv"]),
        x_shape=SIZES,
        w_shape=SIZES,
        attributes=ATTRIBUTES,
        dtype=st.sampled_from(list(FORMATS)),
        data=st.sampled_from(KINDS_OF_DATA),
        opset=st.integers(1, 30),
        initializer=st.booleans(),
        previous=previous,
    )


ANY = cases(st.none() | cases(st.none()).map(lambda case: replace(case, suite=CALL)))


def identified(case: Case) -> Case:
    """The case under its id, in its own suite: without asking whether it is legal."""
    previous = None if case.previous is None else identified(case.previous)
    found = replace(case, previous=previous)
    return replace(found, name=spelled(found))


@settings(max_examples=600)
@given(ANY)
def test_an_id_says_the_whole_case(case: Case) -> None:
    case = identified(case)
    assert parse(case.id) == case
    assert parse(case.id).id == case.id


@settings(max_examples=300)
@given(ANY)
def test_no_shell_and_no_glob_sees_anything_in_an_id(case: Case) -> None:
    case = identified(case)
    assert shlex.quote(case.id).strip("'") == case.id
    assert not set(case.id) & set("*?[]{},;:$&|<>()!~#=\"'\\` \t\n")
    assert fnmatchcase(case.id, case.id)


@settings(max_examples=200)
@given(ANY, ANY)
def test_other_cases_have_other_ids(one: Case, other: Case) -> None:
    one, other = identified(one), identified(other)
    assert (one == other) is (one.id == other.id)


@pytest.mark.parametrize(
    "suite", ["seeds", "core", "special", "invalid", "gradients", "repeatability"]
)
def test_every_case_of_a_suite_has_an_id_that_asks_the_same(suite: str) -> None:
    for case in suite_cases(suite):
        again = find_call(called(case).id)
        assert replace(again, suite=case.suite, name=case.name, previous=case.previous) == case
        assert again.checks == case.checks


@pytest.mark.parametrize(
    ("text", "case"),
    [
        (
            "call/x_1_2_5_w_2_3_3_strides_2_pads_1_0_output_padding_1_float16_dense",
            make(
                CALL,
                (5,),
                (3,),
                c=2,
                m=3,
                strides=(2,),
                pads=(1, 0),
                output_padding=(1,),
                dtype="float16",
                data="dense",
            ),
        ),
        (
            "call/dense_float16_output_padding_1_pads_1_0_strides_2_w_2_3_3_x_1_2_5",
            make(
                CALL,
                (5,),
                (3,),
                c=2,
                m=3,
                strides=(2,),
                pads=(1, 0),
                output_padding=(1,),
                dtype="float16",
                data="dense",
            ),
        ),
        (
            "call/conv_x_1_1_5_4_w_1_1_3_2_auto_pad_SAME_LOWER_group_1_bias_opset_22_w_input",
            make(
                CALL,
                (5, 4),
                (3, 2),
                op="Conv",
                auto_pad="SAME_LOWER",
                group=1,
                bias=True,
                opset=22,
                initializer=False,
            ),
        ),
        (
            "call-gradient/x_1_1_4_w_1_1_3_bfloat16_thin",
            make("call-gradient", (4,), (3,), dtype="bfloat16", data="thin"),
        ),
    ],
)
def test_ids_in_full(text: str, case: Case) -> None:
    assert replace(find_call(text), name="") == replace(case, name="")
    assert find_case(find_call(text).id) == find_call(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("call/x_1_2_5_w_2_3_3_stride_2", ["part 'stride'", "strides"]),
        ("call/", ["part ''", "x, w"]),
        ("call/x_1_2_5", ["no w", "two sizes of channel axes"]),
        ("call/x_1_w_2_3_3", ["part 'x_1'", "two sizes"]),
        ("call/x_1_-2_5_w_2_3_3", ["part 'x_1_-2_5'", "none below 0"]),
        ("call/x_1_2_5_w_2_3_3_strides_2_strides_2", ["part 'strides'", "once"]),
        ("call/x_1_2_5_w_2_3_3_float16_float32", ["part 'float32'", "once"]),
        ("call/x_1_2_5_w_2_3_3_bias_b_3", ["part 'b'", "once"]),
        ("call/x_1_2_5_w_2_3_3_group_1_2", ["part 'group_1_2'", "one integer"]),
        (
            "call/x_1_2_5_w_2_3_3_pads_9223372036854775808_0",
            ["part 'pads_9223372036854775808_0'", "64 bits"],
        ),
        ("call/x_1_2_5_w_2_3_3_opset_0", ["part 'opset_0'", "1 or more"]),
        ("call/x_1_2_5_w_2_3_3_auto_pad", ["part 'auto_pad'", "SAME_UPPER"]),
        ("call/x_1_2_5_w_2_3_3_auto_pad_a-b", ["part 'auto_pad_a-b'", "%XX"]),
        (f"{RESIZED}_linear_scales_1e5", ["part 'scales_1e5'", "numbers such as -0p75"]),
        (f"{RESIZED}_cubic_scales_2_coeff_2x", ["part 'coeff_2x'", "numbers such as -0p75"]),
        (f"{RESIZED}_cubic_scales_2_coeff_1p5_2", ["part 'coeff_1p5_2'", "one number"]),
        (f"{RESIZED}_linear_roi_{'1' * 21}", [f"part 'roi_{'1' * 21}'", "of 20 digits"]),
        ("call/x_1_2_*", ["'*'", "said in full"]),
        ("core/x_1_2_5_w_2_3_3", ["suite 'core'", "call-gradient"]),
    ],
)
def test_what_is_no_id_is_named_by_its_part(text: str, words: list[str]) -> None:
    with pytest.raises(NotationError) as error:
        parse(text)
    assert "\n" not in str(error.value)
    assert all(word in str(error.value) for word in [text, *words])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("call/x_1_2_5_w_2_3_3_strides_0", ["strides = [0]", "`plain`"]),
        ("call-gradient/x_1_2_5_w_2_3_3_strides_0_plain", ["forbids", "`call/`"]),
        ("call/x_99999_99999_99999_w_2_3_3", ["X would have", "at most"]),
        ("call/x_1_2_5_w_2_3_3_strides_99999999", ["Y would have", "at most"]),
        (
            "call/x_1_2_5_w_2_3_3_strides_9999999_pads_0_39999990",
            ["Y before it is cropped would have"],
        ),
        (
            "call/conv_x_1_1_3_w_1_1_3_strides_99999999_pads_99999999_0",
            ["X with its pads would have"],
        ),
        ("call/x_1_2_5_w_2_3_3_float16_wide-x", ["wider than float16"]),
        ("call/x_1_2_5_w_2_3_3_terms", ["no 'terms' numbers"]),
        ("call/x_1_2_5_w_2_3_3_previous", ["no 'previous' numbers"]),
        ("call/x_1_3_5_w_3_3_3_previous_after_x_1_2_5_w_2_3_2", ["another shape", "[1, 3, 6]"]),
        ("call/x_1_8_9_w_8_3_3_bfloat16_ascending", ["no exact bfloat16"]),
        (f"{RESIZED}_linear_sizes_6000", ["18000 coefficients; accepted are at most 16384"]),
        (
            "call/conv_x_1_1_9000_w_1_1_1_resize_linear_sizes_1_antialias",
            ["18001 coefficients; accepted are at most 16384"],
        ),
        (
            f"{RESIZED}_cubic_scales_0p0000000001_coordinates_tf-crop-and-resize_antialias_"
            "roi_0_10000000000",
            ["coefficients; accepted are at most 65536"],
        ),
        (
            "call/conv_x_1_1_90000_w_1_1_1_resize_nearest_sizes_9000",
            ["the matrix of an axis would have 810000000 elements"],
        ),
        (
            "call/conv_x_1_1_500_500_w_1_1_1_1_resize_nearest_sizes_500_500",
            ["products to add up; accepted are at most 134217728"],
        ),
        (
            f"{RESIZED}_cubic_scales_2_coeff_-9_exclude_outside",
            ["no 'integers' numbers", "cubic_coeff_a = -9.0", "sums to 0"],
        ),
        (
            "call/conv_x_1_1_4_w_1_1_1_float16_resize_linear_sizes_3_"
            "coordinates_tf-crop-and-resize_extrapolation_99999_roi_-1_1",
            ["no 'integers' numbers", "extrapolation_value = 99999.0"],
        ),
        ("call/conv_x_1_1_4_4_w_4_1_1_1_opset_10_shuffle_CRD_2", ["mode = CRD", "`plain`"]),
    ],
)
def test_what_cannot_be_asked_says_why(text: str, words: list[str]) -> None:
    assert not askable(parse(text))
    with pytest.raises(NotationError) as error:
        find_call(text)
    assert all(word in str(error.value) for word in [text, *words])
