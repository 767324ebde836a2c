"""Right answers, of which a run has most: what a diagnosis needs of them, in a byte each."""

from collections.abc import Sequence

from convtranspose_reports import Check

from ...backends.entry import Entry
from ...rules.answers import Asked
from ...verdict.compare import Comparisons
from ...verdict.judge import Judgement
from ...verdict.reply import Reply
from ...worker.observation import Observation, Seen

_NO_NUMBERS = Observation(seen=Seen.RETURNED)  # they are those of the answer


class RightAnswers:
    """Of one backend's check: which cases are answered right, by number; where numbers may be
    rounded, what was seen."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        self._asked = asked
        self._right = bytearray(len(asked))
        self._seen: dict[int, Observation] = {}
        self._judgement: Judgement | None = None  # the first one: no more is asked of the others

    def add(self, number: int, reply: Reply) -> None:
        """Takes in the reply to a case."""
        self._right[number] = True
        self._judgement = self._judgement or reply.judgement
        if reply.asked.answer().rounds and not reply.is_large:
            self._seen[number] = reply.seen

    def replies(self, entry: Entry, check: Check) -> list[Reply]:
        """All of them, by the names of their cases; without numbers where equality is owed."""
        if self._judgement is None:
            return []
        unseen = Comparisons(check, _NO_NUMBERS)
        replies = [
            Reply(
                entry=entry,
                asked=self._asked[number],
                compared=Comparisons(check, self._seen[number]) if number in self._seen else unseen,
                judgement=self._judgement,
            )
            for number, is_right in enumerate(self._right)
            if is_right
        ]
        return sorted(replies, key=lambda each: each.case.id)
