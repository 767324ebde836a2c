"""Named faults: rules that are never legal, and that implementations follow all the same. Each is a
transformation of a case.

A fault reproduces a backend's wrong answer exactly or it is not the explanation. With readings it
shares one mechanism (`rules.answers`).
"""

from .arithmetic import ARITHMETIC
from .bias_beyond import BIAS_BEYOND
from .fault import Fault
from .gradients import GRADIENTS, SHAPES
from .layout import BIAS, GROUP, LAYOUT
from .output_padding import OUTPUT_PADDING
from .pads import PADS
from .sizes import SIZES
from .special import SPECIAL
from .steps import STEPS

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *PADS,
        *STEPS,
        *OUTPUT_PADDING,
        *SIZES,
        *BIAS_BEYOND,
        *LAYOUT,
        *GROUP,
        *BIAS,
        *ARITHMETIC,
        *SHAPES,
        *SPECIAL,
        *GRADIENTS,
    )
}

__all__ = ["FAULTS", "Fault"]
