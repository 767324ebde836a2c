"""Where all runtimes of ONNX answer alike, and otherwise than the text: the call that says by the
text of today what they compute."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from convtranspose_cases import Case
from convtranspose_cases.case import OLDEST_OPSET
from convtranspose_reference.attributes import Attributes, InvalidInput, Shape
from convtranspose_reference.geometry import Geometry

from .prediction import Does, Prediction

ANSWERS = (Does.CONFORMS, Does.DIFFERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedByRuntimes:
    """What runtimes make of a call whose text asks for something else: the `shape` of Y, and a
    `case` of which the text asks for that."""

    shape: Shape
    case: Case
    runtimes: tuple[str, ...]


def followed(predictions: Sequence[Prediction]) -> FollowedByRuntimes | None:
    """None where they follow the text, or part among themselves, or nothing says what they do."""
    own = [p for p in predictions if not p.entry.sayable and p.does in ANSWERS]
    shapes = {p.shape for p in own}
    places = [p.answer.geometry for p in own if p.answer is not None]
    if len(own) < 2 or len(shapes) > 1 or None in places:
        return None
    first, case = places[0], own[0].case
    if first is None or any(place is None or place.key != first.key for place in places):
        return None
    if case.op != "ConvTranspose" or first.key == case.geometry().key:
        return None
    said = _said(case, first)
    if said is None:
        return None
    return FollowedByRuntimes(
        shape=first.y_shape, case=said, runtimes=tuple(p.entry.title for p in own)
    )


def _said(case: Case, place: Geometry) -> Case | None:
    """The call at a newer opset, or with its pads written out, whichever lands there."""
    newer = replace(case, opset=max(case.opset, OLDEST_OPSET))
    written = replace(newer, attributes=_written_out(case, place))
    return next((each for each in (newer, written) if _lands(each, place)), None)


def _written_out(case: Case, place: Geometry) -> Attributes:
    pads = (*place.begins, *(max(end, 0) for end in place.ends))
    extra = tuple(
        axis.output_padding + max(-end, 0) for axis, end in zip(place.axes, place.ends, strict=True)
    )
    given = {"auto_pad": None, "output_shape": None, "pads": pads, "output_padding": extra}
    return Attributes.of(**case.attributes.given() | given)


def _lands(case: Case, place: Geometry) -> bool:
    try:
        return case.geometry().key == place.key
    except InvalidInput:
        return False
