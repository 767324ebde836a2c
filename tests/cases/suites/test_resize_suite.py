"""Suites `resize` and `subpixel`: what they hold, that their goldens are exact, and what a case
says of what stands before and after its convolution."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.goldens import golden_of, shuffled
from convtranspose_cases.inputs import Scaled, fed, tensors
from convtranspose_cases.notation import NotationError, called, find_call, parse
from convtranspose_cases.simpler import PASSES, weight
from convtranspose_conformance.explain.inputs.subject import Subject, Unreadable
from convtranspose_reference import InvalidInput, depth_to_space
from convtranspose_reference.resize import NEAREST_MODES, Resize, rows
from convtranspose_reference.resize.depth_to_space import DepthToSpace

RESIZE, SUBPIXEL = suite_cases("resize"), suite_cases("subpixel")
BOTH = (*RESIZE, *SUBPIXEL)
LEGAL = [case for case in BOTH if case.refusal() is None]
FORBIDDEN = [case for case in BOTH if case.refusal() is not None]


def test_every_coordinate_meets_every_mode() -> None:
    asked = [case.resize for case in RESIZE if case.resize is not None]
    assert len(asked) == len(RESIZE) > 400
    combinations = {
        (each.mode, each.coordinate_transformation_mode, each.nearest_mode) for each in asked
    }
    words = (
        "half_pixel",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "half_pixel_symmetric",
    )
    assert {("nearest", *both) for both in product(words, NEAREST_MODES)} < combinations
    for mode in ("linear", "cubic"):
        assert {word for m, word, _ in combinations if m == mode} >= set(words)
    assert {case.rank for case in RESIZE} == {1, 2, 3}
    assert {case.dtype for case in LEGAL} == {"float16", "bfloat16", "float32", "float64"}
    assert {case.opset for case in RESIZE} >= {11, 13, 18, 19, 22}


def test_every_block_is_there_in_both_orders() -> None:
    asked = {case.depth_to_space for case in SUBPIXEL}
    assert {DepthToSpace(b, mode=m) for b, m in product((1, 2, 3, 4), ("DCR", "CRD"))} < asked
    assert 60 < len(SUBPIXEL) < 100


@pytest.mark.parametrize("case", FORBIDDEN, ids=lambda case: case.name)
def test_forbidden_calls_are_refused_by_clause(case: Case) -> None:
    refused = case.refusal()
    assert isinstance(refused, InvalidInput)
    assert refused.clause in ("Z", "M")
    assert case.checks == ("rejection",)
    assert case.data == "plain"


def _fractions(tensor: Scaled) -> np.ndarray:
    scale = Fraction(2) ** tensor.exponent
    return np.vectorize(lambda value: int(value) * scale, otypes=[object])(tensor.integers)


def _resized(case: Case, X: np.ndarray) -> np.ndarray:
    """X resized in fractions, element by element."""
    assert case.resize is not None
    each = [rows(along, case.resize) for along in case.resized_axes]
    Y = np.empty((*X.shape[:2], *map(len, each)), object)
    for place in product(*map(range, Y.shape[2:])):
        met = [axis[at] for axis, at in zip(each, place, strict=True)]
        if None in met:
            Y[(slice(None), slice(None), *place)] = Fraction(case.resize.extrapolation_value)
            continue
        for n, c in product(*map(range, X.shape[:2])):
            total = Fraction(0)
            for term in product(*(row.items() for row in met if row is not None)):
                weight = Fraction(1)
                for _, share in term:
                    weight *= share
                total += weight * X[(n, c, *(index for index, _ in term))]
            Y[(n, c, *place)] = total
    return Y


@pytest.mark.parametrize("case", [c for c in LEGAL if c.resize], ids=lambda case: case.name)
def test_what_a_convolution_is_fed_is_exact(case: Case) -> None:
    given = tensors(case)
    expected = _resized(case, _fractions(given.X))
    found = fed(case, given)
    assert (_fractions(found.tensors.X) == expected).all()
    assert found.tensors.X.integers.shape == case.fed_shape
    assert given.X.array(case.dtype).astype(np.float64).tolist() == given.X.integers.tolist()


@pytest.mark.parametrize("case", SUBPIXEL[:24], ids=lambda case: case.name)
def test_a_shuffled_golden_is_the_convolutions_golden_shuffled(case: Case) -> None:
    asked = case.depth_to_space
    assert asked is not None
    plain = golden_of(case, tensors(case))
    assert plain.shape == case.conv_shape()
    expected = depth_to_space(plain.values, asked.blocksize, asked.mode)
    assert (shuffled(case, plain).values == expected).all()
    assert shuffled(case, plain).shape == case.y_shape()


@pytest.mark.parametrize("case", BOTH[::7], ids=lambda case: case.name)
def test_an_id_says_the_whole_call(case: Case) -> None:
    said = called(case)
    assert find_call(said.id) == said
    assert (said.resize, said.depth_to_space) == (case.resize, case.depth_to_space)


def test_ids_by_hand() -> None:
    case = parse(
        "call/conv_x_1_1_4_w_1_1_2_resize_cubic_scales_1p5_coordinates_align-corners_coeff_-0p5"
    )
    assert case.resize == Resize(
        scales=(1.5,),
        mode="cubic",
        coordinate_transformation_mode="align_corners",
        cubic_coeff_a=-0.5,
    )
    assert case.opset == 19
    shuffle = parse("call/conv_x_1_1_4_4_w_4_1_2_2_shuffle_CRD_2").depth_to_space
    assert shuffle == DepthToSpace(2, mode="CRD")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (
            "conv_x_1_1_4_w_1_1_2_resize_bilinear_scales_2",
            "accepted is one of nearest, linear, cubic",
        ),
        ("conv_x_1_1_4_w_1_1_2_scales_2", "no part 'resize'"),
        ("x_1_1_4_w_1_1_2_resize_linear_scales_2", "no part 'conv'"),
        ("x_1_1_4_4_w_1_4_2_2_shuffle_DCR_2", "no part 'conv'"),
        ("conv_x_1_1_4_4_w_4_1_2_2_shuffle_RCD_2", "accepted is one of DCR, CRD"),
        ("conv_x_1_1_4_w_1_1_2_resize_cubic_scales_2_coeff", "accepted is one number"),
        ("conv_x_1_1_4_w_1_1_2_resize_linear_scales_2_scales_2", "each thing once"),
    ],
)
def test_what_an_id_does_not_say_is_named(said: str, wrong: str) -> None:
    with pytest.raises(NotationError, match=wrong):
        parse(f"call/{said}")


def test_a_conv_transpose_has_nothing_before_or_after_it() -> None:
    with pytest.raises(ValueError, match="op = 'Conv'"):
        Case(
            suite="a", name="b", x_shape=(1, 1, 4), w_shape=(1, 1, 2), resize=Resize(scales=(2.0,))
        )


def test_simpler_cases_lead_to_a_convolution_alone() -> None:
    case = find_case("resize/x_5_7_resize_linear_scales_1p5_0p5_k_1_1")
    tried = dict(change for step in PASSES for change in step(case))
    assert tried["no resize"].x_shape == case.fed_shape
    assert tried["without axis 1"].resize == Resize(scales=(1.5,), mode="linear")
    assert tried["scales[0] = 2"].resize == Resize(scales=(2.0, 0.5), mode="linear")
    assert all(
        weight(simpler) < weight(case) for simpler in map(tried.get, ("no resize",)) if simpler
    )


def test_gradients_are_asked_of_a_convolution_alone() -> None:
    with pytest.raises(NotationError, match="a convolution alone"):
        find_call("call-gradient/conv_x_1_1_4_w_1_1_2_resize_linear_scales_2")


def test_explain_speaks_of_the_convolution_alone() -> None:
    case = find_case("resize/x_5_7_resize_linear_scales_1p5_0p5_k_1_1")
    alone = "accepted is the convolution alone, call/conv_x_1_1_7_3_w_1_1_1_1_opset_19"
    with pytest.raises(Unreadable, match=alone):
        Subject(case=case)
