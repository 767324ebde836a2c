"""The adapter of tinygrad on a stand-in: what it is told, on which device the answer has to lie,
and how bfloat16 goes in and out."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from convtranspose_conformance.backends.api import Call, Refused, Unsupported, Unusable
from convtranspose_conformance.backends.tinygrad.adapter import Tinygrad
from convtranspose_conformance.backends.tinygrad.arguments import SETTINGS, arguments
from convtranspose_reference import Attributes

CALL = Call(
    op="ConvTranspose",
    attributes=Attributes(strides=(2, 1), pads=(1, 2, 3, 4), output_padding=(1, 0)),
    opset=11,
    initializer=True,
    X=np.ones((1, 2, 3, 4), np.float32),
    W=np.ones((2, 1, 4, 8), np.float32),
    B=np.ones(1, np.float32),
)
ASKED: list[tuple[Any, ...]] = []


class _Tensor:
    """Its own answer to everything; `asked` holds what the methods were given."""

    device = "PYTHON"
    refuses = False

    def __init__(self, array: Any, dtype: str = "") -> None:
        self._array, self.dtype = array, dtype or array.dtype.name
        self.shape = array.shape

    def bitcast(self, dtype: str) -> "_Tensor":
        return _Tensor(self._array, dtype)

    def conv_transpose2d(self, weight: Any, bias: Any, **given: Any) -> "_Tensor":
        if self.refuses:
            raise AssertionError("no")
        ASKED.append((weight, bias, given))
        return self

    def gradient(self, *targets: "_Tensor", gradient: "_Tensor") -> list["_Tensor"]:
        return [_Tensor(each._array * gradient._array.sum(), each.dtype) for each in targets]

    def realize(self) -> "_Tensor":
        return self

    def numpy(self) -> Any:
        return self._array


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Tinygrad]:
    def made(**lies: Any) -> Tinygrad:
        types = SimpleNamespace(bfloat16="bfloat16", uint16="uint16")
        tensor = type("Tensor", (_Tensor,), lies)
        stand_in = SimpleNamespace(Tensor=tensor, dtypes=types)
        monkeypatch.setitem(sys.modules, "tinygrad", stand_in)
        for name in SETTINGS:
            monkeypatch.setenv(name, "")
        ASKED.clear()
        return Tinygrad()

    return made


def test_it_is_told_the_last_axis_first(adapter: Callable[..., Tinygrad]) -> None:
    assert adapter().run(CALL).shape == CALL.X.shape
    ((_, bias, given),) = ASKED
    assert given["padding"] == (2, 4, 1, 3)
    assert (given["stride"], given["output_padding"], given["groups"]) == ((2, 1), (1, 0), 1)
    assert bias.numpy() is CALL.B


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        (Attributes(auto_pad="SAME_UPPER"), "no SAME"),
        (Attributes(output_shape=(7, 8)), "output shape"),
        (Attributes(kernel_shape=(3, 3)), "no kernel_shape"),
    ],
)
def test_what_it_has_no_word_for_is_unsupported(attributes: Attributes, words: str) -> None:
    with pytest.raises(Unsupported, match=words):
        arguments(replace(CALL, attributes=attributes))


def test_a_convolution_has_no_output_padding() -> None:
    method, given = arguments(replace(CALL, op="Conv", attributes=Attributes(pads=(1, 2, 3, 4))))
    assert (method, "output_padding" in given) == ("conv2d", False)


def test_an_answer_elsewhere_does_not_count(adapter: Callable[..., Tinygrad]) -> None:
    with pytest.raises(Unusable, match="on CPU, not on PYTHON"):
        adapter(device="CPU").run(CALL)


def test_whatever_it_raises_is_its_answer(adapter: Callable[..., Tinygrad]) -> None:
    with pytest.raises(Refused, match="call: AssertionError: no"):
        adapter(refuses=True).run(CALL)
    with pytest.raises(Refused, match="gradient: AssertionError: no"):
        adapter(refuses=True).gradients(CALL, CALL.X)


def test_bfloat16_goes_in_and_comes_out_as_its_bits(adapter: Callable[..., Tinygrad]) -> None:
    X, W = (np.full(a.shape, 1.5, ml_dtypes.bfloat16) for a in (CALL.X, CALL.W))
    Y = adapter().run(replace(CALL, X=X, W=W, B=None))
    assert Y.dtype == X.dtype
    assert Y.tobytes() == X.tobytes()
    weight, bias, _ = ASKED[0]
    assert (weight.dtype, weight.numpy().dtype, bias) == ("bfloat16", np.uint16, None)


@pytest.mark.parametrize("biased", [False, True])
def test_gradients_are_those_of_the_arrays_that_are_given(
    biased: bool, adapter: Callable[..., Tinygrad]
) -> None:
    call = CALL if biased else replace(CALL, B=None)
    dX, dW, dB = adapter().gradients(call, 2 * CALL.X)
    assert (dX.shape, dW.shape) == (CALL.X.shape, CALL.W.shape)
    assert (dB is not None) == biased
