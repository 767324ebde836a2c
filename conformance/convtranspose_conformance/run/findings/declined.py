"""What a backend declines although it answers plainer calls: told apart by what it says, each with
the condition that its cases share."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from convtranspose_cases import Case
from convtranspose_cases.simpler import weight
from convtranspose_reference.attributes import Attributes
from convtranspose_reports import Finding, Verdict

from ...diagnosis.conditions.contrast import Contrast
from ...verdict.reply import Reply
from ...worker.stable_words import stable_words

_CALL = ("op", "x_shape", "w_shape", "bias", "dtype", "data", "opset", "initializer")
_ATTRIBUTES = tuple(field.name for field in fields(Attributes))
SEVERAL = 4  # cases that a condition of two statements, or of quantities, has to hold together


def declined_findings(declined: Sequence[Reply], answered: Sequence[Case]) -> Iterator[Finding]:
    """A finding for each thing that one backend says in place of answers to one check. None where
    it `answered` nothing: then no call is plainer."""
    said: dict[str, list[Reply]] = {}
    for reply in sorted(declined, key=lambda each: each.case.id) if answered else ():
        said.setdefault(stable_words(reply.judgement.reason), []).append(reply)
    for words, replies in said.items():
        yield _finding(words, replies, answered)


def _finding(words: str, replies: Sequence[Reply], answered: Sequence[Case]) -> Finding:
    cases = [each.case for each in replies]
    smallest = min(replies, key=lambda each: (weight(each.case), each.case.id))
    sister = plainer(smallest.case, answered)
    message = " ".join(smallest.judgement.reason.split())
    return Finding(
        id=f"{smallest.entry.name}/{smallest.check}/declined/{words}",
        backend=smallest.entry.name,
        check=smallest.check,
        verdict=Verdict.DECLINED,
        kind="declined",
        name=f"DECLINED: {words}",
        sentence=f"declines the call, saying: {message}",
        reason=f"declined is {smallest.case.id}; answered is {sister.id}",
        where=_condition(cases, answered),
        cases=len(cases),
    )


def _condition(cases: Sequence[Case], answered: Sequence[Case]) -> str:
    """What the cases have in common, and no case that is answered; "" for nothing. A second
    statement sets any few cases apart, and so does one that compares quantities."""
    several = len(cases) >= SEVERAL
    plain = next(Contrast(cases, answered).conditions(most=2 if several else 1), None)
    if plain is None and several:
        plain = next(Contrast(cases, answered, wide=True).conditions(most=1), None)
    return plain or ""


def plainer(case: Case, answered: Sequence[Case]) -> Case:
    """The answered case that shares most with a declined one; of several the plainest."""
    return min(answered, key=lambda each: (_differences(case, each), weight(each), each.id))


def _differences(one: Case, other: Case) -> int:
    """In how many things two calls differ: attributes, shapes, dtype and what else is asked."""
    return sum(bool(getattr(one, name) != getattr(other, name)) for name in _CALL) + sum(
        bool(getattr(one.attributes, name) != getattr(other.attributes, name))
        for name in _ATTRIBUTES
    )
