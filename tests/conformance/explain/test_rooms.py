"""What `convtranspose_conformance.explain` offers, and what importing it costs."""

import subprocess
import sys
from importlib import import_module

import pytest

from convtranspose_conformance import explain

HEAVY = ("jinja2", "matplotlib", "msgspec", "numpy", "onnx")


def test_importing_it_loads_nothing_heavy() -> None:
    code = "import sys, convtranspose_conformance.explain; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(HEAVY) & set(run.stdout.split()) == set()


@pytest.mark.parametrize("name", explain.__all__)
def test_each_name_is_what_its_room_has(name: str) -> None:
    found = getattr(explain, name)
    assert getattr(import_module(found.__module__), name) is found


def test_what_it_does_not_offer_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="explain attribute told"):
        explain.told  # noqa: B018
