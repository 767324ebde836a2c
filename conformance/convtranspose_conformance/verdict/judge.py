"""The one place where a verdict is made: what was observed, against the text, the readings of open
clauses, and the declared deviations."""

import re
from dataclasses import dataclass, field

import numpy as np

from convtranspose_cases.special import PREFIX
from convtranspose_reports import Check, Outcome, Verdict

from ..rules.answers import Answer, Asked, Explanation
from ..worker.observation import Observation, Seen
from .compare import STOPPED, difference, is_of_class, matches, settled, shape_text, shortened
from .deviations import Deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict with its grounds. `deviation` is the declaration that covers the difference;
    `contradicts` those that predicted a difference where the backend conforms, `reproduces` those
    whose prediction came true; `note` is "unverified here", "fixed?" or ""."""

    outcome: Outcome
    verdict: Verdict
    reason: str = ""
    follows: dict[str, list[str]] = field(default_factory=dict)
    deviation: Deviation | None = None
    note: str = ""
    reproduces: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()


def judge(
    asked: Asked, check: Check, seen: Observation, deviations: list[Deviation], version: str
) -> Judgement:
    """The verdict on one check of one case. `deviations` are the backend's; `version` is the
    framework's."""
    if check is Check.REPEATABILITY:
        seen = settled(asked.answer(), seen)
    if seen.seen is Seen.UNSUPPORTED or (
        check is Check.OUTPUT_SHAPE and seen.seen is Seen.RETURNED and seen.shape is None
    ):
        reason = seen.message or "states no output shape for this call"
        return Judgement(outcome=Outcome.UNSUPPORTED, verdict=Verdict.UNSUPPORTED, reason=reason)
    if check is Check.REJECTION:
        return _of_rejection(
            seen, [d for d in deviations if d.concerns(asked.case, check)], version
        )
    conforming = asked.conforming() if check is not Check.REPEATABILITY else [({}, asked.answer())]
    follows = _followed(conforming, [c for c, answer in conforming if matches(answer, check, seen)])
    speaking = [d for d in deviations if d.concerns(asked.case, check)]
    # A declared error is no reading's refusal, even where some reading would refuse too.
    true = [d for d in speaking if _is_error(d, asked, check, seen)]
    if follows is not None and not true:
        return _conforms(asked, seen, check, follows, speaking, version)
    outcome, reason = difference(asked.answer(), check, seen)
    true = (
        true
        or [d for d in speaking if reproduces(d, asked, check, seen)]
        or _together(speaking, asked, check, seen)
    )
    return _differs(outcome, reason, true, version)


def _of_rejection(seen: Observation, speaking: list[Deviation], version: str) -> Judgement:
    """The verdict on a forbidden call: a refusal conforms, whatever it says; an answer, a death, a
    hang are differences."""
    said = shortened(f"{seen.stage}: {seen.kind}: {seen.message}")
    if seen.seen is Seen.REFUSED:
        untrue = tuple(d.id for d in speaking if d.covers(version))
        note = "fixed?" if speaking and not untrue else ""
        return Judgement(
            outcome=Outcome.REJECTED,
            verdict=Verdict.CONFORMS,
            reason=said,
            contradicts=untrue,
            note=note,
        )
    accepted = seen.seen is Seen.RETURNED
    outcome = Outcome.ACCEPTED if accepted else STOPPED[seen.seen]
    reason = (
        f"{'returned' if seen.dtype else 'states'} {shape_text(seen.shape)}" if accepted else said
    )
    return _differs(
        outcome,
        reason,
        [d for d in speaking if (d.accepted if accepted else _stopped_so(d, seen))],
        version,
    )


def _differs(outcome: Outcome, reason: str, true: list[Deviation], version: str) -> Judgement:
    """A difference, green where one of the declarations that came `true` covers this version, or at
    least speaks of it."""
    if not true:
        return Judgement(outcome=outcome, verdict=Verdict.FAILS, reason=reason)
    chosen = next((d for d in true if d.covers(version)), true[0])
    note = "" if chosen.covers(version) else "unverified here"
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
    seen: Observation,
    check: Check,
    follows: dict[str, list[str]],
    speaking: list[Deviation],
    version: str,
) -> Judgement:
    outcome = Outcome.AGREES if seen.seen is Seen.RETURNED else STOPPED[seen.seen]
    expected = [
        d
        for d in speaking
        if d.kind != "accuracy"
        and predicts_a_difference(d, asked)
        and not _allows(d, asked, check, seen)
    ]
    untrue = tuple(d.id for d in expected if d.covers(version))
    note = "fixed?" if expected and not untrue else ""
    reason = (
        f"{seen.kind}: {seen.message}"
        if seen.seen is not Seen.RETURNED
        else seen.message or _signs_of_zeros(asked, check, seen)
    )
    return Judgement(
        outcome=outcome,
        verdict=Verdict.CONFORMS,
        follows=follows,
        note=note,
        contradicts=untrue,
        reason=shortened(reason),
    )


def _signs_of_zeros(asked: Asked, check: Check, seen: Observation) -> str:
    """One sentence where zeros have another sign than the definition gives them: recorded, not
    judged."""
    answer = asked.answer()
    if (
        check is not Check.OUTPUT
        or not asked.case.data.startswith(PREFIX)
        or answer.refused
        or seen.shape != answer.shape
    ):
        return ""
    found, expected = seen.array(), answer.golden.expected()
    other = (found == 0) & (expected == 0) & (np.signbit(found) != np.signbit(expected))
    return (
        f"{int(other.sum())} of {other.size} values are 0 of the other sign" if other.any() else ""
    )


def _followed(
    conforming: list[tuple[dict[str, str], Answer]], fitting: list[dict[str, str]]
) -> dict[str, list[str]] | None:
    """Per open clause at stake the readings that fit; None where nothing conforms."""
    if not fitting:
        return None
    return {label: sorted({choice[label] for choice in fitting}) for label in conforming[0][0]}


def _allows(deviation: Deviation, asked: Asked, check: Check, seen: Observation) -> bool:
    """Does the declaration, too, lead to what was seen, under some reading of the open clauses?"""
    if deviation.explanation is None:
        return False
    return any(
        matches(answer, check, seen) for _, answer in asked.with_open_clauses(deviation.explanation)
    )


def predicts_a_difference(deviation: Deviation, asked: Asked) -> bool:
    """Does the declaration predict, for this case, something that no reading of an open clause
    allows?"""
    if deviation.error is not None and deviation.error.undefined:
        return False  # memory that nobody wrote may hold the right numbers
    if deviation.explanation is None or deviation.accuracy:
        return deviation.error is None or not any(
            answer.refused for _, answer in asked.conforming()
        )
    allowed = {answer.key for _, answer in asked.conforming()}
    return asked.answer(deviation.explanation).key not in allowed and not _same_numbers(
        deviation.explanation, asked
    )


def _same_numbers(explanation: Explanation, asked: Asked) -> bool:
    """Do a fault and the text lead to the same numbers, different as they are?"""
    answer, text = asked.answer(explanation), asked.answer()
    if answer.refused or text.refused or answer.shape != text.shape or not explanation.faults:
        return False
    return answer.same_numbers(text, gradients="gradient" in asked.case.checks)


def reproduces(deviation: Deviation, asked: Asked, check: Check, seen: Observation) -> bool:
    """Is what was seen what the declaration predicts?"""
    if deviation.error is not None:
        return _is_error(deviation, asked, check, seen)
    answers = asked.with_open_clauses(deviation.explanation or Explanation())
    if deviation.accuracy:
        return any(is_of_class(deviation.accuracy, answer, check, seen) for _, answer in answers)
    return predicts_a_difference(deviation, asked) and any(
        matches(answer, check, seen) for _, answer in answers
    )


def _together(
    speaking: list[Deviation], asked: Asked, check: Check, seen: Observation
) -> list[Deviation]:
    """Declarations that reproduce what was seen only all at once, as where two declared rules meet
    in one case; [] if they do not."""
    rules = [
        d
        for d in speaking
        if d.explanation is not None and not d.accuracy and predicts_a_difference(d, asked)
    ]
    classes = [d for d in speaking if d.accuracy]
    merged = Explanation(
        readings=tuple(dict.fromkeys(name for d in rules for name in d.explanation.readings)),  # type: ignore[union-attr]
        faults=tuple(dict.fromkeys(name for d in rules for name in d.explanation.faults)),  # type: ignore[union-attr]
    )
    answers = [answer for _, answer in asked.with_open_clauses(merged)]
    if len(rules) > 1 and any(matches(answer, check, seen) for answer in answers):
        return rules
    exact = next(
        (
            d
            for d in classes
            if rules and any(is_of_class(d.accuracy, answer, check, seen) for answer in answers)
        ),
        None,
    )
    return [*rules, exact] if exact else []


def _is_error(deviation: Deviation, asked: Asked, check: Check, seen: Observation) -> bool:
    error = deviation.error
    if error is None:
        return False
    if seen.seen is Seen.RETURNED:
        outcome, reason = (
            difference(asked.answer(), check, seen) if error.undefined else (Outcome.AGREES, "")
        )
        return outcome is not Outcome.AGREES and re.search(error.pattern, reason) is not None
    return _stopped_so(deviation, seen)


def _stopped_so(deviation: Deviation, seen: Observation) -> bool:
    """Did it stop with the type and the message that the declaration says?"""
    kind = seen.kind if seen.seen is Seen.REFUSED else str(STOPPED[seen.seen])
    error = deviation.error
    return (
        error is not None
        and error.type == kind
        and re.search(error.pattern, seen.message) is not None
    )
