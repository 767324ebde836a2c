"""A run under pytest: what is asked in one test, on its way from the process that asks to where it
is judged."""

from dataclasses import dataclass, field

import msgspec
import pytest

from convtranspose_cases import Case
from convtranspose_reports import NO_ANSWER, Record, Verdict

from ..backends.api import Call, Unusable
from ..backends.entry import Entry
from ..rules.answers import Asked
from ..run.planning.plan import Plan
from ..run.session import Session
from ..worker.observation import Observation
from ..worker.process import HarnessError, Worker

SENT = pytest.StashKey[bytes]()  # a Sent, in MessagePack


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What one test asked and saw, sent to where it is judged."""

    backend: int
    number: int
    observations: dict[str, Observation]
    versions: dict[str, str]
    kernels: dict[str, str]
    plainer: dict[str, Observation]  # by check, as `Session.judged` takes them


@dataclass(slots=True)
class Controller:
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

    def judged(self, sent: Sent) -> list[Record]:
        """The records of one test, entered once: without xdist the process that asked is the one to
        which its report comes."""
        key = sent.backend, sent.number
        if key not in self.records:
            entry = self.plan.entries[sent.backend]
            self.session.told(entry.name, sent.versions, sent.kernels)
            self.records[key] = self.session.judged(
                entry, sent.number, sent.observations, sent.plainer
            )
        return self.records[key]


@dataclass(frozen=True, slots=True)
class Question:
    """One case for one backend."""

    controller: Controller
    backend: int
    number: int
    item: pytest.Item

    def answer(self) -> None:
        """Asks, judges, and ends the test as the verdicts say."""
        entry = self.controller.plan.entries[self.backend]
        worker = self.controller.worker(entry)
        try:
            checks = self.controller.plan.checks(entry, self.number)
            observations = worker.ask(self.controller.session.call(self.number), checks)
            self.controller.session.told(entry.name, worker.versions, worker.kernels)
            plainer = {
                check: worker.ask(_call(case), (check,))[check]
                for check, case in self.controller.session.contested(
                    entry, self.number, observations
                ).items()
            }
        except (HarnessError, Unusable) as error:
            # reaches the controller of xdist too
            self.item.session.shouldstop = f"backend {entry.name} cannot be asked"
            pytest.fail(f"backend {entry.name}: {error}", pytrace=False)
        sent = Sent(
            backend=self.backend,
            number=self.number,
            observations=observations,
            versions=worker.versions,
            kernels=worker.kernels,
            plainer=plainer,
        )
        self.item.stash[SENT] = msgspec.msgpack.encode(sent)
        _conclude(self.controller.judged(sent))


def _call(case: Case) -> Call:
    return Call.of(case, *Asked(case).arrays())


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
    if all(r.verdict in NO_ANSWER for r in records):
        pytest.skip(records[0].reason)
