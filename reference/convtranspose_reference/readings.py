"""The clauses' named readings: how implementations read a sentence, one function each.

A reading changes one field of `Rules`; several combine with `rules_for`. Its clause is open
(docs/clauses.md: silent, or contradicting itself) or explicit: in `clauses` of the cases package.
Names say what is done, not who does it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from .attributes import InvalidInput
from .geometry import TEXT, Axis, Geometry, Pads, Rules
from .resize.coordinates import ResizeRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`apply` turns rules into the rules under this reading, `resize` those of Resize; `sentence`
    is what an engineer would say of it."""

    clause: str
    name: str
    sentence: str
    apply: Callable[[Rules], Rules] = lambda rules: rules
    resize: Callable[[ResizeRules], ResizeRules] = lambda rules: rules

    @property
    def id(self) -> str:
        return f"{self.clause}:{self.name}"


READINGS: dict[str, Reading] = {}


def _reading(
    clause: str, name: str, sentence: str
) -> Callable[[Callable[[Rules], Rules]], Callable[[Rules], Rules]]:
    def register(apply: Callable[[Rules], Rules]) -> Callable[[Rules], Rules]:
        READINGS[f"{clause}:{name}"] = Reading(
            clause=clause, name=name, sentence=sentence, apply=apply
        )
        return apply

    return register


def rules_for(names: Iterable[str]) -> Rules:
    """Rules with the named readings ("C:clamped") in force. Raises KeyError on an unknown name."""
    return _rules_for(tuple(names))


@cache
def _rules_for(names: tuple[str, ...]) -> Rules:
    rules = TEXT
    for name in names:
        rules = READINGS[name].apply(rules)
    return rules


def resize_rules_for(names: Iterable[str]) -> ResizeRules:
    """Rules of Resize with the named readings in force; those of other clauses change nothing.
    Raises KeyError on an unknown name."""
    return _resize_rules_for(tuple(names))


@cache
def _resize_rules_for(names: tuple[str, ...]) -> ResizeRules:
    rules = ResizeRules()
    for name in names:
        rules = READINGS[name].resize(rules)
    return rules


@_reading(
    "A",
    "condition_of_opset_11",
    "opset 1: puts the extra element where opset 11 does: at the end for SAME_UPPER, else at the "
    "begin",
)
def _(rules: Rules) -> Rules:
    return replace(rules, extra_at_begin=lambda axis: axis.auto_pad != "SAME_UPPER")


@_reading(
    "A",
    "inverted_everywhere",
    "opset 1: applies the inverted condition to auto_pad without output_shape too",
)
def _(rules: Rules) -> Rules:
    return replace(
        rules, extra_at_begin=lambda axis: (axis.auto_pad != "SAME_UPPER") != (axis.opset < 11)
    )


@_reading(
    "B",
    "input_times_stride",
    "opset 1: SAME gives input * stride (Conv: input / stride, rounded up), as from opset 11 on",
)
def _(rules: Rules) -> Rules:
    return replace(rules, same_size=lambda axis: axis.input * axis.stride)


@_reading(
    "C",
    "clamped",
    "clamps a negative total padding under SAME to 0 and so returns stride * (input - 1) + "
    "output_padding + effective kernel",
)
def _(rules: Rules) -> Rules:
    return replace(rules, negative_same=lambda axis, total: (0, 0))


@_reading(
    "C",
    "zeros_at_end",
    "with a negative total padding under SAME keeps the kernel at the start and adds all zeros at "
    "the end",
)
def _(rules: Rules) -> Rules:
    return replace(rules, negative_same=lambda axis, total: (0, total))


@_reading("D", "output_padding_adds_size", "adds output_padding to the size that SAME asks for")
def _(rules: Rules) -> Rules:
    return replace(rules, same_size=lambda axis: rules.same_size(axis) + axis.output_padding)


@_reading(
    "D",
    "half_kernel_pads",
    "where output_padding is given, pads SAME by half the kernel at both ends and adds "
    "output_padding to what that gives",
)
def _(rules: Rules) -> Rules:
    def same_size(axis: Axis) -> int:
        return (
            axis.natural - 2 * (axis.effective_kernel // 2)
            if axis.output_padding
            else rules.same_size(axis)
        )

    return replace(rules, same_size=same_size)


@_reading("E", "truncated", "rounds half of an odd negative total padding towards zero")
def _(rules: Rules) -> Rules:
    def odd_negative(axis: Axis, total: int) -> Pads:
        half = -(-total // 2)
        return (total - half, half) if rules.extra_at_begin(axis) else (half, total - half)

    return replace(rules, odd_negative=odd_negative)


@_reading("E", "zeros_at_end", "puts all of an odd negative total padding at the end")
def _(rules: Rules) -> Rules:
    return replace(rules, odd_negative=lambda axis, total: (0, total))


def _is_named_shape(axis: Axis) -> bool:
    return axis.output_shape is not None and not axis.same


@_reading(
    "F",
    "extra_at_end",
    "splits an odd total padding of output_shape with NOTSET or VALID with the extra element at "
    "the end",
)
def _(rules: Rules) -> Rules:
    return replace(
        rules, extra_at_begin=lambda axis: not _is_named_shape(axis) and rules.extra_at_begin(axis)
    )


def _pads_or_refusal(begin: int, end: int, axis: Axis) -> Pads:
    """Pads taken as given, the rest at the end, as an inverse of Conv's size: refused where Conv
    would not lead back."""
    size = axis.output_shape or 0
    blocks = (size + begin + end - axis.effective_kernel) // axis.stride + 1
    if blocks != axis.input:
        raise InvalidInput(
            "F",
            "output_shape",
            size,
            f"a size from which Conv leads back to {axis.input} inputs, not {blocks}",
        )
    return begin, axis.natural - begin - size


@_reading(
    "F",
    "no_pads",
    "derives no pads from output_shape: keeps begin 0, and refuses where Conv would not lead back "
    "to the input size",
)
def _(rules: Rules) -> Rules:
    return replace(rules, shape_pads=lambda axis: _pads_or_refusal(0, 0, axis))


@_reading(
    "G",
    "pads_used",
    "uses pads although output_shape is given, and refuses where Conv would not lead back to the "
    "input size",
)
def _(rules: Rules) -> Rules:
    return replace(rules, shape_pads=lambda axis: _pads_or_refusal(axis.begin, axis.end, axis))


@_reading(
    "J",
    "zeros_at_end",
    "with an output_shape beyond the natural size begins at 0 and adds all zeros at the end",
)
def _(rules: Rules) -> Rules:
    return replace(rules, negative_shape=lambda axis, total: (0, total))


@_reading(
    "J", "refused", "refuses an output_shape of the size without output_padding + stride or more"
)
def _(rules: Rules) -> Rules:
    def beyond(found: Geometry) -> str:
        reach = [
            (a.output_shape, a.natural, a.natural - a.output_padding + a.stride)
            for a in found.axes
            if a.output_shape is not None
        ]
        too_far = any(size > natural and size >= limit for size, natural, limit in reach)
        return "an output_shape from which Conv leads back to the input size" if too_far else ""

    return replace(rules, refuses=(*rules.refuses, ("J", beyond)))


@_reading(
    "K", "below_stride", "refuses an output_padding of the stride or more, whatever the dilation"
)
def _(rules: Rules) -> Rules:
    return replace(
        rules,
        output_padding_limit=lambda a: (
            "" if a.output_padding < a.stride else f"less than stride = {a.stride}"
        ),
    )


def _refuses(test: Callable[[Geometry], bool], accepted: str) -> Callable[[Rules], Rules]:
    return lambda rules: replace(
        rules, refuses=(*rules.refuses, ("R", lambda found: accepted if test(found) else ""))
    )


def _no_input(found: Geometry) -> bool:
    return 0 in (axis.input for axis in found.axes)


_reading("R", "empty_refused", "refuses any dimension of size 0")(
    _refuses(lambda g: 0 in (*g.y_shape, g.channels) or _no_input(g), "no dimension of size 0")
)
_reading(
    "R",
    "empty_spatial_refused",
    "computes with N = 0 or C = 0, but refuses M = 0 and spatial dimensions of size 0",
)(
    _refuses(
        lambda g: 0 in (*g.spatial, g.maps) or _no_input(g),
        "no spatial dimension and no M of size 0",
    )
)
_reading(
    "R", "empty_output_refused", "computes from empty inputs, but refuses spatial output sizes of 0"
)(_refuses(lambda g: 0 in g.spatial, "no spatial output size of 0"))
_reading(
    "R",
    "empty_batch_alone_computed",
    "computes with N = 0, and refuses every other dimension of size 0",
)(
    _refuses(
        lambda g: 0 in (*g.y_shape[1:], g.channels) or _no_input(g), "no dimension of size 0 but N"
    )
)
_reading(
    "R",
    "empty_output_and_shaped_input_refused",
    "refuses spatial output sizes of 0, and empty inputs where output_shape is given",
)(
    _refuses(
        lambda g: (
            0 in g.spatial or any(a.input == 0 and a.output_shape is not None for a in g.axes)
        ),
        "no spatial output size of 0, and no empty input beside output_shape",
    )
)
_reading(
    "R",
    "empty_channels_and_output_computed",
    "computes with C = 0 and with spatial output sizes of 0, and refuses N = 0, M = 0 and empty "
    "inputs",
)(
    _refuses(
        lambda g: 0 in (g.batch, g.maps) or _no_input(g),
        "no N, no M and no spatial input size of 0",
    )
)


def _of_resize(clause: str, name: str, sentence: str, **changed: Any) -> None:
    READINGS[f"{clause}:{name}"] = Reading(
        clause=clause,
        name=name,
        sentence=sentence,
        resize=lambda rules: replace(rules, **changed),
    )


_of_resize(
    "U",
    "as_given",
    "takes the scale of coordinates as it is given, whatever the size is cut to",
    scale="as_given",
)
_of_resize(
    "U",
    "as_given_and_fractional",
    "takes the scale of coordinates as it is given, and the length of the output for input * "
    "scale, uncut",
    scale="as_given",
    length="fractional",
)
_of_resize(
    "V",
    "float32_division",
    "finds the nearest input of a coordinate that is worked out in float32, divided by the scale",
    nearest="float32_division",
)
_of_resize(
    "V",
    "float32_reciprocal",
    "finds the nearest input of a coordinate that is worked out in float32, times the reciprocal "
    "of the scale",
    nearest="float32_reciprocal",
)
_of_resize(
    "W",
    "outside_left_out",
    "leaves what lies outside X out of an antialiased sum, and divides by the weights that are "
    "left",
    antialias_excludes=True,
)
