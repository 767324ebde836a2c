"""Questions that go to a dask.distributed cluster: one of separate processes, on this machine."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace

import msgspec
import pytest
from distributed import Client
from typer.testing import CliRunner

from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.cli import main as cli
from convtranspose_conformance.run.cluster.client import resources_of
from convtranspose_reports import Verdict, read_run

OWN = """
import os, time
from pathlib import Path
from planted import KernelFlipped
from textbook import Textbook

class Slow(Textbook):
    def answer(self, X, W, B):
        with Path(os.environ["SLOW_ASKED"]).open("a") as file:
            print(os.environ["DASK_WORKER_OF_TEST"], file=file)
        while not Path(os.environ["SLOW_GO"]).exists():
            time.sleep(0.05)
        return super().answer(X, W, B)

class Dies(Textbook):
    def answer(self, X, W, B):
        if W.shape[2] == 6:
            os.abort()
        return super().answer(X, W, B)
"""
HELD = ("own_backends:Slow", "own_backends:Dies", "planted:KernelFlipped", "textbook:Textbook")
SUITE = ("--suite", "seeds", "--no-report")
HERE = ("--host", "127.0.0.1", "--no-dashboard")
LONG_S = 240  # for what takes a second on a machine that has nothing else to do


class Started:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder, *holding):
        self.folder, self.file = folder, folder / "scheduler.json"
        self.processes = {}
        self.environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([str(folder), *filter(None, sys.path)]),
            "SLOW_ASKED": str(folder / "asked"),
            "SLOW_GO": str(folder / "go"),
        }
        self.start("scheduler", "distributed.cli.dask_scheduler", "--port", "0", *HERE)
        for number, held in enumerate(holding):
            resources = ["--resources", " ".join(f"{name}=1" for name in held)] if held else []
            self.start(
                f"worker {number}",
                "distributed.cli.dask_worker",
                "--no-nanny",
                "--nthreads",
                "1",
                *HERE,
                *resources,
            )
        try:
            self.address = self._address()
            with Client(self.address, timeout=LONG_S, set_as_default=False) as client:
                client.wait_for_workers(len(holding), timeout=LONG_S)
        except BaseException:
            self.stop()
            raise

    def start(self, name, module, *options):
        command = [sys.executable, "-m", module, "--scheduler-file", str(self.file), *options]
        with (self.folder / f"{name}.log").open("w") as log:
            self.processes[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment | {"DASK_WORKER_OF_TEST": name},
                stdout=log,
                stderr=log,
            )

    def _address(self):
        end = time.monotonic() + LONG_S
        while time.monotonic() < end:
            with suppress(OSError, ValueError):
                return json.loads(self.file.read_text())["address"]
            time.sleep(0.1)
        raise AssertionError((self.folder / "scheduler.log").read_text())

    def kill(self, name):
        """At once, as where its machine is lost."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self):
        for name in list(self.processes):
            self.kill(name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "own_backends.py").write_text(OWN)
    return folder


@pytest.fixture(scope="module")
def cluster(folder):
    started = Started(folder, HELD, HELD)
    yield started
    started.stop()


@pytest.fixture(autouse=True)
def own(tmp_path, folder, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("SLOW_ASKED", str(tmp_path / "asked"))
    monkeypatch.setenv("SLOW_GO", str(tmp_path))  # which is there: nobody waits
    monkeypatch.setenv("DASK_WORKER_OF_TEST", "none")
    monkeypatch.setattr("convtranspose_conformance.run.cluster.client.BATCH", 8)


def run(out, *options):
    done = CliRunner().invoke(cli.app, ["run", *options, "--out", str(out)])
    assert not isinstance(done.exception, Exception), done.exception
    return done


def lines(out):
    """All but times, and what is installed on the machine that only judges."""
    run = read_run(out)
    asked = [backend for backend in run.header.backends if backend.was_asked]
    return replace(run, header=msgspec.structs.replace(run.header, backends=asked), footer=None)


@pytest.mark.parametrize("backend", HELD[1:])
def test_a_cluster_gives_the_records_of_one_machine(cluster, backend):
    """Findings too, whose fresh calls are asked there: what differs, and what kills a process."""
    here = run("here", *SUITE, "--backend", backend)
    there = run("there", *SUITE, "--backend", backend, "--dask", cluster.address)
    assert there.exit_code == here.exit_code
    assert lines("there") == lines("here")
    assert (backend == "textbook:Textbook") == (here.exit_code == 0)


def test_what_workers_hold_is_asked_where_nothing_is_named(cluster, folder):
    (folder / "go").touch()  # the slow one need not wait
    done = run("out", "--suite", "seeds", "--case", "seeds/stride_2_*", "--dask", cluster.address)
    assert {backend.name for backend in read_run("out").header.backends} == set(HELD)
    assert done.exit_code == 1  # two of them are wrong


def test_a_machine_that_is_lost_costs_nothing(tmp_path):
    """It is lost while it is asked its first case."""
    (tmp_path / "own_backends.py").write_text(OWN)
    started = Started(tmp_path, HELD, HELD)
    try:
        command = [sys.executable, "-m", "convtranspose_conformance", "run", *SUITE]
        command += ["--backend", "own_backends:Slow", "--dask", started.address, "--out", "there"]
        asked = tmp_path / "asked"
        process = subprocess.Popen(command, env=started.environment)
        end = time.monotonic() + LONG_S
        while not (asked.exists() and asked.read_text().endswith("\n")):
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.05)
        lost = asked.read_text().splitlines()[0]
        started.kill(lost)
        (tmp_path / "go").touch()  # whoever is asked waits until then
        assert process.wait(LONG_S) == 0
    finally:
        started.stop()
    assert len(set(asked.read_text().splitlines()) - {lost}) == 1  # the other one went on
    assert run("here", *SUITE, "--backend", "own_backends:Slow").exit_code == 0
    assert lines(tmp_path / "there") == lines(tmp_path / "here")
    assert {record.verdict for record in lines("there").records} == {Verdict.CONFORMS}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--dask", "tcp://127.0.0.1:9"], ["no scheduler answers there", "dask scheduler"]),
        (["--dask", "nonsense://x"], ["no scheduler answers there"]),
        (["--dask", "{address}", "--backend", "torch-cpu"], ["declares", "torch-cpu"]),
    ],
)
def test_what_cannot_be_asked_is_2_with_what_is_accepted(cluster, options, words):
    done = run("out", *(option.format(address=cluster.address) for option in options))
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    for word in words:
        assert word in done.stderr


def test_a_device_is_a_resource_of_its_own():
    known = registered()
    assert resources_of(known["torch-cuda"]) == {"torch-cuda": 1, "GPU": 1}
    assert resources_of(known["torch-cpu"]) == {"torch-cpu": 1}
