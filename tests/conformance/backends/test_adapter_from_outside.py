"""An adapter that another distribution brings: its findings have its own script on their cards, or
say why there is none; nothing of its code runs in the process that makes the report."""

import html
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from convtranspose_cases import find_case
from convtranspose_cases.inputs import tensors
from convtranspose_conformance import Call, Unsupported
from convtranspose_conformance.backends import BUILT_IN
from convtranspose_conformance.scripts.transcripts import transcript
from convtranspose_reports import Check
from support import ROOT, pasted

# JAX, imported at the top; asked for a bias, it leaves it out.
ADAPTER = """
import sys
from dataclasses import replace

import jax
import jax_adapter

from convtranspose_conformance import Entry

print("noise")


class Jax(jax_adapter.Jax):
    def run(self, call):
        return super().run(replace(call, B=None))


def script(entry, call, *, static):
    return jax_adapter.script(entry, replace(call, B=None), static=static)


def broken(entry, call, *, static):
    return call.no_such_thing


def text(entry, call, *, static):
    return "Y = jax(X)"


def dies(entry, call, *, static):
    sys.exit(7)


entry = Entry(
    name="jax-outside",
    title="JAX, CPU",
    route="jax.lax.conv_transpose",
    target="brought:Jax",
    script="{script}",
    distributions=("jax",),
    checks=("output",),
)
"""
RUN = """
import json, sys
from pathlib import Path
from convtranspose_conformance import execute, plan
from convtranspose_reports import write_report

if __name__ == "__main__":
    run = execute(plan(backends=["jax-outside"], patterns=sys.argv[1:]), Path("report"))
    write_report("report", run)
    (finding,) = run.findings
    print(json.dumps([finding.example.reproducer, finding.example.actual, sorted(sys.modules)]))
"""
CASE = find_case("core/x_5_k_3_c3_m2_bias")
JAX = "class jax_adapter:\n    Jax = object"  # nothing to wait for


def _card(directory: Path, script: str) -> tuple[str, str]:
    """The script of the only finding's card, and what the adapter answered."""
    (directory / "brought.py").write_text(ADAPTER.replace("{script}", script))
    (directory / "ask.py").write_text(RUN)
    about = directory / "brought-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[convtranspose_conformance.backends]\njax = brought:entry\n"
    )
    path = [str(directory), str(ROOT / "tests" / "support" / "backends")]
    ran = subprocess.run(
        [sys.executable, "ask.py", CASE.id],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([*path, os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told, actual, modules = json.loads(ran.stdout)
    assert not {"jax", "brought"} & set(modules)
    page = (directory / "report" / "index.html").read_text(encoding="utf-8")
    assert told.splitlines()[0] in html.unescape(page)
    return told, actual


def test_the_card_has_the_script_of_the_adapter(tmp_path: Path) -> None:
    told, claimed = _card(tmp_path, "brought:script")
    assert "import jax" in told.splitlines()
    assert "Y = np.asarray(jax.lax.conv_transpose(" in told
    assert "onnx" not in told.replace("convtranspose", "")
    ((printed, error),) = pasted.pasted([told], tmp_path)
    assert not error
    assert pasted.actual(Check.OUTPUT, printed, error) == claimed


def test_the_card_of_an_adapter_without_a_script_says_so(tmp_path: Path) -> None:
    told, _ = _card(tmp_path, "")
    assert told == "# no script: the adapter of jax-outside gives none"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("broken", "AttributeError: 'Call' object has no attribute 'no_such_thing'"),
        ("text", "brought:text: found str, accepted is a Script"),
        ("dies", "brought:dies gave none: exit status 7"),
        ("nowhere", "has no attribute 'nowhere'"),
    ],
)
def test_a_script_that_fails_costs_the_script_alone(
    script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brought.py").write_text(ADAPTER.replace("import jax\nimport jax_adapter", JAX))
    monkeypatch.syspath_prepend(tmp_path)
    entry = replace(BUILT_IN[0], script=f"brought:{script}")
    with pytest.raises(Unsupported, match=re.escape(why)):
        transcript(entry, Call.of(CASE, *tensors(CASE).arrays(CASE.dtype)))
    assert "brought" not in sys.modules
