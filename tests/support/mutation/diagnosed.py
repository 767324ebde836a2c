"""What diagnosis says of a hand-written mutant, and whether that is true.

A mutant is asked as a run asks a backend. Its wrong answers are diagnosed without a word on what it
is. What is said is held against `named` and `partly`, filled in by reading the mutant's code and
the library's sentences, and against calls that diagnosis never saw. A measured rule has no name
that could have been written down before: it is true where all of these calls, and enough of them,
are answered as its formulas say.
"""

import warnings
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from itertools import islice, product
from typing import Any

from benchmarks.diagnosis.random_rules import is_open

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.goldens import Golden, golden_of
from convtranspose_conformance.backends.api import Call
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import differs, fits, once, under
from convtranspose_conformance.diagnosis.claims import Claims
from convtranspose_conformance.diagnosis.conditions.contrast import holds
from convtranspose_conformance.diagnosis.fresh_calls import fresh_cases
from convtranspose_conformance.diagnosis.measured.several import with_condition
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.explanation import BY_TEXT
from convtranspose_conformance.rules.faults import base_of
from convtranspose_conformance.rules.faults.measured import is_measured
from convtranspose_conformance.rules.predicate import Predicate
from convtranspose_conformance.verdict.compare import Comparisons, is_of_class
from convtranspose_conformance.verdict.judge import Judgement
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import Observation, Seen
from convtranspose_reference.geometry import Geometry
from convtranspose_reports import Check, Outcome, Verdict
from support.mutation import handwritten
from support.mutation.handwritten import asked, usual

BY_RULE = ("reading", "fault", "accuracy")
OF_RULES = ("output", "gradient")  # the other checks' answers are diagnosed by kind alone
CHECKS = (*OF_RULES, "repeatability", "rejection")
RULES = ("seeds", "core")
# of core's ConvTranspose cases every third is asked; diagnosis may ask the others as fresh ones; of
# the suites that are not of the mutant's class every sixth case
EVERY, OF_OTHERS = 3, 6
BESIDE = ("accuracy", "special", "gradients", "repeatability", "invalid")
ALSO = {
    "special": "special",
    "gradients": "gradients",
    "state": "repeatability",
    "validation": "invalid",
}
RIGHT = Judgement(outcome=Outcome.AGREES, verdict=Verdict.CONFORMS)
HELD_OUT_SEED, HELD_OUT_CASES, HELD_OUT = 7_000_003, 2000, 40
HOLDS = 0.9  # of the calls held out: what a rule predicts at least, under its condition
LEAST_HELD_OUT = 12  # of which a measured rule speaks, if it is to be called true

AskCheck = Callable[[Iterable[Case], str], list[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One cluster: the check, the diagnosis' kind, its equivalent names, its condition, and how
    many wrong answers it is said of.

    `held_out`: of how many calls that diagnosis never saw it spoke, without those in which what it
    says and the text's answer are one; `held`: of how many of them truly. `parts`: of several rules
    that meet in these answers, each by itself.
    """

    @classmethod
    def of(cls, one: dict[str, Any]) -> "Said":
        """As it is kept."""
        parts = tuple(map(cls.of, one.get("parts", ())))
        return cls(**one | {"names": tuple(one["names"]), "parts": parts})

    check: str
    kind: str
    names: tuple[str, ...]
    where: str
    answers: int
    held: int
    held_out: int
    parts: tuple["Said", ...] = ()

    def is_true(self, true: Sequence[str], shown: Container[Any] = ()) -> bool:
        """Is one of the equivalent names among those that describe the mutant, or is it a measured
        rule that all the calls held out bear out, or is what it says `shown` elsewhere? Of several,
        is each?"""
        if self.parts:
            return all(part.is_true(true, shown) for part in self.parts)
        return self.says in shown or any(
            all(
                part in true
                or (is_measured(part) and self.is_borne_out)
                or set(part.split(" + ")) <= set(true)
                for part in (base_of(each)[0] for each in name.split(" ; "))
            )
            for name in self.names
        )

    @property
    def is_borne_out(self) -> bool:
        """Do all the calls held out that it speaks of show it, and enough?"""
        return self.held == self.held_out >= LEAST_HELD_OUT and self._is_measured

    @property
    def says(self) -> tuple[tuple[str, ...], str]:
        """Its names and condition: what calls held out show of outputs is as true of gradients, of
        which none are held out."""
        return self.names, self.where

    @property
    def _is_measured(self) -> bool:
        names = (base_of(part)[0] for name in self.names for part in name.split(" ; "))
        return any(map(is_measured, names))

    def holds(self) -> bool:
        """Is it true of nearly all the calls held out that it speaks of?"""
        if self.parts:
            return all(part.holds() for part in self.parts)
        return self.held >= HOLDS * self.held_out


def cases_of(kind: str = "") -> list[Case]:
    """What a mutant of a class is asked: every suite that is asked of a convolution, the one of its
    class as a whole."""
    of_class = ALSO.get(kind)
    beside = (
        case
        for suite in BESIDE
        for case in suite_cases(suite)[:: 1 if suite == of_class else OF_OTHERS]
    )
    return [*of_rules(), *beside]


def of_rules() -> list[Case]:
    """Seeds, and of `core` some."""
    every = suite_cases("core")
    return [
        *suite_cases("seeds"),
        *(case for i, case in enumerate(every) if case.op == "Conv" or i % EVERY == 0),
    ]


def said_of(name: str) -> list[Said]:
    """Every cluster of a hand-written mutant's wrong answers, check by check, those with the most
    answers first."""
    return said_of_living(handwritten.Living.of(name), cases_of(handwritten.MUTANTS[name].kind))


def said_of_living(mutant: handwritten.Living, cases: Sequence[Case]) -> list[Said]:
    """The same of any mutant, asked these."""
    ask, statements, of_outputs = partial(_replies, mutant), list[Said](), list[Diagnosis]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for check in CHECKS:
            diagnoses, said = clusters(cases, check, ask, of_outputs if check == "gradient" else [])
            of_outputs = diagnoses if check == "output" else of_outputs
            statements += said
    return statements


def verdict(said: Sequence[Said], named: Sequence[str], partly: Sequence[str] = ()) -> str:
    """`right`, `part`, `too wide`, `wrong` or `none` of a mutant that the library holds,
    `unexplained`, `by kind`, `too wide` or `wrong` of one that it does not."""
    by_rule = [each for each in said if each.kind in BY_RULE]
    shown = {one.says for each in by_rule for one in (each, *each.parts) if one.is_borne_out}
    if not all(each.is_true((*named, *partly), shown) for each in by_rule):
        return "wrong"
    if not all(each.holds() for each in by_rule):
        return "too wide"
    left = any(each.kind == "unexplained" and each.check in OF_RULES for each in said)
    if not named:
        return "unexplained" if by_rule or left else "by kind"
    return "none" if not by_rule else "part" if left else "right"


def clusters(
    cases: Iterable[Case], check: str, ask: AskCheck, elsewhere: Sequence[Diagnosis] = ()
) -> tuple[list[Diagnosis], list[Said]]:
    """Asks, diagnoses, and counts what is said; rules are asked the held-out calls, too.
    `elsewhere`: what was said of the other checks."""
    replies = ask(cases, check)
    wrong, right = ([each for each in replies if each.wrong is wanted] for wanted in (True, False))
    of_check = partial(diagnose, check=Check(check), pool=fresh_cases, elsewhere=elsewhere)
    diagnoses = of_check(wrong, right, ask=lambda fresh: ask(fresh, check)) if wrong else []
    counts = Counter((each.kind, _names(each), each.where) for each in diagnoses)
    of = {(each.kind, _names(each), each.where): each for each in diagnoses}
    ops = {
        key: {
            w.case.op
            for w, each in zip(wrong, diagnoses, strict=True)
            if (each.kind, _names(each), each.where) == key
        }
        for key in of
    }
    beside = _Beside.of(of.values())
    said = [
        _said(check, of[key], count, beside, _of_ops(ask, ops[key]))
        for key, count in counts.most_common()
    ]
    return list(dict.fromkeys(diagnoses)), said


@dataclass(frozen=True, slots=True)
class _Beside:
    """What else is said: rules, each under its condition, and accuracy classes."""

    rules: tuple[Explanation, ...]
    classes: frozenset[str]

    @classmethod
    def of(cls, found: Iterable[Diagnosis]) -> "_Beside":
        told = dict.fromkeys(part for each in found for part in each.parts)
        rules = (with_condition(d) for d in told if d.explanations and not d.accuracy)
        return cls(tuple(rules), frozenset(d.accuracy for d in told) - {""})

    @property
    def of_all(self) -> Explanation:
        return reduce(once, self.rules, BY_TEXT)

    def has_a_part_in(self, mine: Explanation, reply: Reply) -> bool:
        """Is the answer what a rule makes of the call, alone, or with any of these, or all?"""
        others = [other for other in self.rules if other != mine]
        together = [
            mine,
            *(p for other in others for p in (once(mine, other), once(other, mine))),
            *([reduce(once, self.rules)] if len(self.rules) > 2 else []),
        ]
        return any(fits(each, reply) for each in together) or any(
            is_of_class(name, answer, reply.compared)
            for name in self.classes
            for answer in under(mine, reply.asked)
        )


def _of_ops(ask: AskCheck, ops: set[str]) -> AskCheck:
    """Asks calls of these operators alone: a diagnosis says nothing of the other one."""
    return lambda cases, check: ask([case for case in cases if case.op in ops], check)


def _said(check: str, found: Diagnosis, count: int, beside: _Beside, ask: AskCheck) -> Said:
    held, asked = (
        (0, 0) if found.accuracy or not found.explanations else _held(check, found, beside, ask)
    )
    parts = found.parts if len(found.parts) > 1 else ()
    return Said(
        check=check,
        kind=found.kind,
        names=_names(found),
        where=found.where,
        answers=count,
        held=held,
        held_out=asked,
        parts=tuple(_said(check, part, count, beside, ask) for part in parts),
    )


def _names(found: Diagnosis) -> tuple[str, ...]:
    """Equivalent names, a class behind each; of what no rule explains, the cluster."""
    if found.kind not in BY_RULE:
        return (found.pattern.cluster if found.pattern else "",)
    return tuple(
        " + ".join(filter(None, (e.name, found.accuracy))) for e in found.explanations
    ) or (found.accuracy,)


def _held(check: str, found: Diagnosis, beside: _Beside, ask: AskCheck) -> tuple[int, int]:
    """Of how many held-out calls the diagnosis speaks truly, and of how many it speaks: of a call
    with which something else is wrong that nothing explains, what is said may be true all the same.
    A refusal speaks neither for nor against it."""
    rule, holding = found.explanations[0], Predicate(found.where) if found.where else None
    speaking = (
        c for c in held_out() if check in c.checks and (holding is None or holds(holding, c))
    )
    replies = ask(
        list(islice((c for c in speaking if differs(rule, Check(check), asked(c))), HELD_OUT)),
        check,
    )
    mine = with_condition(found)
    replies = [
        each
        for each in replies
        if each.seen.seen is Seen.RETURNED and (each.wrong or not fits(mine, each))
    ]
    claims = Claims(lambda cases: ask(list(cases), check))

    def is_held(reply: Reply) -> bool:
        return (
            beside.has_a_part_in(mine, reply)
            or is_open(found, reply, claims, beside.of_all)
            or _lies_so_along_its_axes(rule, reply)
        )

    return sum(map(is_held, replies)), len(replies)


FURTHEST = 4  # elements that an axis of which a rule does not speak may begin off


def _lies_so_along_its_axes(rule: Explanation, reply: Reply) -> bool:
    """Are the numbers those of an output that begins, along the axes of which a rule speaks, where
    it says, and along the others elsewhere than the text's? Something else is wrong with those."""
    by_rule, text = reply.asked.answer(rule).geometry, reply.asked.answer().geometry
    sizes = reply.seen.shape
    if by_rule is None or text is None or sizes is None or reply.asked.answer(rule).shape != sizes:
        return False
    free = [mine == usual for mine, usual in zip(by_rule.begins, text.begins, strict=True)]
    if all(free) or not any(free):
        return False
    offs = product(*(range(-FURTHEST, FURTHEST + 1) if each else (0,) for each in free))
    return any(
        _golden_from(reply.asked, by_rule, off).expected().tobytes() == reply.seen.data
        for off in offs
    )


def _golden_from(case: Asked, place: Geometry, off: Sequence[int]) -> Golden:
    """The output of these sizes that begins so much further in."""
    begins = tuple(begin + more for begin, more in zip(place.begins, off, strict=True))
    ends = tuple(end - more for end, more in zip(place.ends, off, strict=True))
    return golden_of(case.case, case.tensors, replace(place, begins=begins, ends=ends))


@cache
def held_out() -> tuple[Case, ...]:
    """Random calls of a seed of their own."""
    return tuple(suite_cases("random", HELD_OUT_SEED)[:HELD_OUT_CASES])


def reply(case: Asked, seen: Observation, check: str) -> Reply:
    """An answer with the verdict on it, nothing being declared."""
    return judged(BUILT_IN[0], case, Check(check), seen)


def _replies(mutant: Any, cases: Iterable[Case], check: str) -> list[Reply]:
    """The mutant's answers, the right backend's where the two cannot differ."""
    return [_reply(mutant, case, check) for case in cases if check in case.checks]


def _reply(mutant: Any, case: Case, check: str) -> Reply:
    call = Call.of(case, *asked(case).arrays())
    right, called = usual(case, check)
    if not mutant.may_differ(call, called, right):
        compared = Comparisons(Check(check), right)
        return Reply(entry=BUILT_IN[0], asked=asked(case), compared=compared, judgement=RIGHT)
    return reply(asked(case), handwritten._seen(mutant.backend, call, check), check)
