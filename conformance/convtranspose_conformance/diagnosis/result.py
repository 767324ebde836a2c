"""What a diagnosis of a wrong answer says, and which other answers show the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..rules.accuracy_classes import ACCURACY
from ..rules.answers import Explanation
from ..rules.explanation import BY_TEXT
from ..rules.faults import base_of, changes_the_call
from ..verdict.compare import is_of_class
from ..verdict.reply import Reply
from .candidates import accuracy_class, explains, fits, under
from .conditions.contrast import meets
from .patterns import Pattern, pattern_of

BY_RULE = ("reading", "fault", "accuracy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """`kind`: reading, fault, accuracy, error, accepted or unexplained. `explanations`: one, or
    those that nothing tells apart; `accuracy`: a class, alone or on top; `where`: a condition
    without which it does not hold, "" for wherever it matters; `seen_where`: where it was seen at
    work; `pattern`: what the rest looks like."""

    kind: str
    explanations: tuple[Explanation, ...] = ()
    accuracy: str = ""
    where: str = ""
    seen_where: str = ""
    pattern: Pattern | None = None

    @property
    def name(self) -> str:
        """Readings, faults and class; of the rest, the pattern."""
        rules = " | ".join(e.name for e in self.explanations)
        return " + ".join(filter(None, (rules, self.accuracy))) or (
            self.pattern.name if self.pattern else ""
        )

    @property
    def id(self) -> str:
        """Diagnoses with the same id are one cluster: of the unexplained, those with the same
        outcome; of what stops, those with the same error, wherever it does."""
        if self.kind in ("error", "unexplained") and self.pattern is not None:
            return self.pattern.cluster
        return " where ".join(filter(None, (self.name, self.where)))

    @property
    def parts(self) -> tuple["Diagnosis", ...]:
        """Of several rules, of which some have a condition of their own, each by itself; else what
        it is. Of other steps begins and sizes follow: what is said of axes stays together where
        it says some."""
        rules = self.explanations[0] if len(self.explanations) == 1 else Explanation()
        several = len(rules.faults) > 1 and not (rules.readings or self.accuracy)
        if not several or not any(base_of(name)[1] for name in rules.faults):
            return (self,)
        if any(changes_the_call(name) for name in rules.faults):
            return (self,)
        return tuple(self._of_one(name) for name in rules.faults)

    def _of_one(self, name: str) -> "Diagnosis":
        base, own = base_of(name)
        where = " and ".join(filter(None, (self.where, own)))
        rule = Explanation(faults=(base,))
        return replace(self, explanations=(rule,), where=where, seen_where=where)

    def sentence(self) -> str:
        """What the backend does instead, as an engineer would say it."""
        rules = "; or ".join("; ".join(e.sentences()) for e in self.explanations)
        parts = [
            rules,
            ACCURACY[self.accuracy][0] if self.accuracy else "",
            self.pattern.sentence if self.pattern else "",
        ]
        sentence = "; ".join(filter(None, parts))
        return f"{sentence} (where {self.where})" if self.where else sentence


def shows(diagnosis: Diagnosis, reply: Reply, others: Sequence[Diagnosis] = ()) -> bool:
    """Is a reply to another case wrong in the way that was diagnosed, and in none of those that the
    `others` say already?"""
    if not reply.wrong or not meets(diagnosis.where, reply.case):
        return False
    if diagnosis.accuracy:
        return _shows_class(diagnosis, reply)
    if diagnosis.explanations:
        return any(explains(e, reply) for e in diagnosis.explanations)
    if diagnosis.pattern is None or pattern_of(reply).name != diagnosis.pattern.name:
        return False
    return not any(other.kind in BY_RULE and shows(other, reply) for other in others)


def _shows_class(diagnosis: Diagnosis, reply: Reply) -> bool:
    """Is it of the class, and, where that is on top of a rule, neither the rule alone nor the class
    alone?"""
    rules = diagnosis.explanations or (BY_TEXT,)
    if diagnosis.explanations and (any(fits(e, reply) for e in rules) or accuracy_class(reply)):
        return False
    return any(
        is_of_class(diagnosis.accuracy, answer, reply.compared)
        for rule in rules
        for answer in under(rule, reply.asked)
    )
