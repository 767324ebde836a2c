"""What `invalid` holds: every sentence that forbids something, refused by the reference under its
clause, from small tensors."""

from math import prod

import numpy as np
import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.facts import FORBIDDEN, NAMES, clauses, facts, features
from convtranspose_cases.inputs import tensors
from convtranspose_conformance.rules.answers import Asked
from convtranspose_reference import InvalidInput, conv, conv_transpose, output_shape_of

INVALID = suite_cases("invalid")
# clause, what broke it
SENTENCES = {
    *(
        ("O", a)
        for a in (
            "rank of X",
            "rank of W",
            "W.shape",
            "W.shape[0]",
            "W.shape[1]",
            "group",
            "B.shape",
        )
    ),
    *(("O", a) for a in ("strides", "dilations", "pads", "output_padding", "kernel_shape")),
    ("H", "pads"),
    ("K", "output_padding"),
    ("L", "output_shape"),
    ("M", "output_shape"),
    ("M", "output size"),
    ("N", "auto_pad"),
}


def why(case: Case) -> InvalidInput:
    refused = case.refusal()
    assert refused is not None, f"{case.id} is legal: {case.y_shape()}"
    return refused


def test_enough_calls_of_different_names():
    assert len(INVALID) >= 80
    assert len({case.name for case in INVALID}) == len(INVALID)
    questions = {
        (c.op, c.x_shape, c.w_shape, c.b_shape, c.attributes, c.initializer) for c in INVALID
    }
    assert len(questions) >= len(INVALID) - 1, "w_channels_above_c stands for two careless callers"


def test_every_sentence_that_forbids_has_a_call():
    assert {(why(case).clause, why(case).attribute) for case in INVALID} == SENTENCES


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.name)
def test_the_reference_refuses_naming_the_clause(case: Case):
    X, W, B = tensors(case).arrays(case.dtype)
    call = conv_transpose if case.op == "ConvTranspose" else conv
    try:
        with pytest.raises(InvalidInput, match=rf"\(clause {why(case).clause}\)"):
            call(X, W, B, **case.attributes.given())
    except TypeError:
        assert case.op == "Conv"
        assert case.attributes.output_padding is not None  # conv has no such argument
    if case.op == "ConvTranspose":
        with pytest.raises(InvalidInput):
            output_shape_of(
                X.shape, W.shape, None if B is None else B.shape, **case.attributes.given()
            )


def test_every_reading_of_an_open_clause_refuses_too():
    for case in INVALID:
        assert all(answer.refused for _, answer in Asked(case).conforming()), case.id


def test_tensors_are_small_and_as_the_case_has_them():
    for case in INVALID:
        given = tensors(case)
        assert max(map(prod, (case.x_shape, case.w_shape, case.b_shape or ()))) <= 200
        shapes = [
            None if t is None else t.array(case.dtype).shape for t in (given.X, given.W, given.B)
        ]
        assert shapes == [case.x_shape, case.w_shape, case.b_shape]
        assert all(
            np.abs(t.integers).max(initial=0) <= 8
            for t in (given.X, given.W, given.B)
            if t is not None
        )


def test_facts_of_a_forbidden_call_say_what_breaks_the_text():
    for case in INVALID:
        said = facts(case)
        assert set(said) == NAMES
        assert said["forbidden"] == why(case).attribute
        assert said["output"] == []
        assert clauses(case) == [why(case).clause]
        assert features(case) == [FORBIDDEN]
        assert case.checks == ("rejection",)
    assert all(facts(case)["forbidden"] == "" for case in suite_cases("seeds"))


def test_attributes_near_two_to_the_31_and_63_are_asked():
    values = [
        abs(v)
        for case in INVALID
        for name, v in case.attributes.given().items()
        if name != "auto_pad"
        for v in np.ravel(v).tolist()
    ]
    assert sum(v >= 2**31 - 1 for v in values) >= 10
    assert sum(v >= 2**62 for v in values) >= 8
    assert max(values) <= 2**63
