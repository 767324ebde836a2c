"""The clauses: labelled sentences of the operator text, and whether the text leaves them open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from convtranspose_reference.attributes import Op
from convtranspose_reference.geometry import Geometry
from convtranspose_reference.readings import READINGS, Reading

from .case import Case

Condition = Callable[[Case, Geometry | None], bool]
About = Literal["channels", "sizes", "values", "calls"]


def _always(case: Case, placed: Geometry | None) -> bool:
    return True


def _never(case: Case, placed: Geometry | None) -> bool:
    """Of a legal call."""
    return False


def _transposed(test: Callable[[Case, Geometry], bool]) -> Condition:
    """Of ConvTranspose, whose text the clause is in."""
    return lambda case, placed: placed is not None and test(case, placed)


def _totals(placed: Geometry) -> list[int]:
    return [b + e for b, e in zip(placed.begins, placed.ends, strict=True)]


def _shaped(case: Case) -> bool:
    return case.attributes.output_shape is not None


def _same(placed: Geometry) -> bool:
    return placed.axes[0].same


def _is_split_unevenly(case: Case, placed: Geometry) -> bool:
    split = _same(placed) or (_shaped(case) and case.opset < 11)
    return split and any(total % 2 for total in _totals(placed))


def _is_of_opset_1(case: Case, placed: Geometry | None) -> bool:
    """Of both operators, whose first texts share the sentence."""
    if placed is None:
        return case.opset < 11 and any(a.same and a.stride > 1 for a in case.axes)
    return case.opset < 11 and _same(placed) and not _shaped(case)


def _gets_zeros(case: Case, placed: Geometry) -> bool:
    same = case.opset >= 11 and _same(placed) and not _shaped(case)
    return same and any(total < 0 for total in _totals(placed))


def _has_output_padding(case: Case, placed: Geometry) -> bool:
    return _same(placed) and not _shaped(case) and any(a.output_padding for a in placed.axes)


def _has_odd_negative_total(case: Case, placed: Geometry) -> bool:
    return any(total < 0 and total % 2 for total in _totals(placed))


def _is_shaped_alone(case: Case, placed: Geometry) -> bool:
    return _shaped(case) and not _same(placed)


def _is_shaped_beside_pads(case: Case, placed: Geometry) -> bool:
    return _shaped(case) and case.attributes.pads is not None


def _is_shaped_below_input(case: Case, placed: Geometry) -> bool:
    return _shaped(case) and any((a.output_shape or 0) < a.input for a in placed.axes)


def _is_shaped_beyond_natural(case: Case, placed: Geometry) -> bool:
    return _shaped(case) and any(total < 0 for total in _totals(placed))


def _reaches_a_limit(case: Case, placed: Geometry) -> bool:
    return any(a.output_padding >= min(a.stride, a.dilation) for a in placed.axes)


def _is_empty(case: Case, placed: Geometry | None) -> bool:
    y_shape = case.y_shape() if placed is None else placed.y_shape
    return 0 in (*case.x_shape, *case.w_shape, *y_shape)


def _is_cut_off(case: Case, placed: Geometry | None) -> bool:
    return not all(along.is_whole for along in case.resized_axes)


def _is_rounded_to_nearest(case: Case, placed: Geometry | None) -> bool:
    return case.resize is not None and case.resize.mode == "nearest"


def _is_antialiased(case: Case, placed: Geometry | None) -> bool:
    return case.resize is not None and case.resize.antialias and not case.resize.exclude_outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """`says`: what the text says, in our words. `open`: it is silent or contradicts itself, so
    every named reading conforms.

    `text` names the literal reading; `open_before` limits the openness to opsets below it (0: all
    opsets). `can_matter`: does the clause say anything of a legal call, `placed` by the text or by
    readings of other clauses (None for Conv)? Where not, every reading of it leaves the call as it
    is, unless it is `beyond`: a reading of it speaks of calls, too, of which the clause itself says
    nothing. Cheap to ask. `settled` is a sentence that would leave one reading alone; "" where
    nobody reads the clause otherwise.

    `about` is what it speaks of: the channels of Y, its sizes, its values (which products are
    summed, where they land), or which calls there are, of which no number follows. `of`: of which
    operators its readings speak; a Resize may stand before either convolution.
    """

    label: str
    title: str
    says: str
    text: str
    can_matter: Condition
    about: tuple[About, ...]
    of: tuple[Op | Literal["Resize"], ...] = ("ConvTranspose",)
    beyond: bool = False
    settled: str = ""
    open: bool = False
    open_before: int = 0

    @property
    def readings(self) -> tuple[Reading, ...]:
        return _readings_of(self.label)

    def is_open(self, opset: int) -> bool:
        return self.open and (not self.open_before or opset < self.open_before)


@cache
def _readings_of(label: str) -> tuple[Reading, ...]:
    return tuple(r for r in READINGS.values() if r.clause == label)


CLAUSES = {
    c.label: c
    for c in (
        Clause(label="A", title="Which end gets the extra element under SAME", open=True, open_before=11, text="as_written", about=("values",), can_matter=_transposed(_is_split_unevenly),
               settled="An odd total has its extra element at the end for SAME_UPPER; at the begin for SAME_LOWER, and for output_shape with NOTSET or VALID.",
               says="The end for SAME_UPPER, the begin for SAME_LOWER. Opset 1's equation says the opposite, its auto_pad sentence does not."),
        Clause(label="B", title="Size under SAME (opset 1)", open=True, open_before=11, text="input_size", about=("sizes", "values"), of=("ConvTranspose", "Conv"), can_matter=_is_of_opset_1,
               settled="Under SAME_UPPER and SAME_LOWER, output_shape[i] = input_shape[i] * strides[i] (Conv: input_shape[i] / strides[i], rounded up).",
               says="Opset 1: SAME makes the output match the input; from opset 11 on: input * stride (Conv: input / stride, rounded up)."),
        Clause(label="C", title="SAME with a kernel below the stride", text="zeros_split", about=("sizes", "values"), can_matter=_transposed(_gets_zeros),
               settled="Under SAME_UPPER and SAME_LOWER total_padding[i] may be negative: output_shape[i] stays input_shape[i] * strides[i], and zeros are added at both ends, split as paddings are.",
               says="The output is input * stride, so total_padding is negative and zeros are added at both ends."),
        Clause(label="D", title="SAME with output_padding", text="size_unchanged", about=("sizes", "values"), can_matter=_transposed(_has_output_padding),
               settled="Under SAME_UPPER and SAME_LOWER output_padding is part of total_padding[i], and does not change output_shape[i].",
               says="The output is input * stride whatever output_padding is; output_padding enters total_padding."),
        Clause(label="E", title="Half of a negative odd total", open=True, text="floored", about=("values",), can_matter=_transposed(_has_odd_negative_total),
               settled="total_padding[i] / 2 is rounded towards minus infinity, whatever its sign.",
               says="total_padding / 2 without a word on rounding."),
        Clause(label="F", title="output_shape with NOTSET or VALID", text="extra_at_begin", about=("values",), can_matter=_transposed(_is_shaped_alone),
               settled="From opset 11 on, where output_shape is given and auto_pad is NOTSET or VALID: pads[end_i] = floor(total_padding[i] / 2) and pads[start_i] = total_padding[i] - pads[end_i]; any output_shape that is not negative is allowed.",
               says="The Else branch: an odd total has its extra element at the begin."),
        Clause(label="G", title="pads beside output_shape", text="pads_ignored", about=("sizes", "values"), beyond=True, can_matter=_transposed(_is_shaped_beside_pads),
               settled="Where output_shape is given, pads follow from it, and the attribute pads is not read.",
               says="If output_shape is given, pads are ignored."),
        Clause(label="H", title="pads beside auto_pad", text="refused", about=("calls",), can_matter=_never, says="pads cannot be used simultaneously with auto_pad."),
        Clause(label="I", title="output_shape below the input size", text="cropped", about=("sizes", "values"), can_matter=_transposed(_is_shaped_below_input), says="No lower limit is stated: the result is cropped."),
        Clause(label="J", title="output_shape beyond the natural size", text="zeros_split", about=("sizes", "values"), can_matter=_transposed(_is_shaped_beyond_natural),
               settled="output_shape[i] may be larger than the size without padding: total_padding[i] is then negative, and zeros are added at both ends, split as paddings are.",
               says="total_padding is negative; the equation splits it, adding zeros at both ends."),
        Clause(label="K", title="Limit of output_padding", open=True, text="below_max", about=("calls",), can_matter=_transposed(_reaches_a_limit),
               settled="output_padding[i] is at least 0 and less than max(strides[i], dilations[i]).",
               says='Less than "the corresponding stride/dilation dimension": the larger, or the '
                    'stride? (Less than both is ruled out by '
                    "the official tests, which pad where the dilation is 1.)"),
        Clause(label="L", title="Length of output_shape", text="spatial_only", about=("calls",), can_matter=_never, says="No batch and channel dimensions."),
        Clause(label="M", title="Sizes that come out at 0 or below", text="negative_refused", about=("sizes",), can_matter=_transposed(lambda case, placed: 0 in placed.spatial), says="A size below 0 is none; 0 is an empty output."),
        Clause(label="N", title="Unknown auto_pad", text="refused", about=("calls",), can_matter=_never, says="auto_pad is one of four words."),
        Clause(label="O", title="Shapes that have to fit", text="refused", about=("calls",), can_matter=_transposed(lambda case, placed: case.bias or case.attributes.kernel_shape is not None),
               says="C = W.shape[0] (Conv: W.shape[1] * group), kernel_shape as W has it, B has M values."),
        Clause(label="P", title="VALID", text="no_pads", about=("sizes", "values"), can_matter=_transposed(lambda case, placed: case.attributes.auto_pad == "VALID"), says="Opset 1: no padding. Later texts keep the word and lost the sentence."),
        Clause(label="Q", title="Output channels", text="w_times_group", about=("channels",), can_matter=_always, says="M = W.shape[1] * group."),
        Clause(label="R", title="Zero-size dimensions", open=True, text="computed", about=("sizes", "values"), of=("ConvTranspose", "Conv"), can_matter=_is_empty,
               settled="Any dimension but those of the kernel may be 0, as long as no size of the output is below 0: an output that sums no product is the bias of its map, or 0, and a dimension of 0 in the output makes it empty.",
               says="Nothing is said; sums over nothing are the bias."),
        Clause(label="S", title="Size of the output", text="equation", about=("sizes",), can_matter=_transposed(_always),
               says="stride * (input - 1) + output_padding + (kernel - 1) * dilation + 1 - begin - end."),
        Clause(label="T", title="What is summed", text="definition", about=("values",), can_matter=_always,
               says="Every input element adds its multiple of the filter at stride * index + dilation * tap - begin; groups apart, bias per channel."),
        Clause(label="U", title="Scale of a resize", open=True, text="from_sizes", about=("sizes", "values"), of=("Resize",), can_matter=_is_cut_off,
               settled="scale is scales[i] where scales are given, and output_width, the length that coordinates speak of, is input_width * scale[i], fractional as it is.",
               says="The scale in the formulas of coordinates is length_resized / length_original. Where scales are given the output is the floor of their product with the input, so that this is another scale; half_pixel_symmetric speaks of a fractional output_width beside the whole one."),
        Clause(label="V", title="Nearest input of a rounded coordinate", open=True, text="exact", about=("values",), of=("Resize",), can_matter=_is_rounded_to_nearest,
               settled="x_original is computed in float32, as the formulas are written, before nearest_mode rounds it.",
               says="Formulas are of numbers, not of floats: a coordinate that float32 rounds may fall on the other side of a tie or of a whole number."),
        Clause(label="W", title="Antialias at the border", open=True, text="edge", about=("values",), of=("Resize",), can_matter=_is_antialiased,
               settled="With antialias=1 sampling locations outside the tensor have the weight 0, and the others are renormalized, as with exclude_outside=1.",
               says="What lies outside counts unless exclude_outside is 1; with what value is not said. Everybody takes the element at the edge, but under antialias."),
        Clause(label="Z", title="Resize and DepthToSpace that fit", text="refused", about=("calls",), can_matter=lambda case, placed: case.is_composed,
               says="Either scales, above 0, or sizes, one for each axis; words of the opset; channels that the square of blocksize divides."),
    )
}  # fmt: skip
