"""Nothing that was measured is lost: runs that are killed, two in one directory, a directory that
goes."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.run.journal import ANSWERS
from convtranspose_reports import read_run

OWN = """
import time
from pathlib import Path
from planted import KernelFlipped

asked = []

class Slow(KernelFlipped):
    def answer(self, X, W, B):
        time.sleep(0.1)
        asked.append(1)
        if len(asked) == 8:
            Path("eighth").touch()
        return super().answer(X, W, B)
"""
KILLS = 20
SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SUITE = ("--suite", "seeds", "--jobs", "1", "--no-report")


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    (tmp_path / "own_backends.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)


def convtranspose(*arguments):
    return CliRunner().invoke(cli.app, [str(a) for a in arguments])


def begun(*arguments):
    """A run in a process of its own, when it begins to ask."""
    default = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from convtranspose_conformance.cli.main import main; sys.argv[0] = 'convtranspose'; main()"
    )
    command = [sys.executable, "-c", default, "run", "--backend", "own_backends:Slow", *arguments]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while asking.poll() is None and not asking.stderr.readline().startswith("asking"):
        pass
    return asking


def lines(directory):
    """All but the footer, where times are."""
    return Path(directory, "results.jsonl").read_bytes().splitlines()[:-1]


def test_a_run_that_is_killed_again_and_again_ends_with_the_same_records():
    stream = random.Random(0)
    convtranspose("run", "--backend", "own_backends:Slow", *SUITE, "--out", "whole")
    kills = ended = 0
    while kills < KILLS:
        asking = begun(*SUITE, "--out", "killed", "--resume")
        time.sleep(stream.uniform(0.5, 2.5))
        asking.send_signal(stream.choice(SIGNALS))
        asking.communicate(timeout=60)
        assert asking.returncode in (130, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, 1)
        kills += 1
        kept = Path("killed", ANSWERS)
        if kept.exists() and stream.random() < 0.5:  # as after a loss of power
            content = kept.read_bytes()
            kept.write_bytes(content[: len(content) - stream.randrange(400)])
        if asking.returncode == 1:
            ended += 1
            assert lines("killed") == lines("whole")
            shutil.rmtree("killed")
    done = convtranspose(
        "run", "--backend", "own_backends:Slow", *SUITE, "--out", "killed", "--resume"
    )
    assert done.exit_code == 1
    assert lines("killed") == lines("whole")
    assert ended < KILLS / 2
    assert {file.name for file in Path("killed").iterdir()} == {"results.jsonl"}


def _terminated(asking: subprocess.Popen[str]) -> str:
    """What a run that is told to end says; its page is there, and says that it was cut short."""
    asking.send_signal(signal.SIGTERM)
    _, said = asking.communicate(timeout=60)
    assert asking.returncode == 130
    assert "error: interrupted" in said
    assert "cut short" in Path("r/index.html").read_text()
    return said


def test_sigterm_ends_as_an_interrupt_does_and_what_was_measured_is_judged():
    asking = begun("--suite", "seeds", "--jobs", "1", "--out", "r")
    while not Path("eighth").exists():
        assert asking.poll() is None
        time.sleep(0.05)
    assert "--resume goes on with it" in _terminated(asking)
    with pytest.warns(UserWarning, match="no footer"):
        run = read_run("r")
    assert all(
        record.finding.startswith("own_backends:Slow/") for record in run.records if record.finding
    )
    assert run.findings
    asked = ("run", "--backend", "own_backends:Slow", "--out", "r", "--resume")
    other = convtranspose(*asked, "--suite", "seeds", "--seed", 1)
    assert other.exit_code == 2
    assert "seed: 0 there, 1 here" in other.stderr


def test_sigterm_while_what_differs_is_explained_leaves_page_and_fails():
    asking = begun("--suite", "seeds", "--jobs", "1", "--out", "r")
    while "looking for what explains" not in asking.stderr.readline():
        assert asking.poll() is None
    assert "page: r/index.html" in _terminated(asking)
    told = convtranspose("report", "r/results.jsonl.part")
    assert "fails: own_backends:Slow output: " in told.stdout
    done = convtranspose(
        "run", "--backend", "own_backends:Slow", "--suite", "seeds", "--out", "r", "--resume"
    )
    assert done.exit_code == 1
    assert read_run("r").footer is not None


def test_a_directory_is_of_one_run_and_may_go_while_it_runs():
    asking = begun("--suite", "seeds", "--jobs", "1", "--out", "r")
    second = convtranspose("run", "--backend", "planted:Correct", *SUITE, "--out", "r")
    assert second.exit_code == 2
    assert "--out r: another run writes there" in second.stderr
    assert "unfinished" not in second.stderr  # the first one is under way
    shutil.rmtree("r")
    asking.communicate(timeout=60)
    assert asking.returncode == 1
    assert len(read_run("r").records) == 21


def test_declarations_of_a_backend_that_is_not_asked_are_named():
    Path("d.toml").write_text(
        'backend = "own_backends:Slow"\n[[deviation]]\nname = "n"\ncheck = "output"\n'
        'versions = ""\nwhen = "group > 1"\ncause = "framework"\nfault = "bias_missing"\n'
        'reason = "r"\n'
    )
    asked = ("run", "--backend", "planted:Correct", *SUITE, "--out", "r", "--deviations", "d.toml")
    assert "speaks of own_backends:Slow, which is not asked" in convtranspose(*asked).stderr
