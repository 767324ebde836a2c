"""Case ids that carry the whole case, for calls that stand in no suite:
`call/x_1_2_5_w_2_3_3_strides_2_pads_1_0_float16_dense`.

Words with `_` between them: what is given, then its value in ONNX's spelling; what is left out has
its default. No character is one that a shell or a glob treats specially.
"""

from .askable import askable, find_call, require_askable, require_small
from .reading import KINDS_OF_DATA, parse
from .spelling import CALL_SUITES, NotationError, called, is_call, spelled

__all__ = [
    "CALL_SUITES",
    "KINDS_OF_DATA",
    "NotationError",
    "askable",
    "called",
    "find_call",
    "is_call",
    "parse",
    "require_askable",
    "require_small",
    "spelled",
]
