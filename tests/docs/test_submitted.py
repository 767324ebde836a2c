"""Runs that others send are judged here; what does not judge the same is refused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.given import submitted

ABOUT = """who = "A. Stranger"
address = "https://example.org/runtime"
date = "2026-11-28"
how = "a laptop, pip install runtime==1.2, the command of the docs"
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sent") / "stranger"
    command = [sys.executable, "-m", "convtranspose_conformance", "run", "--keep-answers"]
    asked = ["--backend", "planted:BiasIgnored", "--case", "seeds/s*", "--case", "core/x_5_k_1_*"]
    subprocess.run(
        [*command, *asked, "--no-report", "--out", str(directory)], check=False, timeout=600
    )
    (directory / "about.toml").write_text(ABOUT, encoding="utf-8")
    return directory


@pytest.fixture
def copy(sent: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent, tmp_path / "sent" / "stranger"))


def test_what_judges_the_same_is_taken(copy: Path, tmp_path: Path) -> None:
    submitted.judge(copy, tmp_path / "out")
    assert (tmp_path / "out" / "index.html").is_file()


def test_a_record_that_does_not_judge_the_same_is_refused(copy: Path, tmp_path: Path) -> None:
    path = copy / "results.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    right = next(line for line in lines if line.get("verdict") == "conforms")
    right |= {"outcome": "DECLINED", "verdict": "declined", "reason": "not ours"}
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(submitted.RefusedError, match="is not what the answers come to in 1 of"):
        submitted.judge(copy, tmp_path / "out")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('who = "A. Stranger"', "", "who"),
        ("A. Stranger", " ", "says no who"),
        ("https://", "http://", "address that begins https://"),
        ("how =", "why =", "why"),
        ("how =", "how", "about.toml"),
    ],
)
def test_who_and_how_are_owed(
    before: str, after: str, says: str, copy: Path, tmp_path: Path
) -> None:
    (copy / "about.toml").write_text(ABOUT.replace(before, after), encoding="utf-8")
    with pytest.raises(submitted.RefusedError, match=says):
        submitted.judge(copy, tmp_path / "out")


def test_answers_that_were_cut_are_refused(copy: Path, tmp_path: Path) -> None:
    content = (copy / "answers.jsonl.xz").read_bytes()
    (copy / "answers.jsonl.xz").write_bytes(content[:-40])
    with pytest.raises(submitted.RefusedError, match="not xz, or was cut off"):
        submitted.judge(copy, tmp_path / "out")


def test_all_of_them_are_one_page_and_what_is_refused_is_red(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(submitted, "FOLDER", copy.parent)
    assert submitted.main(["--out", str(tmp_path / "page")]) == 0
    assert (tmp_path / "page" / "index.html").is_file()
    said = capsys.readouterr().out
    assert "stranger: from A. Stranger (https://example.org/runtime), 2026-11-28: a laptop" in said
    assert "1 submissions judged, 0 refused" in said
    (copy / "about.toml").unlink()
    assert submitted.main([]) == 1
    assert "0 submissions judged, 1 refused" in capsys.readouterr().out


def test_a_page_that_cannot_be_written_is_no_success(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitted, "FOLDER", copy.parent)
    (tmp_path / "file").touch()
    assert submitted.main(["--out", str(tmp_path / "file")]) == 1
