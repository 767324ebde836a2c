"""The recipes of CONTRIBUTING.md, followed to the letter on a copy: whole they are green, without
any one of their steps red."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from support.recipes import ROOT, Done, copy, python, recipes

RECIPES = recipes((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
CASE, READING = "A case of `core`", "A reading of the text"
FAULT, SECTION = "A fault", "A section of the page"
ADAPTER = "An adapter"


def _tests(path: str, words: str) -> Callable[[Path], Done]:
    return lambda root: python(
        root, ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", path, "-k", words]
    )


def _page(root: Path) -> Done:
    """A run of onnx's reference on one case: its page has the section, and leads to
    it."""
    run = ["run", "--backend", "onnx-reference", "--case", "core/x_5_k_3", "--jobs", "1"]
    done = python(root, ["-c", COMMAND, *run, "--out", "out"])
    page = root / "out" / "index.html"
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    links = text.count('href="#ranks"') * text.count('id="ranks"')
    return Done(status=done.status or int(not links), said=done.said)


def _adapter(root: Path) -> Done:
    """Pinned, its import declared, and the text's answer to one case."""
    first_red = Done(status=1, said="nothing was asked")
    for arguments in (
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/docs/test_constraints.py"],
        ["-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        [
            "-c",
            COMMAND,
            "run",
            "--backend",
            "scipy",
            "--case",
            "core/x_5_k_3_strides_2",
            "--no-report",
        ],
    ):
        first_red = python(root, arguments)
        if first_red.status:
            break
    return first_red


_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COMMAND = "import {0}; {0}.{1}()".format(*_PROJECT["scripts"]["convtranspose"].split(":"))
CHECKS: dict[str, Callable[[Path], Done]] = {
    READING: _tests("tests/reference/test_geometry_by_hand.py", "zeros_at_begin or every_reading"),
    FAULT: _tests("tests/conformance/rules/test_faults_by_hand.py", "pads_doubled or every_fault"),
    SECTION: _page,
    ADAPTER: _adapter,
}
DRIFTED = {  # by what the recipe adds to; the page of a run is no part of the repository
    READING: "docs/clauses.md",
    FAULT: "docs/deviations.md",
    ADAPTER: "docs/backends.md",
}
STEPS = [(title, i) for title in CHECKS for i in range(len(RECIPES[title]))]


def _followed(root: Path, title: str, *, without: int | None = None) -> Path:
    for i, edit in enumerate(RECIPES[title]):
        if i != without:
            edit.apply(root)
    return root


def test_every_recipe_of_the_page_is_followed() -> None:
    assert set(RECIPES) == {CASE, *CHECKS}
    assert all(RECIPES.values())


@pytest.mark.parametrize("title", CHECKS)
def test_a_recipe_is_green_and_makes_tables_stale(title: str, tmp_path: Path) -> None:
    root = _followed(copy(tmp_path), title)
    done = CHECKS[title](root)
    assert done.status == 0, done.said
    if title in DRIFTED:
        stale = python(root, ["docs/refresh.py", "--check", "tables"])
        assert (stale.status, DRIFTED[title] in stale.said) == (1, True), stale.said


@pytest.mark.parametrize(("title", "step"), STEPS)
def test_a_step_left_out_is_red(title: str, step: int, tmp_path: Path) -> None:
    done = CHECKS[title](_followed(copy(tmp_path), title, without=step))
    assert done.status not in (0, 5), done.said  # 5: pytest found nothing to ask


def test_a_case_is_a_line_and_a_command(tmp_path: Path) -> None:
    root = _followed(copy(tmp_path), CASE)
    stale = python(root, ["docs/refresh.py", "--check", "digests", "figures", "tables"])
    assert stale.status == 1, stale.said
    for name in ("digests/core.txt", "mutation.json", "false_alarms.json", "docs/suites.md"):
        assert name in stale.said
    assert "python benchmarks/alarms/false_alarms.py core " in stale.said
    renewed = python(root, ["docs/refresh.py", "digests", "tables"])
    assert renewed.status == 0, renewed.said


def test_a_line_that_moved_is_noticed(tmp_path: Path) -> None:
    (edit,) = RECIPES[CASE]
    file = tmp_path / edit.path
    file.parent.mkdir(parents=True)
    file.write_text("nothing like it\n", encoding="utf-8")
    with pytest.raises(ValueError, match="0 lines say"):
        edit.apply(tmp_path)
