"""A run: every backend is asked every case in processes of its own; one thread judges, in the order of arrival; the record is sorted."""

import platform
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import FEATURES, clauses, features
from convtranspose_cases.suites import SUITES
from convtranspose_reports import (
    BackendLine,
    CaseLine,
    Check,
    ClauseLine,
    Finding,
    Footer,
    Header,
    Record,
    Run,
    RunWriter,
    SuiteLine,
    Verdict,
    write_run,
)

from .backend import Call, Unusable
from .backends import Entry
from .deviations import Deviation
from .findings import Ledger
from .judge import judge
from .machine import cpu_name
from .outcome import Observation
from .predict import Asked
from .worker import HarnessError, Limits, Worker

RED_STATUS, UNUSABLE_STATUS, NOTHING_RAN_STATUS = 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run: `entries` are asked, `listed` only named with their reason. `partial` says why the suites are not whole, "" if they are."""

    entries: list[Entry]
    listed: list[tuple[Entry, str]]
    suites: list[str]
    cases: list[Case]
    deviations: list[Deviation]
    seed: int = 0
    partial: str = ""
    jobs: int = 2
    limits: Limits = field(default_factory=Limits)


Progress = Callable[[str, int, int], None]  # backend, cases done, cases in all


@dataclass(frozen=True, slots=True)
class _Answered:
    entry: Entry
    number: int
    found: dict[str, Observation]


@dataclass(frozen=True, slots=True)
class _Stopped:
    entry: Entry
    error: BaseException | None
    versions: dict[str, str]


def execute(plan: Plan, directory: Path, progress: Progress = lambda *_: None) -> Run:
    """Runs the plan and leaves `results.jsonl` in `directory`. Raises HarnessError where an adapter failed and Unusable where a backend
    cannot be used here; what was measured before lies in `results.jsonl.part`."""
    session = _Session(plan)
    begun = time.monotonic()
    with RunWriter(directory) as writer:
        writer.write(session.header())
        for line in (lines := [case_line(case) for case in plan.cases]):
            writer.write(line)
        for record in session.records(progress):
            writer.write(record)
        for finding in (findings := session.ledger.findings()):
            writer.write(finding)
        records = session.sorted_records()
        status = exit_status(records, findings)
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        footer = Footer(records=len(records), exit_status=status, finished=finished, seconds=round(time.monotonic() - begun, 1))
        writer.write(footer)
    run = Run(header=session.header(), cases=lines, records=records, findings=findings, footer=footer)
    write_run(directory, run)
    return run


class _Session:
    """The state of one run: versions, judged records, the ledger of findings."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.ledger = Ledger(plan.deviations, whole=not plan.partial and "core" in plan.suites)
        self._asked = [Asked(case, plan.seed) for case in plan.cases]
        self._versions: dict[str, dict[str, str]] = {}
        self._records: dict[tuple[str, int, str], Record] = {}

    def records(self, progress: Progress) -> Iterable[Record]:
        """Each record as soon as it is judged."""
        inbox: queue.Queue[_Answered | _Stopped] = queue.Queue(maxsize=256)
        parts = self._parts()
        waiting = threading.Semaphore(self.plan.jobs)
        halt = threading.Event()
        threads = [threading.Thread(target=self._converse, args=(*part, inbox, waiting, halt), daemon=True) for part in parts]
        for thread in threads:
            thread.start()
        done = dict.fromkeys((e.name for e in self.plan.entries), 0)
        running = len(threads)
        try:
            while running:
                item = inbox.get()
                if isinstance(item, _Stopped):
                    running -= 1
                    self._versions.setdefault(item.entry.name, item.versions)
                    if item.error is not None:
                        raise item.error
                    continue
                yield from self.judged(item.entry, item.number, item.found)
                done[item.entry.name] += 1
                progress(item.entry.name, done[item.entry.name], len(self.plan.cases))
        finally:
            halt.set()
            while any(t.is_alive() for t in threads):
                try:
                    inbox.get(timeout=0.05)
                except queue.Empty:
                    continue

    def _parts(self) -> list[tuple[Entry, range]]:
        """The work of each thread: a backend's cases, cut up where there are more jobs than backends."""
        pieces = max(self.plan.jobs // max(len(self.plan.entries), 1), 1)
        total = len(self.plan.cases)
        cuts = [range(total * i // pieces, total * (i + 1) // pieces) for i in range(pieces)]
        return [(entry, cut) for entry in self.plan.entries for cut in cuts if cut]

    def _converse(
        self, entry: Entry, numbers: range, inbox: "queue.Queue[_Answered | _Stopped]", waiting: threading.Semaphore, halt: threading.Event
    ) -> None:
        """One worker's conversation, from the thread that lives as long as it."""
        versions: dict[str, str] = {}
        try:
            with waiting, Worker(entry, self.plan.limits) as worker:
                if not halt.is_set():
                    versions = worker.start()
                for number in numbers:
                    if halt.is_set():
                        break
                    inbox.put(_Answered(entry, number, worker.ask(self._call(number), entry.checks)))
        except (HarnessError, Unusable) as error:
            reason = error if isinstance(error, HarnessError) else Unusable(f"backend {entry.name} cannot be used here: {error}")
            inbox.put(_Stopped(entry, reason, versions))
        except BaseException as error:  # handed to the main thread, which raises it
            inbox.put(_Stopped(entry, error, versions))
        else:
            inbox.put(_Stopped(entry, None, versions))

    def _call(self, number: int) -> Call:
        asked = self._asked[number]
        return Call.of(asked.case, *asked.tensors.arrays(asked.case.dtype))

    def judged(self, entry: Entry, number: int, found: dict[str, Observation]) -> Iterable[Record]:
        """The records of one backend's answers to one case."""
        asked = self._asked[number]
        mine = [d for d in self.plan.deviations if d.backend == entry.name]
        for name, seen in found.items():
            check = Check(name)
            verdict = judge(asked, check, seen, mine, entry.installed_version())
            finding = self.ledger.enter(entry, asked, check, seen, verdict)
            reason = "" if verdict.verdict is Verdict.CONFORMS and not verdict.reason else verdict.reason
            record = Record(case=asked.case.id, backend=entry.name, check=check, outcome=verdict.outcome, verdict=verdict.verdict,
                            reason=reason, finding=finding, follows=verdict.follows, note=verdict.note)  # fmt: skip
            self._records[(entry.name, number, name)] = record
            yield record

    def sorted_records(self) -> list[Record]:
        """Records by backend as asked, case as listed, check: the same whatever arrived first."""
        order = {entry.name: i for i, entry in enumerate(self.plan.entries)}
        found = sorted(self._records.items(), key=lambda item: (order[item[0][0]], item[0][1], item[0][2]))
        numbered = self.ledger.renamed()
        return [_with_finding(record, numbered) for _, record in found]

    def header(self) -> Header:
        """What is run, on what, with the versions that are known by now."""
        counts = {suite: sum(case.suite == suite for case in self.plan.cases) for suite in self.plan.suites}
        lines = [self._backend_line(entry, "") for entry in self.plan.entries]
        lines += [self._backend_line(entry, reason) for entry, reason in self.plan.listed]
        return Header(
            suite_version=version("convtranspose-conformance"),
            seed=self.plan.seed,
            partial=self.plan.partial,
            environment=environment(self.plan),
            backends=lines,
            suites=[SuiteLine(name=name, title=SUITES[name].TITLE, cases=n) for name, n in counts.items()],
            clauses=[
                ClauseLine(label=c.label, title=c.title, says=c.says, open=c.open, readings={c.text: "the literal reading"} | {r.name: r.sentence for r in c.readings})
                for c in CLAUSES.values()
            ],
            features={name: says for name, (says, _) in FEATURES.items()},
        )

    def _backend_line(self, entry: Entry, reason: str) -> BackendLine:
        return BackendLine(name=entry.name, title=entry.title, route=entry.route, version=entry.installed_version(), device=entry.device,
                           usable=not reason, asked=not reason, reason=reason, versions=self._versions.get(entry.name, {}))  # fmt: skip


def _with_finding(record: Record, renamed: dict[str, str]) -> Record:
    return msgspec.structs.replace(record, finding=renamed.get(record.finding, record.finding))


def case_line(case: Case) -> CaseLine:
    """A case as the page names it."""
    return CaseLine(name=case.id, suite=case.suite, summary=case.summary(), features=features(case), clauses=clauses(case))


def environment(plan: Plan) -> dict[str, str]:
    """The machine and what the run was told; nothing that changes from run to run."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_name(),
        "numpy": version("numpy"),
        "ml_dtypes": version("ml_dtypes"),
        "threads": "1 intra-op, 1 inter-op",
        "limits": f"{plan.limits.case_s:g} s a case, {plan.limits.memory_gib:g} GiB",
    }


def exit_status(records: list[Record], findings: list[Finding]) -> int:
    """0 all green, 1 something fails or is stale, 3 nothing ran."""
    if not records:
        return NOTHING_RAN_STATUS
    red = any(r.verdict is Verdict.FAILS for r in records) or any(f.verdict is Verdict.STALE for f in findings)
    return RED_STATUS if red else 0


