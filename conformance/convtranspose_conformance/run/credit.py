"""Whether refusals get the credit of a reading that allows them: who answers the plainer call, as
a run has recorded it, or asked besides."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reports import Check, Outcome

from ..backends.entry import Entry
from ..rules.answers import Asked
from ..verdict.compare import Comparisons
from ..verdict.credit import same_question
from ..verdict.deviations import Deviation
from ..verdict.judge import Judgement
from ..verdict.reply import Reply, judged
from ..worker.observation import Observation, Seen

# the outcomes of what came back as an array, right or wrong
RETURNED = frozenset(
    {
        Outcome.AGREES,
        Outcome.SHAPE_DIFFERS,
        Outcome.DTYPE_DIFFERS,
        Outcome.VALUES_DIFFER,
        Outcome.INEXACT,
        Outcome.NOT_REPEATABLE,
        Outcome.INPUT_CHANGED,
        Outcome.ACCEPTED,
    }
)
AskOnce = Callable[[Case], Observation | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """A refusal whose credit hangs on a plainer call, kept until the run has asked everything:
    `number` is the case's in the plan. Nothing that was worked out of the case is kept with it."""

    entry: Entry
    number: int
    check: Check
    seen: Observation
    judgement: Judgement

    @classmethod
    def of(cls, number: int, reply: Reply) -> "Contested":
        """What is kept of a reply to the plan's case `number`."""
        return cls(
            entry=reply.entry,
            number=number,
            check=reply.check,
            seen=reply.seen,
            judgement=reply.judgement.without_what_follows(),
        )

    def reply(self, asked: Asked) -> Reply:
        """The reply again; `asked` is the plan's case of that number."""
        compared = Comparisons(self.check, self.seen)
        return Reply(entry=self.entry, asked=asked, compared=compared, judgement=self.judgement)


class Credit:
    """What is known of one run's backends: which calls they answer."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, Check, Hashable], bool] = {}

    def knows(self, backend: str, check: Check, case: Case, *, answers: bool) -> None:
        """Takes in whether the backend answers a call, with some numbers at least."""
        question = backend, check, same_question(case)
        self._answers[question] = answers or self._answers.get(question, False)

    def settled(self, reply: Reply, ask: AskOnce, declared: Sequence[Deviation] = ()) -> Reply:
        """The reply, judged again without the credit where the backend refuses, or leaves
        unanswered, the plainer call on which that hangs. It is asked where it is not known."""
        sister = reply.judgement.contested
        if sister is None:
            return reply
        backend, check = reply.entry.name, reply.check
        question = backend, check, same_question(sister)
        if question not in self._answers:
            seen = ask(sister)
            self._answers[question] = seen is not None and seen.seen is Seen.RETURNED
        if self._answers[question]:
            return reply
        return judged(reply.entry, reply.asked.without_credit(), check, reply.seen, declared)
