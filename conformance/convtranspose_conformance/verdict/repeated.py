"""Does the same call give the same answer again?"""

from dataclasses import replace

import numpy as np

from ..backends.forms import SAME_CALL
from ..rules.answers import Answer
from ..worker.observation import Observation, Seen
from .compare import Comparisons, is_golden
from .difference import shape_text


def settled(answer: Answer, compared: Comparisons) -> Observation:
    """The repeatability of a call, decided: its first output, or that some answer was another one,
    and which.

    The same call has to give the same bits. Another form has to give the same numbers where the
    sums are exact; elsewhere it may round otherwise, within the proved bound. A call that is
    refused alike twice has nothing to compare: whether it may be is for `output`.
    """
    seen = compared.seen
    if not seen.parts:
        return _without_other_answers(seen)
    why = {name: _contradicts(answer, compared, name) for name in seen.parts}
    message = "; ".join(f"{name}: {how}" for name, how in why.items() if how)
    if message:
        return replace(
            seen, seen=Seen.NOT_REPEATABLE, stage="repeated", kind="another answer", message=message
        )
    return replace(seen, message=f"rounds otherwise, within the bound: {', '.join(seen.parts)}")


def _without_other_answers(seen: Observation) -> Observation:
    if seen.seen is Seen.REFUSED:
        why = f"refused, so that nothing can be compared: {seen.kind}: {seen.message}"
        return replace(seen, seen=Seen.DECLINED, message=why)
    left_out = f"left out: {seen.message}" if seen.message else ""
    return replace(seen, message=left_out) if seen.seen is Seen.RETURNED else seen


def _contradicts(answer: Answer, compared: Comparisons, name: str) -> str:
    """How one more answer contradicts the first; "" where it only rounds otherwise."""
    first, second = compared.part(), compared.part(name)
    if second.seen is not Seen.RETURNED or first.seen is not Seen.RETURNED:
        return f"{second.seen}, {second.kind}: {second.message}"
    if (first.dtype, first.shape) != (second.dtype, second.shape):
        return (
            f"{second.dtype} {shape_text(second.shape)} after {first.dtype} "
            f"{shape_text(first.shape)}"
        )
    before, after = first.array(), second.array()
    differs = np.asarray(before != after)
    may_round = name not in SAME_CALL and all(_is_right(answer, compared, n) for n in ("", name))
    if may_round and not (differs & answer.golden.exact()).any():
        return ""
    if not differs.any():
        return "the sign of zeros differs"
    at = tuple(np.argwhere(differs)[0])
    index = ", ".join(map(str, at))
    return (
        f"{int(differs.sum())} of {differs.size} values differ: Y[{index}] is "
        f"{float(after[at]):.9g} after {float(before[at]):.9g}"
    )


def _is_right(answer: Answer, compared: Comparisons, name: str) -> bool:
    return (
        not answer.refused
        and answer.shape == compared.part(name).shape
        and is_golden(answer.golden, compared, name)
    )
