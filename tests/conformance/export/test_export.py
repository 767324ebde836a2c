"""`convtranspose export`: files in ONNX's layout, and what their manifest says."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import jsonschema
import numpy as np
import onnx
import pytest
from onnx.numpy_helper import to_array
from typer.testing import CliRunner

from convtranspose_cases import find_case
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.export.write import export
from convtranspose_conformance.rules.answers import Asked
from support import ROOT

EQUAL = "seeds/stride_2_filter_3"
ROUNDED, BFLOAT16 = "core/x_6_k_4_dense", "core/x_6_k_4_bf16_dense"
READ_TWICE = "core/x_4_k_1_auto_same_upper_strides_2"  # clause E is open; ONNX Runtime is wrong
FORBIDDEN, LIMITED = "invalid/strides_0", "core/x_6_k_4_f16_dense"
CASES = (EQUAL, ROUNDED, BFLOAT16, READ_TWICE, FORBIDDEN, LIMITED)
RUNNERS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "export.md").read_text("utf-8"), re.S)


def made(directory: Path, *names: str) -> dict:
    export(directory, [find_case(name) for name in names], suite_version="1")
    return json.loads((directory / "MANIFEST.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    directory = tmp_path_factory.mktemp("export")
    return directory, made(directory, *CASES)


def test_of(exported: tuple[Path, dict], name: str) -> tuple[Path, dict]:
    directory, manifest = exported
    (test,) = [each for each in manifest["tests"] if each["case"] == name]
    return directory / test["path"], test


test_of.__test__ = False  # type: ignore[attr-defined]


def tensor(path: Path) -> np.ndarray:
    return to_array(onnx.load_tensor(path))


@pytest.mark.parametrize("name", CASES)
def test_inputs_and_output_are_those_of_the_case(exported, name) -> None:
    folder, test = test_of(exported, name)
    asked = Asked(find_case(name))
    model = onnx.load(folder / "model.onnx")
    X, W, _, _ = asked.arrays()
    assert (tensor(folder / "test_data_set_0" / "input_0.pb") == X).all()
    assert (to_array(model.graph.initializer[0]) == W).all()
    assert all(not size.dim_value for size in model.graph.output[0].type.tensor_type.shape.dim)
    output = folder / "test_data_set_0" / "output_0.pb"
    assert output.exists() == (test["expects"] == "output") == (name != FORBIDDEN)
    if output.exists():
        Y = tensor(output)
        assert Y.dtype == asked.case.dtype
        assert Y.tobytes() == asked.answer().golden.expected().tobytes()
        assert test["shape"] == list(Y.shape)


def test_the_manifest_names_every_file_by_what_is_in_it(exported) -> None:
    directory, manifest = exported
    told = {path: digest for test in manifest["tests"] for path, digest in test["files"].items()}
    files = [f for f in directory.rglob("*") if f.is_file() and f.name != "MANIFEST.json"]
    assert told == {
        file.relative_to(directory).as_posix(): sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def test_the_manifest_is_what_its_schema_says(exported) -> None:
    schema = json.loads((ROOT / "docs" / "export.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(exported[1], schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(exported[1] | {"tests": [{"name": "test_x"}]}, schema)


def test_limits_are_there_where_sums_may_be_rounded_and_nowhere_else(exported) -> None:
    for name in CASES:
        folder, test = test_of(exported, name)
        data = folder / "test_data_set_0"
        assert (data / "least_0.pb").exists() == (not test["equality"])
        assert (test["atol"] > 0) == (not test["equality"])
        if test["expects"] == "output":
            told = json.loads((folder / "data.json").read_text())
            assert told == {"rtol": 0.0, "atol": test["atol"]}
    assert not test_of(exported, ROUNDED)[1]["equality"]
    assert test_of(exported, EQUAL)[1]["equality"]


def test_each_answer_that_conforms_is_there_once(exported) -> None:
    folder, test = test_of(exported, READ_TWICE)
    (other,) = test["alternatives"]
    assert {name for choice in other["readings"] for name in choice.values()} == {
        "truncated",
        "zeros_at_end",
    }
    kept = tensor(exported[0] / other["path"] / "output_0.pb")
    under = [a.golden.expected() for _, a in Asked(find_case(READ_TWICE)).conforming()]
    assert sum((kept == each).all() for each in under) == 2
    assert not (kept == tensor(folder / "test_data_set_0" / "output_0.pb")).all()


def test_a_forbidden_call_has_a_reason_and_its_clause(exported) -> None:
    folder, test = test_of(exported, FORBIDDEN)
    assert folder.parent.name == "refusals"
    assert test["reason"]
    assert test["clauses"][0] in exported[1]["clauses"]
    assert test["alternatives"] == []


def test_the_same_bytes_each_time(tmp_path, exported) -> None:
    assert made(tmp_path / "again", *CASES) == exported[1]


def ran(script: str, directory: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", script, directory], capture_output=True, text=True, check=True
    )
    return (done.stdout + done.stderr).splitlines()


def test_onnx_own_runner_reads_them_and_onnx_runtime_is_held_to_them(exported) -> None:
    told = ran(RUNNERS[0], exported[0])
    said = {line.split(" ")[0]: line.rpartition(" ... ")[2] for line in told if " ... " in line}
    verdicts = {name: said[f"{test_of(exported, name)[1]['name']}_cpu"] for name in CASES[:4]}
    assert verdicts == {EQUAL: "ok", ROUNDED: "ok", BFLOAT16: "ERROR", READ_TWICE: "FAIL"}


def test_a_runner_of_ones_own_knows_readings_limits_and_refusals(tmp_path, exported) -> None:
    lines = ran(RUNNERS[1], exported[0])
    assert [line.rpartition(" core/")[0] or line.split(" ")[0] for line in lines] == [
        "ok",
        "ok",
        "skip",
        "not ok",
        "ok",
        "ok",
    ]
    assert f"not ok {READ_TWICE} [1, 1, 7]" in lines
    made(tmp_path, ROUNDED)
    (least,) = tmp_path.rglob("least_0.pb")  # a limit too far: what is right comes out wrong
    tensor_ = onnx.load_tensor(least)
    high = np.nextafter(tensor(least.parent / "most_0.pb"), np.float32(np.inf))
    tensor_.raw_data = high.tobytes()
    least.write_bytes(tensor_.SerializeToString())
    assert ran(RUNNERS[1], tmp_path) == [f"not ok {ROUNDED} [1, 1, 9]"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--suite", "gradients"], ["gradients/", "gradient", "accepted"]),
        (["--suite", "nothing"], ["unknown suite 'nothing'", "seeds"]),
        (["--case", "core/nothing*"], ["no case of core matches"]),
        (["--seed", "-1"], ["--seed", "0"]),
    ],
)
def test_what_cannot_be_exported_is_2_and_leaves_nothing(tmp_path, options, words) -> None:
    done = CliRunner().invoke(cli.app, ["export", str(tmp_path / "out"), *options])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()
    for word in words:
        assert word in done.stderr


def test_a_directory_with_something_in_it_stays_as_it_is(tmp_path) -> None:
    (tmp_path / "kept").write_text("mine")
    done = CliRunner().invoke(cli.app, ["export", str(tmp_path), "--case", EQUAL])
    assert done.exit_code == 2
    assert "is not empty" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize("place", ["file", "file/within"])
def test_a_file_is_no_directory(tmp_path, place) -> None:
    (tmp_path / "file").write_text("mine")
    done = CliRunner().invoke(cli.app, ["export", str(tmp_path / place), "--case", EQUAL])
    assert done.exit_code == 2
    assert f"DIR {tmp_path / place}: {tmp_path / 'file'} is a file" in done.stderr


def test_the_command_says_what_it_wrote(tmp_path) -> None:
    done = CliRunner().invoke(
        cli.app, ["export", str(tmp_path / "out"), "--case", EQUAL, "--case", FORBIDDEN]
    )
    assert done.exit_code == 0
    assert done.stdout.startswith("1 tests of outputs, 1 of refusals: ")
    manifest = json.loads((tmp_path / "out" / "MANIFEST.json").read_text())
    assert manifest["suites"] == {"seeds": 1, "invalid": 1}
    assert manifest["partial"] == f"--case {EQUAL} --case {FORBIDDEN}"
