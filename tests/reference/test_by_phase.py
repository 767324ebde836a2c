"""`by_phase` is `scatter` for large inputs: the same numbers where both are exact."""

from contextlib import suppress

import numpy as np
import pytest

from convtranspose_reference import by_phase as phases
from convtranspose_reference.attributes import Attributes, InvalidInput
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


Shape = tuple[int, ...]


def require_the_same(x: Shape, w: Shape, given: dict[str, object]) -> None:
    stream = np.random.default_rng(0)
    X, W = (stream.integers(-4, 5, shape).astype(np.float64) for shape in (x, w))
    found = geometry(x, w, Attributes.of(**given))
    expected = scatter(X.astype(np.int64), W.astype(np.int64), found)
    assert phases.by_phase(X, W, found).tolist() == expected.tolist()


@pytest.mark.parametrize("held", [1, 2**15])
@pytest.mark.parametrize(("x", "w", "given"), CALLS)
def test_same_numbers(
    x: Shape, w: Shape, given: dict[str, object], held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row of outputs at a time, too."""
    monkeypatch.setattr(phases, "HELD", held)
    monkeypatch.setattr(phases, "LEAST_OUTPUTS", 1)
    require_the_same(x, w, given)


def drawn(stream: np.random.Generator) -> tuple[Shape, Shape, dict[str, object]]:
    rank, group = (int(n) for n in stream.integers(1, (4, 3)))
    x = (1, group * int(stream.integers(1, 3)), *map(int, stream.integers(1, 6, rank)))
    w = (x[1], int(stream.integers(1, 3)), *map(int, stream.integers(1, 5, rank)))
    given: dict[str, object] = {
        "group": group,
        "strides": stream.integers(1, 5, rank).tolist(),
        "dilations": stream.integers(1, 4, rank).tolist(),
    }
    cut: list[dict[str, object]] = [
        {"pads": stream.integers(0, 5, 2 * rank).tolist()},
        {"auto_pad": str(stream.choice(["SAME_UPPER", "SAME_LOWER", "VALID"]))},
        {"output_shape": stream.integers(1, 30, rank).tolist()},
        {},
    ]
    return x, w, given | cut[int(stream.integers(len(cut)))]


def test_same_numbers_of_calls_that_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "HELD", 64)
    monkeypatch.setattr(phases, "LEAST_OUTPUTS", 2)
    stream, held = np.random.default_rng(0), 0
    for x, w, given in (drawn(stream) for _ in range(400)):
        with suppress(InvalidInput):  # cropped to less than nothing
            require_the_same(x, w, given)
            held += 1
    assert held > 300


def test_no_channels_sum_to_zeros() -> None:
    require_the_same((1, 0, 3, 4), (0, 2, 2, 3), {"strides": [2, 1]})


def test_zeros_beside_the_input_never_meet_an_infinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phases, "LEAST_TERMS", 0)
    found = geometry((1, 1, 4), (1, 1, 3), Attributes.of(strides=[1]))
    X, W = np.ones((1, 1, 4)), np.array([[[1.0, np.inf, 1.0]]])
    assert phases.pays(X, np.ones((1, 1, 3)), found)
    assert scatter(X, W, found).ravel().tolist() == [1.0, *[np.inf] * 4, 1.0]
