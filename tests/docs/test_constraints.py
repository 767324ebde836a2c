"""What the published report and the declarations speak of is pinned."""

from pathlib import Path

import pytest

from convtranspose_conformance.backends.registry import BUILT_IN

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINNED = dict(line.split("==") for line in LINES if "==" in line)


@pytest.mark.parametrize("entry", BUILT_IN, ids=lambda entry: entry.name)
def test_the_framework_of_a_built_in_backend_is_pinned(entry) -> None:
    assert entry.distributions[0] in PINNED
