"""Clauses are cited that have a say about what differs."""

import numpy as np
import pytest

from convtranspose_cases import make
from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.concerned import concerned
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import Check

BIAS = make("t", (2,), (1,), strides=(2,), output_padding=(1,), c=2, m=2, group=2, bias=True)
SHAPED = make("t", (2,), (1,), strides=(2,), output_shape=(4,), bias=True)
SAME = make("t", (3,), (1,), strides=(3,), auto_pad="SAME_UPPER")


def _of(shape: tuple[int, ...]) -> Observation:
    return returned(np.zeros(shape, np.float32))


def test_every_clause_is_about_something() -> None:
    for clause in CLAUSES.values():
        assert clause.about
        assert "calls" not in clause.about or len(clause.about) == 1  # no number follows from them


@pytest.mark.parametrize(
    ("case", "seen", "labels"),
    [
        (BIAS, _of((1, 2, 4)), "T"),  # no K, O, Q, S: the size is right
        (BIAS, _of((1, 2, 3)), "S"),
        (BIAS, _of((1, 1, 4)), "Q"),
        (BIAS, _of((1, 1, 3)), "QS"),
        (BIAS, stopped(Seen.REFUSED, "run", "RuntimeError", "no"), "KOQST"),
        (SHAPED, _of((1, 1, 4)), "EFJT"),
        (SHAPED, _of((1, 1, 5)), "JS"),
        (SAME, _of((1, 1, 9)), "CT"),
    ],
)
def test_clauses_that_have_a_say_about_what_differs(case, seen, labels) -> None:
    entry = next(e for e in BUILT_IN if e.name == "onnx-reference")
    assert "".join(concerned(judged(entry, Asked(case), Check.OUTPUT, seen))) == labels


@pytest.mark.parametrize(
    ("shape", "labels"),
    [
        ((None, None, 3), "S"),
        ((1, 2, 3), "S"),
        ((None, 1, None), "Q"),
        ((None, 1, 3), "QS"),
        ((1, 2), "QS"),
    ],
)
def test_an_axis_that_is_left_open_says_nothing_wrong(
    shape: tuple[int | None, ...], labels: str
) -> None:
    entry = next(e for e in BUILT_IN if e.name == "onnx-reference")
    reply = judged(entry, Asked(BIAS), Check.OUTPUT_SHAPE, stated(shape))
    assert "".join(concerned(reply)) == labels
