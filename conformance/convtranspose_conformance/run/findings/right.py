"""Right answers, of which a run has most: what a diagnosis needs of them, in few bytes each."""

from collections.abc import Hashable

from ...backends.entry import Entry
from ...rules.answers import Asked
from ...verdict.judge import Judgement
from ...verdict.reply import Reply, right_reply


class RightAnswers:
    """Of one backend's check: the cases, by what was judged of them; where numbers may be rounded,
    the whole replies."""

    def __init__(self) -> None:
        self._kept: list[Reply] = []
        self._asked: dict[Hashable, tuple[Judgement, list[Asked]]] = {}

    def add(self, reply: Reply) -> None:
        if reply.asked.answer().rounds and not reply.is_large:
            self._kept.append(reply)
            return
        said = reply.judgement
        key = said.verdict, said.note, said.reproduces, said.contradicts, str(said.follows)
        if key not in self._asked:
            self._asked[key] = said, []
        self._asked[key][1].append(reply.asked)

    def replies(self, entry: Entry, check: str) -> list[Reply]:
        """All of them, by the names of their cases; without numbers where equality is owed."""
        every = [
            *self._kept,
            *(
                right_reply(entry, asked, check, judgement)
                for judgement, cases in self._asked.values()
                for asked in cases
            ),
        ]
        return sorted(every, key=lambda each: each.case.id)
