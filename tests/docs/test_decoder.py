"""The decoder in PyTorch, Keras and ONNX is one network: the same numbers, the same image."""

from pathlib import Path

import numpy as np
import pytest
from benchmarks.given import decoder
from made.figures.given import decoder as published

from convtranspose_conformance.check.chain import Chain
from convtranspose_conformance.check.model.graph import model_of
from convtranspose_conformance.check.node_call import node_call
from convtranspose_conformance.check.trusted.executor import Executor

GIVEN = decoder.numbers()
OWED = decoder.by_reference(GIVEN)
ROUNDING = 1e-6  # of float32, after three layers of at most 128 products


def _apart(found: decoder.Outputs) -> list[float]:
    assert [each.shape for each in found] == [each.shape for each in OWED]
    assert {each.dtype for each in found} == {np.dtype(np.float32)}
    return [decoder.apart(*pair) for pair in zip(found, OWED, strict=True)]


def test_the_sizes_are_the_suites() -> None:
    assert [y.shape for y in OWED[:3]] == [case.y_shape() for case in decoder.CASES]


def test_pytorch() -> None:
    pytest.importorskip("torch")
    assert max(_apart(decoder.by_torch(GIVEN))) < ROUNDING


def test_the_file_as_a_whole() -> None:
    pytest.importorskip("onnxruntime")
    assert max(_apart(decoder.by_onnxruntime(GIVEN))) < ROUNDING


def test_keras_with_a_crop_and_without_one() -> None:
    pytest.importorskip("keras")
    assert max(_apart(decoder.by_keras(GIVEN))) < ROUNDING
    first, *others = _apart(decoder.by_keras(GIVEN, same=True))
    assert first < ROUNDING
    assert min(others) > 0.1


def test_the_chain_of_check_is_the_networks_own(tmp_path: Path) -> None:
    model = model_of(decoder.in_onnx(GIVEN, tmp_path / decoder.MODEL), {})
    chain = Chain(model, {"code": GIVEN.code}, Executor(model))
    chain.run(lambda step, taken: node_call(model, step, taken).Y)
    assert chain.lost == {}
    for name, owed in zip(("y1", "y2", "y3"), OWED, strict=False):
        assert (chain.values[name] == owed).all()
    np.testing.assert_allclose(chain.values["image"], OWED[3], rtol=3e-7)


def test_what_is_published() -> None:
    found = {row["network"]: row["apart"] for row in published.results()["rows"]}
    assert list(found) == list(decoder.NETWORKS)
    wrong = [name for name, apart in found.items() if max(apart) > ROUNDING]
    assert wrong == ['Keras, the second layer `padding="same"`']
    prints = published.results()["transcript"]["prints"]
    assert "No node where a backend leaves the reference" in prints
    assert "keras-torch-cpu, up2" in prints
