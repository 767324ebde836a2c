"""Which commit a run is of: of a checkout, or as the installer wrote it down."""

import json
import subprocess
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

from convtranspose_conformance.run import commit as module


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    (tmp_path / "file").write_text("one")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "file"], [*identity, "commit", "-q", "-m", "one"]):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    return tmp_path


def test_of_a_checkout_it_is_what_is_checked_out(checkout):
    name = module.commit()
    assert len(name) == 40
    (checkout / "file").write_text("two")
    assert module.commit() == f"{name}, changed"


def test_of_a_folder_that_git_does_not_know_there_is_none(tmp_path, monkeypatch):
    (tmp_path / ".git").write_text("gitdir: nowhere")
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    assert module.commit() == ""


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (json.dumps({"url": "https://x", "vcs_info": {"vcs": "git", "commit_id": "ab12"}}), "ab12"),
        (json.dumps({"url": "file:///x", "dir_info": {}}), ""),
        (None, ""),
    ],
)
def test_of_an_installed_one_it_is_what_was_written_down(tmp_path, monkeypatch, record, name):
    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    installed = SimpleNamespace(read_text=lambda file: record)
    monkeypatch.setattr(module, "distribution", lambda name: installed)
    assert module.commit() == name


def test_what_is_not_installed_has_none(tmp_path, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "CHECKOUT", tmp_path)
    monkeypatch.setattr(module, "distribution", missing)
    assert module.commit() == ""
