"""When equality is owed, and how far a result may be off where it is not: the edges, by hand."""

from typing import Any

import numpy as np
import pytest

from convtranspose_reference.bounds import Sums, error_bound, exact_where
from convtranspose_reference.formats import FORMATS


def _sums(S: float, *, n: int = 1, beta: int = 0, ulp: float = 1.0, size: float = 0.0) -> Sums:
    return Sums(S=np.array([S]), size=np.array([size]), n=np.array([n]), beta=beta, ulp=ulp)


@pytest.mark.parametrize(
    ("dtype", "S", "ulp", "owed"),
    [
        ("float32", 2.0**24, 1.0, True),
        ("float32", 2.0**24 + 1, 1.0, False),
        ("float32", 2.0**4, 2.0**-20, True),
        ("float32", 2.0**4 + 2.0**-20, 2.0**-20, False),
        ("float32", 2.0**-110, 2.0**-126, True),
        ("float32", 2.0**-110, 2.0**-127, False),
        ("float32", 2.0**127, 2.0**110, True),
        ("float32", 2.0**128, 2.0**110, False),
        ("float64", 2.0**53 - 1, 1.0, True),
        ("float64", 2.0**53 + 1 + 1, 1.0, False),  # S rounds to 2**53; the partial sums do, too
        ("float64", 2.0**53 + 2, 1.0, False),
        ("float16", 65504.0, 1.0, True),
        ("float16", 65505.0, 1.0, False),
        ("float16", 1024.0, 2.0**-14, True),
        ("float16", 1025.0, 2.0**-14, False),
        ("float16", 1.0, 2.0**-15, False),
        ("bfloat16", 2.0**24, 1.0, True),
        ("bfloat16", 2.0**24 + 1, 1.0, False),
        ("float32", 0.0, 2.0**-46, True),
    ],
)
def test_equality_is_owed_up_to_the_edge(dtype: str, S: float, ulp: float, owed: bool) -> None:
    assert exact_where(_sums(S, ulp=ulp), FORMATS[dtype]).tolist() == [owed]


@pytest.mark.parametrize(
    ("dtype", "given", "bound"),
    [
        ("float32", {"S": 8.0, "n": 5}, 40 * 2.0**-24),
        ("float32", {"S": 8.0, "n": 5, "beta": 1}, 48 * 2.0**-24),
        ("float64", {"S": 8.0, "n": 5, "beta": 1}, 48 * 2.0**-53),
        (
            "float16",
            {"S": 8.0, "n": 4, "size": 1.0},
            2.0**-19 + 2.0**-11 * (1 + 2.0**-19) + 2.0**-25,
        ),
        (
            "bfloat16",
            {"S": 8.0, "n": 4, "size": 1.0},
            2.0**-19 + 2.0**-8 * (1 + 2.0**-19) + 2.0**-134,
        ),
        ("float32", {"S": 0.0, "n": 0}, 0.0),
    ],
)
def test_the_bound_by_hand(dtype: str, given: dict[str, Any], bound: float) -> None:
    assert error_bound(_sums(**given), FORMATS[dtype]).tolist() == [bound]


def test_the_bound_of_a_class() -> None:
    assert error_bound(_sums(8.0, n=5), FORMATS["float32"], roundoff=2.0**-8).tolist() == [
        40 * 2.0**-8
    ]
