"""Which accuracy class covers wrong answers that no rule predicts exactly, and how much else has to
agree before one is named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from convtranspose_cases.special import PREFIX
from convtranspose_reports import Check, Outcome

from ..rules.accuracy_classes import ACCURACY, FLUSHES
from ..rules.answers import Explanation
from ..verdict.compare import is_of_class
from ..verdict.difference import difference
from ..verdict.reply import Reply
from .candidates import accuracy_class, differs, explains, fits, under
from .class_marks import LEFT_EXACT, bears_marks, is_refuted, loses_others
from .evidence import Evidence
from .thresholds import FEW, MOST_OF_A_DTYPE, NEARLY_ALL

Named = Iterator[tuple[str, list[int]]]  # a class, and the answers that are of it, by number
Numbers = tuple[str, bool, bool]  # what `_numbers` tells apart


class Precision:
    """`known`: the classes that the backend was found to be of elsewhere; `rules`: what explains
    other answers of it."""

    def __init__(
        self, evidence: Evidence, known: Iterable[str], rules: Sequence[Explanation]
    ) -> None:
        self._evidence, self._wrong = evidence, evidence.wrong
        self._known, self._rules = set(known), rules

    def alone(self, left: Sequence[int]) -> Named:
        """For each dtype, and within it for usual, special and subnormal numbers, the narrowest
        class that allows nearly all that any class allows of its inexact answers, and which these
        are. Of 16-bit sums nothing is said where more of wider ones are off."""
        allowed = {
            i: self._evidence.accuracies(self._wrong[i])
            for i in left
            if _is_inexact(self._wrong[i])
        }
        counts = Counter(_numbers(self._wrong[i]) for i in sorted(allowed))
        unnamed = 0
        for numbers, count in sorted(
            counts.items(), key=lambda item: (_is_narrow(item[0][0]), -item[1])
        ):
            names = {
                i: names for i, names in allowed.items() if _numbers(self._wrong[i]) == numbers
            }
            narrow = _is_narrow(numbers[0])
            named = None if narrow and unnamed > count else self._narrowest(numbers, names, left)
            if named is not None:
                yield named
            elif not narrow:
                unnamed += count

    def _narrowest(
        self, numbers: Numbers, names: Mapping[int, Sequence[str]], left: Sequence[int]
    ) -> tuple[str, list[int]] | None:
        of_some = [i for i in names if names[i]]
        alike = [i for i in left if _numbers(self._wrong[i]) == numbers]
        for name in sorted(ACCURACY, key=lambda name: name not in self._known):
            covered = [i for i in of_some if name in names[i]]
            others = [self._wrong[i] for i in alike if i in covered or not self._is_on_top(name, i)]
            enough = max(NEARLY_ALL * len(of_some), MOST_OF_A_DTYPE * len(others))
            enough = max(enough, 1 if name in self._known else FEW)
            if name == FLUSHES and self._loses_others(numbers[0], left):
                continue
            if len(covered) >= enough and self._is_marked(name, numbers[0], covered, others):
                self._known.add(name)
                return name, covered
        return None

    def _loses_others(self, dtype: str, left: Sequence[int]) -> bool:
        """Are other numbers of a dtype lost, in answers that nothing else explains?"""
        of_dtype = (self._wrong[i] for i in left if self._wrong[i].case.dtype == dtype)
        return any(map(loses_others, of_dtype))

    def _is_on_top(self, name: str, i: int) -> bool:
        """Is it of the class on top of a rule that explains other answers? It says nothing of the
        class alone."""
        reply = self._wrong[i]
        return any(
            is_of_class(name, answer, reply.compared)
            for rule in self._rules
            if differs(rule, reply.check, reply.asked)
            for answer in under(rule, reply.asked)
        )

    def _is_marked(
        self, name: str, dtype: str, numbers: list[int], others: Sequence[Reply]
    ) -> bool:
        """Do the answers bear the marks of the class, or others of the backend do, and are those
        right that it leaves exact?"""
        mine, known = [self._wrong[i] for i in numbers], name in self._known
        refutable = mine if known else others
        if sum(is_refuted(name, each) for each in refutable) > (1 - NEARLY_ALL) * len(refutable):
            return False
        if not known and not bears_marks(name, mine):
            return False
        if self._evidence.is_refuted_by_witness(name, dtype):
            return False
        probes = self._evidence.probes(dtype, LEFT_EXACT.get(name, ()))
        return not any(
            each.wrong and not any(explains(e, each) for e in self._rules) for each in probes
        )

    def on_top(self, rule: Explanation, where: str, left: Sequence[int]) -> Named:
        """For each dtype the class that allows nearly all of the answers on top of a rule that
        speaks of them, a few at least where the class is not known, and all fresh ones."""
        rounding = [i for i in left if self._wrong[i].asked.answer().rounds]
        for dtype in sorted({self._wrong[i].case.dtype for i in rounding}):
            numbers = [i for i in rounding if self._wrong[i].case.dtype == dtype]
            named = {i: accuracy_class(self._wrong[i], rule) for i in numbers}
            for name in ACCURACY:
                of_class = [i for i in numbers if named[i] in _no_wider(name)]
                enough = max(NEARLY_ALL * len(numbers), 1 if name in self._known else FEW)
                if len(of_class) < enough:
                    continue
                if not self._shows(name, dtype, rule):
                    continue
                if bears_marks(name, [self._wrong[i] for i in of_class], rule) and all(
                    fits(rule, each) or accuracy_class(each, rule) in _no_wider(name)
                    for each in self._evidence.fresh_rounding(rule, where, dtype)
                ):
                    yield name, of_class
                    break

    def _shows(self, name: str, dtype: str, rule: Explanation) -> bool:
        """Do witnesses speak for the class, at least on top of the rule? Of what is no output, and
        of dtypes without, there are none."""
        if self._evidence.check is not Check.OUTPUT:
            return True
        if self._evidence.is_refuted_by_witness(name, dtype):
            return False
        return self._evidence.is_borne_out_by_witness(name, dtype, rule)


def _no_wider(name: str) -> tuple[str, ...]:
    """The class and those before it, which allow less; that of flushed numbers stands apart."""
    return (name,) if name == FLUSHES else tuple(ACCURACY)[: list(ACCURACY).index(name) + 1]


def _numbers(answered: Reply) -> Numbers:
    """The dtype, and whether the numbers are special, or subnormal, which instructions may take for
    0."""
    data = answered.case.data
    return answered.case.dtype, data.startswith(PREFIX), "subnormal" in data


def _is_narrow(dtype: str) -> bool:
    return dtype in ("float16", "bfloat16")


def _is_inexact(answered: Reply) -> bool:
    """Off by little from a conforming answer, or by an overflow, or among subnormal numbers, which
    hold few digits."""
    outcome, seen = answered.outcome, answered.seen
    if outcome is not Outcome.VALUES_DIFFER or seen.parts:
        return outcome is Outcome.INEXACT
    if "subnormal" in answered.case.data or not np.isfinite(seen.array()).all():
        return True
    conforming = [answer for _, answer in answered.asked.conforming()]
    return len(conforming) > 1 and any(
        difference(answer, answered.compared)[0] is Outcome.INEXACT for answer in conforming
    )
