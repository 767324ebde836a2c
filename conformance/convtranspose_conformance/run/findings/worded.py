"""What findings of a run say: ids, reasons, conditions of both operators."""

from collections.abc import Mapping
from dataclasses import replace

from ...diagnosis.patterns import Pattern
from ...diagnosis.result import Diagnosis
from ...rules.explanation import Explanation
from ...verdict.concerned import concerned
from ...verdict.deviations import Deviation
from ...verdict.reply import Reply
from .group import Group

ByOp = dict[str, Diagnosis]


UNDIAGNOSED = Diagnosis(
    kind="unexplained",
    pattern=Pattern(
        "NOT DIAGNOSED", "differs; why could not be worked out, by a fault of the suite"
    ),
)
CUT_SHORT = "not explained: the run was cut short; --resume goes on with it"


def provisional_id(reply: Reply) -> str:
    """Of a failure, until it is diagnosed."""
    return f"?{reply.entry.name}/{reply.check}/{reply.case.id}"


def undeclared_id(group: Group, diagnosis: Diagnosis) -> str:
    """Of failures that a diagnosis covers."""
    return f"{group.smallest.entry.name}/{group.smallest.check}/undeclared/{diagnosis.id}"


def united(said: ByOp) -> Diagnosis:
    """One diagnosis of both operators, which are diagnosed one after the other; of an error with a
    condition for one of them alone, none."""
    vague = [each for each in said.values() if each.kind == "unexplained"]
    if vague:
        return vague[0]
    first = next(iter(said.values()))
    where, seen_where = (
        _either({op: getattr(each, name) for op, each in said.items()})
        for name in ("where", "seen_where")
    )
    return replace(first, where=where, seen_where=seen_where)


def _either(seen_where: Mapping[str, str]) -> str:
    """A condition for both operators."""
    conditions = set(seen_where.values())
    if len(conditions) == 1:
        return conditions.pop()
    return " or ".join(
        " and ".join(filter(None, (f"op == '{op}'", where and f"({where})")))
        for op, where in sorted(seen_where.items())
    )


def why_declared(declared: Deviation) -> str:
    """The reason; of an error, whose reason is its sentence already, how it shows."""
    if declared.differs:
        return f"differs in a way that no rule predicts: {declared.differs.outcome}"
    return (
        f"stops with {declared.error.type}, saying: {declared.error.pattern}"
        if declared.error
        else declared.reason
    )


def clauses_of(explanation: Explanation | None, shown: Reply) -> list[str]:
    """Labels of the clauses that its readings are of; without any, of those that have a say about
    what differs in the reply that is shown."""
    readings = () if explanation is None else explanation.readings
    return sorted({name.partition(":")[0] for name in readings}) or concerned(shown)
