"""`backend` and `backends`, from which other people's adapters import: what they declare is there,
and is enough for an adapter."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import convtranspose_conformance
from convtranspose_cases import find_case
from convtranspose_cases.inputs import tensors
from convtranspose_conformance import backend as old
from convtranspose_conformance import backends

FACADES = (old, backends)
# what an adapter is made of
ADAPTERS = {"Backend", "Call", "Entry", "Unsupported", "Declined", "Refused", "Unusable"}
ADAPTERS |= {"refusals", "Script", "Name", "Stenographer", "Array", "Gradients"}


def call(facade: Any, name: str) -> Any:
    case = find_case(name)
    return facade.Call.of(case, *tensors(case).arrays(case.dtype))


def adapter(facade: Any) -> Any:
    """Of one axis and one channel; it declines kernels of 3, and refuses those of 4."""

    class Textbook(facade.Backend):
        def versions(self) -> dict[str, str]:
            return {"textbook": "1"}

        def run(self, call: Any) -> Any:
            if call.rank != 1 or {*call.X.shape[:2], *call.W.shape[:2]} != {1}:
                raise facade.Unsupported("one axis of one channel")
            if call.W.shape[2] == 3:
                raise facade.Declined("no kernels of 3")
            with facade.refusals("call", ZeroDivisionError):
                _ = 1 / (call.W.shape[2] - 4)
            return np.convolve(call.X[0, 0], call.W[0, 0])[None, None]

    return Textbook()


@pytest.mark.parametrize("facade", FACADES, ids=lambda each: each.__name__)
def test_what_a_facade_declares_is_there(facade: ModuleType) -> None:
    assert [name for name in facade.__all__ if not hasattr(facade, name)] == []
    assert set(facade.__all__) <= set(dir(facade))


@pytest.mark.parametrize("facade", FACADES, ids=lambda each: each.__name__)
def test_an_adapter_needs_nothing_else(facade: ModuleType) -> None:
    textbook = adapter(facade)
    case = find_case("call/x_1_1_3_w_1_1_2")
    assert textbook.run(call(facade, case.id)).shape == case.y_shape()
    with pytest.raises(facade.Unsupported, match="one channel"):
        textbook.run(call(facade, "call/x_1_2_3_w_2_1_2"))
    with pytest.raises(facade.Declined, match="kernels of 3"):
        textbook.run(call(facade, "call/x_1_1_3_w_1_1_3"))
    with pytest.raises(facade.Refused):
        textbook.run(call(facade, "call/x_1_1_3_w_1_1_4"))


def test_its_script_is_written_with_what_backends_declares() -> None:
    said = backends.Stenographer("textbook").run(backends.Name("X"), "W", strides=(2,))
    script = backends.Script(imports=["import textbook"], call=[f"Y = {said}"], version="'1'")
    assert script.call == ['Y = textbook.run(X, "W", strides=(2,))']
    entry = backends.Entry(
        name="textbook",
        title="Textbook",
        route="textbook.run",
        target="textbook:Textbook",
        distributions=(),
        checks=backends.FORWARD_CHECKS,
    )
    assert entry.name not in backends.registered()


def test_all_faces_show_one_thing_by_one_name() -> None:
    assert ADAPTERS <= set(backends.__all__)
    for name in set(old.__all__) | ADAPTERS:
        assert getattr(backends, name) is getattr(convtranspose_conformance, name, None) or (
            getattr(backends, name) is getattr(old, name)
        )
    assert set(old.__all__) <= set(backends.__all__)
