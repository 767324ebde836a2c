"""Measured rules as they are stated: of each wrong answer those that act on it, by the library's
names where it has some, with what goes with them."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from convtranspose_cases import Case

from ...rules.answers import Explanation
from ...rules.faults import acts, base_of, is_measured, moves, rule
from ...verdict.reply import Reply
from ..candidates import explains, fits
from ..evidence import Evidence
from ..result import Diagnosis
from .named import named, named_together
from .on_top import WithKnown

OF_ANY_SAME = "auto_pad in ('SAME_UPPER', 'SAME_LOWER')"
OF_SAME = ("auto_pad == 'SAME_UPPER'", "auto_pad == 'SAME_LOWER'")


def stated(
    evidence: Evidence, model: Explanation, left: Sequence[int], with_known: WithKnown
) -> tuple[dict[int, Diagnosis], dict[Diagnosis, Explanation]]:
    """Of those of the wrong answers `left` that the rules explain, alone or with what is known; and
    the rules of each diagnosis as they were found."""
    groups: dict[Explanation, list[int]] = {}
    for i in left:
        reply = evidence.wrong[i]
        fitting = next((e for e in with_known(model, reply) if explains(e, reply)), None)
        if fitting is not None:
            groups.setdefault(_acting(fitting, reply), []).append(i)
    names = _names(evidence, list(dict.fromkeys(name for e in groups for name in e.faults)))
    diagnoses, made_of = dict[int, Diagnosis](), dict[Diagnosis, Explanation]()
    for acting, numbers in groups.items():
        said = replace(acting, faults=tuple(dict.fromkeys(names[name] for name in acting.faults)))
        if not all(explains(said, evidence.wrong[i]) for i in numbers):
            said = acting  # names in another order, or one that acts on what another one made
        diagnoses |= dict.fromkeys(numbers, _diagnosis(said))
        made_of.setdefault(_diagnosis(said), acting)
    return diagnoses, made_of


def _names(evidence: Evidence, rules: Sequence[str]) -> dict[str, str]:
    """What each rule is called: those of one condition that are a rule of the library in parts by
    its name, others each for itself."""
    names = dict[str, str]()
    for where in {base_of(name)[1]: None for name in rules}:
        mine = [name for name in rules if base_of(name)[1] == where]
        whole = named_together(evidence, mine)
        names |= {name: whole or named(evidence, name) for name in mine}
    return {name: _of_both(said, names.values()) for name, said in names.items()}


def _of_both(said: str, all_: Collection[str]) -> str:
    """What is said of one kind of SAME, of both where it is said of the other one, too."""
    each = next((text for text in OF_SAME if text in said), None)
    if each is None or not all(said.replace(each, other) in all_ for other in OF_SAME):
        return said
    return said.replace(each, OF_ANY_SAME)


def _acting(model: Explanation, reply: Reply) -> Explanation:
    """The rules without those that change nothing of this answer. Where begins and sizes go with a
    rule that other begins and sizes would follow from, they stay."""
    kept = list(model.faults)
    for name in (name for name in model.faults if not _goes_with_another(name, kept, reply.case)):
        fewer = Explanation(
            readings=model.readings, faults=tuple(other for other in kept if other != name)
        )
        if len(kept) > 1 and fits(fewer, reply):
            kept.remove(name)
    return Explanation(readings=model.readings, faults=tuple(kept))


def _goes_with_another(name: str, names: Sequence[str], case: Case) -> bool:
    """Does it say where outputs begin or end, where another rule that acts moves them?"""
    base, _ = base_of(name)
    if not is_measured(base) or not acts(name, case) or not rule(base).has("begin", "size"):
        return False
    return any(acts(other, case) and moves(other) for other in names if other != name)


def _diagnosis(explanation: Explanation) -> Diagnosis:
    """Of one rule, its condition apart; several have theirs in their names."""
    if len(explanation.faults) == 1 and not explanation.readings:
        base, where = base_of(explanation.faults[0])
        rule = Explanation(faults=(base,))
        return Diagnosis(kind="fault", explanations=(rule,), where=where, seen_where=where)
    return Diagnosis(kind="fault", explanations=(explanation,))
