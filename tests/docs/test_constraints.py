"""What the published report and the declarations speak of is pinned, and can be installed by an
extra."""

import re
import tomllib
from pathlib import Path

import pytest

from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.registry import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    name: {re.match(r"[\w-]+", each)[0] for each in requirements}
    for name, requirements in _PROJECT["optional-dependencies"].items()
    if name not in ("all", "test")
}
_NAMED = re.findall(r"\[([\w,]+)\]", " ".join(_PROJECT["optional-dependencies"]["all"]))
IN_ALL = {name for named in _NAMED for name in named.split(",")}
ALWAYS_THERE = {"onnx"}  # cases and models are written with it
SHIPPED = (*BUILT_IN, *ON_REQUEST)
PINNED = dict(line.split("==") for line in LINES if "==" in line)


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_the_framework_of_a_built_in_backend_is_pinned(entry) -> None:
    assert entry.distributions[0] in PINNED


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_the_framework_of_a_built_in_backend_is_an_extra(entry) -> None:
    assert {*entry.distributions} & (ALWAYS_THERE | set().union(*EXTRAS.values()))


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.name)
def test_the_extra_all_brings_what_a_plain_run_asks(entry) -> None:
    brought = ALWAYS_THERE | {each for name in IN_ALL for each in EXTRAS[name]}
    assert {*entry.distributions} & brought
