"""The door: what each command imports, and what it says of options that it cannot use."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
from typer.testing import CliRunner

import convtranspose_cases
import convtranspose_conformance
import convtranspose_reference
import convtranspose_reports
from convtranspose_conformance.cli.main import COMMANDS, app
from convtranspose_reference import InvalidInput, UserError
from convtranspose_reports import RunError

PACKAGES = (
    convtranspose_reference,
    convtranspose_cases,
    convtranspose_conformance,
    convtranspose_reports,
)
FRAMEWORKS = {"torch", "tensorflow", "onnxruntime", "onnx", "jax"}
HEAVY = FRAMEWORKS | {
    "numpy",
    "ml_dtypes",
    "msgspec",
    "rich",
    "jinja2",
    "matplotlib",
    "packaging",
    "pydantic",
    "hypothesis",
    "testflows",
    "pytest",
    "multiprocessing",
}
NUMBERS = {"numpy", "ml_dtypes"}
LAYER = ("nn.ConvTranspose2d(16, 8, 3, stride=2)", "--x", "1,16,5,5")
RUN = (
    "--backend",
    "onnx-shape-inference",
    "--case",
    "seeds/stride_2_*",
    "--jobs",
    "1",
    "--no-report",
)
IMPORTED: dict[tuple[str, ...], set[str]] = {
    ("--help",): set(),
    ("--version",): set(),
    ("list", "cases"): NUMBERS,
    ("list", "clauses"): NUMBERS,
    ("list", "backends"): NUMBERS | {"msgspec"},
    ("list", "readings"): NUMBERS,
    ("list", "deviations"): NUMBERS | {"msgspec", "packaging"},
    ("explain", *LAYER): NUMBERS | {"msgspec", "packaging"},
}
AGAIN = """
import json, sys
from convtranspose_conformance.cli.main import app
try:
    app(sys.argv[2:])
finally:
    open(sys.argv[1], "w").write(json.dumps(sorted(sys.modules)))
"""


def imported(arguments: tuple[str, ...], tmp_path: Path, *, says: bool = False) -> set[str]:
    """The modules of a fresh interpreter after a command. Of one that `says` how far it is, that
    goes to stderr."""
    kept = tmp_path / "modules.json"
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, kept, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr != "") == (0, says), done
    assert done.stdout
    return set(json.loads(kept.read_text()))


@pytest.mark.parametrize("arguments", IMPORTED, ids=" ".join)
def test_a_command_imports_what_it_needs_and_no_more(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    assert imported(arguments, tmp_path) & HEAVY == IMPORTED[arguments]


def test_a_run_loads_nothing_that_reads_its_options(tmp_path: Path) -> None:
    loaded = imported(("run", *RUN), tmp_path, says=True)
    assert loaded & HEAVY == NUMBERS | {"msgspec", "packaging", "rich"}  # for its table


def test_help_imports_no_command(tmp_path: Path) -> None:
    ours = {name for name in imported(("--help",), tmp_path) if name.startswith("convtranspose_")}
    room = "convtranspose_conformance.cli"
    assert {name for name in ours if name.startswith(room)} == {
        room,
        *(f"{room}.{name}" for name in ("main", "taken", "taken.as_typed", "taken.completion")),
        *(f"{room}.{name}" for name in ("taken.options", "screen", "screen.terminal")),
    }


def test_explain_by_options_loads_nothing_that_reads_a_text(tmp_path: Path) -> None:
    options = ("explain", "--x", "1,2,5,5", "--w", "2,3,3,3")
    reading = "convtranspose_conformance.explain.inputs"
    of_texts = {f"{reading}.text", f"{reading}.open_calls", f"{reading}.spellings.known"}
    assert not imported(options, tmp_path) & {*of_texts, "importlib.metadata", "email"}
    assert of_texts - {f"{reading}.open_calls"} <= imported(("explain", *LAYER), tmp_path)


# What a user can mend


def error_classes() -> Iterator[type[Exception]]:
    """The public exceptions of the four packages; modules that import a framework, or work when
    imported, are left out."""
    for package in PACKAGES:
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            adapter = "backends." in module.name and not module.name.endswith("backends.api")
            if adapter or module.name.endswith("test_conformance"):
                continue
            for name, held in vars(import_module(module.name)).items():
                is_error = isinstance(held, type) and issubclass(held, Exception)
                if is_error and held.__module__ == module.name and not name.startswith("_"):
                    yield held


def test_every_error_that_a_user_can_mend_has_one_of_the_two_bases() -> None:
    """What has not is an answer of a backend or of the text, a warning, or ends a search."""
    others = {
        each.__name__
        for each in error_classes()
        if not issubclass(each, UserError | RunError | Warning)
    }
    assert others == {
        InvalidInput.__name__,
        "Unsupported",
        "Declined",
        "Refused",
        "Broken",
        "NotReached",
        "TooLarge",
        "Undefined",
        "Garbled",
    }


BAD = [
    ("run", "--backend", "torhc-cpu"),
    ("run", "--suite", "sedes"),
    ("run", "--case", "nosuch"),
    ("run", "--case", "call/x_1"),
    ("run", "--jobs", "0"),
    ("run", "--jobs", "many"),
    ("run", "--shard", "3"),
    ("run", "--deviations", "none.toml"),
    ("run", "--deviations", "."),
    ("run", "--propose-deviations", "none/d.toml"),
    ("run", "--backend-version", "1"),
    ("run", "--timeout", "0"),
    ("run", "--memory", "0"),
    ("run", "--seed", "-1"),
    ("run", "--out", "file"),
    ("run", "surplus"),
    ("run", "--no-report", "--out"),
    ("list",),
    ("list", "nothing"),
    ("list", "cases", "--suite", "sedes"),
    ("list", "suites", "--coverage"),
    ("report",),
    ("report", "none"),
    ("report", "file"),
    ("report", "a", "b"),
    ("shrink", "seeds/stride_2_filter_3"),
    ("shrink", "seeds/nosuch", "--backend", "onnx-reference"),
    ("shrink", "seeds/stride_2_filter_3", "--backend", "onnx-reference", "--check", "x"),
    ("shrink", "seeds/stride_2_filter_3", "--backend", "onnx-reference", "--questions", "0"),
    *(
        ("fuzz", "--backend", "onnx-reference", "--minutes", minutes)
        for minutes in ("nan", "inf", "-1", "1e9")
    ),
    *(
        (command, "--backend", "onnx-reference", option, "nan")
        for command in ("run", "fuzz", "measure", "shrink")
        for option in ("--timeout", "--memory")
    ),
    ("fuzz",),
    ("fuzz", "--backend", "torhc-cpu"),
    ("fuzz", "--backend", "onnx-reference", "--check", "x"),
    ("fuzz", "--backend", "onnx-reference", "--minutes", "-1"),
    ("fuzz", "--backend", "onnx-reference", "--examples", "0"),
    ("fuzz", "--backend", "onnx-reference", "--out", "file"),
    ("explain",),
    ("explain", "seeds/stride_2"),
    ("explain", "none.onnx"),
    ("explain", "nn.Linear(1, 2)"),
    ("explain", *LAYER, "--x", "1"),
    ("explain", *LAYER, "--run", "none"),
    ("explain", *LAYER, "--html", "none/page.html"),
    *(
        ("explain", "--x", "1,2,5,5", "--w", "2,3,3,3", f"--{name}", "?")
        for name in ("op", "strides", "pads", "dilations", "output-padding", "output-shape")
    ),
    *(
        ("explain", "--x", "1,2,5,5", "--w", "2,3,3,3", f"--{name}", "?")
        for name in ("kernel-shape", "group", "dtype", "opset")
    ),
    ("goldens",),
    ("goldens", "check", "--suite", "sedes"),
    ("goldens", "write", "--suite", "random"),
    ("rnu",),
    ("--bakcend",),
]


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_a_bad_value_is_one_line_and_status_2(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    done = CliRunner().invoke(app, [*arguments])
    lines = done.stderr.splitlines()
    assert done.exit_code == 2, done.output
    assert lines[0].startswith("error: ")
    assert len(lines) == 1 or (len(lines) == 2 and lines[1].startswith("  accepted: ")), lines
    assert [each.name for each in Path().iterdir()] == ["file"]


def test_no_command_is_help_and_status_2() -> None:
    done = CliRunner().invoke(app, [])
    assert (done.exit_code, done.stdout) == (2, "")
    assert all(f"  {name} " in done.stderr for name in COMMANDS)


def test_our_own_mistake_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Any:
        raise ValueError("a mistake of ours")

    monkeypatch.setattr("convtranspose_conformance.cli.lists.backends.registered", fails)
    done = CliRunner().invoke(app, ["list", "backends"])
    assert isinstance(done.exception, ValueError)
