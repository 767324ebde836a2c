"""Wrong answers of many megabytes are not kept: a digest is, and how they looked."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.verdict import reply
from support.marked_run import LIMITS
from support.peak import large_calls, peak_mib, small_calls


@pytest.mark.parametrize(
    ("backend", "calls"), [("large:Wrong", large_calls), ("large:TooMuch", small_calls)]
)
def test_memory_does_not_grow_with_large_wrong_answers(
    backend: str, calls: Callable[[int], list[str]]
) -> None:
    few, many = (peak_mib(backend, calls(number)) for number in (2, 10))
    assert many < 1.25 * few


def test_what_is_found_of_large_answers_is_what_is_found_of_small_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some of the answers count as large: they are asked again, and explained like the others."""
    chosen = selection.plan(
        backends=["planted:KernelFlipped"],
        patterns=["core/x_[5-9]_k_*_dilations_1_strides_*"],
        limits=replace(LIMITS),
        jobs=1,
    )
    kept = execute(chosen, tmp_path / "kept")
    monkeypatch.setattr(reply, "LARGE", 40)
    reduced = execute(chosen, tmp_path / "reduced")
    assert reduced.records == kept.records
    assert [(f.name, f.kind, f.cases) for f in reduced.findings] == [
        (f.name, f.kind, f.cases) for f in kept.findings
    ]
