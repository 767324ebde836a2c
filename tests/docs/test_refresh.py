"""A figure of other cases, mutants or versions is red at once, and the command that renews it
measures no more than it has to."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from benchmarks import measured_of
from benchmarks.measured_of import parts, table
from made.tables import filled

from convtranspose_conformance.backends import processor
from convtranspose_conformance.prediction.kernels import kernels_here
from support import ROOT

FOLDER = ROOT / "benchmarks" / "figures"
TIMINGS = {"pace.json"}  # of a machine, not of cases: its page says of which
NOW = {"suite core": "3 cases, aa", "suite seeds": "1 cases, bb", "mutant Flipped": "cc"}


def _figures(path: Path, key: dict[str, str] | None, **given: Any) -> Any:
    kept = {} if key is None else {"measured_of": key}
    path.write_text(json.dumps(kept | {"rows": []}), encoding="utf-8")
    return measured_of.Figures(
        path=str(path), now=lambda: NOW, minutes=1, script="benchmarks/a.py", **given
    )


def test_figures_of_what_is_there_now_are_fresh(tmp_path: Path) -> None:
    assert _figures(tmp_path / "a.json", dict(NOW)).changed() == []


def test_a_case_more_a_part_that_is_gone_and_no_key_are_noticed(tmp_path: Path) -> None:
    older = {**NOW, "suite core": "2 cases, dd", "suite old": "1 cases, ee"}
    assert _figures(tmp_path / "a.json", older).changed() == ["suite core", "suite old"]
    assert _figures(tmp_path / "a.json", None).changed() == sorted(NOW)


def test_only_what_has_changed_is_measured_anew(tmp_path: Path) -> None:
    anew = table._flags(suite="--suite", operators="--operators")
    figures = _figures(tmp_path / "a.json", None, anew=anew)
    asked = figures.command(["suite core", "operators"])
    assert asked == ["python", "benchmarks/a.py", "--suite", "core", "--operators"]
    assert figures.command(["suite core", "mutant Flipped"]) == ["python", "benchmarks/a.py"]


def test_a_key_measured_in_part_keeps_the_rest_as_it_was() -> None:
    kept = {"suite core": "2 cases, dd", "suite gone": "ff"}
    assert measured_of.merged(kept, NOW, ["suite seeds"]) == {
        "suite core": "2 cases, dd",
        "suite seeds": "1 cases, bb",
        "mutant Flipped": "",
    }


@pytest.mark.parametrize("flags", ["sse sse2", "sse sse2 avx2 fma avx512f avx512_vnni amx_tile"])
def test_the_transcripts_are_the_same_on_every_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str
) -> None:
    here = tmp_path / "cpuinfo"
    here.write_text(f"model name\t: another\nflags\t\t: {flags}\n", encoding="utf-8")
    monkeypatch.setattr(processor, "CPUINFO", here)
    kernels_here.cache_clear()
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    assert filled(page) == page
    assert "avx512_bf16" not in processor.cpu_flags()
    kernels_here.cache_clear()


def test_a_page_keeps_its_key_as_a_comment(tmp_path: Path) -> None:
    page = _figures(tmp_path / "a.md", None)
    Path(page.path).write_text(f"# Title\n{measured_of.in_text(NOW)}\ntext\n", encoding="utf-8")
    assert page.changed() == []


USUAL = """
import b

def total(numbers, least=0):
    \"\"\"The sum.\"\"\"
    found = least
    for each in numbers:
        found += each  # one by one
    return [f"{found} of {each}" for each in numbers]
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import b\n", "from c import d\n\n\n"),
        ("  # one by one", ""),
        ("The sum.", "Their sum."),
        ('\n    """The sum."""', ""),
        ("found", "summed"),
        ("for each in numbers", "for number in numbers"),
        ("= least", "= (least)"),
    ],
)
def test_code_in_other_words_is_the_same(before: str, after: str, tmp_path: Path) -> None:
    assert before in USUAL
    changed = USUAL.replace(before, after)
    if after.startswith("for number"):
        changed = changed.replace("each", "number")
    assert _digest_of(changed, tmp_path) == _digest_of(USUAL, tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("least=0", "least=1"),
        ("+= each", "-= each"),
        ("+= each", "+= found"),
        ("found += each", "each += found"),
        ("of {each}", "of {found}"),
        ("of {each}", "in {each}"),
        ("found = least", "global found; found = least"),
        ("least", "lowest"),
        ("total", "sum_of"),
        ("= least", "= max(least)"),
    ],
)
def test_code_that_does_something_else_is_not(before: str, after: str, tmp_path: Path) -> None:
    assert before in USUAL
    assert _digest_of(USUAL.replace(before, after), tmp_path) != _digest_of(USUAL, tmp_path)


def _digest_of(code: str, tmp_path: Path) -> str:
    file = tmp_path / "a.py"
    file.write_text(code, encoding="utf-8")
    return parts._of_code([file])


@pytest.mark.parametrize(
    ("module", "name", "part"),
    [
        ("prediction/predict.py", "predictions", "code of prediction"),
        ("rules/faults/steps.py", "predictions", "code of rules"),
        ("verdict/machine.py", "predictions", "code of verdict"),
        ("measuring/told.py", "measured", "code of measuring"),
        ("measuring/fit.py", "recorded", "code of measuring"),
        ("explain/code/torch.py", "exported_models", "code of explain/code"),
        ("prediction/sentences.py", "predictions", ""),
        ("verdict/judge.py", "predictions", ""),
    ],
)
def test_code_that_decides_a_figure_is_part_of_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, part: str
) -> None:
    """And code that only words it is none."""
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    for copied in ("conformance", "benchmarks"):
        shutil.copytree(ROOT / copied, tmp_path / copied, ignore=shutil.ignore_patterns("*.pyc"))
    shutil.copy(ROOT / "constraints.txt", tmp_path)
    figures = measured_of.FIGURES[name]
    before = figures.now()
    with (tmp_path / "conformance" / "convtranspose_conformance" / module).open("a") as file:
        file.write("\n\nADDED = 1\n")
    now = figures.now()
    assert [each for each in now if now[each] != before[each]] == [part] * bool(part)


def test_a_module_that_is_gone_is_noticed() -> None:
    with pytest.raises(FileNotFoundError, match=r"no gone\.py there"):
        parts.modules("verdict", of=["gone.py"])


def test_every_file_of_figures_has_a_key_and_a_script() -> None:
    there = {path.name for path in FOLDER.glob("*.json")} - TIMINGS
    assert there <= {Path(figures.path).name for figures in measured_of.FIGURES.values()}
    assert all(json.loads((FOLDER / name).read_text("utf-8"))["measured_of"] for name in there)
    assert all((ROOT / figures.script).is_file() for figures in measured_of.FIGURES.values())


def test_every_hand_written_mutant_has_a_part_of_the_key() -> None:
    mutants = json.loads((FOLDER / "mutation.json").read_text("utf-8"))["mutants"]
    keyed = {part for part in measured_of.mutants() if part.startswith("mutant ")}
    assert keyed == {f"mutant {each['name']}" for each in mutants}


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
