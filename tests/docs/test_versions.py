"""The oldest releases that are promised are those that were asked, and what is known of them is
known of none that is pinned."""

import re
import subprocess
import sys
import tomllib

import pytest
from benchmarks.environments import versions as asking
from benchmarks.measured_of import bounds
from made.figures.environments import versions
from packaging.specifiers import SpecifierSet

from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.verdict.deviation_files import load
from support import ROOT

OLDEST = {
    each["python"]: each["resolved"]
    for each in versions._environments()
    if each["releases"] == "oldest"
}
PINNED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.M))
ELSEWHERE = {"onnxruntime"}  # for other systems than the table's
KNOWN = sorted((ROOT / "benchmarks" / "environments" / "versions").glob("*.toml"))


@pytest.mark.parametrize("name", sorted(bounds().keys() - ELSEWHERE))
def test_a_lower_bound_is_what_was_asked_on_the_lowest_python(name: str) -> None:
    bound = bounds()[name].removeprefix(">=")
    asked = OLDEST["3.11"][name.replace("_", "-")]
    assert bound == asked or re.fullmatch(rf"{re.escape(bound)}(\.0)+", asked)


def test_the_newest_are_asked_on_the_highest_python_that_is_promised() -> None:
    pythons = {each["python"] for each in versions._environments() if each["releases"] == "newest"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    classified = re.findall(r":: (3\.\d+)'", str(project["classifiers"]))
    assert max(classified) in pythons
    assert pythons <= set(classified)


@pytest.mark.parametrize("path", KNOWN, ids=lambda path: path.stem)
def test_what_is_known_of_old_releases_speaks_of_no_pinned_one(path) -> None:
    entries = registered()
    for declared in load(path, list(entries)):
        distribution = entries[declared.backend].distributions[0]
        assert PINNED[distribution] not in SpecifierSet(declared.versions)


def test_an_environment_that_cannot_be_made_costs_itself_alone(tmp_path, monkeypatch, capsys):
    """As where a Python is not to be had."""

    def made(releases, python, folder):
        (folder / f"{releases}-{python}").mkdir(parents=True)
        raise subprocess.CalledProcessError(2, ["uv", "venv", "--python", python])

    monkeypatch.setattr(asking, "made", made)
    monkeypatch.setattr(asking, "write", lambda measured, left_out: None)
    words = ["oldest", "newest", "--python", "3.13", "--environments", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["versions.py", *words])
    assert asking.main() == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" not asked: ")[0] for line in lines] == [
        "oldest on Python 3.13:",
        "newest on Python 3.13:",
    ]
    assert "'uv', 'venv'" in lines[0]
    assert not any(tmp_path.iterdir())
