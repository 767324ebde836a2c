"""The pytest plugin: parametrizes `test_conformance`, gives each backend a worker, and leaves the
same report as `convtranspose run`.

Under pytest-xdist, workers send what they observed on their test reports, as plain data; the
controller alone judges it again and writes.
"""

import argparse
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from convtranspose_cases import UnknownName
from convtranspose_reports import Finding, Record, Verdict, write_report, write_run

from .backends.api import Unusable
from .backends.registry import Entry
from .rules.predicate import PredicateError
from .run.plan import Plan
from .run.selection import SelectionError, plan
from .run.session import Session
from .verdict.deviations import DeviationError
from .worker.observation import Observation, Seen
from .worker.process import HarnessError, Limits, Worker

OPTIONS = {
    "backend": "Ask this backend (repeatable): a name of `convtranspose list backends`, or "
    "module:attribute[@DEVICE].",
    "suite": "Ask this suite (repeatable). Default: seeds, core, accuracy.",
    "deviations": "File with declarations of your own backend (repeatable).",
    "report": "Directory to leave results.jsonl and the page in.",
}
_KEY = pytest.StashKey["_Controller"]()
_SEEN = pytest.StashKey[list[Any]]()  # arguments of _Controller.judged, as plain data
_LOST = pytest.StashKey[list[str]]()
_TESTS = "convtranspose_conformance"
_SHORT = "--"
_LONG = "--convtranspose-"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The long names, which nobody else has."""
    _add(parser, _LONG)


def _add(parser: pytest.Parser, prefix: str, *names: str) -> None:
    group = parser.getgroup("convtranspose", "ConvTranspose conformance")
    for name in names or OPTIONS:
        action = "store" if name == "report" else "append"
        group.addoption(
            prefix + name,
            dest=f"convtranspose_{name}",
            action=action,
            default=None,
            metavar=name.upper(),
            help=OPTIONS[name],
        )


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


@dataclass(slots=True)
class _Controller:
    """A run under pytest: the plan, its session, and, in the process that asks, a worker for each
    backend."""

    session: Session
    begun: float
    workers: dict[str, Worker]
    records: dict[tuple[int, int], list[Record]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.session.plan

    def worker(self, entry: Entry) -> Worker:
        if entry.name not in self.workers:
            self.workers[entry.name] = Worker(entry, self.plan.limits)
        return self.workers[entry.name]

    def judged(
        self,
        backend: int,
        number: int,
        found: dict[str, Observation],
        told: tuple[dict[str, str], dict[str, str]],
    ) -> list[Record]:
        """The records of one test, entered once: without xdist the process that asked is the one to
        which its report comes. `told`: the worker's versions and kernels."""
        if (backend, number) not in self.records:
            entry = self.plan.entries[backend]
            self.session.told(entry.name, *told)
            self.records[backend, number] = self.session.judged(entry, number, found)
        return self.records[backend, number]


@dataclass(frozen=True, slots=True)
class Question:
    """One case for one backend."""

    controller: _Controller
    backend: int
    number: int
    item: pytest.Item

    def answer(self) -> None:
        """Asks, judges, and ends the test as the verdicts say."""
        entry = self.controller.plan.entries[self.backend]
        worker = self.controller.worker(entry)
        try:
            checks = self.controller.plan.checks(entry, self.number)
            found = worker.ask(self.controller.session.call(self.number), checks)
        except (HarnessError, Unusable) as error:
            self.item.session.shouldstop = (
                f"backend {entry.name} cannot be asked"  # reaches the controller of xdist too
            )
            pytest.fail(f"backend {entry.name}: {error}", pytrace=False)
        self.item.stash[_SEEN] = [
            self.backend,
            self.number,
            {check: _plain(seen) for check, seen in found.items()},
            [worker.versions, worker.kernels],
        ]
        told = (worker.versions, worker.kernels)
        _conclude(self.controller.judged(self.backend, self.number, found, told))


def _conclude(records: list[Record]) -> None:
    """The worst verdict decides."""
    if not records:
        pytest.skip("the backend offers none of the checks that the case is for")
    for verdict in (Verdict.FAILS, Verdict.DEVIATES):
        bad = [r for r in records if r.verdict is verdict]
        if bad:
            text = "; ".join(
                f"{r.check.value} {r.outcome.value}: {r.reason}"
                + (f" [{r.finding}]" if verdict is Verdict.DEVIATES else "")
                for r in bad
            )
            pytest.fail(text, pytrace=False) if verdict is Verdict.FAILS else pytest.xfail(text)
    if all(r.verdict is Verdict.UNSUPPORTED for r in records):
        pytest.skip(records[0].reason)


def _plain(seen: Observation) -> dict[str, Any]:
    plain = {"seen": seen.seen.value, "shape": None if seen.shape is None else list(seen.shape)}
    return (
        asdict(seen) | plain | {"parts": {name: _plain(part) for name, part in seen.parts.items()}}
    )


def _observed(plain: dict[str, Any]) -> Observation:
    shape = plain["shape"]
    parts = {name: _observed(part) for name, part in plain["parts"].items()}
    return Observation(
        **plain
        | {
            "seen": Seen(plain["seen"]),
            "shape": None if shape is None else tuple(shape),
            "parts": parts,
        }
    )


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
        found = _controller(metafunc.config)
    except pytest.UsageError as error:
        raise pytest.Collector.CollectError(str(error)) from error
    every = _asked(found.plan)
    ids = [
        f"{found.plan.entries[b].name}-{found.plan.cases[n].id.replace('/', '-')}" for b, n in every
    ]
    metafunc.parametrize("convtranspose_question", every, indirect=True, ids=ids)


def _asked(plan: Plan) -> list[tuple[int, int]]:
    """Backend and case, by number, wherever the backend offers a check that the case asks for."""
    return [
        (b, n)
        for b, entry in enumerate(plan.entries)
        for n in range(len(plan.cases))
        if plan.checks(entry, n)
    ]


def _controller(config: pytest.Config) -> _Controller:
    if _KEY not in config.stash:
        config.stash[_KEY] = _Controller(Session(_plan(config)), time.monotonic(), {})
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
            limits=Limits(),
        )
    except (SelectionError, UnknownName, DeviationError, PredicateError, Unusable) as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Puts what was observed on the report, which xdist carries to the controller."""
    report = yield
    if report.when == "call" and _SEEN in item.stash:
        report.convtranspose = item.stash[_SEEN]
    return report


class _Recorder:
    """Collects reports where they all arrive: in the controller of xdist, else in the only
    process."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        sent = getattr(report, "convtranspose", None)
        if sent is None:
            return
        backend, number, found, told = sent
        _controller(self._config).judged(
            backend, number, {check: _observed(plain) for check, plain in found.items()}, told
        )

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
                self._report_stale(session, finding)
        directory = self._config.getoption("convtranspose_report")
        if directory:
            write_run(directory, run)
            self._say(f"report: {write_report(directory, run).resolve()}")

    def _report_stale(self, session: pytest.Session, finding: Finding) -> None:
        """One more failing report, since no single test is to blame."""
        report = pytest.TestReport(
            nodeid=f"convtranspose-stale[{finding.id}]",
            location=("deviations", None, finding.id),
            keywords={},
            outcome="failed",
            longrepr=finding.sentence,
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
