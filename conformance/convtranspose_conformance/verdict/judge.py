"""The one place where a verdict is made: what was observed, against the text, the readings of open
clauses, and the declared deviations."""

import re
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.special import PREFIX
from convtranspose_reports import Check, Outcome, Verdict

from ..rules.answers import Asked, Explanation
from ..rules.explanation import BY_TEXT
from ..worker.observation import Observation, Seen
from .compare import Comparisons, is_of_class, matches
from .credit import plainer_call
from .declined import speaks_of_a_death
from .deviations import Deviation, concerning
from .difference import STOPPED, difference, how_it_stopped, shape_text, shortened
from .repeated import settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its grounds. `deviation` is the declaration that covers the difference;
    `contradicts` those that predicted a difference where the backend conforms, `reproduces` those
    whose prediction came true; `note` is "unverified here", "fixed?" or "". `contested`: of a
    refusal that conforms by a reading alone, the plainer call that the backend has to answer for
    that."""

    outcome: Outcome
    verdict: Verdict
    reason: str = ""
    follows: dict[str, list[str]] = field(default_factory=dict)
    deviation: Deviation | None = None
    note: str = ""
    reproduces: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()
    contested: Case | None = None

    def without_what_follows(self) -> "Judgement":
        """The judgement to be kept: its plainer call without what was worked out of that."""
        return replace(self, contested=copy(self.contested))


# of a right answer of which there is nothing else to say, as most are
AGREES = Judgement(outcome=Outcome.AGREES, verdict=Verdict.CONFORMS)


def judge(
    asked: Asked, compared: Comparisons, deviations: Sequence[Deviation], version: str
) -> Judgement:
    """The verdict on one check of one case. `deviations` are the backend's; `version` is the
    framework's."""
    check = compared.check
    if check is Check.REPEATABILITY:
        compared = Comparisons(check, settled(asked.answer(), compared))
    if (unanswered := _without_an_answer(compared)) is not None:
        return unanswered
    seen, speaking = compared.seen, concerning(deviations, asked.case, check)
    if check is Check.REJECTION:
        return _of_rejection(seen, speaking, version)
    follows = _followed(asked, compared)
    # A declared error is no reading's refusal, even where some reading would refuse too.
    true = [d for d in speaking if _is_error(d, asked, compared)]
    if follows is not None and not true:
        return _conforms(asked, compared, follows, speaking, version)
    outcome, reason = difference(asked.answer(), compared)
    ways: tuple[Callable[[], list[Deviation]], ...] = (
        lambda: true,
        lambda: [d for d in speaking if reproduces(d, asked, compared)],
        lambda: _together(speaking, asked, compared),
        lambda: [d for d in speaking if _is_such(d, outcome, reason)],
    )
    return _differs(outcome, reason, _first_here((way() for way in ways), version), version)


def _first_here(ways: Iterator[list[Deviation]], version: str) -> list[Deviation]:
    """The declarations that came true in the first way in which one of them speaks of this version
    and these kernels; or else of others."""
    elsewhere: list[Deviation] = []
    for found in ways:
        if any(d.inherited or d.covers(version) for d in found):
            return found
        elsewhere = elsewhere or found
    return elsewhere


def _without_an_answer(compared: Comparisons) -> Judgement | None:
    """What one call cannot say, or the backend declines, a shape that it does not state included,
    and what was not asked; None where it answered, or speaks of a death in a skip."""
    seen = compared.seen
    if seen.seen is Seen.NOT_ASKED:
        outcome, verdict = Outcome.NOT_ASKED, Verdict.FAILS
    elif seen.seen is Seen.UNSUPPORTED:
        outcome, verdict = Outcome.UNSUPPORTED, Verdict.UNSUPPORTED
    elif _states_nothing(compared) or (seen.seen is Seen.DECLINED and not speaks_of_a_death(seen)):
        outcome, verdict = Outcome.DECLINED, Verdict.DECLINED
    else:
        return None
    reason = seen.message or "states no output shape for this call"
    if outcome is Outcome.NOT_ASKED:
        reason = shortened(reason)
    return Judgement(outcome=outcome, verdict=verdict, reason=reason)


def _states_nothing(compared: Comparisons) -> bool:
    seen = compared.seen
    returned = compared.check is Check.OUTPUT_SHAPE and seen.seen is Seen.RETURNED
    return returned and seen.shape is None


def _of_rejection(seen: Observation, speaking: list[Deviation], version: str) -> Judgement:
    """The verdict on a forbidden call: a refusal conforms, whatever it says; an answer, a death, a
    hang are differences."""
    if seen.refuses:
        untrue = tuple(d.id for d in speaking if d.differs is None and d.covers(version))
        return Judgement(
            outcome=Outcome.REJECTED,
            verdict=Verdict.CONFORMS,
            reason=how_it_stopped(seen),
            contradicts=untrue,
            note="fixed?" if any(not d.inherited for d in speaking) and not untrue else "",
        )
    if seen.seen in (Seen.RETURNED, Seen.REFUSED):
        verb = "returned" if seen.dtype else "states"
        accepting = [d for d in speaking if d.accepted or _is_such(d, Outcome.ACCEPTED, "")]
        said = seen.message or f"{verb} {shape_text(seen.shape)}"
        return _differs(Outcome.ACCEPTED, said, accepting, version)
    outcome, reason = STOPPED[seen.seen], how_it_stopped(seen)
    so = [d for d in speaking if _stopped_so(d, seen) or _is_such(d, outcome, reason)]
    return _differs(outcome, reason, so, version)


def _differs(outcome: Outcome, reason: str, true: list[Deviation], version: str) -> Judgement:
    """A difference, green where one of the declarations that came `true` covers this version, or at
    least speaks of it."""
    if not true:
        return Judgement(outcome=outcome, verdict=Verdict.FAILS, reason=reason)
    chosen = next((d for d in true if d.covers(version)), true[0])
    note = "" if chosen.covers(version) else "unverified here"
    note = f"as {chosen.inherited}" if chosen.inherited else note
    if chosen.error is not None and chosen.error.undefined:
        outcome, reason = Outcome.VALUES_DIFFER, f"no rule predicts the numbers: {chosen.reason}"
    return Judgement(
        outcome=outcome,
        verdict=Verdict.DEVIATES,
        reason=reason,
        deviation=chosen,
        note=note,
        reproduces=tuple(d.id for d in true),
    )


def _conforms(
    asked: Asked,
    compared: Comparisons,
    follows: dict[str, list[str]],
    speaking: list[Deviation],
    version: str,
) -> Judgement:
    seen = compared.seen
    expected = [
        d
        for d in speaking
        if d.kind != "accuracy"
        and predicts_a_difference(d, asked)
        and not _allows(d, asked, compared)
    ]
    returned = seen.seen is Seen.RETURNED
    remark = seen.message or _signs_of_zeros(asked, compared)
    if returned and not (expected or follows or remark):
        return AGREES
    untrue = tuple(d.id for d in expected if d.covers(version))
    return Judgement(
        outcome=Outcome.AGREES if returned else STOPPED[seen.seen],
        verdict=Verdict.CONFORMS,
        follows=follows,
        note="fixed?" if any(not d.inherited for d in expected) and not untrue else "",
        contradicts=untrue,
        reason=shortened(remark if returned else f"{seen.kind}: {seen.message}"),
        contested=None
        if returned or asked.answer().refused
        else plainer_call(asked.case, (*follows,)),
    )


def _signs_of_zeros(asked: Asked, compared: Comparisons) -> str:
    """One sentence where zeros have another sign than the definition gives them: recorded, not
    judged."""
    if compared.check is not Check.OUTPUT or not asked.case.data.startswith(PREFIX):
        return ""
    answer = asked.answer()
    if answer.refused or compared.seen.shape != answer.shape:
        return ""
    comparison = compared.of(answer.golden)
    Y, expected = comparison.Y, comparison.expected
    other = (Y == 0) & (expected == 0) & (np.signbit(Y) != np.signbit(expected))
    return (
        f"{int(other.sum())} of {other.size} values are 0 of the other sign" if other.any() else ""
    )


def _followed(asked: Asked, compared: Comparisons) -> dict[str, list[str]] | None:
    """Per open clause at stake the readings that fit; None where nothing conforms."""
    repeated = compared.check is Check.REPEATABILITY
    conforming = [({}, asked.answer())] if repeated else asked.conforming()
    fitting = [choice for choice, answer in conforming if matches(answer, compared)]
    if not fitting:
        return None
    return {label: sorted({choice[label] for choice in fitting}) for label in conforming[0][0]}


def _allows(deviation: Deviation, asked: Asked, compared: Comparisons) -> bool:
    """Does the declaration, too, lead to what was seen, under some reading of the open clauses?"""
    if deviation.explanation is None:
        return False
    return any(
        matches(answer, compared) for _, answer in asked.with_open_clauses(deviation.explanation)
    )


def predicts_a_difference(deviation: Deviation, asked: Asked) -> bool:
    """Does the declaration predict, for this case, something that no reading of an open clause
    allows?"""
    if deviation.differs is not None:
        return False  # it expects nothing
    if deviation.error is not None and deviation.error.undefined:
        return False  # memory that nobody wrote may hold the right numbers
    if deviation.explanation is None or deviation.accuracy:
        return deviation.error is None or not any(
            answer.refused for _, answer in asked.conforming()
        )
    predicted, text = asked.answer(deviation.explanation), asked.answer()
    if predicted is text and not text.refused:
        return False
    allowed = {answer.key for _, answer in asked.conforming()}
    return predicted.key not in allowed and not _same_numbers(deviation.explanation, asked)


def _same_numbers(explanation: Explanation, asked: Asked) -> bool:
    """Do a fault and the text lead to the same numbers, different as they are?"""
    answer, text = asked.answer(explanation), asked.answer()
    if answer.refused or text.refused or answer.shape != text.shape or not explanation.faults:
        return False
    return answer.same_numbers(text, gradients="gradient" in asked.case.checks)


def reproduces(deviation: Deviation, asked: Asked, compared: Comparisons) -> bool:
    """Is what was seen what the declaration predicts?"""
    if deviation.error is not None:
        return _is_error(deviation, asked, compared)
    if not deviation.accuracy and not predicts_a_difference(deviation, asked):
        return False
    answers = asked.with_open_clauses(deviation.explanation or BY_TEXT)
    if deviation.accuracy:
        return any(is_of_class(deviation.accuracy, answer, compared) for _, answer in answers)
    return any(matches(answer, compared) for _, answer in answers)


def _together(speaking: list[Deviation], asked: Asked, compared: Comparisons) -> list[Deviation]:
    """Declarations that reproduce what was seen only all at once, as where two declared rules meet
    in one case; [] if they do not."""
    rules = [
        (d, d.explanation)
        for d in speaking
        if d.explanation is not None and not d.accuracy and predicts_a_difference(d, asked)
    ]
    merged = Explanation(
        readings=tuple(dict.fromkeys(name for _, e in rules for name in e.readings)),
        faults=tuple(dict.fromkeys(name for _, e in rules for name in e.faults)),
    )
    answers = [answer for _, answer in asked.with_open_clauses(merged)]
    together = [d for d, _ in rules]
    if len(rules) > 1 and any(matches(answer, compared) for answer in answers):
        return together
    classes = [d for d in speaking if d.accuracy] if rules else []
    for on_top in classes:
        if any(is_of_class(on_top.accuracy, answer, compared) for answer in answers):
            return [*together, on_top]
    return []


def _is_error(deviation: Deviation, asked: Asked, compared: Comparisons) -> bool:
    error = deviation.error
    if error is None:
        return False
    if compared.seen.seen is not Seen.RETURNED:
        return _stopped_so(deviation, compared.seen)
    if not error.undefined:
        return False
    outcome, reason = difference(asked.answer(), compared)
    return outcome is not Outcome.AGREES and error.is_in(reason)


def _is_such(deviation: Deviation, outcome: Outcome, reason: str) -> bool:
    """Is it a difference that is declared without a rule?"""
    such = deviation.differs
    return such is not None and such.outcome is outcome and bool(re.search(such.pattern, reason))


def _stopped_so(deviation: Deviation, seen: Observation) -> bool:
    """Did it stop with the type and the message that the declaration says?"""
    kind = seen.kind if seen.seen is Seen.REFUSED else str(STOPPED[seen.seen])
    error = deviation.error
    return error is not None and error.type == kind and error.is_in(seen.message)
