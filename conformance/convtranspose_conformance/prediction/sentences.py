"""A prediction in words: `9x9 instead of 10x10, because ...`."""

from collections.abc import Iterator, Mapping

from convtranspose_reference.attributes import InvalidInput, PartialShape, Shape
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.readings import READINGS
from convtranspose_reports import Check

from ..rules.accuracy_classes import ACCURACY
from .prediction import Does, Prediction

_NAMES = frozenset({"Conv", "Eigen", "Keras"})


def sentence(prediction: Prediction) -> str:
    """What the backend does with the call, on one line."""
    says = _says(prediction)
    machine = on_machine(prediction)
    if prediction.within is not None:
        says = f"{says}; the first of the calls that it takes {sentence(prediction.within)}"
    return f"{says} ({machine})" if machine else says


def on_machine(prediction: Prediction) -> str:
    """The processor and the kernels that a prediction holds for; "" where it holds on any."""
    return kernels_text(prediction.kernels) if prediction.kernels else ""


def kernels_text(told: Mapping[str, str]) -> str:
    """The processor and the kernels of a worker that told this."""
    flags = told.get("flags", "").split()
    vectors = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    onednn = told.get("onednn", "off")
    return f"on this processor, {vectors}, oneDNN {'off' if onednn == 'off' else f'for {onednn}'}"


def _says(prediction: Prediction) -> str:
    does, reason = prediction.does, prediction.reason
    if does is Does.UNSUPPORTED:
        return f"no one call: {reason}"
    if does is Does.DECLINES:
        return f"declines: {reason}"
    if does in (Does.RAISES, Does.DIES):
        return _stops(prediction)
    if does is Does.ACCEPTS:
        return f"answers all the same: {_because(prediction)}"
    if does is Does.REFUSES:
        return "refuses, as the text does"
    if does is Does.UNKNOWN:
        return "nothing is declared of it"
    if does is Does.UNDEFINED:
        return f"returns numbers that no rule predicts: {_because(prediction)}"
    return _answers(prediction)


def _stops(prediction: Prediction) -> str:
    errors = [d.error for d in prediction.because if d.error is not None]
    if not errors:
        return f"raises {_refusing(prediction)}"
    verb = "ends the process" if prediction.does is Does.DIES else "raises"
    return f"{verb} ({errors[0].type}): {_because(prediction)}"


def _refusing(prediction: Prediction) -> str:
    if prediction.because:
        return f"because {_because(prediction)}"
    if prediction.follows:
        return f"by a reading that the text leaves open: {_read_so(prediction)}"
    return prediction.reason


def _because(prediction: Prediction) -> str:
    return "; ".join(dict.fromkeys(clause_of(d.reason) for d in prediction.because))


def clause_of(reason: str) -> str:
    """A declaration's reason within a sentence."""
    first, space, rest = reason.rstrip(".").partition(" ")
    plain = first[1:].islower() or len(first) == 1
    return f"{first.lower() if plain and first not in _NAMES else first}{space}{rest}"


def _answers(prediction: Prediction) -> str:
    verb = "states " if prediction.check is Check.OUTPUT_SHAPE else ""
    rounds = f", but {ACCURACY[prediction.accuracy][0]}" if prediction.accuracy else ""
    if prediction.does is Does.DIFFERS:
        return f"{verb}{differs_in(prediction)}, because {_because(prediction)}{rounds}"
    if not prediction.follows:
        return f"conforms{rounds}"
    return (
        f"{verb}{differs_in(prediction)}, by a reading that the text leaves open: "
        f"{_read_so(prediction)}{rounds}"
    )


def _read_so(prediction: Prediction) -> str:
    """The readings that it follows: what they say, and their names."""
    return "; ".join(f"{READINGS[name].sentence} ({name})" for name in prediction.follows)


def differs_in(prediction: Prediction) -> str:
    """`9x9 instead of 10x10`, or where it begins and ends, or that numbers alone are others."""
    answer, text = prediction.answer, text_shape(prediction)
    if answer is None:
        return "no answer"
    if text is None:
        return f"{sizes_text(answer.shape)}, where the text refuses"
    if answer.shape != text:
        return f"{_shape(answer.shape, text)} instead of {_shape(text, answer.shape)}"
    mine, own = answer.geometry, prediction.case.geometry() if answer.geometry else None
    if mine is not None and own is not None and mine.key != own.key:
        axes = ", ".join(_moved(mine, own))
        return f"{sizes_text(text[2:])} with {axes}"
    return "other numbers"


def _moved(mine: Geometry, own: Geometry) -> Iterator[str]:
    """Where it begins and ends, axis by axis; once where all of several axes are moved alike."""
    pads = [*zip(mine.begins, mine.ends, own.begins, own.ends, strict=True)]
    alike = len(pads) > 1 and len({*pads}) == 1
    for number, (begin, end, b, e) in enumerate(pads[:1] if alike else pads, 1):
        if (begin, end) != (b, e):
            on = "each axis" if alike else f"D{number}"
            yield f"begin {begin}, end {end} on {on} instead of {b}, {e}"


def text_shape(prediction: Prediction) -> Shape | None:
    """Y's shape by the text; None where it refuses."""
    try:
        return prediction.case.y_shape()
    except InvalidInput:
        return None


def _shape(shape: PartialShape, other: PartialShape) -> str:
    """The spatial sizes, where channels and batch are the same."""
    alike = len(shape) == len(other) and shape[:2] == other[:2]
    return sizes_text(shape[2:]) if alike else str(list(shape))


def sizes_text(sizes: PartialShape) -> str:
    """`9x9`; one axis alone as `size 9`."""
    words = ["?" if size is None else str(size) for size in sizes]
    return f"size {words[0]}" if len(words) == 1 else "x".join(words)
