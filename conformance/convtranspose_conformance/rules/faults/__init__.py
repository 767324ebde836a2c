"""Named faults: rules that are never legal, and that implementations follow all the same. Each is a
transformation of a case.

A fault reproduces a backend's wrong answer exactly or it is not the explanation. With readings it
shares one mechanism (`rules.answers`).
"""

from .arithmetic import ARITHMETIC
from .fault import Fault
from .geometry import GEOMETRY
from .gradients import GRADIENTS, SHAPES
from .layout import BIAS, GROUP, LAYOUT
from .special import SPECIAL

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (*GEOMETRY, *LAYOUT, *GROUP, *BIAS, *ARITHMETIC, *SHAPES, *SPECIAL, *GRADIENTS)
}

__all__ = ["FAULTS", "Fault"]
