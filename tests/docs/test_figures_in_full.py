"""Figures are written whole, of what their key says, or not at all: what could not be measured
leaves the file as it is, and stale."""

import ast
import configparser
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import refresh
from benchmarks.diagnosis import explained, unmet_runtimes
from benchmarks.environments import processors, versions
from benchmarks.given import mutated_input, predictions
from benchmarks.measured_of import FIGURES, Figures, NotInFullError, keep_figures, keeping
from benchmarks.measuring import recorded

from support import ROOT

OLD, NEW = {"suite core": "1 cases, aa"}, {"suite core": "2 cases, bb"}
SCRIPTS = sorted({ROOT / figures.script for figures in FIGURES.values()})
DERIVED = {"SINCE", "COMPUTES"}  # written of figures, which are another file
KEEPING = ("keep_figures", "keep_text")
FAILS = "import sys\nprint('measuring')\nsys.exit('no uv here')\n"
RENEWS = "import json, pathlib\npathlib.Path({path!r}).write_text(json.dumps({content!r}))\n"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "kept.json"
    path.write_text(json.dumps({"measured_of": OLD, "rows": ["old"]}), encoding="utf-8")
    return path


def content(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def of_script(tmp_path: Path, name: str, script: str) -> Figures:
    path, source = tmp_path / f"{name}.json", tmp_path / f"{name}.py"
    path.write_text(json.dumps({"measured_of": OLD}), encoding="utf-8")
    source.write_text(script.format(path=str(path), content={"measured_of": NEW}), encoding="utf-8")
    return Figures(path=str(path), now=lambda: NEW, minutes=1, script=str(source))


def test_a_figure_that_fails_stays_stale_and_the_next_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken, other = of_script(tmp_path, "broken", FAILS), of_script(tmp_path, "other", RENEWS)
    monkeypatch.setattr(refresh, "FIGURES", {"broken": broken, "other": other})
    monkeypatch.setattr(sys, "argv", ["refresh.py", "figures"])
    assert refresh.main() == 1
    assert content(tmp_path / "broken.json") == {"measured_of": OLD}
    assert (broken.changed(), other.changed()) == (["suite core"], [])
    told = capfd.readouterr()
    assert f"{broken.path}: measured of another suite core" in told.out
    end = told.err.rpartition("failed:\n")[2]
    assert end == f"{broken.path}: not renewed (exit status 1): python {broken.script}\n"


def test_a_figure_that_is_renewed_and_red_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    red = of_script(tmp_path, "red", RENEWS + "raise SystemExit(1)\n")
    monkeypatch.setattr(refresh, "FIGURES", {"red": red})
    (line,) = refresh.renew_figures()
    assert "renewed, and red (exit status 1)" in line


@pytest.mark.parametrize(
    ("key", "lacking", "says"),
    [
        (NEW, ["torch-cpu: not installed"], "torch-cpu: not installed"),
        ({"version of numpy": "0.1"}, [], "numpy is to be 0.1, and is "),
        ({"version of no-such-thing": "1.0"}, [], "no-such-thing is to be 1.0, and is not inst"),
    ],
)
def test_what_is_lacking_leaves_the_file_and_its_key(
    kept: Path, key: dict[str, str], lacking: list[str], says: str
) -> None:
    before = kept.read_bytes()
    with pytest.raises(NotInFullError, match="nothing written, not measured in full") as error:
        keep_figures(kept, {"measured_of": key, "rows": ["new"]}, lacking)
    assert says in str(error.value)
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_what_is_whole_is_written(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "version", lambda name: "2.13.0+cpu")
    figures = {"measured_of": {"version of torch": "2.13.0"}, "rows": ["new"]}
    keep_figures(kept, figures)
    assert content(kept) == figures


def written_otherwise(source: str) -> Iterator[str]:
    """Files that a script writes past `keep_figures`, and those that it keeps again and again."""
    tree = ast.parse(source)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    looped = {id(inner) for loop in loops for inner in ast.walk(loop)}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("write_text", "write_bytes"):
            to = ast.unparse(call.func.value)
            if not to.replace(".", "").islower() and to not in DERIVED:
                yield to
        if isinstance(call.func, ast.Name) and call.func.id in KEEPING and id(call) in looped:
            to = ast.unparse(call.args[0])
            if to != "SO_FAR":
                yield f"{to} in a loop"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_script_keeps_its_figures_in_this_way(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    assert any(f"{name}(" in source for name in KEEPING)
    assert list(written_otherwise(source)) == []


def test_a_script_that_writes_otherwise_is_noticed() -> None:
    assert list(written_otherwise("RESULTS.write_text(said)")) == ["RESULTS"]
    assert list(written_otherwise("(ROOT / 'a.json').write_text(said)")) == ["ROOT / 'a.json'"]
    looped = "for row in rows:\n    keep_figures(RESULTS, row)"
    assert list(written_otherwise(looped)) == ["RESULTS in a loop"]


def environments(*rows: tuple[str, str]) -> list[dict[str, str]]:
    return [{"releases": releases, "python": python} for releases, python in rows]


EVERY = [(r, p) for r in versions.PUBLISHED for p in versions.PYTHONS]


def test_versions_without_uv_leave_the_file(
    kept: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any
) -> None:
    """As where `uv` is not installed: no environment can be made."""
    before = kept.read_bytes()
    monkeypatch.setattr(versions, "RESULTS", kept)
    monkeypatch.setattr(versions, "key_of", lambda name: NEW)
    monkeypatch.setenv("PATH", str(tmp_path))
    words = ["oldest", "newest", "--environments", str(tmp_path / "made")]
    monkeypatch.setattr(sys, "argv", ["versions.py", *words])
    assert versions.main() == 1
    assert kept.read_bytes() == before
    assert "oldest on Python 3.11: not asked: " in capsys.readouterr().err


def test_some_environments_are_kept_beside_others_of_the_same_key_alone(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "RESULTS", kept)
    monkeypatch.setattr(versions, "key_of", lambda name: OLD)
    kept.write_text(json.dumps({"measured_of": OLD, "environments": environments(*EVERY)}))
    anew = environments(("newest", "3.13"))[0] | {"red": True}
    versions.write([anew], [])
    assert anew in content(kept)["environments"]
    assert len(content(kept)["environments"]) == len(EVERY)
    monkeypatch.setattr(versions, "key_of", lambda name: NEW)
    with pytest.raises(NotInFullError, match=r"oldest on Python 3\.11: not asked"):
        versions.write([anew], [])
    assert content(kept)["measured_of"] == OLD


def test_one_level_of_instructions_alone_does_not_renew_a_stale_file(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processors, "RESULTS", kept)
    monkeypatch.setattr(processors, "key_of", lambda name: NEW)
    with pytest.raises(NotInFullError, match="ATen default: not asked"):
        processors.write([{"level": "told nothing"}])
    assert content(kept)["measured_of"] == OLD


def test_a_parser_that_does_wrong_leaves_the_file(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter([["took 9 s"]])
    monkeypatch.setattr(mutated_input, "RESULTS", kept)
    monkeypatch.setattr(mutated_input, "key_of", lambda name: NEW)
    monkeypatch.setattr(mutated_input, "asked", lambda name, n: ({"parser": name}, next(said, [])))
    monkeypatch.setattr(sys, "argv", ["mutated_input.py"])
    with pytest.raises(NotInFullError, match="took 9 s"):
        mutated_input.main()
    assert content(kept)["measured_of"] == OLD


def test_a_backend_that_cannot_be_asked_is_not_left_out_of_predictions(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = SimpleNamespace(name="torch-cpu", why_unusable=lambda: "torch is not installed")
    monkeypatch.setattr(predictions, "RESULTS", kept)
    monkeypatch.setattr(predictions, "PREDICTED", (entry,))
    monkeypatch.setattr(predictions, "key_of", lambda name: NEW)
    monkeypatch.setattr(sys, "argv", ["predictions.py", "1", "1"])
    with pytest.raises(NotInFullError, match="torch-cpu: torch is not installed"):
        predictions.main()


def test_a_backend_of_the_cpu_that_no_run_asked_is_owed() -> None:
    owed = [line.partition(":")[0] for line in explained._unasked([{"backend": "torch-cpu"}])]
    assert "onnx-reference" in owed
    assert "torch-cpu" not in owed
    assert "torch-cuda" not in owed


def test_a_backend_that_is_not_measured_keeps_what_is_recorded_stale(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recorded, "PATH", tmp_path / "recorded.json")
    monkeypatch.setattr(recorded, "measured", lambda name: None)
    monkeypatch.setitem(
        recorded.FIGURES, "recorded", SimpleNamespace(changed=lambda: ["version of torch"])
    )
    monkeypatch.setattr(recorded, "key_of", lambda name: NEW)
    monkeypatch.setattr(sys, "argv", ["recorded.py"])
    with pytest.raises(NotInFullError, match="torch-cpu: not measured"):
        recorded.main()
    assert not recorded.PATH.exists()


def test_a_runtime_asked_alone_renews_its_own_part_of_the_key(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = FIGURES["unmet_runtimes"].now()
    before = dict.fromkeys(now, "old")
    kept.write_text(json.dumps({"measured_of": before, "rows": []}), encoding="utf-8")
    monkeypatch.setattr(unmet_runtimes, "RESULTS", kept)
    monkeypatch.setattr(unmet_runtimes, "asked", lambda chosen, folder: {"runtime": chosen.name})
    monkeypatch.setattr(sys, "argv", ["unmet_runtimes.py", "--set", "tract"])
    unmet_runtimes.main()
    part = "script tract_runtime.py"
    assert content(kept)["measured_of"] == before | {part: now[part]}


def test_a_script_that_ends_early_writes_nothing(tmp_path: Path) -> None:
    """NotInFullError ends a script with status 1 and its sentence."""
    script = (
        "from pathlib import Path\nfrom benchmarks.measured_of import keep_figures\n"
        f"keep_figures(Path({str(tmp_path / 'a.json')!r}), {{}}, ['tract: not asked'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("not measured in full: tract: not asked")
    assert not (tmp_path / "a.json").exists()


def test_the_environment_that_renews_has_uv() -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    environment = re.search(r"-e (\w+) -- python docs", tox["testenv:refresh"]["commands"])
    assert environment is not None
    extras = tox[f"testenv:{environment[1]}"]["extras"].split(", ")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [each for name in extras for each in project["optional-dependencies"][name]]
    assert "uv" in {re.split(r"\W", each)[0] for each in needed}
    passed = tox["testenv"]["pass_env"].split()
    assert "UV_*" in passed
    assert not any("pass_env" in tox[name] for name in tox.sections() if name != "testenv")
