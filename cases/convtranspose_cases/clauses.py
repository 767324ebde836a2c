"""The clauses: labelled sentences of the operator text, and whether the text leaves them open."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from convtranspose_reference.geometry import Geometry
from convtranspose_reference.readings import READINGS, Reading


def _odd_negative_total(found: Geometry) -> bool:
    return any(b + e < 0 and (b + e) % 2 for b, e in zip(found.begins, found.ends, strict=True))


def _output_padding_of_the_stride(found: Geometry) -> bool:
    return any(axis.output_padding >= axis.stride for axis in found.axes)


def _some_zero_size(found: Geometry) -> bool:
    return 0 in found.y_shape or 0 in (found.channels, *(axis.input for axis in found.axes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """`says`: what the text says, in our words. `open`: it is silent or contradicts itself, so
    every named reading conforms.

    `text` names the literal reading; `open_before` limits the openness to opsets below it (0: all
    opsets). `can_matter`: False only for a geometry (under the text, or under readings of other
    clauses) that every reading of this clause leaves as it is; cheap to ask.
    """

    label: str
    title: str
    says: str
    text: str
    open: bool = False
    open_before: int = 0
    can_matter: Callable[[Geometry], bool] = lambda found: True

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
        Clause(label="A", title="Which end gets the extra element under SAME", open=True, open_before=11, text="as_written",
               says="The end for SAME_UPPER, the begin for SAME_LOWER. Opset 1's equation says the opposite, its auto_pad sentence does not."),
        Clause(label="B", title="Size under SAME (opset 1)", open=True, open_before=11, text="input_size",
               says="Opset 1: SAME makes the output match the input; from opset 11 on: input * stride."),
        Clause(label="C", title="SAME with a kernel below the stride", text="zeros_split",
               says="The output is input * stride, so total_padding is negative and zeros are added at both ends."),
        Clause(label="D", title="SAME with output_padding", text="size_unchanged",
               says="The output is input * stride whatever output_padding is; output_padding enters total_padding."),
        Clause(label="E", title="Half of a negative odd total", open=True, text="floored", can_matter=_odd_negative_total,
               says="total_padding / 2 without a word on rounding."),
        Clause(label="F", title="output_shape with NOTSET or VALID", text="extra_at_begin",
               says="The Else branch: an odd total has its extra element at the begin."),
        Clause(label="G", title="pads beside output_shape", text="pads_ignored", says="If output_shape is given, pads are ignored."),
        Clause(label="H", title="pads beside auto_pad", text="refused", says="pads cannot be used simultaneously with auto_pad."),
        Clause(label="I", title="output_shape below the input size", text="cropped", says="No lower limit is stated: the result is cropped."),
        Clause(label="J", title="output_shape beyond the natural size", text="zeros_split",
               says="total_padding is negative; the equation splits it, adding zeros at both ends."),
        Clause(label="K", title="Limit of output_padding", open=True, text="below_max", can_matter=_output_padding_of_the_stride,
               says='Less than "the corresponding stride/dilation dimension": the larger, or the '
                    'stride? (Less than both is ruled out by '
                    "the official tests, which pad where the dilation is 1.)"),
        Clause(label="L", title="Length of output_shape", text="spatial_only", says="No batch and channel dimensions."),
        Clause(label="M", title="Sizes that come out at 0 or below", text="negative_refused", says="A size below 0 is none; 0 is an empty output."),
        Clause(label="N", title="Unknown auto_pad", text="refused", says="auto_pad is one of four words."),
        Clause(label="O", title="Shapes that have to fit", text="refused",
               says="C = W.shape[0] (Conv: W.shape[1] * group), kernel_shape as W has it, B has M values."),
        Clause(label="P", title="VALID", text="no_pads", says="Opset 1: no padding. Later texts keep the word and lost the sentence."),
        Clause(label="Q", title="Output channels", text="w_times_group", says="M = W.shape[1] * group."),
        Clause(label="R", title="Zero-size dimensions", open=True, text="computed", can_matter=_some_zero_size, says="Nothing is said; sums over nothing are the bias."),
        Clause(label="S", title="Size of the output", text="equation",
               says="stride * (input - 1) + output_padding + (kernel - 1) * dilation + 1 - begin - end."),
        Clause(label="T", title="What is summed", text="definition",
               says="Every input element adds its multiple of the filter at stride * index + dilation * tap - begin; groups apart, bias per channel."),
    )
}  # fmt: skip
