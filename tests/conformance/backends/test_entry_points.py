"""Backends of others: the two that docs/backends.md shows, and entry points that are none."""

import re

import pytest

from convtranspose_cases import find_case
from convtranspose_cases.inputs import tensors
from convtranspose_conformance.backends.api import Call, Unusable
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning.selection import SelectionError, plan
from convtranspose_conformance.scripts.transcripts import transcript
from convtranspose_reports import Verdict
from support import ROOT

DOCS = ROOT / "docs" / "backends.md"
MINE = """
from convtranspose_reference import conv_transpose as reference

__version__ = "1.0"


class Error(Exception):
    pass


def conv_transpose(X, W, B, *, pads, **given):
    return reference(X, W, B, pads=[b for b, _ in pads] + [e for _, e in pads], **given)
"""
FRAMEWORK = """
from onnx import helper

from convtranspose_reference import conv, conv_transpose


def run_node(node, given):
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    attributes = {n: v.decode() if isinstance(v, bytes) else v for n, v in attributes.items()}
    op = {"ConvTranspose": conv_transpose, "Conv": conv}[node.op_type]
    return op(*(given[name] for name in node.input), **attributes)
"""


def _shown(containing: str) -> str:
    """The block of Python in the documentation that holds some text."""
    (found,) = [
        code
        for code in re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
        if containing in code
    ]
    return found


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a distribution whose entry point is as given."""

    def install(adapter: str, point: str = "my_package.adapter:entry") -> None:
        (tmp_path / "my_package").mkdir()
        (tmp_path / "my_package" / "adapter.py").write_text(adapter)
        (tmp_path / "mine.py").write_text(MINE)
        about = tmp_path / "mine-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(
            f"[convtranspose_conformance.backends]\nmine = {point}\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        for name in ("my_package", "my_package.adapter"):
            monkeypatch.delitem(__import__("sys").modules, name, raising=False)

    return install


def test_the_adapter_of_the_docs_runs_and_conforms(installed, tmp_path):
    installed(_shown("class Mine(Backend)"))
    run = execute(plan(backends=["mine-cpu"], suites=["seeds"]), tmp_path / "report")
    assert {b.name: b.version for b in run.header.backends if b.asked} == {"mine-cpu": "1.0"}
    assert {r.verdict for r in run.records} == {Verdict.CONFORMS, Verdict.UNSUPPORTED}
    case = find_case("seeds/stride_2_filter_3")
    script = transcript(registered()["mine-cpu"], Call.of(case, *tensors(case).arrays(case.dtype)))
    assert script.imports == ["import mine"]
    assert script.call[0].startswith("Y = mine.conv_transpose(")


def test_the_backend_api_object_of_the_docs_runs_and_conforms(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(_shown("--backend own:backend"))
    (tmp_path / "my_framework.py").write_text(FRAMEWORK)
    monkeypatch.chdir(tmp_path)
    run = execute(plan(backends=["own:backend"], suites=["seeds"]), tmp_path / "report")
    assert {r.verdict for r in run.records} == {Verdict.CONFORMS}


@pytest.mark.parametrize(
    ("name", "words"),
    [("own:", r"accepted is module\[:attribute\]"), ("own", "if own is such a module: own@CPU")],
)
def test_a_backend_that_is_not_named_right_is_refused_before_it_is_asked(name, words):
    with pytest.raises(SelectionError, match=words):
        plan(backends=[name], suites=["seeds"])


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError"),
        ("entry = 3", "found int, accepted is a backends.Entry"),
    ],
)
def test_an_entry_point_that_is_none_is_named(installed, adapter, words):
    installed(adapter)
    with pytest.raises(Unusable, match=f"entry point mine = my_package.adapter:entry: .*{words}"):
        registered()
