"""What a wrong answer looks like where no rule explains it: how it stops, a size that is off, a
gradient, or a pattern of the numbers."""

import re
from dataclasses import dataclass

from convtranspose_cases.goldens import Golden
from convtranspose_reports import Check, Outcome

from ..explain.geometry.window import axis_name
from ..rules.answers import Answer
from ..rules.comparison import Comparison
from ..verdict.difference import shape_text
from ..verdict.repeated import settled
from ..verdict.reply import Reply
from ..worker.last_words import fatal_line
from ..worker.observation import GRADIENTS, Observation, Seen
from ..worker.stable_words import stable_words
from .value_patterns import look_of

_NODE = re.compile(r"\{\{.*?\}\}")  # where in its graph TensorFlow was
MESSAGE = 80  # characters of an error's message that tell errors apart
QUOTED = 200  # characters of it that a sentence quotes


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


def pattern_of(reply: Reply) -> Pattern:
    """How the answer differs from the text's: the first of the patterns below that it has."""
    if reply.looks is not None:
        return Pattern(*reply.looks)
    seen, text, outcome = reply.seen, reply.asked.answer(), reply.outcome
    if outcome is Outcome.ACCEPTED:
        refused = reply.case.refusal()
        which = f"{refused.attribute} (clause {refused.clause})" if refused else "a legal call"
        return Pattern(f"{outcome}: {which}", f"answers a call that the text forbids: {refused}")
    if seen.seen is not Seen.RETURNED:
        return _stopped(seen, outcome)
    if text.refused or reply.check in (Check.GRADIENT, Check.REPEATABILITY):
        return Pattern(str(outcome), _in_words(reply))
    if seen.shape != text.shape:
        return _of_shape(text, seen, "states" if reply.check is Check.OUTPUT_SHAPE else "returns")
    if reply.check is Check.OUTPUT_SHAPE or seen.dtype != text.dtype or 0 in text.shape:
        return Pattern(
            f"{outcome}: {seen.dtype}", f"returns {seen.dtype} where X is of {text.dtype}"
        )
    return _of_values(reply, reply.compared.of(text.golden))


def _in_words(reply: Reply) -> str:
    """What has no pattern of its own."""
    text = reply.asked.answer()
    if text.refused:
        return f"answers where the text refuses: {text.refused}"
    if reply.check is Check.REPEATABILITY:
        return _how(settled(text, reply.compared))
    wrong = (_of_gradient(name, text.gradients.get(name), reply) for name in GRADIENTS)
    return f"returns {', '.join(filter(None, wrong))}"


def _of_gradient(name: str, golden: Golden | None, reply: Reply) -> str:
    """How one gradient is wrong; "" where it is right."""
    part = reply.seen.parts.get(name)
    if golden is None:
        return f"a {name} that the call has no use for" if part else ""
    if part is None:
        return f"no {name}"
    if part.shape != golden.shape:
        return f"{name} of shape {shape_text(part.shape)} for {shape_text(golden.shape)}"
    if part.dtype != golden.dtype:
        return f"{name} of {part.dtype}"
    wrong = reply.compared.of(golden, name).wrong
    how = "inexact" if reply.outcome is Outcome.INEXACT else "wrong"
    return f"{how} {name} ({int(wrong.sum())} of {wrong.size} values differ)" if wrong.any() else ""


def _stopped(seen: Observation, outcome: Outcome) -> Pattern:
    """An error's type and the stable words of its message; of a death the signal, and what it died
    of where that was said: what else stood in the log is no part of it."""
    said = seen.message
    if seen.seen is Seen.CRASHED:
        said = fatal_line(said.removeprefix(f"{seen.kind}; "))
    name = ": ".join(filter(None, (outcome, seen.kind, stable_words(said)[:MESSAGE].rstrip())))
    return Pattern(name, _how(seen))


def _how(seen: Observation) -> str:
    """How a call ended that gave no answer to compare."""
    message = _quoted(seen.message)
    stopped = f"stops with {seen.kind}, saying: {message}" if message else f"stops with {seen.kind}"
    sentences = {
        Seen.RETURNED: "answers",
        Seen.NOT_REPEATABLE: f"does not repeat its answer; {message}",
        Seen.INPUT_CHANGED: "changes its inputs",
        Seen.TIMED_OUT: f"gives {message}",  # no answer within ...
        Seen.CRASHED: f"ends the process with {message}",
        Seen.DECLINED: f"skips the call, saying: {message}",
        Seen.OUT_OF_MEMORY: f"runs out of memory ({message or seen.kind})",
    }
    returned = re.sub("^returned", "returns", message) if seen.stage == "return value" else ""
    return returned or sentences.get(seen.seen, stopped)


def _quoted(message: str) -> str:
    """A message on one line, cut, without its full stop."""
    line = " ".join(_NODE.sub("", message).split()).removesuffix(".")
    return line if len(line) <= QUOTED else f"{line[:QUOTED]} [...]"


def _of_shape(text: Answer, seen: Observation, verb: str) -> Pattern:
    shape = seen.shape or ()
    if len(shape) != len(text.shape):
        return Pattern(
            "SHAPE_DIFFERS: rank",
            f"{verb} {len(shape)} dimensions where the text asks for {len(text.shape)}",
        )
    if sorted(map(str, shape)) == sorted(map(str, text.shape)):
        return Pattern(
            "SHAPE_DIFFERS: order",
            f"{verb} the dimensions in another order: {list(shape)} for {list(text.shape)}",
        )
    names = ["N", "M", *map(axis_name, range(len(shape) - 2))]
    off = {
        name: size - owed
        for name, size, owed in zip(names, shape, text.shape, strict=True)
        if size is not None and owed is not None and size != owed
    }
    sentence = ", ".join(
        f"{name} {'longer' if by > 0 else 'shorter'} by {abs(by)}" for name, by in off.items()
    )
    signs = (
        f"{name if name in 'NM' else 'spatial axis'} {'long' if by > 0 else 'short'}"
        for name, by in off.items()
    )
    return Pattern(
        f"SHAPE_DIFFERS: {', '.join(dict.fromkeys(signs))}",
        f"{'makes' if verb == 'returns' else verb} {sentence}",
    )


def _of_values(reply: Reply, comparison: Comparison) -> Pattern:
    """A pattern of the numbers; those that rounding explains are not counted among the wrong
    ones."""
    wrong, outcome = comparison.wrong, reply.outcome
    share = f"{int(wrong.sum())} of {wrong.size} values differ"
    if outcome is Outcome.INEXACT:
        return Pattern(
            str(outcome),
            f"returns values that are off by more than rounding explains, none by much; {share}",
        )
    look = look_of(comparison, reply.case.group)
    if look is None:
        return Pattern(
            f"{outcome}: no pattern", f"returns wrong values in no simple pattern; {share}"
        )
    return Pattern(f"{outcome}: {look.name}", f"returns wrong values: {look.said}; {share}")
