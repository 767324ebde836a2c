"""Older releases: their answers are kept by release, and what they show is told of each finding."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.environments import declared_ranges, history, known_since, older_releases
from benchmarks.environments.older_releases import releases
from packaging.version import Version

from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.findings.since import since
from convtranspose_conformance.run.kept.anew import anew
from convtranspose_conformance.run.kept.elsewhere import seen_elsewhere
from convtranspose_conformance.run.kept.form import Line, Opening, Other, encoded, read_lines
from convtranspose_conformance.run.kept.reading import Kept, read_kept
from convtranspose_conformance.run.kept.seen_lines import by_text, line_of
from convtranspose_reports import Check, Verdict


def row(backend: str, version: str, **cases: int) -> dict[str, Any]:
    differences = {
        f"{backend}/output/{n}": {"cases": c, "sentence": f"{n}."} for n, c in cases.items()
    }
    return {
        "backend": backend,
        "version": version,
        "date": "2026-01-01",
        "verdicts": {"conforms": 5},
        "differences": differences,
    }


ROWS = [row("a", "1.9", old=1, both=2), row("b", "2.0", only=1), row("a", "1.10", both=3, new=1)]


def test_what_each_release_shows_is_told_by_its_place() -> None:
    entries = [
        {"release": "A 1.10", "backends": ["a"], "ended": ["output/o*"], "pull": "https://x/1"},
        {"release": "A 1.9", "backends": ["a"], "ended": ["output/*"], "pull": "https://x/2"},
        {"release": "A 1.10", "backends": ["b"], "ended": ["output/*"], "pull": "https://x/3"},
        {"release": "A 1.10", "backends": ["a"], "ended": ["output/old"], "pull": ""},
        {"release": "A 1.10", "backends": ["a"], "begun": ["output/*"], "pull": "https://x/4"},
    ]
    backends = known_since.since(ROWS, entries)
    assert [*backends] == ["a", "b"]
    assert backends["a"]["releases"] == [
        {"version": version, "date": "2026-01-01", "verdicts": {"conforms": 5}}
        for version in ("1.9", "1.10")
    ]
    assert backends["a"]["shown"] == {
        "a/output/old": {"cases": [1, 0], "says": "old.", "upstream": ["https://x/1"]},
        "a/output/both": {"cases": [2, 3], "says": "both.", "upstream": []},
        "a/output/new": {
            "cases": [0, 1],
            "says": "new.",
            "upstream": [],
            "begun_by": ["https://x/4"],
        },
    }
    assert backends["b"]["shown"] == {
        "b/output/only": {"cases": [1], "says": "only.", "upstream": []},
    }


def test_every_entry_is_of_differences_that_ended_or_began_with_its_release() -> None:
    """Each pattern meets one; an entry without any speaks of none that is in the records."""
    known = json.loads(known_since.SINCE.read_text(encoding="utf-8"))
    for entry in known_since.upstream():
        for turn in ("ended", "begun"):
            for pattern in entry.get(turn, ()):
                one = {**entry, "ended": [], "begun": [], turn: [pattern]}
                assert any(
                    known_since.names(one, name, *each)
                    for backend in entry["backends"]
                    for name, told in known[backend]["shown"].items()
                    for each in known_since.turns_of(known[backend]["releases"], told["cases"])
                ), (entry["release"], pattern)


def test_answers_are_kept_by_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of versions, the last answers of each, in one archive."""
    monkeypatch.setattr(older_releases, "ANSWERS", tmp_path / "history" / "answers.tar.xz")
    monkeypatch.setattr(history, "in_todays_form", lambda answers: answers)
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
    assert len(list((tmp_path / "history").iterdir())) == 1


def test_what_is_kept_is_in_todays_form_and_small() -> None:
    """Written anew it is the same, byte by byte; a few hundred kB hold all releases."""
    name, answers = next((n, a) for n, a in history.kept() if n.startswith("jax-"))
    assert history.in_todays_form(answers) == answers, name
    assert older_releases.ANSWERS.stat().st_size < 700_000


def test_written_anew_is_what_was_written_before(tmp_path: Path) -> None:
    """A file of the form before, in which an output beside the text's sums elsewhere was bytes."""
    answers = dict(history.kept())["openvino-2026.4.1"]
    opening, table, *lines = answers.splitlines()
    elsewhere = [line for line in lines if b'"begins":[' in line][:40]
    path = tmp_path / "new.jsonl"
    path.write_bytes(b"\n".join([opening, table, *elsewhere, b""]))
    plain = [encoded(as_before(line, read_kept(path))) for line in read_lines(path)]
    assert not any(b'"begins":[' in line for line in plain)
    before = tmp_path / "before.jsonl"
    before.write_bytes(b"".join(plain))
    assert b"".join(map(encoded, anew(before))) == path.read_bytes()


def as_before(line: Line, kept: Kept) -> Line:
    """The line in format 1."""
    if isinstance(line, Opening):
        return msgspec.structs.replace(line, format=1)
    if not isinstance(line, Other):
        return line
    asked = Asked(kept.cases[line.case])
    seen = line_of(seen_elsewhere(line.seen, asked), by_text(asked, Check.OUTPUT))
    return msgspec.structs.replace(line, seen=seen)


def test_releases_are_named_once_and_ask_known_backends() -> None:
    names = [release.name for release in releases()]
    assert len(set(names)) == len(names)
    assert {name for release in releases() for name in release.backends} <= set(registered())
    assert {name for name, _ in history.kept()} <= set(names)


def test_judging_one_distribution_leaves_what_is_kept_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows stand in the order of the answers; only what was judged is of today."""
    results = tmp_path / "history.json"
    other, old = row("onnx-reference", "1.17.0", other=1), row("jax-cpu", "0.8.3", old=1)
    gone, newer = row("jax-cpu", "0.7.0", old=1), row("jax-cpu", "0.9.2", new=1)
    before = {"answers jax": "a", "answers onnx": "a", "declared onnx-reference": "a"}
    today = dict.fromkeys([*before, "declared jax-cpu"], "b")
    results.write_text(json.dumps({"measured_of": before, "releases": [other, gone, old]}), "utf-8")
    monkeypatch.setattr(history, "RESULTS", results)
    monkeypatch.setattr(history, "SINCE", tmp_path / "since.json")
    monkeypatch.setattr(history, "key_of", lambda name: today)
    names = ("jax-0.8.3", "jax-0.9.2", "onnx-1.17.0")
    monkeypatch.setattr(history, "kept", lambda: ((name, b"") for name in names))
    history.written([newer, anew := row("jax-cpu", "0.8.3", anew=1)], ["jax"])
    assert json.loads(results.read_text("utf-8")) == {
        "measured_of": before | {"answers jax": "b", "declared jax-cpu": "b"},
        "releases": [anew, newer, other],
    }


def test_what_is_published_is_what_the_package_holds() -> None:
    rows = json.loads(known_since.RESULTS.read_text(encoding="utf-8"))["releases"]
    assert known_since.text(rows) == known_since.SINCE.read_text(encoding="utf-8")
    for backend in {row["backend"] for row in rows}:
        versions = [Version(row["version"]) for row in rows if row["backend"] == backend]
        assert versions == sorted(versions)


@pytest.mark.parametrize(
    ("releases", "shown", "range_of"),
    [
        ("1.20.1 1.27.0 1.31.1", [0, 1, 2], ">=1.20,<1.32"),
        ("1.20.1 1.27.0 1.31.1", [1, 2], ">=1.27,<1.32"),
        ("1.20.1 1.27.0 1.31.1", [0, 1], ">=1.20,<1.31"),
        ("1.30.0 1.31.0 1.31.1", [0, 1], ">=1.30,<1.31.1"),  # two of one series that differ
        ("1.30.0 1.31.0 1.31.1", [2], ">=1.31.1,<1.32"),
        ("1.20.1 1.27.0 1.31.1", [0, 2], ">=1.31,<1.32"),  # gone in between
        ("2.9.1 2.10.0", [0, 1], ">=2.9,<2.11"),
    ],
)
def test_a_range_has_the_releases_that_show_it_without_a_gap(
    releases: str, shown: list[int], range_of: str
) -> None:
    assert declared_ranges.range_of(releases.split(), shown) == range_of


def test_declarations_speak_of_the_releases_that_showed_them() -> None:
    """None of them is said to hold of a release in which a case contradicts it."""
    assert [path for path, text, ranged in declared_ranges.told() if text != ranged] == []
    rows = json.loads(known_since.RESULTS.read_text(encoding="utf-8"))["releases"]
    assert [(row["version"], row["stale"]) for row in rows if "stale" in row] == []


def test_a_release_that_contradicts_a_declaration_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one of a rule that no release of the backend follows."""
    declared = tmp_path / "declared.toml"
    declared.write_text(
        'backend = "onnx-shape-inference"\n[[deviation]]\nname = "made_up"\n'
        'check = "output_shape"\nversions = ">=1.17"\nwhen = "rank == 1 and strides[0] == 1"\n'
        'reading = "C:clamped"\ncause = "text"\nreason = "Nobody does."\n',
        encoding="utf-8",
    )
    content = dict(history.kept())["onnx-1.23.2"]
    monkeypatch.setattr(history, "kept", lambda: [("onnx-1.23.2", content)])
    monkeypatch.setattr(history, "KNOWN", tmp_path)
    rows = {row["backend"]: row for row in history.figures(history.judged())}
    assert "declaration made_up" in "".join(rows["onnx-shape-inference"]["stale"])
    assert "stale" not in rows["onnx-reference"]


def test_a_release_judged_anew_is_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One stands for all, on which nothing is diagnosed."""
    name, answers = next((n, a) for n, a in history.kept() if n == "onnxruntime-1.31.1")
    monkeypatch.setattr(history, "kept", lambda: iter([(name, answers)]))
    (row,) = history.figures(history.judged(["onnxruntime-cpu"]))
    assert list(history.judged(["onnx", "torch-cpu"])) == []
    rows = json.loads(known_since.RESULTS.read_text(encoding="utf-8"))["releases"]
    asked = {(r["backend"], r["version"]): r for r in rows}
    assert json.loads(json.dumps(row)) == asked[row["backend"], row["version"]]
    assert sum(row["verdicts"].values()) > 4000
    assert not row["verdicts"].get(Verdict.FAILS)


def test_a_finding_says_in_which_releases_it_was_seen() -> None:
    told = since("onnxruntime-cpu", "onnxruntime-cpu/output/same_negative_total_clamped")
    assert told.startswith("every release asked, 1.20.1 to ")
    assert since("nobody", "nobody/output/x") == ""
