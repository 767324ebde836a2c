"""Looks for differences that nobody has declared: hypothesis draws cases, backends are asked, each
new cause is shrunk and kept.

A round is one search of hypothesis: it draws until a case fails for a cause that is not known yet,
shrinks it, and ends. The next round counts that cause and looks for others.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import Flaky, Unsatisfiable

from convtranspose_cases import Case
from convtranspose_cases.case import CALL, CHECKS_OF_SUITE
from convtranspose_cases.simpler import weight
from convtranspose_cases.strategies import legal, nearly_legal
from convtranspose_reports import Outcome, Verdict

from ..examples.shrink import shrink
from ..verdict.reply import Reply
from .asking.one_case import Cause, Interview, cause_of

ROUND = 200  # cases that a round draws at most
SHRINKING = 500  # questions that shrinking one case may cost hypothesis
SHRINKING_ON = 100  # and afterwards us
CHECKS_DRAWN = ("output", "output_shape", "rejection", "gradient", "repeatability")
USUAL_CHECKS_DRAWN = CHECKS_DRAWN[:3]


def strategy(checks: tuple[str, ...]) -> st.SearchStrategy[Case]:
    """Cases that ask these checks; of the usual ones three in four legal."""
    kinds: list[st.SearchStrategy[Case]] = []
    if {"output", "output_shape"} & set(checks):
        kinds += [legal()] * 3
    kinds += [nearly_legal()] * ("rejection" in checks)
    kinds += [
        legal(suite)
        for suite, asked in CHECKS_OF_SUITE.items()
        if suite.startswith(CALL) and asked[0] in checks
    ]
    return st.one_of(kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """When to stop: after so many seconds, or as soon as so many cases were drawn. None: no such
    limit."""

    seconds: float | None = None
    examples: int | None = None


@dataclass(slots=True)
class FuzzFinding:
    """A cause, on the smallest case seen that shows it; how many drawn cases met it."""

    reply: Reply
    cause: Cause
    met: int = 1


@dataclass(slots=True)
class Tally:
    """What was done: cases drawn; questions asked, the same case in another round again; verdicts
    by backend; findings as they came."""

    drawn: int = 0
    questions: int = 0
    verdicts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    found: list[FuzzFinding] = field(default_factory=list)


class Broken(Exception):
    """The search cannot go on: `case` brought the harness or the suite itself down; the cause is
    chained."""

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(f"asking {case.id}")


class _Wrong(Exception):
    """What hypothesis shrinks: the case at hand fails as the round's first failure did."""


class _Ends(BaseException):
    """Ends a round at once; hypothesis lets it through. `error` is why, None where the limit is
    reached."""

    def __init__(self, error: Broken | None = None) -> None:
        self.error = error


class _Enough(BaseException):
    """Ends the shrinking of one finding."""


class Fuzz:
    """One search over some backends."""

    def __init__(
        self,
        interviews: list[Interview],
        checks: tuple[str, ...],
        seed: int,
        limit: Limit,
        tell: Callable[[FuzzFinding], None],
    ) -> None:
        """`tell` hears of every finding as soon as it is shrunk."""
        self.tally = Tally(verdicts={i.entry.name: Counter() for i in interviews})
        self._interviews, self._checks, self._seed = interviews, checks, seed
        self._limit, self._tell = limit, tell
        self._cases, self._until = strategy(checks), time.monotonic() + (limit.seconds or 0)
        self._until_questions = 0
        self._wrong: dict[str, list[FuzzFinding]] = {}  # case id -> what there is to report of it

    def run(self) -> Tally:
        """Looks until the limit is reached. Raises Broken, and KeyboardInterrupt; `tally` then
        holds what was found so far."""
        with TemporaryDirectory() as home:
            # it keeps things there of which none is of use to another search
            set_hypothesis_home_dir(home)
            try:
                for number in count():
                    self._round(number)
            except _Ends as end:
                if end.error is not None:
                    raise end.error from end.error.__cause__
            finally:
                set_hypothesis_home_dir(None)
        return self.tally

    def _round(self, number: int) -> None:
        # the first failure of an unknown cause, then whatever is smaller and fails alike
        shrinking: list[FuzzFinding] = []
        # one round has to see the same answers again; all rounds would hold every array
        self._wrong.clear()

        @seed(self._seed * 1_000_003 + number)
        @settings(
            max_examples=ROUND,
            phases=[Phase.generate, Phase.shrink],
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(self._cases)
        def look(case: Case) -> None:
            self._look(case, shrinking)

        try:
            self._searched(look, shrinking)
        finally:
            if shrinking:
                self._keep(shrinking[-1])

    def _searched(self, look: Callable[[], None], shrinking: list[FuzzFinding]) -> None:
        """One search of hypothesis, and what its shrinker leaves made smaller still: it seldom gets
        rid of an axis."""
        with suppress(_Wrong, _Enough, Flaky, Unsatisfiable):
            look()
        if shrinking and shrinking[-1].reply.outcome is not Outcome.TIMED_OUT:
            first = shrinking[-1]
            shrunk = shrink(
                first.reply.case, lambda case: bool(self._alike(case, first)), SHRINKING_ON
            )
            shrinking += self._alike(shrunk.case, first)

    def _alike(self, case: Case, first: FuzzFinding) -> list[FuzzFinding]:
        """The case's failures of the same backend and cause. Ends the round where the time is
        over."""
        self._end_if_over(shrinking=True)
        return [each for each in self._asked(case) if _alike(first, each)]

    def _look(self, case: Case, shrinking: list[FuzzFinding]) -> None:
        """Raises _Wrong where the case fails as the first of `shrinking`, or, while there is none,
        for an unknown cause."""
        self._end_if_over(shrinking=bool(shrinking))
        wrong = self._asked(case)
        if shrinking and self.tally.questions > self._until_questions:
            raise _Enough
        if not shrinking:
            self._until_questions = self.tally.questions + SHRINKING
            self.tally.drawn += 1
            shrinking += [each for each in wrong if not self._counted(each)][:1]
        alike = [each for each in wrong if shrinking and _alike(shrinking[0], each)]
        if not alike:
            return
        if weight(alike[0].reply.case) < weight(shrinking[-1].reply.case):
            shrinking.append(alike[0])
        raise _Wrong

    def _end_if_over(self, *, shrinking: bool) -> None:
        if self._limit.seconds is not None and time.monotonic() > self._until:
            raise _Ends
        examples = self._limit.examples
        if examples is not None and self.tally.drawn >= examples and not shrinking:
            raise _Ends

    def _asked(self, case: Case) -> list[FuzzFinding]:
        """What there is to report of a case; each is asked once, so that hypothesis sees the same
        answer again."""
        if case.id not in self._wrong:
            try:
                replies = [
                    reply for each in self._interviews for reply in each.ask(case, self._checks)
                ]
                self._wrong[case.id] = [
                    FuzzFinding(reply, cause)
                    for reply in replies
                    if (cause := cause_of(reply)) is not None and cause.kind != "declared"
                ]
            except Exception as error:
                broken = Broken(case)
                broken.__cause__ = error
                raise _Ends(broken) from None
            self.tally.questions += 1
            for reply in replies:
                self.tally.verdicts[reply.entry.name][reply.judgement.verdict] += 1
        return self._wrong[case.id]

    def _counted(self, failure: FuzzFinding) -> bool:
        """Is the cause a known one? Then it is counted."""
        known = next((each for each in self.tally.found if _meets(each, failure)), None)
        if known is not None:
            known.met += 1
        return known is not None

    def _keep(self, smallest: FuzzFinding) -> None:
        self.tally.found.append(smallest)
        self._tell(smallest)


def _alike(first: FuzzFinding, other: FuzzFinding) -> bool:
    return first.reply.entry.name == other.reply.entry.name and first.cause.covers(other.cause)


def _meets(known: FuzzFinding, other: FuzzFinding) -> bool:
    return known.reply.entry.name == other.reply.entry.name and known.cause.meets(other.cause)
