"""Where the readings of a clause land on one small call, drawn side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup

from convtranspose_cases import Case
from convtranspose_cases.case import make
from convtranspose_cases.clauses import Clause
from convtranspose_reference.resize import Resize, Row

from ..rules.answers import Answer, Asked, Explanation


def _resized(x: int, **asked: Any) -> Case:
    return make("call", x=(x,), k=(1,), op="Conv", resize=Resize.of(**asked))


# of each clause that is read in several ways, calls of one axis on which readings part from the
# text's
CALLS: dict[str, tuple[Case, ...]] = {
    "A": (
        make("call", x=(3,), k=(2,), output_shape=(3,), opset=1),
        make("call", x=(3,), k=(2,), auto_pad="SAME_UPPER", opset=1),
    ),
    "B": (make("call", x=(3,), k=(2,), auto_pad="SAME_UPPER", strides=(2,), opset=1),),
    "C": (make("call", x=(3,), k=(1,), auto_pad="SAME_UPPER", strides=(3,)),),
    "D": (make("call", x=(3,), k=(2,), auto_pad="SAME_UPPER", strides=(2,), output_padding=(1,)),),
    "E": (make("call", x=(3,), k=(1,), auto_pad="SAME_UPPER", strides=(2,)),),
    "F": (make("call", x=(3,), k=(2,), output_shape=(3,)),),
    "G": (make("call", x=(3,), k=(3,), output_shape=(3,), pads=(0, 2)),),
    "J": (make("call", x=(3,), k=(2,), output_shape=(6,)),),
    "K": (make("call", x=(3,), k=(2,), dilations=(2,), output_padding=(1,)),),
    "R": (make("call", x=(2,), k=(1,), pads=(1, 1)),),
    "U": (
        _resized(3, mode="linear", scales=(1.5,)),
        _resized(3, mode="linear", scales=(1.5,), coordinate_transformation_mode="align_corners"),
    ),
    "V": (
        _resized(
            7,
            sizes=(2,),
            coordinate_transformation_mode="asymmetric",
            nearest_mode="round_prefer_ceil",
        ),
    ),
    "W": (_resized(4, mode="linear", scales=(0.5,), antialias=True),),
}
CELL = 16  # of a picture, in pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """A call, and for each reading of a clause where the output lies on it: in words and drawn."""

    call: str
    readings: dict[str, tuple[str, Markup]]


def pictured(clause: Clause) -> Iterator[Pictured]:
    """The calls on which readings of a clause part from the text's; none for one that is read in
    one way."""
    for case in CALLS.get(clause.label, ()):
        asked = Asked(case)
        answers = {clause.text: asked.answer()} | {
            reading.name: asked.answer(Explanation(readings=(reading.id,)))
            for reading in clause.readings
        }
        left = max(0, *(-_begin(answer) for answer in answers.values()))
        right = max(_end(answer) for answer in answers.values())
        drawn = (
            _weights_drawn if case.resize is not None else partial(_drawn, left=left, right=right)
        )
        yield Pictured(
            call=" ".join(case.summary().partition(" (")[:1]) + f", opset {case.opset}",
            readings={name: (_words(answer), drawn(answer)) for name, answer in answers.items()},
        )


def _begin(answer: Answer) -> int:
    return 0 if answer.geometry is None else answer.geometry.begins[0]


def _end(answer: Answer) -> int:
    """One past the last place that is drawn: of the output, or of what is there without pads."""
    if answer.geometry is None:
        return 0
    return max(answer.geometry.axes[0].natural, _begin(answer) + answer.geometry.spatial[0])


def _words(answer: Answer) -> str:
    if answer.weights:
        return "; ".join(map(_share, answer.weights[0]))
    if answer.geometry is None:
        return "refused"
    (size,), (end,) = answer.geometry.spatial, answer.geometry.ends
    return f"size {size}: {_of_end('begin', _begin(answer))}, {_of_end('end', end)}"


def _share(row: Row | None) -> str:
    """The inputs of one output, each with its coefficient, unless it is the only one."""
    shares = sorted((row or {}).items())
    return " + ".join(f"X[{at}]" if weight == 1 else f"{weight} X[{at}]" for at, weight in shares)


def _weights_drawn(answer: Answer) -> Markup:
    """A square for each output, row by row, and input, column by column, that it weighs."""
    (rows,), squares = answer.weights, []
    width = max(at for row in rows for at in row or ()) + 1
    for number, row in enumerate(rows):
        for at, weight in sorted((row or {}).items()):
            squares.append(
                f'<rect class="kept" x="{at * CELL + 1}" y="{number * CELL + 1}" '
                f'width="{CELL - 2}" height="{CELL - 2}" opacity="{float(weight):.2f}"/>'
            )
    return Markup(  # numbers and our own words
        f'<svg class="landing" width="{width * CELL}" height="{len(rows) * CELL}" role="img" '
        f'aria-label="{_words(answer)}">{"".join(squares)}</svg>'
    )


def _of_end(name: str, pad: int) -> str:
    if pad < 0:
        return f"{-pad} zero{'s' * (pad < -1)} at the {name}"
    return f"{pad} cropped at the {name}" if pad else f"nothing at the {name}"


def _drawn(answer: Answer, left: int, right: int) -> Markup:
    """A square for each place of the axis: kept, cropped, or a zero that is added."""
    if answer.geometry is None:
        return Markup("")
    natural, begin = answer.geometry.axes[0].natural, _begin(answer)
    squares = []
    for place in range(-left, right):
        inside = begin <= place < begin + answer.geometry.spatial[0]
        there = 0 <= place < natural
        if inside or there:
            kind = ("kept" if there else "zero") if inside else "cropped"
            x = (place + left) * CELL + 1
            squares.append(
                f'<rect class="{kind}" x="{x}" y="1" width="{CELL - 2}" height="{CELL - 2}"/>'
            )
    width = (left + right) * CELL
    return Markup(  # numbers and our own words
        f'<svg class="landing" width="{width}" height="{CELL}" role="img" '
        f'aria-label="{_words(answer)}">{"".join(squares)}</svg>'
    )
