"""Skips: a run in which a backend answered nothing is no pass, however green its records are; what
a skip says is shown."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from convtranspose_conformance.cli import main as cli
from convtranspose_reports import Outcome, Run, Verdict, read_run


@pytest.fixture
def command(tmp_path):
    """`convtranspose run ...`: its status, its run and what it printed."""

    def run(*arguments: str) -> tuple[int, Run, str]:
        out = tmp_path / "out"
        done = CliRunner().invoke(cli.app, ["run", *arguments, "--out", str(out)])
        return done.exit_code, read_run(out), done.stdout

    return run


@pytest.mark.parametrize("name", ["Everything", "AllButTheFirst"])
def test_a_wrapper_that_skips_everything_is_red(name: str, command, tmp_path: Path):
    status, run, said = command("--backend", f"skipping:{name}", "--suite", "seeds")
    assert status == run.footer.exit_status == 3
    assert {record.verdict for record in run.records} == {Verdict.DECLINED}
    assert f"no pass: skipping:{name} answered nothing ({len(run.records)} declined)" in said
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["state"] == "unanswered"
    assert "answered too little" in (tmp_path / "out" / "index.html").read_text()


SOME = ("--case", "core/x_5_k_3*")


def test_a_gate_asks_for_a_share(command):
    asked = ("--backend", "skipping:Groups", *SOME)
    status, run, _ = command(*asked)
    declined = sum(record.verdict is Verdict.DECLINED for record in run.records)
    assert (status, 0 < declined < len(run.records)) == (0, True)
    share = 1 - declined / len(run.records)
    assert command(*asked, "--min-answered", f"{share - 0.01:.4f}")[0] == 0
    status, run, said = command(*asked, "--min-answered", f"{share + 0.01:.4f}")
    assert status == 3
    assert f"no pass: skipping:Groups answered {len(run.records) - declined} of" in said


def test_a_skip_that_speaks_of_a_death_is_one(command):
    status, run, said = command("--backend", "skipping:Crashes", *SOME)
    assert status == 1
    wrong = [record for record in run.records if record.verdict is not Verdict.CONFORMS]
    assert {(r.outcome, r.verdict) for r in wrong} == {(Outcome.CRASHED, Verdict.FAILS)}
    assert "skips the call, saying: the runtime ended with exit code -11" in said


def test_what_is_declined_is_listed_with_its_condition_and_a_plainer_call(command, tmp_path):
    _, run, _ = command("--backend", "skipping:Groups", *SOME)
    (found,) = [finding for finding in run.findings if finding.verdict is Verdict.DECLINED]
    declined = [record for record in run.records if record.verdict is Verdict.DECLINED]
    assert (found.where, found.cases, found.kind) == ("group > 1", len(declined), "declined")
    assert found.name == "DECLINED: group N is left out"
    assert found.sentence == "declines the call, saying: group 2 is left out"
    assert found.reason == "declined is core/x_5_k_3_c2_m2_group_2; answered is core/x_5_k_3"
    assert "<code>group &gt; 1</code>" in (tmp_path / "out" / "index.html").read_text()
    assert " where `group > 1`." in (tmp_path / "out" / "COMPATIBILITY.md").read_text()
