"""The last trial: what is about to be said, as it is about to be said, held against calls that no
part of the search has seen."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Self

from convtranspose_cases import Case
from convtranspose_cases.simpler import weight

from ..rules.answers import Explanation
from ..rules.faults import UNDER, acts, base_of, is_measured, moves
from ..verdict.compare import is_of_class
from ..verdict.reply import Reply
from ..worker.observation import Seen
from .candidates import differs, explains, fits, once, under
from .claims import is_of_types
from .conditions.contrast import Contrast, meets
from .conditions.scope import statements
from .evidence import Evidence
from .measured.several import together, with_condition
from .result import Diagnosis
from .thresholds import (
    BESIDE,
    HARDLY,
    HELD_OUT,
    HELD_OUT_TIMES,
    LEAST_BORNE_OUT,
    LEAST_NARROWED,
    MOST_OF_A_RULE,
    NARROWED,
    NEAR,
    ROUNDS,
)

Named = Mapping[int, Diagnosis]
Said = Mapping[Diagnosis, list[int]]  # with the wrong answers, by number, that each has a part in


def _nothing(reply: Reply) -> Iterator[Explanation]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Diagnoses that are each a part `of` what was measured, with its rules as they were found; the
    `whole` that they are parts of, alone and with what was known before; accuracy `classes` that
    the backend is known to be of; the ids of calls that were `learned` from since an earlier
    trial."""

    of: Mapping[Diagnosis, Explanation] = field(default_factory=dict)
    whole: Callable[[Reply], Iterator[Explanation]] = _nothing
    classes: frozenset[str] = frozenset()
    learned: frozenset[str] = frozenset()

    def without(self, fallen: Collection[Diagnosis]) -> Self:
        """The same where some diagnoses are no longer made: rules that none of the others is made
        of are of the whole no more."""
        of = {said: rules for said, rules in self.of.items() if said not in fallen}
        standing = {name for rules in of.values() for name in rules.faults}
        gone = {name for rules in self.of.values() for name in rules.faults} - standing

        def whole(reply: Reply) -> Iterator[Explanation]:
            for each in self.whole(reply):
                yield replace(each, faults=tuple(n for n in each.faults if n not in gone))

        return replace(self, of=of, whole=whole)


def borne_out(
    evidence: Evidence, named: Named, parts: Parts
) -> tuple[dict[int, Diagnosis], list[Case]]:
    """Of the diagnoses by number those that calls held out bear out under exactly their condition,
    with all else that is said; those that they do not in parts, under narrower conditions, or not
    at all; and the calls that speak against any. Of rules that meet in one answer, each under its
    condition, each is tried as it stands alone. Other begins and sizes follow from steps: where a
    rule of these fell, steps are tried again without it; and at the end beside what is left of the
    others, as they are said by then."""
    said, parts = _alone(named, parts)
    against: dict[Case, None] = {}
    kept = _once_through(evidence, said, parts, list(said), against)
    before = said
    for _ in range(ROUNDS):
        if kept.keys() == before.keys():
            break
        parts = parts.without(set(before) - set(kept))
        steps = [each for each in kept if _is_of_steps(each)]
        before, kept = kept, _once_through(evidence, kept, parts, steps, against)
    diagnoses = _told(evidence, named, kept)
    for _ in range(ROUNDS):
        standing = {each: kept[each] for each in _each_alone(diagnoses.values(), kept)}
        as_said = replace(parts, whole=partial(_all_of, list(standing)))
        steps = [each for each in standing if _is_of_steps(each)]
        kept = _once_through(evidence, standing, as_said, steps, against)
        diagnoses = _told(evidence, named, kept)
        if kept.keys() == standing.keys():
            break
    return diagnoses, list(against)


def _told(evidence: Evidence, named: Named, kept: Said) -> dict[int, Diagnosis]:
    """Of what was named what stands, or something else that does."""
    told = {i: _of(kept, each, evidence.wrong[i]) for i, each in named.items()}
    return {i: found for i, found in told.items() if found}


def _each_alone(told: Iterable[Diagnosis], kept: Said) -> Iterator[Diagnosis]:
    """Those of the kept ones that something told is, or is made of."""
    used = {part for each in set(told) for part in each.parts}
    made_of = [set(with_condition(each).names) for each in used if each.explanations]
    for each in kept:
        names = set(with_condition(each).names) if each.explanations else set()
        if each in used or any(names and names <= of_one for of_one in made_of):
            yield each


def _all_of(said: Sequence[Diagnosis], reply: Reply) -> Iterator[Explanation]:
    """All that is said of rules, each under its condition."""
    rules = [with_condition(d) for d in said if d.explanations and not d.accuracy]
    if rules:
        yield reduce(once, rules)


def _alone(named: Named, parts: Parts) -> tuple[Said, Parts]:
    """What is said, with the answers that each has a part in: of rules that meet in one answer
    each by itself."""
    numbers, of = dict[Diagnosis, list[int]](), dict(parts.of)
    for i, each in named.items():
        found = parts.of.get(each, Explanation()).faults
        for n, one in enumerate(each.parts):
            numbers.setdefault(one, []).append(i)
            if len(found) == len(each.parts):
                of.setdefault(one, Explanation(faults=(found[n],)))
    return numbers, replace(parts, of=of)


def _is_of_steps(said: Diagnosis) -> bool:
    return any(moves(name) for e in said.explanations for name in e.faults)


def _once_through(
    evidence: Evidence,
    said: Said,
    parts: Parts,
    tried: Sequence[Diagnosis],
    against: dict[Case, None],
) -> dict[Diagnosis, list[int]]:
    """What is left of what is said, where some of it is tried, each beside all else; the calls
    `against` any of it are noted."""
    kept = dict(said)
    for each in tried:
        if not each.explanations:
            continue
        others = [d for d in kept if d != each and d.explanations]
        trial = _Trial(evidence, each, others, parts)
        held = trial.held(kept[each])
        against |= dict.fromkeys(trial.against)
        if held == [each]:
            continue
        numbers = kept.pop(each)
        for n, narrower in enumerate(held):
            inside = [i for i in numbers if _meets(narrower, evidence.wrong[i].case)]
            if n == 0 or len(inside) >= LEAST_BORNE_OUT:
                kept.setdefault(narrower, []).extend(inside)
                numbers = [i for i in numbers if i not in inside]
    return kept


def _meets(said: Diagnosis, case: Case) -> bool:
    names = (name for e in said.explanations for name in e.faults)
    return meets(said.where, case) and all(acts(name, case) for name in names)


def _of(kept: Iterable[Diagnosis], said: Diagnosis, reply: Reply) -> Diagnosis | None:
    """What was said of an answer, where all of it stands; else the first that explains it, or what
    several make together."""
    standing = list(kept)
    if all(each in standing for each in said.parts):
        return said
    alone = (d for d in standing if d.explanations)
    return next(
        (d for d in alone if meets(d.where, reply.case) and _explains(d, reply)),
        together(standing, reply),
    )


def _explains(said: Diagnosis, reply: Reply) -> bool:
    rule = said.explanations[0]
    if said.accuracy:
        return _is_of_class({said.accuracy}, rule, reply)
    return explains(rule, reply)


def _is_of_class(classes: Collection[str], rule: Explanation, reply: Reply) -> bool:
    return any(
        is_of_class(name, answer, reply.compared)
        for answer in under(rule, reply.asked)
        for name in classes
    )


class _Trial:
    """One diagnosis on trial, beside the `others` that are said of the backend."""

    def __init__(
        self, evidence: Evidence, said: Diagnosis, others: Sequence[Diagnosis], parts: Parts
    ) -> None:
        self._evidence, self._said, self._others, self._parts = evidence, said, others, parts
        self._rule = said.explanations[0]
        self._asked, self._true = set[str](), list[Case]()
        self.against: list[Case] = []
        self._silent, self._told, self._shown, self._held_out = False, 0, 0, 0

    def held(self, numbers: Sequence[int]) -> list[Diagnosis]:
        """As it was said of the wrong answers; or under narrower conditions, each of which the next
        calls bear out."""
        cases = [self._evidence.wrong[i].case for i in numbers]
        return [
            _under(self._said, fewer) if fewer else self._said
            for fewer in self._conditions("", cases, NARROWED)
        ]

    def _conditions(self, fewer: str, inside: Sequence[Case], tries: int) -> Iterator[str]:
        """Beside its own: the given one where calls bear it out, further ones where it was found
        because of others; else parts of it."""
        before, enough = len(self._true), self._enough
        self._try(fewer, inside)
        if any(meets(fewer, case) for case in self.against) and tries > 1:
            self._look_beside(fewer, self.against, BESIDE)
        since = self._count(case for case in self._true[before:] if meets(fewer, case))
        held, outside = (
            [case for case in cases if meets(fewer, case)] for cases in (self._true, self.against)
        )
        if not outside:
            if since >= enough or not (fewer or self._stands_for_nothing):
                yield fewer
        elif tries > 1:
            whole = [*inside, *held]
            for part, more in Contrast(whole, outside).parts(MOST_OF_A_RULE):
                if len(part) >= LEAST_BORNE_OUT * statements(more):
                    cases = [whole[i] for i in part]
                    yield from self._conditions(_and(fewer, more), cases, tries - 1)

    def _count(self, cases: Iterable[Case]) -> int:
        """How many calls they are. Calls beside others have most in common: where none held out
        spoke, those that are the same along every axis are one."""
        return len({case.id if self._held_out else case.axes for case in cases})

    @property
    def _stands_for_nothing(self) -> bool:
        """Is it asked no more, or is there, of the calls that were answered, none that shows it?"""
        return self._silent or bool(self._told and not self._shown)

    @property
    def _enough(self) -> float:
        """Calls that have to show it under a narrower condition: so many that it would hardly stand
        them by chance if it were false of as many of these as of those before."""
        told = len(self._true) + len(self.against)
        return max(LEAST_NARROWED, HARDLY * told / max(len(self.against), 1))

    def _try(self, fewer: str, inside: Sequence[Case]) -> None:
        """Puts it to the next calls held out, to three times as many where it is several rules or
        has a condition because of others, and to more where some of them stop: those that it
        explains, and those of which it is false, are kept. Where hardly any of them speaks of it,
        it is put to calls beside those that it was found in; under narrower conditions, where none
        does, to calls beside more of them."""
        where, rivals = _and(self._said.where, fewer), _wider(self._rule)
        enough = HELD_OUT * (HELD_OUT_TIMES if fewer or rivals else 1)
        answered = 0
        for _ in range(HELD_OUT_TIMES):
            replies = self._evidence.held_out(self._rule, where, inside, self._asked, rivals)
            self._asked |= {each.case.id for each in replies or ()}
            self._silent = replies is None  # it is asked no more: nothing bears this out
            if not replies:
                break
            told = [each for each in replies if each.seen.seen is Seen.RETURNED]
            self._hear(told)
            answered += len(told)
            if self.against or answered >= enough:
                break
        self._held_out += answered
        is_rare = answered < LEAST_NARROWED if not fewer else not self._held_out
        if is_rare and not self._silent and not any(meets(fewer, c) for c in self.against):
            self._look_beside(fewer, inside, HELD_OUT, LEAST_NARROWED if fewer else NEAR)

    def _hear(self, told: Iterable[Reply]) -> None:
        """Keeps the calls that it explains, but for those that were learned from, and those of
        which it is false."""
        for each in told:
            explained = each.wrong and self._shows(each)
            shown = explained or (each.wrong and self._has_a_part_in(each))
            self._told, self._shown = self._told + 1, self._shown + shown
            if explained and each.case.id not in self._parts.learned:
                self._true.append(each.case)
            elif not (shown or self._says_nothing(each)):
                self.against.append(each.case)

    def _look_beside(
        self, fewer: str, cases: Iterable[Case], most: int, nearest: int = NEAR
    ) -> None:
        """Calls beside others: beside those of which it is false, they tell what makes it so."""
        where = _and(self._said.where, fewer)
        near = _smallest(cases)[:nearest]
        replies = self._evidence.beside(self._rule, where, near, self._asked, most)
        self._asked |= {each.case.id for each in replies}
        self._hear(each for each in replies if each.seen.seen is Seen.RETURNED)

    def _shows(self, reply: Reply) -> bool:
        return fits(self._rule, reply) or bool(self._said.accuracy and _explains(self._said, reply))

    def _says_nothing(self, reply: Reply) -> bool:
        """Is it the text's answer and this one's, too, or is it explained without this?"""
        if not reply.wrong:
            return fits(self._rule, reply)
        return any(fits(each, reply) for each in self._evidence.declared)

    def _has_a_part_in(self, reply: Reply) -> bool:
        """Is it what was seen, with what else is said, which does not explain it without this, or
        says the same?"""
        classes = self._classes
        return (
            _is_of_class(classes, self._rule, reply)
            or any(fits(all_, reply) and not fits(rest, reply) for all_, rest in self._whole(reply))
            or any(self._goes_with(other, classes, reply) for other in self._beside(reply))
            or self._shows_besides(reply)
        )

    def _shows_besides(self, reply: Reply) -> bool:
        """Is it true of a call that nothing explains, as it is named or as it was measured?"""
        claims, others = self._evidence.claims, list(self._beside(reply))
        return any(
            claims.is_true_besides(rule, reply, others)
            for rule in dict.fromkeys((self._rule, self._as_found))
            if rule.names
        )

    @property
    def _classes(self) -> frozenset[str]:
        """Accuracy classes that may be on top of it; of what is said of rounding none is."""
        if all(is_of_types(name) for name in self._rule.faults) and self._rule.faults:
            return frozenset()
        return self._parts.classes | ({self._said.accuracy} - {""})

    def _whole(self, reply: Reply) -> Iterator[tuple[Explanation, Explanation]]:
        """All that was measured, or is said, which it is a part of, and the same without it."""
        mine = {*self._as_found.faults, *with_condition(self._said).faults}
        for whole in self._parts.whole(reply):
            rest = tuple(name for name in whole.faults if name not in mine)
            if rest != whole.faults:
                yield whole, replace(whole, faults=rest)

    @property
    def _as_found(self) -> Explanation:
        """The measured rules that have the name."""
        return self._parts.of.get(self._said, Explanation())

    def _beside(self, reply: Reply) -> Iterator[Explanation]:
        """Other things that are said of the call."""
        others = [
            d.explanations[0]
            for d in self._others
            if meets(d.where, reply.case) and differs(d.explanations[0], reply.check, reply.asked)
        ]
        yield from others
        yield from self._parts.whole(reply)
        if len(others) > 1:
            yield reduce(once, others)

    def _goes_with(self, other: Explanation, classes: Collection[str], reply: Reply) -> bool:
        """Do both make what was seen, the other one not without this? Of where outputs begin and
        end both may say the same: then either order does."""
        orders = once(self._rule, other), once(other, self._rule)
        seen = [fits(each, reply) for each in orders]
        if not any(seen):
            return any(_is_of_class(classes, each, reply) for each in orders)
        return (all(seen) and self._is_measured) or not fits(other, reply)

    @property
    def _is_measured(self) -> bool:
        return all(is_measured(base_of(name)[0]) for name in self._rule.faults)


def _smallest(cases: Iterable[Case]) -> list[Case]:
    """The smallest legal ones first; of those that are the same along every axis the others come
    last. A forbidden call is beside none."""
    ordered = sorted((case for case in cases if case.refusal() is None), key=weight)
    one_of_each = {case.axes: case for case in reversed(ordered)}
    return sorted(ordered, key=lambda case: one_of_each[case.axes] is not case)


def _wider(rule: Explanation) -> list[Explanation]:
    """Several rules at once, each in turn without its condition."""
    several = len(rule.faults) > 1
    return [
        replace(rule, faults=(*rule.faults[:n], base_of(name)[0], *rule.faults[n + 1 :]))
        for n, name in enumerate(rule.faults)
        if several and base_of(name)[1]
    ]


def _under(said: Diagnosis, fewer: str) -> Diagnosis:
    """The diagnosis under a condition besides: of rules that have conditions of their own, a part
    of each."""
    if not any(base_of(name)[1] for e in said.explanations for name in e.faults):
        where = _and(said.where, fewer)
        return replace(said, where=where, seen_where=where)
    narrower = tuple(
        replace(e, faults=tuple(_narrower(name, fewer) for name in e.faults))
        for e in said.explanations
    )
    return replace(said, explanations=narrower, seen_where=_and(said.seen_where, fewer))


def _narrower(name: str, fewer: str) -> str:
    base, where = base_of(name)
    return f"{base}{UNDER}{_and(where, fewer)}"


def _and(where: str, fewer: str) -> str:
    if f" and {fewer} and " in f" and {where} and ":
        return where  # it says so already
    return " and ".join(filter(None, (where, fewer)))
