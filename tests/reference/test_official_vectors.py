"""onnx's own node tests: the reference gives their outputs."""

from typing import Any

import numpy as np
import onnx.helper
import pytest
from onnx.backend.test.case.node import conv as conv_tests
from onnx.backend.test.case.node import convtranspose as transpose_tests

from convtranspose_reference import conv, conv_transpose, output_shape_of
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry


def _recorded(module: Any, suite: type) -> list[Any]:
    """What the suite's export functions hand to `expect`: node, inputs, outputs, name."""
    vectors: list[Any] = []
    original, module.expect = (
        module.expect,
        lambda node, inputs, outputs, name, **_: vectors.append((node, inputs, outputs, name)),
    )
    try:
        for name in dir(suite):
            if name.startswith("export"):
                getattr(suite, name)()
    finally:
        module.expect = original
    return [pytest.param(*each[:3], id=each[3]) for each in vectors]


TRANSPOSE = _recorded(transpose_tests, transpose_tests.ConvTranspose)
CONV = _recorded(conv_tests, conv_tests.Conv)


def _attributes(node: Any) -> dict[str, Any]:
    found = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    return {
        name: value.decode() if isinstance(value, bytes) else value for name, value in found.items()
    }


def test_all_official_tests_are_here() -> None:
    # A call may be expected twice: by itself and, in later versions, with a second output_shape.
    assert len({p.id for p in TRANSPOSE}) == 11
    assert len({p.id for p in CONV}) >= 6


@pytest.mark.parametrize(("node", "inputs", "outputs"), TRANSPOSE)
def test_conv_transpose_is_the_official_output(node: Any, inputs: Any, outputs: Any) -> None:
    given = _attributes(node)
    Y = conv_transpose(*inputs, **given)
    np.testing.assert_array_equal(Y, outputs[0], strict=True)
    assert output_shape_of(inputs[0].shape, inputs[1].shape, **given) == outputs[0].shape


@pytest.mark.parametrize(("node", "inputs", "outputs"), CONV)
def test_conv_is_the_official_output(node: Any, inputs: Any, outputs: Any) -> None:
    given = _attributes(node)
    np.testing.assert_array_equal(conv(*inputs, **given), outputs[0], strict=True)
    _, _, sizes = conv_geometry(inputs[0].shape, inputs[1].shape, Attributes.of(**given))
    assert sizes == outputs[0].shape[2:]
