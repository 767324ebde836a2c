"""Whether auto_pad says a Keras layer with padding="same": by the windows that the operator text
makes of it."""

from collections.abc import Sequence
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_reference.attributes import Attributes

from .....prediction.predict import predictions
from .....prediction.runtimes import ANSWERS
from .....prediction.sentences import differs_in
from ....geometry.other_readings import differing
from ....geometry.window import Window, axis_name, windows

WORDS = ("SAME_UPPER", "SAME_LOWER")


def auto_pad_note(case: Case, kept: Sequence[Window]) -> str:
    """Which words of auto_pad keep the same windows as `kept`, the layer's, or on which axis
    SAME_UPPER does not. `case` is the layer's.

    What is kept beyond the input's size does not depend on the input, so that the answer holds for
    every size.
    """
    calls = {word: _with(case, word) for word in WORDS}
    alike = [word for word, call in calls.items() if _differs(kept, windows(call)) is None]
    if not alike:
        proof = _proof(kept, windows(calls[WORDS[0]]))
        return f"auto_pad cannot say it: {proof}; explicit pads say it"
    text = (
        f"auto_pad={' and '.join(alike)} {'says' if len(alike) == 1 else 'say'} the same; these "
        "pads do so for every input size, too"
    )
    if parted := _parted([calls[word] for word in alike]):
        return (
            f"auto_pad={' and '.join(alike)} would say it by the text alone, and is not to be "
            f"relied on: {'; '.join(parted)}; these pads say it to everyone, for every input size"
        )
    labels = sorted({reading.clause for word in alike for reading in differing(calls[word])})
    if not labels:
        return f"{text}, and every reading agrees on them"
    return f"{text}, and under readings of {', '.join(labels)} that make another output of auto_pad"


def _parted(calls: Sequence[Case]) -> list[str]:
    """The runtimes that make another output of a call with auto_pad than the text does."""
    return list(
        dict.fromkeys(
            f"{each.title} makes {differs_in(each)}"
            for call in calls
            for each in predictions(call)
            if not each.entry.sayable and each.does in ANSWERS and (each.because or each.follows)
        )
    )


def _with(case: Case, word: str) -> Case:
    """The call with auto_pad in place of pads and output_padding."""
    given = case.attributes.given() | {"auto_pad": word, "pads": None, "output_padding": None}
    return replace(case, attributes=Attributes.of(**given))


def _differs(kept: Sequence[Window], other: Sequence[Window]) -> int | None:
    """The first axis on which another part is kept."""
    return next(
        (
            n
            for n, (a, b) in enumerate(zip(kept, other, strict=True))
            if (a.begin, a.size) != (b.begin, b.size)
        ),
        None,
    )


def _proof(kept: Sequence[Window], upper: Sequence[Window]) -> str:
    number = _differs(kept, upper)
    assert number is not None
    own, same = kept[number], upper[number]
    name = axis_name(number)
    if own.size != same.size:
        return (
            f"on {name} it makes input * stride = {own.axis.input} * {own.axis.stride} = "
            f"{same.size}, and Keras {own.size}"
        )
    total = same.full - same.size
    split = f"total_padding {total} would be split to begin = {same.begin}, end = {same.end}"
    return f"on {name} SAME_UPPER's {split}, and Keras puts all its zeros at the end"
