"""What a worker of the cluster does: it asks a backend a batch of cases in a process of its own, as
a run on one machine would. Knows nothing of the cluster.

A backend's process lives on between batches: its framework is imported once.
"""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from threading import Lock

from convtranspose_cases import Case

from ...backends.api import Call
from ...backends.entry import Entry
from ...backends.registry import named, registered
from ...verdict.deviation_files import declared
from ...verdict.deviations import Deviation
from ...worker.observation import Observation
from ...worker.process import Limits, Worker
from ...worker.questions import Believed
from ..asking.conversation import Conversation, WrittenQuestions
from ..planning.plan import Plan
from ..session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Cases for one backend, and their `numbers` in the run's plan."""

    backend: str
    version: str
    cases: list[Case]
    numbers: list[int]
    seed: int
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswers:
    """What the backend answered to a batch, by number, and with which libraries and kernels on
    which `machine`."""

    backend: str
    machine: str
    versions: dict[str, str]
    kernels: dict[str, str]
    found: list[tuple[int, dict[str, Observation]]]


@dataclass(slots=True)
class _Held:
    worker: Worker
    turn: Lock = field(default_factory=Lock)


_HELD: dict[tuple[str, Limits], _Held] = {}
_HOLDING = Lock()


def suite_version() -> str:
    """Of the project, as it is installed here."""
    return version("convtranspose-conformance")


def version_here(backend: str) -> tuple[str, str]:
    """The backend's version as it is installed here, and why it cannot be used ("" if it can)."""
    entry = named(backend)
    return entry.installed_version(), entry.why_unusable()


def answers(batch: Batch) -> BatchAnswers:
    """Asks the batch. Raises Unusable where the backend does not start here, HarnessError where its
    adapter fails at once; whatever else it does is an answer."""
    entry = named(batch.backend, batch.version)
    session = Session(_plan(entry, batch))
    observations: list[tuple[int, dict[str, Observation]]] = []
    with _held(entry, batch.limits) as worker:
        numbers = list(range(len(batch.cases)))
        talk = Conversation(session, entry, numbers, WrittenQuestions(session), worker)
        while not talk.is_over:
            observations += [(batch.numbers[number], seen) for _, number, seen in talk.answered()]
        if talk.error is not None and not observations:
            raise talk.error
        observations += [(batch.numbers[number], seen) for _, number, seen in talk.left()]
    return BatchAnswers(
        backend=batch.backend,
        machine=platform.node(),
        versions=session.versions.get(entry.name, {}),
        kernels=session.kernels.get(entry.name, {}),
        found=observations,
    )


def answer(
    backend: str,
    version: str,
    limits: Limits,
    call: Call,
    checks: tuple[str, ...],
    believed: Believed,
) -> dict[str, Observation]:
    """Asks one call, as `Worker.ask` does, and raises as it does."""
    with _held(named(backend, version), limits) as worker:
        return worker.ask(call, checks, believed)


def let_go() -> None:
    """Ends the processes that are held here."""
    with _HOLDING:
        while _HELD:
            _, held = _HELD.popitem()
            with held.turn:
                held.worker.__exit__()


@contextmanager
def _held(entry: Entry, limits: Limits) -> Iterator[Worker]:
    """The backend's process, for one at a time."""
    key = entry.name, limits
    with _HOLDING:
        held = _HELD.setdefault(key, _Held(Worker(entry, limits)))
    with held.turn:
        try:
            yield held.worker
        except BaseException:  # its process may be in any state: the next batch begins anew
            with _HOLDING:
                _HELD.pop(key, None)
            held.worker.__exit__()
            raise


def _plan(entry: Entry, batch: Batch) -> Plan:
    return Plan(
        entries=[entry],
        listed=[],
        suites=[],
        cases=batch.cases,
        deviations=_declared(entry.name),
        seed=batch.seed,
        partial="a batch",
        limits=batch.limits,
    )


@cache
def _declared(backend: str) -> list[Deviation]:
    return [d for d in declared([*registered(), backend]) if d.backend == backend]
