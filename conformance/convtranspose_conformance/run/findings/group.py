"""Replies that one explanation covers, and the smallest of their cases: what a finding shows."""

from bisect import insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import prod

from convtranspose_reports import Example

from ...backends.entry import Entry
from ...diagnosis.patterns import pattern_of
from ...diagnosis.result import Diagnosis
from ...examples.example import example_of
from ...examples.smallest import smallest_example
from ...verdict.reply import AskOf, Reply
from ...worker.observation import Seen
from .every_rule import smallest_of_every_rule

LISTED = 5  # cases of a finding without a condition


@dataclass(slots=True)
class Group:
    """`cases`: how many, `ids`: the first of them by name; `notes`: those of the verdicts;
    `smallest`: the reply to the smallest case; of an explanation of several rules, to the smallest
    that `shows_every_rule`, if any does."""

    smallest: Reply
    cases: int = 0
    ids: list[str] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    shows_every_rule: bool = False

    def add(self, reply: Reply) -> None:
        self.cases += 1
        insort(self.ids, reply.case.id)
        del self.ids[LISTED:]
        self.notes |= {reply.judgement.note} - {""}
        if _size(reply) < _size(self.smallest):
            self.smallest = reply

    def show(self, diagnosis: Diagnosis, replies: Iterable[Reply]) -> None:
        """Of its `replies` the smallest on which each rule of the diagnosis makes a difference."""
        found = smallest_of_every_rule(diagnosis, sorted(replies, key=_size))
        if found is not None:
            self.smallest, self.shows_every_rule = found, True

    def example(
        self,
        holds: Callable[[Reply], bool],
        ask_of: AskOf | None,
        entries: Iterable[Entry],
        deaths: int = 0,
    ) -> tuple[Example, Reply]:
        """The smallest case, made smaller while it `holds` where the backend can be asked more,
        with what the other `entries` answer to it; and the reply that it shows. `deaths` as of
        `smallest_example`."""
        if ask_of is None:
            return example_of(self.smallest, self.smallest.judgement.reason), self.smallest
        return smallest_example(self.smallest, holds, ask_of, entries, deaths=deaths)

    def sentence(self, diagnosis: Diagnosis, shown: Reply) -> str:
        """What the backend does; where that is a pattern, as the example shows it, which is of the
        reply `shown`."""
        if diagnosis.pattern is None:
            return diagnosis.sentence()
        sentence = replace(diagnosis, pattern=pattern_of(shown)).sentence()
        if self.cases == 1 or diagnosis.kind != "unexplained":
            return sentence
        if shown is self.smallest:
            return f"{sentence}; so in the smallest of {self.cases} cases"
        return f"{sentence}; so in the smallest call found that shows it"

    def listed(self, diagnosis: Diagnosis) -> str:
        """Of calls that stop alike, where no condition was borne out: which they are."""
        stops = self.smallest.seen.seen is not Seen.RETURNED
        if not stops or diagnosis.kind != "unexplained" or self.cases == 1:
            return ""
        others = self.cases - LISTED
        return "no condition was found that fresh calls bear out; so in " + ", ".join(
            [*self.ids, *([f"and {others} more"] if others > 0 else [])]
        )


def _size(reply: Reply) -> tuple[bool, int, str]:
    """The name decides between equals: not the order of arrival. A call without elements shows
    little of what nobody has declared."""
    case = reply.case
    empty = reply.judgement.deviation is None and 0 in (*case.x_shape, *case.w_shape)
    size = prod(case.x_shape) + prod(case.w_shape) + len(case.attributes.given())
    return empty, size, case.id
