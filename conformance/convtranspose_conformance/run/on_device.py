"""One session on a machine that is lent for minutes: what is asked of whom, in order of worth,
within a time. Each step leaves a run of its own, so that nothing that came before is lost."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from convtranspose_cases import suite_cases
from convtranspose_reference.errors import UserError
from convtranspose_reports import Run, Verdict, read_run
from convtranspose_reports.runs.store import RESULTS, UNFINISHED

from ..backends.api import Call
from ..backends.entry import Entry
from ..backends.registry import registered
from ..rules.answers import Asked
from ..worker.process import Limits, Worker
from .drafts.propose import propose
from .execution import execute
from .journal import ANSWERS
from .planning.plan import Plan
from .planning.selection import all_declared

# Suite -> the share of the time that is left which it may take, beside those after it.
WORTH = {"seeds": 1, "core": 6, "accuracy": 5, "special": 2, "gradients": 3, "repeatability": 2}
GRACE_S = 10.0  # to judge what was measured when a step's time is over, before that is cut, too
LIMITS = Limits(start_s=90.0, memory_gib=16.0)  # a CUDA context alone takes some GiB
Say = Callable[[str], None]


class StepTimeUp(KeyboardInterrupt):
    """A step's time is over: it ends as an interrupted run does, with what was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStep:
    """One run: a framework's backends, on device and CPU, asked one suite."""

    name: str
    suite: str
    entries: tuple[Entry, ...]

    @property
    def worth(self) -> int:
        return WORTH[self.suite]


def framework_of(entry: Entry) -> str:
    """The adapter's folder names it."""
    return entry.target.partition(":")[0].split(".")[-2]


def candidates(*, on_cpu: bool) -> tuple[list[Entry], dict[str, str]]:
    """Backends of the frameworks that have one on CUDA, and, by name, why others of theirs cannot
    be asked, as far as is known before anything is imported. `on_cpu`: the CPU's alone."""
    known = [e for e in registered().values() if e.by_default or framework_of(e) == "jax"]
    on_cuda = {framework_of(entry) for entry in known if entry.device == "cuda"}
    asked = [e for e in known if framework_of(e) in on_cuda and not (on_cpu and e.device != "cpu")]
    reasons = {e.name: reason for e in asked if (reason := e.why_unusable())}
    return [e for e in asked if e.name not in reasons], reasons


def on_device(entries: Sequence[Entry]) -> list[Entry]:
    """Those of frameworks of which something runs on the device."""
    there = {framework_of(entry) for entry in entries if entry.device == "cuda"}
    return [entry for entry in entries if framework_of(entry) in there]


def why_not(entries: Sequence[Entry]) -> dict[str, str]:
    """By name, why a backend does not start, or answers no plain call on its device; all are tried
    at once."""
    with ThreadPoolExecutor(max(len(entries), 1)) as pool:
        reasons = zip(entries, pool.map(_why_not, entries), strict=True)
        return {entry.name: why for entry, why in reasons if why}


def _why_not(entry: Entry) -> str:
    """Why a backend does not start, or its answer to a plain call is none; "" where it is one."""
    case = suite_cases("seeds")[0]
    call = Call.of(case, *Asked(case, 0).arrays())
    try:
        with Worker(entry, LIMITS) as worker:
            worker.start()
            worker.ask(call, ("output",))
    except UserError as error:
        return str(error).splitlines()[0]
    return ""


def steps(entries: Sequence[Entry], suites: Sequence[str]) -> list[DeviceStep]:
    """Suite by suite in order of worth, each framework by itself, where it can be asked that."""
    frameworks = dict.fromkeys(map(framework_of, entries))
    pairs = [
        (suite, name, asked)
        for suite in WORTH
        if suite in suites
        for name in frameworks
        if (asked := _asked(entries, name, suite))
    ]
    return [
        DeviceStep(name=f"{number:02}-{suite}-{name}", suite=suite, entries=asked)
        for number, (suite, name, asked) in enumerate(pairs, 1)
    ]


def _asked(entries: Sequence[Entry], framework: str, suite: str) -> tuple[Entry, ...]:
    checks = {check for case in suite_cases(suite) for check in case.checks}
    mine = (entry for entry in entries if framework_of(entry) == framework)
    return tuple(entry for entry in mine if checks & set(entry.checks))


def held(chosen: Sequence[DeviceStep], out: Path, seconds: float, say: Say) -> list[Run]:
    """The run of each step, in out/runs/NAME, as far as the time reaches; a draft of declarations
    for each that fails, in out/proposed. A step that cannot go on is said and costs itself."""
    end, runs = time.monotonic() + seconds, []
    for number, step in enumerate(chosen):
        left = end - time.monotonic() - GRACE_S
        if left <= 0:
            say(f"no time is left: not asked are {', '.join(s.name for s in chosen[number:])}")
            break
        limit = left * step.worth / sum(each.worth for each in chosen[number:])
        run = _step(step, out / "runs" / step.name, limit, say)
        if run is not None:
            runs.append(run)
            say(f"{step.name}: {_said(run)}")
            _draft(step, run, out / "proposed", say)
    return runs


def _step(step: DeviceStep, directory: Path, seconds: float, say: Say) -> Run | None:
    """What the step left; None for nothing."""
    plan = Plan(
        entries=list(step.entries),
        listed=[],
        suites=[step.suite],
        cases=list(suite_cases(step.suite)),
        deviations=all_declared(list(registered()), ()),
        jobs=len(step.entries),
        limits=LIMITS,
    )
    try:
        with _stopped_after(seconds):
            execute(plan, directory)
    except StepTimeUp:
        say(f"{step.name}: its {seconds:.0f} s are over: the records stay, without explanations")
    except (UserError, ModuleNotFoundError) as error:
        say(f"{step.name}: {str(error).splitlines()[0]}")
    (directory / ANSWERS).unlink(missing_ok=True)  # no other machine can go on with them
    left = [directory / name for name in (RESULTS, UNFINISHED) if (directory / name).is_file()]
    return read_run(left[0]) if left else None


@contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raises StepTimeUp in the block when the time is over, and again each `GRACE_S` after that."""

    def ring(*_: object) -> None:
        raise StepTimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01), GRACE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _said(run: Run) -> str:
    """How many records of each verdict, by backend."""
    counts: dict[str, dict[Verdict, int]] = {}
    for record in run.records:
        mine = counts.setdefault(record.backend, {})
        mine[record.verdict] = mine.get(record.verdict, 0) + 1
    told = (
        f"{backend} {', '.join(f'{n} {verdict}' for verdict, n in sorted(mine.items()))}"
        for backend, mine in counts.items()
    )
    return f"{'; '.join(told) or 'nothing'}{'' if run.footer else ' (cut short)'}"


def _draft(step: DeviceStep, run: Run, directory: Path, say: Say) -> None:
    if any(finding.verdict is Verdict.FAILS for finding in run.findings):
        directory.mkdir(parents=True, exist_ok=True)
        draft = directory / f"{step.name}.toml"
        draft.write_text(propose(run, suite_cases(step.suite)), encoding="utf-8")
        say(f"{step.name}: drafted declarations, for review: {draft}")
