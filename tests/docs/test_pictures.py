"""Every picture of docs/ that figures are drawn as is what would be drawn now, on any machine."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import refresh
from benchmarks.environments.processors import _numpy_dispatched
from made.pictures import architecture, gallery, large_runs, lecture

from convtranspose_conformance.backends.processor import cpu_flags
from support import ROOT

PICTURES = ROOT / "docs" / "pictures"
# NumPy's and OpenBLAS's code for processors of 2004, where this one has more
PLAIN = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": _numpy_dispatched()}


@cache
def drawn() -> dict[Path, str]:
    """All of them, drawn once."""
    return large_runs.texts() | lecture.texts() | gallery.texts()


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of a picture, in which a word is another."""
    path = tmp_path / "changed.svg"
    monkeypatch.setattr(refresh, "ROOT", tmp_path)
    text = drawn()[PICTURES / "lecture_stacks.svg"]
    monkeypatch.setattr(refresh, "_drawn", lambda: {path: text})
    path.write_text(text.replace("unevenness", "evenness", 1), encoding="utf-8")
    return path


def test_every_picture_is_drawn_anew_by_refresh() -> None:
    there = set(PICTURES.rglob("*.svg"))
    assert there == {architecture.PICTURE, *drawn()}


def test_they_are_as_they_would_be_drawn_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "_drawn", drawn)
    assert list(refresh.stale_pictures()) == []


def test_a_changed_picture_is_red_until_it_is_renewed(changed: Path) -> None:
    said = f"{changed.name}: drawn otherwise: python docs/refresh.py pictures"
    assert list(refresh.stale_pictures()) == [said]
    assert refresh.renew_pictures() == []
    assert list(refresh.stale_pictures()) == []


def test_a_picture_of_other_figures_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row | {"mib": 2 * row["mib"]} for row in large_runs.rows()]
    monkeypatch.setattr(large_runs, "rows", lambda: rows)
    monkeypatch.setattr(refresh, "_drawn", large_runs.texts)
    (line,) = refresh.stale_pictures()
    assert line.startswith("docs/pictures/large_runs.svg: ")


def test_another_matplotlib_is_told_and_draws_nothing(
    changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = changed.read_bytes()
    monkeypatch.setattr(refresh, "pins", lambda *names: {"version of matplotlib": "3.0"})
    (line,) = refresh.stale_pictures()
    assert line.startswith("docs/pictures: matplotlib is to be 3.0, and is ")
    assert refresh.renew_pictures() == [line]
    assert changed.read_bytes() == before


@pytest.mark.skipif("avx2" not in cpu_flags(), reason="no kernels to leave out")
def test_another_processor_draws_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "docs/refresh.py", "--check", "pictures"],
        cwd=ROOT,
        env=os.environ | PLAIN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
