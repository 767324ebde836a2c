"""Older releases: their answers are kept by release, and what they show is told of each finding."""

import json
from pathlib import Path

import history
import pytest
from packaging.version import Version

from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.run.findings.since import since
from convtranspose_reports import Verdict

ROWS = [
    {"backend": "a", "version": "1.9", "differences": {"a/output/old": {}, "a/output/both": {}}},
    {"backend": "b", "version": "2.0", "differences": {"b/output/only": {}}},
    {"backend": "a", "version": "1.10", "differences": {"a/output/both": {}, "a/output/new": {}}},
]


def test_what_each_release_shows_is_told_by_its_place() -> None:
    assert history.since(ROWS) == {
        "a": {
            "releases": ["1.9", "1.10"],
            "shown": {"a/output/old": [0], "a/output/both": [0, 1], "a/output/new": [1]},
        },
        "b": {"releases": ["2.0"], "shown": {"b/output/only": [0]}},
    }


def test_answers_are_kept_by_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of versions, the last answers of each."""
    monkeypatch.setattr(history, "FOLDER", tmp_path / "history")
    for name, answers in (
        ("some-runtime-1.10.0", b"ten"),
        ("some-runtime-1.9.0", b"nine, at first"),
        ("other-2.0", b"two"),
        ("some-runtime-1.9.0", b"nine"),
    ):
        history.add(name, answers)
    assert list(history.kept()) == [
        ("other-2.0", b"two"),
        ("some-runtime-1.9.0", b"nine"),
        ("some-runtime-1.10.0", b"ten"),
    ]
    assert len(list((tmp_path / "history").iterdir())) == 2


def test_releases_are_named_once_and_ask_known_backends() -> None:
    names = [release.name for release in history.RELEASES]
    assert len(set(names)) == len(names)
    assert {name for r in history.RELEASES for name in r.backends} <= set(registered())
    assert {name for name, _ in history.kept()} <= set(names)


def test_what_is_published_is_what_the_package_holds() -> None:
    rows = json.loads(history.RESULTS.read_text(encoding="utf-8"))["releases"]
    assert history.since(rows) == json.loads(history.SINCE.read_text(encoding="utf-8"))
    for backend in {row["backend"] for row in rows}:
        versions = [Version(row["version"]) for row in rows if row["backend"] == backend]
        assert versions == sorted(versions)


def test_a_release_judged_anew_is_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stands for all, on which nothing is diagnosed."""
    name, answers = next((n, a) for n, a in history.kept() if n == "onnxruntime-1.31.1")
    monkeypatch.setattr(history, "kept", lambda: iter([(name, answers)]))
    (row,) = history.figures(history.judged())
    rows = json.loads(history.RESULTS.read_text(encoding="utf-8"))["releases"]
    asked = {(r["backend"], r["version"]): r for r in rows}
    assert json.loads(json.dumps(row)) == asked[row["backend"], row["version"]]
    assert sum(row["verdicts"].values()) > 4000
    assert not row["verdicts"].get(Verdict.FAILS)


def test_a_finding_says_in_which_releases_it_was_seen() -> None:
    told = since("onnxruntime-cpu", "onnxruntime-cpu/output/same_negative_total_clamped")
    assert told.startswith("every release asked, 1.20.1 to ")
    assert since("nobody", "nobody/output/x") == ""
