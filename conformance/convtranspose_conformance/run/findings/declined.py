"""What a backend declines although it answers plainer calls: told apart by what it says, each with
the condition that its cases share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import compress
from operator import attrgetter, ne

from convtranspose_cases import Case
from convtranspose_cases.simpler import weight
from convtranspose_reference.attributes import Attributes
from convtranspose_reports import Check, Finding, Verdict

from ...diagnosis.conditions.contrast import Contrast, atoms, holds, truths
from ...worker.stable_words import stable_words

Declined = Mapping[str, Sequence[Case]]  # what is said -> to which calls
_CALL = (
    "op",
    "x_shape",
    "w_shape",
    "bias",
    "dtype",
    "data",
    "opset",
    "initializer",
    "resize",
    "depth_to_space",
)
_ATTRIBUTES = tuple(f"attributes.{field.name}" for field in fields(Attributes))
_ASKED = attrgetter(*_CALL, *_ATTRIBUTES)
ASKED_FIRST = 32  # cases that are asked every statement
SEVERAL = 4  # cases that a condition of two statements, or of quantities, has to hold together


def declined_findings(
    backend: str, check: Check, declined: Declined, answered: Sequence[Case]
) -> Iterator[Finding]:
    """A finding for each thing that one backend says in place of answers to one check. None where
    it `answered` nothing: then no call is plainer."""
    every = ((case, reason) for reason, cases in declined.items() for case in cases)
    said: dict[str, list[tuple[Case, str]]] = {}
    for case, reason in sorted(every, key=lambda each: each[0].id) if answered else ():
        said.setdefault(stable_words(reason), []).append((case, reason))
    for words, replies in said.items():
        yield _finding(backend, check, words, replies, answered)


def _finding(
    backend: str,
    check: Check,
    words: str,
    replies: Sequence[tuple[Case, str]],
    answered: Sequence[Case],
) -> Finding:
    cases = [case for case, _ in replies]
    smallest, reason = min(replies, key=lambda each: (weight(each[0]), each[0].id))
    sister = plainer(smallest, answered)
    message = " ".join(reason.split())
    return Finding(
        id=f"{backend}/{check}/declined/{words}",
        backend=backend,
        check=check,
        verdict=Verdict.DECLINED,
        kind="declined",
        name=f"DECLINED: {words}",
        sentence=f"declines the call, saying: {message}",
        reason=f"declined is {smallest.id}; answered is {sister.id}",
        where=_condition(cases, answered),
        cases=len(cases),
    )


def _condition(cases: Sequence[Case], answered: Sequence[Case]) -> str:
    """What the cases have in common, and no case that is answered; "" for nothing. A second
    statement sets any few cases apart, and so does one that compares quantities."""
    several = len(cases) >= SEVERAL
    plain = _statement(cases, answered)
    if plain is None and several:
        plain = next(Contrast(cases, answered).conditions(most=2), None)
    if plain is None and several:
        plain = next(Contrast(cases, answered, wide=True).conditions(most=1), None)
    return plain or ""


def _statement(cases: Sequence[Case], answered: Sequence[Case]) -> str | None:
    """The first plain one that holds for all cases and for no answered one. A few cases rule out
    most statements, and a few answered ones most of what is left: all are asked of the rest."""
    of_few = compress(atoms(), map(all, truths(cases[:: max(len(cases) // ASKED_FIRST, 1)])))
    return next(
        (
            each.text
            for each in of_few
            if not any(holds(each, c) for c in answered) and all(holds(each, c) for c in cases)
        ),
        None,
    )


def plainer(case: Case, answered: Sequence[Case]) -> Case:
    """The answered case that shares most with a declined one, attributes, shapes, dtype and what
    else is asked; of several the plainest."""
    asked = _ASKED(case)
    apart = [sum(map(ne, asked, _ASKED(each))) for each in answered]  # in how many things
    least = min(apart)
    nearest = (answered[number] for number, much in enumerate(apart) if much == least)
    return min(nearest, key=lambda each: (weight(each), each.id))
