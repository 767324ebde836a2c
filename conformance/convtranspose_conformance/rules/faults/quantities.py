"""What a measured rule's formulas speak of: the quantities of one axis, of one product of one
output channel, of one image."""

from collections.abc import Mapping

from convtranspose_cases import Case
from convtranspose_cases.facts import FACTS
from convtranspose_reference.geometry import Axis, Rules, pads_of

AXIS = frozenset(
    {
        "input",
        "kernel",
        "effective_kernel",
        "stride",
        "dilation",
        "output_padding",
        "natural",
        "pad_begin",
        "pad_end",
        "output_shape",
        "axis",
        "rank",
        "text_begin",
        "text_size",
    }
)
"""Of one axis, as the call gives them; `output_shape` only where it is given, `axis` from 0 on;
`text_begin` and `text_size` are what the text makes of them."""
AS_GIVEN = Rules(output_padding_limit=lambda axis: "")  # the call as given is within its limits
CHANNEL = frozenset({"m", "j", "g", "q", "C", "M", "group", "channels_per_group", "maps_per_group"})
"""`m` an output channel of `M`, number `q` of group `g`; `j` one of the C / group input channels
that it sums; of a bias, an output channel alone."""
IMAGE = frozenset({"n", "N"})
ON_AXES = AXIS | {"auto_pad", "dtype", "group", "bias", "total_padding"}
"""What a rule for some axes may ask of one."""


def of_axis(axis: Axis, number: int, rank: int) -> dict[str, int]:
    """The quantities of an axis by name."""
    shape = {} if axis.output_shape is None else {"output_shape": axis.output_shape}
    begin, end = pads_of(axis, AS_GIVEN)
    return shape | {
        "input": axis.input,
        "kernel": axis.kernel,
        "effective_kernel": axis.effective_kernel,
        "stride": axis.stride,
        "dilation": axis.dilation,
        "output_padding": axis.output_padding,
        "natural": axis.natural,
        "pad_begin": axis.begin,
        "pad_end": axis.end,
        "axis": number,
        "rank": rank,
        "text_begin": begin,
        "text_size": axis.natural - begin - end,
    }


def on_axis(case: Case, number: int) -> Mapping[str, object]:
    """What can be asked of an axis of a legal call: its quantities, and of the call what is no
    list."""
    return of_axis(case.axes[number], number, case.rank) | {
        "output_shape": case.axes[number].output_shape or 0,
        "auto_pad": case.axes[number].auto_pad,
        "dtype": case.dtype,
        "group": case.group,
        "bias": case.bias,
        "total_padding": FACTS["total_padding"](case)[number],
    }
