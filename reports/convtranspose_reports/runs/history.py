"""What older releases of a backend did, and what changed from one to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from convtranspose_reports.runs.record import BackendLine, Check, Verdict


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A release that was asked: when it came out ("" where that is not known), and how many of its
    answers came to each verdict."""

    version: str
    date: str
    verdicts: dict[Verdict, int]

    def count(self, verdict: Verdict) -> int:
        return self.verdicts.get(verdict, 0)


class ReleaseDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What some of the releases do instead: a sentence, of each release the number of cases that
    show it, and where upstream ended it, and began it, as far as that is recorded."""

    says: str
    cases: list[int]
    upstream: list[str]
    begun_by: list[str] = []

    @property
    def shown(self) -> list[int]:
        """The places, among the releases, of those that show it."""
        return [place for place, cases in enumerate(self.cases) if cases]


class History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The releases of one backend that were asked the same, oldest first, and its differences by
    their ids."""

    releases: list[Release]
    shown: dict[str, ReleaseDifference]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A difference that a release has and the one before had not, or the other way round, or in
    another number of cases."""

    id: str
    difference: ReleaseDifference
    before: int
    after: int

    @property
    def upstream(self) -> Sequence[str]:
        """Where upstream ended it, or began it; nothing of another number of cases."""
        if self.before and self.after:
            return ()
        return self.difference.upstream if self.before else self.difference.begun_by

    @property
    def check(self) -> str:
        """What was held against the golden, as the difference's id has it."""
        return self.id.split("/", 2)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStep:
    """From one release to the next: what is no longer so, what is new, and what is so of another
    number of cases."""

    release: Release
    before: Release
    ended: Sequence[Turn]
    begun: Sequence[Turn]
    resized: Sequence[Turn]

    @property
    def is_quiet(self) -> bool:
        """Did nothing change, not even how many answers came to a verdict?"""
        return not self.ended and not self.begun and self.release.verdicts == self.before.verdicts

    @property
    def sentence(self) -> str:
        """`2 differences are gone, none is new; 5 more answers conform, ...`."""
        if self.is_quiet:
            return "nothing changed"
        phrases = [
            f"{_differences(len(self.ended))} gone, {_number(len(self.begun), 'is', 'are')} new"
        ]
        phrases += [
            f"{_more(by)} {'answer' if abs(by) == 1 else 'answers'} {word if abs(by) != 1 else one}"
            for verdict, one, word in _SAID
            if (by := self.release.count(verdict) - self.before.count(verdict))
        ]
        return "; ".join([phrases[0], *([", ".join(phrases[1:])] if phrases[1:] else [])])


_SAID = (
    (Verdict.CONFORMS, "conforms", "conform"),
    (Verdict.DECLINED, "is declined", "are declined"),
)


def _number(count: int, one: str, several: str) -> str:
    return f"{count or 'none'} {several if count > 1 else one}"


def _differences(count: int) -> str:
    if not count:
        return "no difference is"
    return "1 difference is" if count == 1 else f"{count} differences are"


def _more(by: int) -> str:
    return f"{abs(by):,} {'more' if by > 0 else 'fewer'}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def steps(history: History) -> list[ReleaseStep]:
    """From release to release, the newest first."""
    return [_step(history, place) for place in range(len(history.releases) - 1, 0, -1)]


def _step(history: History, place: int) -> ReleaseStep:
    turns = sorted(_turns(history, place), key=_weight)
    return ReleaseStep(
        release=history.releases[place],
        before=history.releases[place - 1],
        ended=[turn for turn in turns if not turn.after],
        begun=[turn for turn in turns if not turn.before],
        resized=[turn for turn in turns if turn.before and turn.after],
    )


def _turns(history: History, place: int) -> Iterator[Turn]:
    for name, difference in history.shown.items():
        before, after = difference.cases[place - 1 : place + 1]
        if before != after:
            yield Turn(id=name, difference=difference, before=before, after=after)


def _weight(turn: Turn) -> tuple[bool, int, str]:
    """Wrong outputs first, then what most cases show."""
    return turn.check != Check.OUTPUT, -max(turn.before, turn.after), turn.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What changed in a backend: `newest`, the step to the release that a run asked, else to the
    newest that is known; `last`, where that is a quiet one, the last step before it that is not;
    `others` than both, the newest first. None and none where no older release was asked."""

    backend: BackendLine
    newest: ReleaseStep | None
    last: ReleaseStep | None
    others: Sequence[ReleaseStep]

    @property
    def is_known(self) -> bool:
        """Does a step lead to the version that the run asked?"""
        return self.newest is not None and _is_of(self.backend, self.newest)

    @property
    def upstream(self) -> list[str]:
        """Where upstream ended, or began, what changed, as far as that is recorded."""
        steps = [*([self.newest] if self.newest else []), *self.others]
        return [
            link for step in steps for turn in (*step.ended, *step.begun) for link in turn.upstream
        ]


def changed(backend: BackendLine, history: History | None) -> Changed:
    """Of the version that a run asked a local part (`+cpu`) does not matter."""
    known = [] if history is None else steps(history)
    newest = next((step for step in known if _is_of(backend, step)), known[0] if known else None)
    before = known[known.index(newest) + 1 :] if newest is not None and newest.is_quiet else []
    last = next((step for step in before if not step.is_quiet), None)
    others = [step for step in known if step is not newest and step is not last]
    return Changed(backend=backend, newest=newest, last=last, others=others)


def _is_of(backend: BackendLine, step: ReleaseStep) -> bool:
    return step.release.version == backend.version.partition("+")[0]
