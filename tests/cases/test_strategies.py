"""What is drawn is what it is said to be, and spans the space."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from convtranspose_cases import Case
from convtranspose_cases.notation import find_call
from convtranspose_cases.special import PREFIX
from convtranspose_cases.strategies import BREAKS, legal, nearly_legal

DRAWN = settings(
    max_examples=700,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def drawn(strategy: object) -> list[Case]:
    cases: dict[str, Case] = {}

    @seed(5)
    @DRAWN
    @given(strategy)
    def keep(case: Case) -> None:
        cases[case.id] = case

    keep()
    return list(cases.values())


@pytest.mark.parametrize(
    ("suite", "checks"),
    [
        ("call", ("output", "output_shape")),
        ("call-gradient", ("gradient",)),
        ("call-repeatability", ("repeatability",)),
    ],
)
def test_legal_calls_are_legal_and_have_their_id(suite: str, checks: tuple[str, ...]) -> None:
    cases = drawn(legal(suite))
    assert len(cases) > 300
    for case in cases:
        assert case.refusal() is None
        assert case.checks == checks
        assert find_call(case.id) == case


def test_legal_calls_have_every_attribute_and_kind_of_numbers() -> None:
    cases = drawn(legal())
    attributes = Counter(name for case in cases for name in case.attributes.given())
    assert set(attributes) == {
        "strides",
        "dilations",
        "pads",
        "group",
        "auto_pad",
        "output_padding",
        "output_shape",
        "kernel_shape",
    }
    assert {case.rank for case in cases} == {1, 2, 3}
    assert {case.op for case in cases} == {"ConvTranspose", "Conv"}
    assert {(case.opset, case.dtype) for case in cases} >= {
        (1, "float16"),
        (11, "float64"),
        (22, "bfloat16"),
        (22, "float32"),
    }
    assert {case.data for case in cases} >= {
        "integers",
        "dense",
        "sparse",
        "wide",
        "wide-x",
        "wide-w",
        "ones",
        "ascending",
    }
    assert any(case.data.startswith(PREFIX) for case in cases)
    for auto in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        assert {case.opset for case in cases if case.attributes.auto_pad == auto} == {1, 11, 22}


def test_legal_calls_reach_the_edges_of_the_space() -> None:
    cases = drawn(legal())
    transposed = [case for case in cases if case.op == "ConvTranspose"]
    assert any(0 in case.x_shape[2:] for case in transposed)
    assert any(0 in (case.x_shape[0], case.x_shape[1], case.maps) for case in transposed)
    assert any(
        axis.output_padding == max(axis.stride, axis.dilation) - 1 > 0
        for case in transposed
        for axis in case.axes
    )
    assert any(axis.output_padding >= axis.stride for case in transposed for axis in case.axes)
    assert any(case.attributes.pads and case.attributes.output_shape for case in transposed)
    assert any(
        case.attributes.pads
        and case.attributes.pads[: case.rank] != case.attributes.pads[case.rank :]
        for case in transposed
    )


def test_nearly_legal_calls_are_forbidden_for_every_reason() -> None:
    cases = drawn(nearly_legal())
    refusals = [case.refusal() for case in cases]
    assert None not in refusals
    assert {case.checks for case in cases} == {("rejection",)}
    assert {r.attribute for r in refusals if r} >= {
        "strides",
        "dilations",
        "pads",
        "output_padding",
        "output_shape",
        "kernel_shape",
        "auto_pad",
        "group",
        "B.shape",
        "W.shape[0]",
        "output size",
    }
    assert {r.clause for r in refusals if r} >= set("OKMHNL")
    assert len(BREAKS) >= 6
