"""Which element types outputs are computed and returned in: explanations of the answers to all
calls of one type of X, whatever else is wrong with some of them."""

from collections.abc import Iterator, Sequence

import numpy as np

from convtranspose_cases import Case
from convtranspose_reference.formats import FORMATS, holds

from ...rules.answers import Explanation
from ...rules.faults.measured import AFTER_ROUNDING, B_ADDED, BITS_AS, CAST_TO, COMPUTED_IN
from ...verdict.reply import Reply
from ...worker.observation import Seen
from ..candidates import differs, explains, fits
from ..claims import twin_of
from ..conditions.contrast import Contrast, meets
from ..evidence import Evidence
from ..thresholds import FEW, LEAST_BEYOND, LEAST_ON_A_SIDE, MOST_OF_A_RULE, ROUNDS

SINGLE = 24  # bits of float32, in which sums of 16-bit numbers are rounded
Typed = tuple[Explanation, str, list[int]]


def typed(evidence: Evidence, left: Sequence[int], *, as_asked: bool) -> Iterator[Typed]:
    """For each type of X that a wrong answer of those `left` has another type than, or, where they
    are returned `as_asked`, the same: a rule, its condition and the answers that it explains."""
    pairs = {
        (evidence.wrong[i].case.dtype, evidence.wrong[i].seen.dtype): None
        for i in left
        if evidence.wrong[i].seen.seen is Seen.RETURNED
    }
    for asked, returned in pairs:
        if (asked == returned) is as_asked:
            found = _Types(evidence, asked, returned).found(left)
            if found is not None:
                evidence.also_fits(found[0])
                yield found


class _Types:
    """Rules of X in `asked` that is answered in `returned`."""

    def __init__(self, evidence: Evidence, asked: str, returned: str) -> None:
        self._evidence, self._asked, self._returned = evidence, asked, returned
        self._sisters: dict[Case, bool] = {}

    def found(self, left: Sequence[int]) -> Typed | None:
        """The rule that explains most, the shortest of several."""
        mine = [i for i in left if self._is_mine(self._evidence.wrong[i])]
        covered = {
            rule: [i for i in mine if explains(rule, self._evidence.wrong[i])]
            for rule in self._rules()
        }
        rule = max(covered, key=lambda each: len(covered[each]), default=None)
        if rule is None or len(covered[rule]) < FEW:
            return None
        where = self._condition(rule, [self._evidence.wrong[i].case for i in covered[rule]])
        if where is None:
            return None
        return rule, where, [i for i in covered[rule] if meets(where, self._evidence.wrong[i].case)]

    def _is_mine(self, reply: Reply) -> bool:
        returned = reply.seen.seen is Seen.RETURNED and reply.seen.dtype == self._returned
        return returned and reply.case.dtype == self._asked

    def _rules(self) -> list[Explanation]:
        return [Explanation(faults=(", ".join(words),)) for words in self._words()]

    def _words(self) -> Iterator[list[str]]:
        """Those of fewer words first; in 16 bits B may be added after the sum was rounded."""
        types = sorted(self._types(), key=len)
        yield from types
        if FORMATS[self._asked].precision < SINGLE:
            yield from ([*each, f"{B_ADDED} = {AFTER_ROUNDING}"] for each in types)
            if self._asked == self._returned:
                yield [f"{B_ADDED} = {AFTER_ROUNDING}"]

    def _types(self) -> Iterator[list[str]]:
        asked, returned = self._asked, self._returned
        cast = [f"{CAST_TO} = {returned}"] * (asked != returned)
        if returned in FORMATS:
            yield from ([cast] if cast else [])
            inside = [returned] * bool(cast) + [name for name in FORMATS if name != returned]
            for name in inside:
                if name != asked and (cast or not holds(name, asked)):
                    yield [f"{COMPUTED_IN} = {name}", *cast]
        if cast and np.dtype(returned).itemsize == FORMATS[asked].dtype.itemsize:
            yield [f"{BITS_AS} = {returned}"]

    def _condition(self, rule: Explanation, inside: list[Case]) -> str | None:
        """Where it holds: for all calls of the type, or of those for which a statement or two do;
        None where fresh calls bear none out."""
        of_type = f"dtype == '{self._asked}'"
        known = [r for r in self._evidence.known() if meets(of_type, r.case)]
        outside = [r.case for r in known if self._speaks_falsely(rule, r)]
        for _ in range(ROUNDS):
            more = next(Contrast(inside, outside).conditions(MOST_OF_A_RULE), None)
            where = f"{of_type} and {more}" if outside else of_type
            if outside and more is None:
                return None
            fresh = self._evidence.fresh_on_trial(rule, where, inside)
            false = [r.case for r in fresh if self._speaks_falsely(rule, r)]
            inside = inside + [r.case for r in fresh if r.wrong and explains(rule, r)]
            if not false:
                told = sum(meets(where, case) for case in inside)
                enough = len(fresh) >= LEAST_ON_A_SIDE and told >= LEAST_BEYOND
                return where if enough else None
            outside += false
        return None

    def _speaks_falsely(self, rule: Explanation, reply: Reply) -> bool:
        """Does it say something else than was seen, and nothing else is known to be wrong there?"""
        if reply.seen.seen is not Seen.RETURNED or fits(rule, reply):
            return False
        if not differs(rule, reply.check, reply.asked):
            return False
        if not reply.wrong:
            return True
        return not self._evidence.goes_together(rule, reply) and self._is_right(reply.case)

    def _is_right(self, case: Case) -> bool:
        """Is the same call answered right in a type of which the rule says nothing? Where it is
        not, something else than types is wrong."""
        others = [name for name in (self._returned, "float32", "float64") if name in FORMATS]
        sister = twin_of(case, next(name for name in others if name != self._asked))
        if sister not in self._sisters:
            replies = self._evidence.answers_to([sister])
            self._sisters[sister] = bool(replies) and not any(r.wrong for r in replies)
        return self._sisters[sister]
