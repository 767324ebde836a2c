"""The pytest plugin: parametrizes `test_conformance`, gives each backend a worker, and leaves the
same report as `convtranspose run`.

Under pytest-xdist, workers send what they observed on their test reports, as bytes; the controller
alone judges it again and writes.
"""

import argparse
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from convtranspose_reference.errors import UserError
from convtranspose_reports import PartsFailed, Run, Verdict, too_few, write_report, write_run

from ..run.page import PAGE
from ..run.planning.plan import Plan
from ..run.planning.selection import plan
from ..run.session import Session
from ..worker.process import Limits
from .question import SENT, Controller, Question, Sent

OPTIONS = {
    "backend": "Ask this backend (repeatable): a name of `convtranspose list backends`, or "
    "module:attribute[@DEVICE].",
    "suite": "Ask this suite (repeatable). Default: seeds, core, accuracy.",
    "deviations": "File with declarations of your own backend (repeatable).",
    "claims": "File that says what your own backend does and does not (repeatable).",
    "like": "Take what is declared for this backend for that of the one asked, which builds on it.",
    "min-answered": "Red where a backend answers less than this share of its questions.",
    "report": "Directory to leave results.jsonl and the page in.",
}
_KEY = pytest.StashKey[Controller]()
_LOST = pytest.StashKey[list[str]]()
_TESTS = "convtranspose_conformance"
_MODULE = Path(__file__).resolve().parents[1] / "test_conformance.py"
_SHORT = "--"
_LONG = "--convtranspose-"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long names, which nobody else has."""
    _add(parser, _LONG)


def _add(parser: pytest.Parser, prefix: str, *names: str) -> None:
    group = parser.getgroup("convtranspose", "ConvTranspose conformance")
    for name in names or OPTIONS:
        group.addoption(
            prefix + name,
            dest=f"convtranspose_{name.replace('-', '_')}",
            action="store" if name in ("like", "min-answered", "report") else "append",
            type=_share if name == "min-answered" else str,
            default=None,
            metavar=name.upper(),
            help=OPTIONS[name],
        )


def _share(text: str) -> float:
    """Raises argparse.ArgumentTypeError for what is no share."""
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r:.40}; accepted are 0 to 1")
    return share


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Iterator[None]:
    """The short names come last, so that a project whose own conftest has an option of that name
    keeps it."""
    yield
    early_config.stash[_LOST] = []
    for name in OPTIONS:
        try:
            _add(parser, _SHORT, name)
        except (argparse.ArgumentError, ValueError):
            early_config.stash[_LOST].append(_SHORT + name)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """The module of the suite's tests. Where it lies outside of the user's project, pytest would
    leave it without a name; with its own, and `--pyargs`, a test's id can be pasted back."""
    if module_path != _MODULE or module_path.is_relative_to(parent.config.rootpath):
        return None
    module: pytest.Module = pytest.Module.from_parent(
        parent, path=module_path, nodeid=f"{_TESTS}.{_MODULE.stem}"
    )
    return module


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Says which short names the project keeps for itself."""
    lost = config.stash.get(_LOST, [])
    return [
        f"convtranspose: {name} is this project's own option; say {_LONG}{name[2:]} for ours"
        for name in lost
    ]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """A usage error is met here, before anything starts, where the command line names our tests."""
    if any(_TESTS in arg for arg in session.config.args):
        _controller(session.config)


@pytest.fixture
def convtranspose_question(request: pytest.FixtureRequest) -> Question:
    """The parametrized case and backend."""
    controller = request.config.stash[_KEY]
    backend, number = request.param
    return Question(controller, backend, number, request.node)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each backend and case."""
    if "convtranspose_question" not in metafunc.fixturenames:
        return
    try:
        asked = _controller(metafunc.config).plan
    except pytest.UsageError as error:
        raise pytest.Collector.CollectError(str(error)) from error
    every = _asked(asked)
    ids = [f"{asked.entries[b].name}-{asked.cases[n].id.replace('/', '-')}" for b, n in every]
    metafunc.parametrize("convtranspose_question", every, indirect=True, ids=ids)


def _asked(plan: Plan) -> list[tuple[int, int]]:
    """Backend and case, by number, wherever the backend offers a check that the case asks for."""
    return [
        (b, n)
        for b, entry in enumerate(plan.entries)
        for n in range(len(plan.cases))
        if plan.checks(entry, n)
    ]


def _controller(config: pytest.Config) -> Controller:
    if _KEY not in config.stash:
        config.stash[_KEY] = Controller(Session(_plan(config)), time.monotonic(), {})
    return config.stash[_KEY]


def _plan(config: pytest.Config) -> Plan:
    option = config.getoption
    if not option("convtranspose_backend"):
        lost = "".join(
            f"; {name} is this project's own option" for name in config.stash.get(_LOST, [])
        )
        raise pytest.UsageError(
            f"name a backend: --backend NAME, or {_LONG}backend NAME (`convtranspose list "
            f"backends` lists them){lost}"
        )
    try:
        return plan(
            backends=option("convtranspose_backend"),
            suites=option("convtranspose_suite") or (),
            files=[Path(file) for file in option("convtranspose_deviations") or ()],
            like=option("convtranspose_like") or "",
            min_answered=option("convtranspose_min_answered") or 0.0,
            claims=[Path(file) for file in option("convtranspose_claims") or ()],
            limits=Limits(),
        )
    except UserError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Puts what was observed on the report, which xdist carries to the controller."""
    report = yield
    if report.when == "call" and SENT in item.stash:
        report.convtranspose = item.stash[SENT]
    return report


class _Recorder:
    """Collects reports where they all arrive: in the controller of xdist, else in the only
    process."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        sent = getattr(report, "convtranspose", None)
        if sent is not None:
            _controller(self._config).judged(msgspec.msgpack.decode(sent, type=Sent))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Judges what only a whole run can tell, and writes the report."""
        if _KEY not in self._config.stash or not self._config.stash[_KEY].records:
            return
        controller = self._config.stash[_KEY]
        whole = len(_asked(controller.plan))
        if len(controller.records) != whole:
            controller.session.plan = replace(
                controller.plan, partial=f"pytest ran {len(controller.records)} of {whole} tests"
            )
        run = controller.session.run(round(time.monotonic() - controller.begun, 1))
        for finding in run.findings:
            if finding.verdict is Verdict.STALE:
                kind = "claim" if finding.kind == "claim" else "stale"
                self._report_red(session, kind, finding.id, finding.sentence)
        for name, each in too_few(run.header, run.records).items():
            self._report_red(session, "answered", name, f"{name} {each.sentence()}")
        for part, why in ((run.footer.failed or {}) if run.footer else {}).items():
            self._report_red(session, "failed", part, why)
        directory = self._config.getoption("convtranspose_report")
        if directory:
            write_run(directory, run)
            self._draw(session, Path(directory), run)

    def _draw(self, session: pytest.Session, directory: Path, run: Run) -> None:
        try:
            page = write_report(directory, run, PAGE)
        except PartsFailed as error:
            page = error.page
            self._say(str(error))
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        self._say(f"report: {page.resolve()}")

    def _report_red(self, session: pytest.Session, kind: str, name: str, why: str) -> None:
        """One more failing report, since no single test is to blame."""
        report = pytest.TestReport(
            nodeid=f"convtranspose-{kind}[{name}]",
            location=("deviations" if kind == "stale" else "backends", None, name),
            keywords={},
            outcome="failed",
            longrepr=why,
            when="call",
        )
        self._config.hook.pytest_runtest_logreport(report=report)
        session.testsfailed += 1
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _say(self, line: str) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            terminal.write_line("")
            terminal.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the recorder where all reports arrive."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Recorder(config), "convtranspose-recorder")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the workers."""
    if _KEY in config.stash:
        for worker in config.stash[_KEY].workers.values():
            worker.__exit__()
