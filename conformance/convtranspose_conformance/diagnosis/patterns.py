"""What a wrong answer looks like where no rule explains it: how it stops, a size that is off, a
gradient, or a pattern of the numbers."""

import re
from dataclasses import dataclass

from convtranspose_cases.goldens import Golden
from convtranspose_reports import Check, Outcome

from ..explain.geometry.window import axis_name
from ..rules.answers import Answer
from ..verdict.compare import settled, shape_text, wrong_values
from ..verdict.reply import Reply
from ..worker.observation import GRADIENTS, Observation, Seen
from .value_patterns import look_of

_NODE = re.compile(r"\{\{.*?\}\}")  # where in its graph TensorFlow was
MESSAGE = 80  # characters of an error's message that tell errors apart
SAID = 200  # characters of it that a sentence quotes


@dataclass(frozen=True, slots=True)
class Pattern:
    """`name` is the same for answers that look alike; `sentence` says what one of them looks like:
    the backend is its subject, and what only counts stands behind "; "."""

    name: str
    sentence: str

    @property
    def cluster(self) -> str:
        """The outcome; of what stopped, with the error."""
        outcome = self.name.partition(":")[0]
        return outcome if outcome in (Outcome.VALUES_DIFFER, Outcome.SHAPE_DIFFERS) else self.name


def pattern_of(answered: Reply, check: Check) -> Pattern:
    """How the answer differs from the text's: the first of the patterns below that it has."""
    seen, text, outcome = answered.seen, answered.asked.answer(), answered.outcome
    if outcome is Outcome.ACCEPTED:
        refused = answered.case.refusal()
        which = f"{refused.attribute} (clause {refused.clause})" if refused else "a legal call"
        return Pattern(f"{outcome}: {which}", f"answers a call that the text forbids: {refused}")
    if seen.seen is not Seen.RETURNED:
        return _stopped(seen, outcome)
    if text.refused or check in (Check.GRADIENT, Check.REPEATABILITY):
        return Pattern(str(outcome), _in_words(text, seen, check, outcome))
    if seen.shape != text.shape:
        return _of_shape(text, seen, "states" if check is Check.OUTPUT_SHAPE else "returns")
    if check is Check.OUTPUT_SHAPE or seen.dtype != text.dtype or 0 in text.shape:
        return Pattern(
            f"{outcome}: {seen.dtype}", f"returns {seen.dtype} where X is of {text.dtype}"
        )
    return _of_values(text, seen, answered.case.group, outcome)


def _in_words(text: Answer, seen: Observation, check: Check, outcome: Outcome) -> str:
    """What has no pattern of its own."""
    if text.refused:
        return f"answers where the text refuses: {text.refused}"
    if check is Check.REPEATABILITY:
        return _how(settled(text, seen))
    wrong = (
        _of_gradient(name, text.gradients.get(name), seen.parts.get(name), outcome)
        for name in GRADIENTS
    )
    return f"returns {', '.join(filter(None, wrong))}"


def _of_gradient(
    name: str, golden: Golden | None, found: Observation | None, outcome: Outcome
) -> str:
    """How one gradient is wrong; "" where it is right."""
    if golden is None:
        return f"a {name} that the call has no use for" if found else ""
    if found is None:
        return f"no {name}"
    if found.shape != golden.shape:
        return f"{name} of shape {shape_text(found.shape)} for {shape_text(golden.shape)}"
    if found.dtype != golden.dtype:
        return f"{name} of {found.dtype}"
    wrong = wrong_values(golden, found.array())
    how = "inexact" if outcome is Outcome.INEXACT else "wrong"
    return f"{how} {name} ({int(wrong.sum())} of {wrong.size} values differ)" if wrong.any() else ""


def _stopped(seen: Observation, outcome: Outcome) -> Pattern:
    """An error's type and message, its numbers left out of the name alone."""
    message = re.sub(r"\d+", "N", " ".join(_NODE.sub("", seen.message).split()))[:MESSAGE]
    return Pattern(f"{outcome}: {seen.kind}: {message}", _how(seen))


def _how(seen: Observation) -> str:
    """How a call ended that gave no answer to compare."""
    message = _quoted(seen.message)
    stopped = f"stops with {seen.kind}, saying: {message}" if message else f"stops with {seen.kind}"
    said = {
        Seen.RETURNED: "answers",
        Seen.NOT_REPEATABLE: f"does not repeat its answer; {message}",
        Seen.INPUT_CHANGED: "changes its inputs",
        Seen.TIMED_OUT: f"gives {message}",  # no answer within ...
        Seen.CRASHED: f"ends the process with {message}",
        Seen.OUT_OF_MEMORY: f"runs out of memory ({message or seen.kind})",
    }
    returned = re.sub("^returned", "returns", message) if seen.stage == "return value" else ""
    return returned or said.get(seen.seen, stopped)


def _quoted(message: str) -> str:
    """A message on one line, cut, without its full stop."""
    line = " ".join(_NODE.sub("", message).split()).removesuffix(".")
    return line if len(line) <= SAID else f"{line[:SAID]} [...]"


def _of_shape(text: Answer, seen: Observation, verb: str) -> Pattern:
    found = seen.shape or ()
    if len(found) != len(text.shape):
        return Pattern(
            "SHAPE_DIFFERS: rank",
            f"{verb} {len(found)} dimensions where the text asks for {len(text.shape)}",
        )
    if sorted(map(str, found)) == sorted(map(str, text.shape)):
        return Pattern(
            "SHAPE_DIFFERS: order",
            f"{verb} the dimensions in another order: {list(found)} for {list(text.shape)}",
        )
    names = ["N", "M", *map(axis_name, range(len(found) - 2))]
    off = {
        name: f - e
        for name, f, e in zip(names, found, text.shape, strict=True)
        if f is not None and e is not None and f != e
    }
    said = ", ".join(
        f"{name} {'longer' if by > 0 else 'shorter'} by {abs(by)}" for name, by in off.items()
    )
    signs = (
        f"{name if name in 'NM' else 'spatial axis'} {'long' if by > 0 else 'short'}"
        for name, by in off.items()
    )
    return Pattern(
        f"SHAPE_DIFFERS: {', '.join(dict.fromkeys(signs))}",
        f"{'makes' if verb == 'returns' else verb} {said}",
    )


def _of_values(text: Answer, seen: Observation, group: int, outcome: Outcome) -> Pattern:
    """A pattern of the numbers; those that rounding explains are not counted among the wrong
    ones."""
    wrong = wrong_values(text.golden, seen.array())
    share = f"{int(wrong.sum())} of {wrong.size} values differ"
    if outcome is Outcome.INEXACT:
        return Pattern(
            str(outcome),
            f"returns values that are off by more than rounding explains, none by much; {share}",
        )
    look = look_of(text.golden.expected(), seen.array(), group)
    if look is None:
        return Pattern(
            f"{outcome}: no pattern", f"returns wrong values in no simple pattern; {share}"
        )
    return Pattern(f"{outcome}: {look.name}", f"returns wrong values: {look.said}; {share}")
