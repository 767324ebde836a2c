"""Where the readings of a clause land on one small call, drawn side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from convtranspose_cases import Case
from convtranspose_cases.case import make
from convtranspose_cases.clauses import Clause

from ..rules.answers import Answer, Asked, Explanation

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
        left = max(-_begin(answer) for answer in answers.values())
        right = max(_end(answer) for answer in answers.values())
        yield Pictured(
            call=" ".join(case.summary().partition(" (")[:1]) + f", opset {case.opset}",
            readings={
                name: (_words(answer), _drawn(answer, max(left, 0), right))
                for name, answer in answers.items()
            },
        )


def _begin(answer: Answer) -> int:
    return 0 if answer.geometry is None else answer.geometry.begins[0]


def _end(answer: Answer) -> int:
    """One past the last place that is drawn: of the output, or of what is there without pads."""
    if answer.geometry is None:
        return 0
    return max(answer.geometry.axes[0].natural, _begin(answer) + answer.geometry.spatial[0])


def _words(answer: Answer) -> str:
    if answer.geometry is None:
        return "refused"
    (size,), (end,) = answer.geometry.spatial, answer.geometry.ends
    return f"size {size}: {_of_end('begin', _begin(answer))}, {_of_end('end', end)}"


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
