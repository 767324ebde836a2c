"""The lecture's examples: its sizes, and its two derivations term by term."""

from itertools import pairwise

import pytest

from convtranspose_cases import Case, find_case, suite_cases
from convtranspose_cases.goldens import golden
from convtranspose_cases.inputs import linear_of, tensors
from convtranspose_cases.suites.seeds import EXPECTED_SIZES

SEEDS = {case.name: case for case in suite_cases("seeds")}
INPUTS, WEIGHTS = "abcdef", ("w1", "w2", "w3")


def test_every_seed_has_the_lectures_size() -> None:
    assert {name: case.y_shape()[2:] for name, case in SEEDS.items()} == EXPECTED_SIZES


def _terms(case: Case) -> list[str]:
    """Each output's terms, spelled out by the bits of its golden: bit i + 6j stands for w_j times
    the i-th input."""
    output = golden(tensors(case), linear_of(case), case.dtype, case.geometry())
    assert output.exponent == 0
    assert output.exact().all()
    assert (output.expected().astype(int) == output.values).all()
    products = {
        len(INPUTS) * j + i: f"{w}{x}" for j, w in enumerate(WEIGHTS) for i, x in enumerate(INPUTS)
    }
    spelled = []
    for value in output.values[0, 0].tolist():
        bits = [bit for bit in range(value.bit_length()) if value >> bit & 1]
        spelled.append("+".join(sorted((products[bit] for bit in bits), key=lambda term: term[-1])))
    return spelled


def test_derivation_with_stride_1() -> None:
    assert _terms(SEEDS["derivation_stride_1_six_outputs"]) == [
        "w2a+w1b",
        "w3a+w2b+w1c",
        "w3b+w2c+w1d",
        "w3c+w2d+w1e",
        "w3d+w2e+w1f",
        "w3e+w2f",
    ]


def test_derivation_with_stride_2() -> None:
    assert _terms(SEEDS["derivation_stride_2_eleven_outputs"]) == [
        "w2a",
        "w3a+w1b",
        "w2b",
        "w3b+w1c",
        "w2c",
        "w3c+w1d",
        "w2d",
        "w3d+w1e",
        "w2e",
        "w3e+w1f",
        "w2f",
    ]


@pytest.mark.parametrize("k", ["6", "5", "3"])
def test_the_lectures_three_filters_also_with_its_factor(k: str) -> None:
    stride = {"6": 3, "5": 2, "3": 2}[k]
    same = SEEDS[f"stride_{stride}_filter_{k}_same"]
    assert same.y_shape()[2:] == (5 * stride, 5 * stride)


def test_the_deconv2d_route_allows_two_sizes_for_each_padding() -> None:
    found = {name: case for name, case in SEEDS.items() if name.startswith("deconv2d")}
    assert len(found) == 4
    assert len({case.x_shape for case in found.values()}) == 1
    for pad in ("SAME_UPPER", "VALID"):
        sizes = [c.y_shape()[2:] for c in found.values() if c.attributes.auto_pad == pad]
        # Conv of either size with stride 2 and filter 3 leads back to 3 x 3.
        assert len(set(sizes)) == 2
        assert {
            (-(-n // 2) if pad == "SAME_UPPER" else (n - 3) // 2 + 1)
            for size in sizes
            for n in size
        } == {3}


def test_each_decoder_layer_takes_the_last_ones_output() -> None:
    layers = [SEEDS[f"decoder_layer_{i}"] for i in (1, 2, 3)]
    for before, layer in pairwise(layers):
        assert layer.previous is before
        assert layer.x_shape == before.y_shape()
        given = golden(tensors(before), linear_of(before), before.dtype, before.geometry())
        assert (tensors(layer).X.integers == given.values).all()
        assert given.exponent == 0
    assert layers[-1].y_shape() == (1, 1, 16, 16)


def test_seeds_are_found_by_id() -> None:
    assert find_case("seeds/stride_2_filter_3") == SEEDS["stride_2_filter_3"]
