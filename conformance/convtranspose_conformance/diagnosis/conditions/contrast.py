"""From cases to a condition: the shortest expression over a case's facts that holds for some cases
and not for others."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache, reduce
from itertools import combinations, islice
from operator import or_

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case

from ...rules.predicate import Predicate, PredicateError
from ..thresholds import MOST_ATOMS, MOST_PARTS_TRIED, PARTS, TRIED_IN_THREES, TRIED_IN_TWOS
from .wide_statements import wide_texts, wide_truths

Truth = NDArray[np.bool_]  # atoms x cases

_PLAIN = (
    "op == 'ConvTranspose'",
    "op == 'Conv'",
    "group > 1",
    "M // max(group, 1) > 1",
    "C // max(group, 1) > 1",
    "C // max(group, 1) == M // max(group, 1)",
    "C == M",
    "group == C",
    "bias",
    "initializer",
    "N * M > 0",
    "N * C > 0",
    "N > 1",
    "C > 1",
    "M > 1",
    "N == 0",
    "C == 0",
    "M == 0",
    "0 in input",
    "0 in output",
    "C % 2 == 1",
    "auto_pad in ('SAME_UPPER', 'SAME_LOWER')",
    "auto_pad == 'SAME_UPPER'",
    "auto_pad == 'SAME_LOWER'",
    "auto_pad == 'VALID'",
    "auto_pad == 'NOTSET'",
    "len(output_shape) > 0",
    "len(kernel_shape) > 0",
    "max(pads) > 0",
    "any([b != e for b, e in zip(pads[:rank], pads[rank:])])",
    "max(strides) > 1",
    "min(strides) > 1",
    "max(strides) != min(strides)",
    "max(dilations) > 1",
    "max(dilations) != min(dilations)",
    "any([s > 1 and d > 1 for s, d in zip(strides, dilations)])",
    "max(output_padding) > 0",
    "any([o >= s for o, s in zip(output_padding, strides)])",
    "any([o >= min(s, d) for o, s, d in zip(output_padding, strides, dilations)])",
    "max(kernel) > 1",
    "max(kernel) != min(kernel)",
    "max(input) > 1",
    "max(input) != min(input)",
    "any([k < s for k, s in zip(effective_kernel, strides)])",
    "any([k > s for k, s in zip(effective_kernel, strides)])",
    "all([k < s for k, s in zip(effective_kernel, strides)])",
    "any([t < 0 for t in total_padding])",
    "any([t % 2 == 1 for t in total_padding])",
    "any([t > 0 for t in total_padding])",
    "any([o < i for o, i in zip(output_shape, input)])",
    "any([o > n for o, n in zip(output_shape, natural)])",
    "products > 16",
    "products > 1",
    "data in ('dense', 'sparse', 'wide', 'wide-x', 'wide-w')",
    "data == 'dense'",
    "any([k >= 4 for k in kernel])",
    "input[-1] >= 4",
    "kernel[-1] % 2 == 0",
    "kernel[-1] % strides[-1] > 0",
    "strides[-1] > 1",
    "strides[0] > 1",
    "dilations[-1] > 1",
    "dilations[0] > 1",
)
_VALUES = {
    "dtype": ("'float32'", "'float64'", "'float16'", "'bfloat16'"),
    "group": (2, 3),
    "rank": (1, 2, 3),
    "opset": (1, 11, 22),
}


@cache
def _affirmed() -> tuple[str, ...]:
    valued = [f"{name} == {value}" for name, values in _VALUES.items() for value in values]
    return (
        *_PLAIN,
        "opset < 11",
        "dtype in ('float16', 'bfloat16')",
        *valued,
        "dtype in ('float32', 'bfloat16')",
    )


@cache
def atoms() -> tuple[Predicate, ...]:
    """What conditions are made of: plain statements, each value of the small sets, and every plain
    statement denied."""
    denied = (f"not {text}" if text.isidentifier() else f"not ({text})" for text in _affirmed())
    return tuple(map(Predicate, (*_affirmed(), *denied)))


@cache
def _all_affirmed() -> Predicate:
    """All plain statements as one list: that takes a tenth of the time of one after the other."""
    return Predicate(f"[{', '.join(_affirmed())}]")


class Contrast:
    """Cases `inside` and cases `outside`, and which statements hold for each: `wide`, those that
    compare every quantity of a call with every other one, too."""

    def __init__(
        self, inside: Sequence[Case], outside: Sequence[Case], *, wide: bool = False
    ) -> None:
        self._wide = wide
        self._texts = [atom.text for atom in atoms()] + (list(wide_texts()) if wide else [])
        self._inside, self._outside = truths(inside, wide), truths(outside, wide)
        if wide:
            self._leave_out_the_same()

    def _leave_out_the_same(self) -> None:
        """Of statements that hold for the same cases, the first stays."""
        both = np.packbits(np.concatenate([self._inside, self._outside], axis=1), axis=1)
        first = sorted({row.tobytes(): i for i, row in reversed([*enumerate(both)])}.values())
        self._texts = [self._texts[i] for i in first]
        self._inside, self._outside = self._inside[first], self._outside[first]

    def conditions(self, most: int = MOST_ATOMS) -> Iterator[str]:
        """Expressions that hold for every case inside and none outside, shortest first, at most
        `most` statements joined by "and"."""
        yield from self._conditions(range(self._inside.shape[1]), most)

    def _conditions(self, part: Sequence[int], most: int) -> Iterator[str]:
        kept = np.flatnonzero(self._inside[:, list(part)].all(axis=1))
        # statement x case: does it tell the case apart from those inside?
        apart = ~self._outside[kept]
        for count in range(1, most + 1):
            for chosen in covering(apart, count):
                yield " and ".join(self._texts[kept[i]] for i in chosen)

    def parts(self, most: int = MOST_ATOMS) -> list[tuple[list[int], str]]:
        """The cases inside, by number, in at most PARTS parts with a condition each; what no
        condition holds together is left out.

        At most `most` statements hold all of them, MOST_ATOMS a part. One case of several is no
        part: something always sets it apart.
        """
        left, parts = list(range(self._inside.shape[1])), list[tuple[list[int], str]]()
        while left and len(parts) < PARTS:
            part, where = self._largest(left, most)
            if not where or len(part) < min(self._inside.shape[1], 2):
                break
            parts.append((part, where))
            left = [i for i in left if i not in part]
        return parts

    def _largest(self, left: list[int], most: int) -> tuple[list[int], str]:
        """All that is left, or the most of it that one statement holds together, with a condition;
        ([], "") where there is none."""
        where = next(self._conditions(left, MOST_ATOMS), "") or self._greedy(left, most)
        if where:
            return left, where
        alone = max(self._alone(left), key=lambda part: len(part[0]), default=([], ""))
        alone = alone if self._wide and len(alone[0]) > 1 else ([], "")
        by_statement = [[i for i in left if row[i]] for row in self._inside]
        by_size = sorted(filter(None, by_statement), key=len, reverse=True)
        told = filter(self._can_be_told, dict.fromkeys(map(tuple, by_size)))
        for part in islice(told, MOST_PARTS_TRIED if self._wide else None):
            where = next(self._conditions(part, MOST_ATOMS), "")
            if where and len(part) > len(alone[0]):
                return list(part), where
        return alone

    def _can_be_told(self, part: Sequence[int]) -> bool:
        """Does no case outside meet all that holds for the part? Quick to see."""
        kept = self._inside[:, list(part)].all(axis=1)
        return not self._outside[kept].all(axis=0).any()

    def _alone(self, left: list[int]) -> Iterator[tuple[list[int], str]]:
        """What each statement that holds for no case outside holds together of what is left."""
        for i in np.flatnonzero(~self._outside.any(axis=1)):
            yield [n for n in left if self._inside[i, n]], self._texts[i]

    def _greedy(self, part: Sequence[int], most: int) -> str:
        """A condition of at most `most` statements, each the one that leaves the fewest cases
        outside; "" where these do not do."""
        kept = np.flatnonzero(self._inside[:, list(part)].all(axis=1))
        holding, chosen = np.ones(self._outside.shape[1], bool), list[int]()
        while holding.any() and len(chosen) < most:
            chosen.append(int(np.argmin((self._outside[kept] & holding).sum(axis=1))))
            holding &= self._outside[kept][chosen[-1]]
        return (
            "" if holding.any() else " and ".join(self._texts[kept[i]] for i in sorted(set(chosen)))
        )

    def narrowest(self) -> str:
        """Of the expressions of at most two statements that hold for every case inside, the one
        that holds for the fewest outside."""
        kept = np.flatnonzero(self._inside.all(axis=1))
        truth = self._outside[kept].astype(np.int64)
        both = truth @ truth.T
        i, j = np.unravel_index(int(np.argmin(both + (1 - np.eye(len(kept))) * 0.5)), both.shape)
        return " and ".join(dict.fromkeys(self._texts[kept[n]] for n in sorted((i, j))))


def covering(apart: Truth, count: int) -> Iterator[tuple[int, ...]]:
    """The sets of `count` rows that cover every column, of which no single row does; rows that tell
    more apart come first."""
    single = np.flatnonzero(apart.all(axis=1)).tolist()
    if count == 1:
        yield from ((i,) for i in single)
        return
    useful = [
        i
        for i in np.argsort(-apart.sum(axis=1), kind="stable").tolist()
        if i not in single and apart[i].any()
    ]
    useful = useful[: TRIED_IN_TWOS if count == 2 else TRIED_IN_THREES]
    if not apart[useful].any(axis=0).all():
        return
    bits = {i: int.from_bytes(np.packbits(apart[i]).tobytes()) for i in useful}  # sets of columns
    every = int.from_bytes(np.packbits(np.ones(apart.shape[1], bool)).tobytes())
    for chosen in combinations(useful, count):
        if reduce(or_, (bits[i] for i in chosen)) == every:
            yield tuple(sorted(chosen))


def truths(cases: Sequence[Case], wide: bool = False) -> Truth:
    """Statement x case: does it hold?"""
    if not cases:
        return np.zeros((len(atoms()) + wide * len(wide_texts()), 0), bool)
    plain = np.array([_truths_of(case) for case in cases]).T
    return np.concatenate([plain, np.array([wide_truths(c) for c in cases]).T]) if wide else plain


@lru_cache(maxsize=2**13)
def _truths_of(case: Case) -> Truth:
    """Which atoms hold: diagnosis asks for the same thousands of cases again and again."""
    try:
        affirmed = np.array(_all_affirmed().of(case), bool)
    except PredicateError:  # of a forbidden call some cannot be said
        return np.array([holds(atom, case) for atom in atoms()])
    return np.concatenate([affirmed, ~affirmed])


def meets(where: str, case: Case) -> bool:
    """Does a condition hold for the case? The empty one always does."""
    return not where or holds(_condition(where), case)


@lru_cache(maxsize=256)
def _condition(where: str) -> Predicate:
    return Predicate(where)


def holds(statement: Predicate, case: Case) -> bool:
    """Does it hold? Of a forbidden call, which lacks some facts, what cannot be said does not
    hold."""
    try:
        return statement(case)
    except PredicateError:
        return False
