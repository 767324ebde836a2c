"""`by_phase` is `scatter` for large inputs: the same numbers where both are exact."""

import numpy as np
import pytest

from convtranspose_reference import by_phase as phases
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv_transpose import scatter
from convtranspose_reference.geometry import geometry

CALLS = [
    ((2, 4, 7), (4, 3, 4), {"strides": [3]}),
    ((1, 4, 5), (4, 2, 2), {"strides": [3], "dilations": [3]}),  # one phase alone is reached
    ((2, 4, 3, 5), (4, 1, 3, 2), {"strides": [2, 1], "dilations": [1, 3], "group": 2}),
    ((1, 2, 4, 4), (2, 2, 3, 3), {"strides": [2, 3], "pads": [1, 2, 3, 0]}),
    ((1, 2, 4, 4), (2, 2, 3, 3), {"strides": [2, 2], "output_shape": [15, 3]}),  # begins below 0
    ((2, 2, 3, 2, 4), (2, 3, 2, 3, 1), {"strides": [1, 2, 3], "output_padding": [0, 1, 2]}),
]


@pytest.mark.parametrize(("x", "w", "given"), CALLS)
def test_same_numbers(x: tuple[int, ...], w: tuple[int, ...], given: dict[str, object]) -> None:
    stream = np.random.default_rng(0)
    X, W = (stream.integers(-4, 5, shape).astype(np.float64) for shape in (x, w))
    found = geometry(x, w, Attributes.of(**given))
    expected = scatter(X.astype(np.int64), W.astype(np.int64), found)
    assert phases.by_phase(X, W, found).tolist() == expected.tolist()


def test_zeros_beside_the_input_never_meet_an_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "LEAST_TERMS", 0)
    found = geometry((1, 1, 4), (1, 1, 3), Attributes.of(strides=[1]))
    X, W = np.ones((1, 1, 4)), np.array([[[1.0, np.inf, 1.0]]])
    assert phases.pays(X, np.ones((1, 1, 3)), found)
    assert scatter(X, W, found).ravel().tolist() == [1.0, *[np.inf] * 4, 1.0]
