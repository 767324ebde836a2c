"""What a name that is not known was meant to be."""

import difflib
import re
from collections.abc import Iterable, Mapping

NEAR = 0.75  # of difflib: `stide` is 0.91 of `stride`, `activation` 0.67 of `dilation`

_LAYERS = (
    *(f"ConvTranspose{rank}d" for rank in (1, 2, 3)),
    *(f"LazyConvTranspose{rank}d" for rank in (1, 2, 3)),
    *(f"conv_transpose{rank}d" for rank in (1, 2, 3)),
    *(f"Conv{rank}dTranspose" for rank in (1, 2, 3)),
    *(f"Conv{rank}DTranspose" for rank in (1, 2, 3)),
    *(f"conv{rank}d_transpose" for rank in (1, 2, 3)),
    *(f"Deconvolution{rank}D" for rank in (1, 2, 3)),
    *("ConvTranspose", "conv_transpose", "Deconvolution", "make_node"),
)
_CALLED = re.compile(r"(?<![\w.])(?P<before>(?:[A-Za-z_]\w*\.)*)(?P<last>[A-Za-z_]\w*)[ \t]*\(")
MOST_TRIED = 200


def near_layer(text: str) -> tuple[str, str] | None:
    """The first call whose name looks like that of a layer, and that layer's; None where there is
    none among the first names that are called."""
    for match, _ in zip(_CALLED.finditer(text), range(MOST_TRIED), strict=False):
        if (known := meant(match["last"], _LAYERS)) and known != match["last"]:
            return match["before"] + match["last"], match["before"] + known
    return None


def did_you_mean(near: str, behind: str = "") -> str:
    """The hint at the accepted name `near`, with what stands `behind` it; empty where there is
    none."""
    return f"did you mean {near}{behind}? " if near else ""


def meant(name: str, accepted: Iterable[str], others: Mapping[str, str] | None = None) -> str:
    """The accepted name that another looks like, whatever its case; empty where it looks like none.
    `others`: more names that it may look like, with the accepted one that each stands for."""
    known = dict(others or {}) | {each: each for each in accepted}
    lower = {each.lower(): stands for each, stands in known.items()}
    found = difflib.get_close_matches(name.lower(), lower, 1, NEAR)
    begun = [each for each in lower if len(name) > 2 and each.startswith(name.lower())]
    return next((lower[each] for each in (*found, *begun)), "")
