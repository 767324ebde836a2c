"""Questions beyond the plan: fresh cases that bear an explanation out or tell two apart, asked only
where something fails."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from time import monotonic
from types import TracebackType
from typing import Self

from convtranspose_cases import Case
from convtranspose_reports import NO_ANSWER, Check

from ...backends.api import Call, Unusable
from ...backends.entry import Entry
from ...rules.answers import Asked
from ...verdict.reply import Ask, Reply, judged
from ...worker.observation import Observation, Seen
from ...worker.process import AnswersCalls, HarnessError, Limits, Worker
from ..credit import Credit
from .deaths import Deaths

MOST_FOLLOW_UPS = 12_000  # of one backend: what was not put on trial is not said
# of one backend: each costs a new process. As many are borne however long these take to start, more
# while all of them took less than so many seconds
MOST_DEATHS, SECONDS_OF_DEATHS = 40, 120.0
MOST_OUT_OF_MEMORY = 20  # calls of one backend: some keep memory of each call that they answered


class FollowUp:
    """Workers, one a backend: those that a run has `kept`, else started when first asked, and ended
    with the `with` block.

    A backend that hangs once is left alone, and one that dies or runs out of memory again and
    again; of one that dies at calls of one kind these are left out. Those that are `gone` are not
    asked.
    """

    def __init__(
        self,
        limits: Limits,
        kept: dict[str, AnswersCalls] | None = None,
        seed: int = 0,
        gone: Iterable[str] = (),
    ) -> None:
        self._limits, self._seed, self._open = limits, seed, ExitStack()
        self._workers = dict(kept or {})
        self._left: dict[str, int] = dict.fromkeys(gone, 0)
        self._deaths = defaultdict[str, Deaths](Deaths)
        self._lost = defaultdict[str, float](float)  # seconds
        self._full = defaultdict[str, int](int)
        self._credit = Credit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def ask_of(self, entry: Entry, check: Check) -> Ask:
        """What asks `entry` for one check; cases that have no such check, or that it cannot be
        asked any more, are left out of the answer."""

        def ask(cases: Sequence[Case]) -> Iterable[Reply]:
            replies = (self._reply(entry, check, case) for case in cases)
            return [each for each in replies if each is not None]

        return ask

    def _reply(self, entry: Entry, check: Check, case: Case) -> Reply | None:
        if check.value not in entry.checks or check.value not in case.checks:
            return None
        asked = Asked(case, self._seed)
        seen = self._seen(entry, check, asked)
        if seen is None:
            return None
        reply = self._credit.settled(
            judged(entry, asked, check, seen),
            lambda sister: self._seen(entry, check, Asked(sister, self._seed)),
        )
        return None if reply.judgement.verdict in NO_ANSWER else reply

    def _seen(self, entry: Entry, check: Check, asked: Asked) -> Observation | None:
        """What the backend does with a call; None where it cannot be asked any more, or would
        die."""
        left = self._left.setdefault(entry.name, MOST_FOLLOW_UPS)
        deaths = self._deaths[entry.name]
        if not left or deaths.leads_to_one(asked.case):
            return None
        self._left[entry.name] = left - 1
        call, before, died = Call.of(asked.case, *asked.arrays()), monotonic(), deaths.died_last
        try:
            seen = self._worker(entry).ask(call, (check.value,), _hangs)[check.value]
        except (Unusable, HarnessError):
            self._left[entry.name] = 0
            return None
        deaths.heard(asked.case, seen.seen)
        if died or deaths.died_last:  # with the next start
            self._lost[entry.name] += monotonic() - before
        dies_on = deaths.count >= MOST_DEATHS and self._lost[entry.name] >= SECONDS_OF_DEATHS
        self._full[entry.name] += seen.seen is Seen.OUT_OF_MEMORY
        fills_on = self._full[entry.name] >= MOST_OUT_OF_MEMORY
        if seen.seen is Seen.TIMED_OUT or dies_on or fills_on:
            self._left[entry.name] = 0
        return seen

    def _worker(self, entry: Entry) -> AnswersCalls:
        if entry.name not in self._workers:
            worker = self._open.enter_context(Worker(entry, self._limits))
            self._workers[entry.name] = worker
        return self._workers[entry.name]


def _hangs(check: str, seen: Observation) -> bool:
    """One hang is enough to leave a backend alone."""
    return seen.seen is Seen.TIMED_OUT
