"""What a name that is not known was meant to be."""

import difflib
import re
from collections.abc import Iterable, Mapping

NEAR_LAYER = 0.93  # `ConvTransose2d` is 0.97 of its name, `convolution` 0.92 of `Deconvolution`
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
# what stands before the names of frameworks that are known
_PREFIXES = re.compile(
    r"(?:(?:torch|nn|F|functional|keras|layers|tf|tensorflow|v1|compat|K|L|mx|sym|nd|gluon|paddle"
    r"|jax|lax|flax|linen|nnx|hk|eqx|snt|chainer|links|helper|onnx|op|slim|ops|np)\.)*"
)
_NUMBER = re.compile(r"_\d+$")  # of a node's own name
_CALLED = re.compile(r"(?<![\w.:>])(?P<before>(?:[A-Za-z_]\w*\.)*)(?P<last>[A-Za-z_]\w*)[ \t]*\(")
MOST_TRIED = 200


def near_layer(text: str) -> tuple[str, str] | None:
    """The first call whose name looks like that of a layer, and that layer's; None where there is
    none among the first names that are called."""
    for match, _ in zip(_CALLED.finditer(text), range(MOST_TRIED), strict=False):
        name = _NUMBER.sub("", match["last"])
        known = _layer(name)
        if known and known != name and _PREFIXES.fullmatch(match["before"]):
            return match["before"] + match["last"], match["before"] + known
    return None


def _layer(name: str) -> str:
    """The layer whose name it is but for a slip of the hand; the one of its own case before
    others."""
    near = {each: _likeness(name.lower(), each.lower()) for each in _LAYERS}
    best = max(near.values())
    found = [each for each in _LAYERS if near[each] == best >= NEAR_LAYER]
    return max(found, key=lambda each: _likeness(name, each), default="")


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


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
