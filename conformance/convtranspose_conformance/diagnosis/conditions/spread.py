"""The calls that tell a statement from its rivals: few, and for each rival some."""

from collections.abc import Callable, Sequence

import numpy as np

from convtranspose_cases import Case

from ..thresholds import TWICE
from .contrast import Truth, truths


def spread(telling: Truth, most: int, usable: Callable[[int], bool] = lambda i: True) -> list[int]:
    """Of calls, the columns, the few of which each line, a rival, is told apart by two, where there
    are two: the one first that does so for most lines."""
    wanted = np.minimum(telling.sum(axis=1), TWICE)
    chosen, left = list[int](), telling.copy()
    while len(chosen) < most:
        gains = (left & (wanted > 0)[:, None]).sum(axis=0)
        if not gains.any():
            break
        best = int(np.argmax(gains))
        if usable(best):
            chosen.append(best)
            wanted = np.maximum(wanted - left[:, best], 0)
        left[:, best] = False
    return chosen


def unlike(inside: Sequence[Case], calls: Sequence[Case], most: int) -> list[int]:
    """The calls, by number, for which two statements hold at once that hold together for none of
    the cases `inside`, nor for a call before them: those first for which most such pairs do."""
    seen, of_calls = truths(inside).astype(np.float32), truths(calls).astype(np.float32)
    new = ((seen @ seen.T) == 0).astype(np.float32)
    chosen, left = list[int](), np.ones(len(calls), bool)
    while len(chosen) < most and left.any():
        gains = np.where(left, ((new @ of_calls) * of_calls).sum(axis=0), -1)
        best = int(np.argmax(gains))
        if gains[best] <= 0:
            break
        chosen.append(best)
        left[best] = False
        new *= 1 - np.outer(of_calls[:, best], of_calls[:, best])
    return chosen


def on_trial(
    inside: Sequence[Case], calls: Sequence[Case], most: int, tells: Callable[[Case], bool]
) -> list[Case]:
    """Calls of those that `tells` is true of: first such as lack what all cases `inside`, for which
    something holds, have in common; then the others in their order."""
    fails = (
        ~truths(calls)[truths(inside).all(axis=1)] if inside else np.zeros((0, len(calls)), bool)
    )
    chosen = spread(fails, most, lambda i: tells(calls[i]))
    rest = (i for i in range(len(calls)) if i not in chosen)
    while len(chosen) < most:
        i = next((i for i in rest if tells(calls[i])), None)
        if i is None:
            break
        chosen.append(i)
    return [calls[i] for i in chosen]
