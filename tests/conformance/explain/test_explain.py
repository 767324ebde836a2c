"""`explain`: the numbers are the reference's, the words the text's, and the code runs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_conformance.explain import Subject, case_from_options
from convtranspose_conformance.explain import explain as explained
from convtranspose_conformance.explain.geometry.along_axis import sums
from convtranspose_conformance.explain.geometry.terms import (
    conv_terms,
    flipped,
    inserted,
    transpose_terms,
)
from convtranspose_conformance.explain.geometry.window import windows
from convtranspose_reference import conv, conv_transpose


def explain(case: Case) -> str:
    return explained(Subject(case=case))


def _lines(case: Case) -> list[str]:
    return [" ".join(line.split()) for line in explain(case).splitlines()]


def _section(case: Case, title: str) -> str:
    return next((part for part in explain(case).split("\n\n") if part.startswith(title)), "")


def test_stride_2_filter_3_step_by_step() -> None:
    lines = _lines(find_case("seeds/stride_2_filter_3"))
    assert "ConvTranspose(X[1, 1, 5, 5], W[1, 1, 3, 3], strides=[2, 2])" in lines
    assert "-> Y[1, 1, 11, 11], float32, by the text of opset 11" in lines
    assert "effective kernel (kernel - 1) * dilation + 1 = (3 - 1) * 1 + 1 = 3" in lines
    assert "= 2 * (5 - 1) + 0 + 3 = 11 [S]" in lines
    assert "output size natural size - begin - end = 11 - 0 - 0 = 11 [S]" in lines
    assert "y0 = w1a y1 = w2a y2 = w3a + w1b y3 = w2b y4 = w3b + w1c" in lines
    assert (
        "axes D1, D2: uneven, a checkerboard: kernel 3 is no multiple of stride 2, so outputs away "
        "from the" in lines
    )


@pytest.mark.parametrize(
    ("auto_pad", "branch"),
    [
        (
            "SAME_UPPER",
            "split If (auto_pads == SAME_UPPER): begin = floor(1 / 2) = 0, end = 1 - 0 = 1",
        ),
        (
            "SAME_LOWER",
            "split Else, as auto_pad is SAME_LOWER: begin = 1 - 0 = 1, end = floor(1 / 2) = 0",
        ),
    ],
)
def test_same_names_the_branch_that_splits_an_odd_total(auto_pad: str, branch: str) -> None:
    lines = _lines(case_from_options("1,1,4", "1,1,3", strides="2", auto_pad=auto_pad))
    assert f"size asked for {auto_pad}: input * stride = 4 * 2 = 8 [B]" in lines
    assert "total_padding natural size - size asked for = 9 - 8 = 1" in lines
    assert branch in lines


@pytest.mark.parametrize(
    ("auto_pad", "branch"),
    [
        (
            "SAME_UPPER",
            "split Else, as auto_pad is SAME_UPPER: begin = 1 - 0 = 1, end = floor(1 / 2) = 0 [A]",
        ),
        (
            "NOTSET",
            "split If (auto_pads != SAME_UPPER): begin = floor(1 / 2) = 0, end = 1 - 0 = 1 [A]",
        ),
    ],
)
def test_opset_1_splits_an_output_shape_the_other_way(auto_pad: str, branch: str) -> None:
    case = case_from_options(
        "1,1,4", "1,1,3", strides="2", auto_pad=auto_pad, output_shape="8", opset=1
    )
    assert branch in " ".join(_lines(case))
    assert "A open" in _section(case, "Other readings").replace("  ", " ")


def test_an_output_shape_crops_and_its_other_readings_are_listed() -> None:
    case = case_from_options("1,1,4", "1,1,3", strides="2", output_shape="8", pads="1,1")
    lines = _lines(case)
    assert "size asked for output_shape = 8; pads = 1, 1 are ignored [G]" in lines
    assert (
        "split Else, as auto_pad is NOTSET: begin = 1 - 0 = 1, end = floor(1 / 2) = 0 [F]" in lines
    )
    assert "as explained: Y[1, 1, 8], begin [1], end [0]" in lines
    assert "-> Y[1, 1, 8], begin [0], end [1]" in lines
    assert (
        "-> refused: output_shape = 8, accepted is a size from which Conv leads back to 4 inputs, "
        "not 3" in " ".join(lines)
    )


def test_a_negative_odd_total_is_floored() -> None:
    lines = " ".join(_lines(case_from_options("1,1,4", "1,1,3", strides="2", output_shape="12")))
    assert "begin = -3 - (-2) = -1, end = floor(-3 / 2) = -2 [F, E]" in lines
    assert "output size natural size - begin - end = 9 - (-1) - (-2) = 12" in lines


def test_a_call_without_other_answers_lists_none() -> None:
    assert _section(find_case("seeds/stride_2_filter_3"), "Other readings") == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"output_padding": "3"},
            [
                "found output_padding = 3",
                "accepted less than max(stride, dilation) = 2",
                "clause K, Limit of",
            ],
        ),
        (
            {"pads": "9,9"},
            [
                "found output size = [-9]",
                "clause M",
                "output size natural size - begin - end = 9 - 9 - 9 = -9 [S]",
            ],
        ),
        (
            {"auto_pad": "SAME"},
            ["found auto_pad = SAME", "accepted one of NOTSET, SAME_UPPER", "clause N"],
        ),
        ({"auto_pad": "VALID", "pads": "1,1"}, ["found pads = [1, 1]", "clause H"]),
        ({"output_shape": "1,1,8"}, ["found output_shape = [1, 1, 8]", "clause L"]),
        ({"group": "0"}, ["found group = 0", "accepted at least 1", "clause O"]),
    ],
)
def test_an_invalid_call_is_explained_by_its_clause(given: dict[str, str], said: list[str]) -> None:
    text = " ".join(_lines(case_from_options("1,1,4", "1,1,3", strides="2", **given)))  # type: ignore[arg-type]
    assert "-> refused" in text
    assert "Refused: the operator text forbids this call" in text
    assert [each for each in said if each not in text] == []
    assert "PyTorch, functional" not in text


def test_a_reading_that_adds_output_padding_to_same() -> None:
    section = _section(
        case_from_options("1,1,3", "1,1,2", strides="3", auto_pad="SAME_UPPER", output_padding="2"),
        "Other readings",
    )
    assert (
        "D  explicit  adds output_padding to the size that SAME asks for\n               -> Y[1, "
        "1, 11], begin [-1], end [0]" in section
    )


def test_the_derivations_term_by_term() -> None:
    (axis,) = find_case("seeds/derivation_stride_1_six_outputs").axes
    terms = transpose_terms(axis, 1, 6)
    assert (terms[0], terms[1], terms[-1]) == (
        "y0 = w2a + w1b",
        "y1 = w3a + w2b + w1c",
        "y5 = w3e + w2f",
    )
    (axis,) = find_case("seeds/derivation_stride_2_eleven_outputs").axes
    terms = transpose_terms(axis, 1, 11)
    assert (len(terms), terms[0], terms[1], terms[2], terms[-1]) == (
        11,
        "y0 = w2a",
        "y1 = w3a + w1b",
        "y2 = w2b",
        "y10 = w2f",
    )


def _evaluated(term: str, X: np.ndarray, W: np.ndarray) -> float:
    products = [] if term.endswith("= 0") else term.split(" = ")[1].split(" + ")
    return float(sum(W[int(each[1:-1]) - 1] * X["abcdefgh".index(each[-1])] for each in products))


ONE_AXIS = [
    c
    for c in suite_cases("core")
    if c.rank == 1 and 0 < c.x_shape[2] <= 8 and c.opset > 1 and 0 not in c.y_shape()
]


@pytest.mark.parametrize("case", ONE_AXIS, ids=lambda case: case.name)
def test_terms_are_the_sums_of_the_reference(case: Case) -> None:
    rng = np.random.default_rng(1)
    X, W = (
        rng.integers(-9, 9, case.x_shape[2]).astype(float),
        rng.integers(-9, 9, case.w_shape[2]).astype(float),
    )
    given = {name: value for name, value in case.attributes.given().items() if name != "group"}
    operator = conv_transpose if case.op == "ConvTranspose" else conv
    Y = operator(X[None, None], W[None, None], **given)[0, 0]
    transposed = case.op == "ConvTranspose"
    begin = case.geometry().begins[0] if transposed else (given.get("pads") or _same_begin(case))[0]
    terms = (transpose_terms if transposed else conv_terms)(case.axes[0], begin, len(Y))
    assert [_evaluated(term, X, W) for term in terms] == Y.tolist()


def _same_begin(case: Case) -> tuple[int, int]:
    from convtranspose_reference.conv import conv_pads

    return conv_pads(case.axes[0])


@pytest.mark.parametrize(
    "options",
    [
        {"strides": "2,2"},
        {"strides": "2,3", "auto_pad": "SAME_LOWER", "bias": True},
        {"strides": "2,2", "output_shape": "8,7", "dtype": "bfloat16"},
        {"op": "Conv", "pads": "1,1,1,1"},
    ],
)
def test_every_line_fits(options: dict[str, str]) -> None:
    case = case_from_options("1,2,4,3", "2,2,3,2", **options)  # type: ignore[arg-type]
    assert max(map(len, explain(case).splitlines())) <= 100


@pytest.mark.parametrize("case", suite_cases("core")[::7], ids=lambda case: case.name)
def test_every_case_has_a_text_that_fits(case: Case) -> None:
    lines = explain(case).splitlines()
    assert lines[0] == case.id
    assert [line for line in lines[1:] if len(line) > 100] == []


@pytest.mark.parametrize(
    "case", [c for c in ONE_AXIS if c.op == "ConvTranspose"], ids=lambda case: case.name
)
def test_the_picture_gives_the_same_sums(case: Case) -> None:
    (w,) = windows(case)
    row, kernel = inserted(w), flipped(w.axis)
    slid = [
        sorted(
            tap + cell for tap, cell in zip(kernel, row[o:], strict=False) if "." not in (tap, cell)
        )
        for o in range(w.size)
    ]
    terms = [term.split(" = ")[1].split(" + ") for term in transpose_terms(w.axis, w.begin, w.size)]
    assert slid == [[] if term == ["0"] else sorted(term) for term in terms]


def test_options_make_a_case() -> None:
    case = case_from_options(
        "1,2,5,5",
        "2,3,3,3",
        strides="2,2",
        pads="1,1,1,1",
        output_padding="1,1",
        dilations="1, 1",
        group="1",
        bias=True,
        dtype="bfloat16",
    )
    assert (case.suite, case.x_shape, case.w_shape, case.bias, case.opset) == (
        "adhoc",
        (1, 2, 5, 5),
        (2, 3, 3, 3),
        True,
        22,
    )
    assert (
        case.attributes.text()
        == "dilations=[1, 1], group=1, output_padding=[1, 1], pads=[1, 1, 1, 1], strides=[2, 2]"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": "1,2,a"}, "--x 1,2,a: accepted are integers"),
        ({"x": "1,2"}, "--x 1,2: accepted are two sizes"),
        ({"w": "1,1,-3"}, "--w 1,1,-3: -3 is no size: accepted are 0 and more"),
        ({"output_padding": "1;1"}, "--output-padding 1;1: accepted are integers"),
        ({"strides": ""}, "--strides : accepted are integers"),
        ({"group": "two"}, "--group two: accepted is an integer"),
        ({"dtype": "int8"}, "--dtype int8: accepted are float16, bfloat16, float32, float64"),
        ({"op": "ConvT"}, "--op ConvT: accepted are ConvTranspose, Conv"),
        ({"opset": "0"}, "--opset 0: accepted is 1 or more"),
    ],
)
def test_an_unreadable_option_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match="accepted") as found:
        case_from_options(**{"x": "1,1,4", "w": "1,1,3"} | given)  # type: ignore[arg-type]
    assert str(found.value).startswith(said)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    "options",
    [{"auto_pad": "SAME_UPPER"}, {"pads": "1,0", "output_padding": "1"}, {"output_shape": "70"}],
)
def test_a_long_axis_is_written_for_fewer_inputs(options: dict[str, str]) -> None:
    case = case_from_options("1,1,32", "1,1,3", strides="2", **options)  # type: ignore[arg-type]
    ((name, terms),) = sums(case)
    assert name == "axis D1, written for 5 inputs instead of 32"
    (w,) = windows(case)
    whole = transpose_terms(replace(w.axis, input=8), w.begin, w.size - 2 * 24)
    assert terms[:5] == whole[:5]
    assert [_taps(term) for term in terms[-5:]] == [_taps(term) for term in whole[-5:]]


def test_one_input_is_no_plural() -> None:
    case = case_from_options("1,1,30", "1,1,3", strides="30")
    assert [name for name, _ in sums(case)] == ["axis D1, written for 2 inputs instead of 30"]
    case = case_from_options("1,1,30", "1,1,3", strides="39")
    (name,) = [name for name, _ in sums(case)]
    assert name.startswith("axis D1, written for 1 input instead of 30, too few for an output")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "outputs that no tap reaches stay 0"),
        ({"bias": True}, "no tap reaches hold the bias alone"),
    ],
)
def test_what_no_tap_reaches(options: dict[str, bool], said: str) -> None:
    case = case_from_options("1,1,3", "1,1,1", strides="2", **options)  # type: ignore[arg-type]
    assert said in " ".join(_lines(case))


LONG_CONV = [
    {},
    {"pads": "2,1"},
    {"strides": "2", "pads": "1,1"},
    {"strides": "3", "dilations": "2"},
    {"strides": "2", "auto_pad": "SAME_UPPER"},
]


@pytest.mark.parametrize("options", LONG_CONV)
def test_a_long_axis_of_conv_begins_and_ends_as_the_whole_does(options: dict[str, str]) -> None:
    case = case_from_options("1,1,26", "1,1,3", op="Conv", **options)  # type: ignore[arg-type]
    ((name, terms),) = sums(case)
    assert re.fullmatch(r"axis D1, written for [78] inputs instead of 26", name)
    rows = [_column(case, output) for output in range(case.y_shape()[2])]
    assert _taps(terms[0]) == rows[0]
    assert _taps(terms[-1]) == rows[-1]


def _column(case: Case, output: int) -> str:
    """The taps of an output of a whole axis of Conv, one by one."""
    (axis,) = case.axes
    places = [
        output * axis.stride + tap * axis.dilation - _same_begin(case)[0]
        for tap in range(axis.kernel)
    ]
    return " + ".join(f"w{tap + 1}" for tap, place in enumerate(places) if 0 <= place < axis.input)


def test_readings_that_refuse_an_empty_conv() -> None:
    said = _section(case_from_options("0,1,5", "1,1,3", op="Conv"), "Other readings")
    assert "as explained: Y[0, 1, 3]\n  R  open      refuses any dimension of size 0\n" in said
    assert "-> refused: shape = [0, 1, 3], accepted is no dimension of size 0" in said
    assert _section(case_from_options("1,1,5", "1,1,3", op="Conv"), "Other readings") == ""


def test_an_attribute_that_conv_has_not() -> None:
    text = " ".join(_lines(find_case("invalid/conv_output_padding")))
    assert "found output_padding = [0] accepted absent: Conv has no such attribute" in text
    assert "C = W.shape[0] (Conv: W.shape[1] * group)" in text


def test_only_an_odd_total_has_an_extra_element() -> None:
    even = _lines(case_from_options("1,1,5", "1,1,3", op="Conv", auto_pad="SAME_LOWER"))
    assert "split SAME_LOWER: begin = 1, end = 1" in even
    odd = _lines(case_from_options("1,1,5", "1,1,2", op="Conv", auto_pad="SAME_LOWER"))
    assert (
        "split SAME_LOWER: begin = 1, end = 0; an odd total has its extra element at the begin"
        in " ".join(odd)
    )


def _taps(term: str) -> str:
    """The taps of a sum, whatever its output and inputs."""
    return re.sub("[a-h]", "", term.split(" = ")[1])
