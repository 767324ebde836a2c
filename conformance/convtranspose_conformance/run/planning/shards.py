"""A part of a run's cases for one of several machines: parts that cost alike, whatever the order in
which a suite names its cases."""

import heapq
from collections.abc import Sequence
from math import prod

from convtranspose_cases import Case

# Measured on core, accuracy and special: what a check costs whatever its size (numbers, golden, the
# way there and back, the verdict), and what each product of its output adds.
_US_OF_A_CHECK = 2000
_NS_OF_A_PRODUCT = 13


def cost(case: Case) -> int:
    """Nanoseconds that a case takes, nearly, on one backend."""
    products = prod(case.x_shape) * prod(case.w_shape[1:])
    return len(case.checks) * (1000 * _US_OF_A_CHECK + _NS_OF_A_PRODUCT * products)


def shard(cases: Sequence[Case], i: int, n: int) -> list[Case]:
    """The `i`-th of `n` parts, in the order of the cases. The dearest case goes first, each to the
    part that costs least so far: the same parts on every machine."""
    dearest = sorted(range(len(cases)), key=lambda number: (-cost(cases[number]), number))
    parts = [(0, part) for part in range(1, min(n, len(cases)) + 1)]
    mine = []
    for number in dearest:
        spent, part = heapq.heappop(parts)
        heapq.heappush(parts, (spent + cost(cases[number]), part))
        if part == i:
            mine.append(number)
    return [cases[number] for number in sorted(mine)]
