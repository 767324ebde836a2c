"""What each backend does with the call, as lines of an explanation."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ...prediction.prediction import Does, Prediction
from ...prediction.sentences import sentence
from .wrapped import wrapped

if TYPE_CHECKING:  # it loads what starts processes
    from ...prediction.asking import Asking

TITLE = "What each backend does with this call; worked out, nothing was run"


WORKED_OUT = "; with the pads that this comes to it is one call: see its code"
OWN = "; what was pasted is one call of it, by words that this suite does not ask it in"


def predicted_text(
    predictions: Sequence[Prediction], framework: str = "", worked_out: Collection[str] = ()
) -> str:
    """A line a backend, with the version that it holds for. `framework`: whose call was read, which
    is one call of that whatever the suite's own adapter can say; `worked_out`: those in which one
    call says it, too, by other attributes."""
    width = max((len(each.title) for each in predictions), default=0) + 2
    lines = (_line(each, width, _beside(each, framework, worked_out)) for each in predictions)
    return "\n".join([f"  {TITLE}", *lines])


def _beside(prediction: Prediction, framework: str, worked_out: Collection[str]) -> str:
    if prediction.does is not Does.UNSUPPORTED:
        return ""
    if prediction.entry.name == f"{framework}-cpu":
        return OWN
    return WORKED_OUT * (prediction.entry.name.removesuffix("-cpu") in worked_out)


def _line(prediction: Prediction, width: int, beside: str) -> str:
    other = prediction.is_elsewhere
    beside += f" [{other} is installed, of which nothing is declared]" if other else ""
    first = f"    {prediction.title:<{width}}"
    return wrapped(f"{sentence(prediction)}{beside}", first, " " * (width + 4))


def asked_text(answers: "Sequence[Asking]") -> str:
    """What the backends did when they were asked; first where that is not what was predicted."""
    parted = [each for each in answers if each.parts]
    lines = ["Asked live"]
    if parted:
        lines.append("  FINDING: prediction and answer part")
        lines += [line for each in parted for line in _parted(each)]
    for each in answers:
        if not each.parts:
            title = f"{each.prediction.entry.title} {each.version}".rstrip()
            how = "" if each.seen is None else "as predicted: "
            lines.append(wrapped(f"{title}: {how}{each.saw}", "  ", "      "))
    return "\n".join(lines)


def _parted(each: "Asking") -> list[str]:
    title = f"{each.prediction.entry.title} {each.version}"
    rows = [("predicted", sentence(each.prediction)), ("answered", each.saw)]
    return [
        f"    {title}",
        *(wrapped(f"{name:<11}{what}", "      ", " " * 17) for name, what in rows),
    ]
