"""An output held against its golden: each quantity is worked out once, and a right answer needs no
bound."""

from collections import Counter
from functools import wraps
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.goldens import Golden
from convtranspose_cases.special import PREFIX
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.class_marks import allows, bears_marks
from convtranspose_conformance.diagnosis.patterns import pattern_of
from convtranspose_conformance.rules.accuracy_classes import ACCURACY, IN_DTYPE
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.rules.comparison import Comparison
from convtranspose_conformance.verdict.compare import KEPT, Comparisons
from convtranspose_conformance.verdict.difference import difference
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.verdict.reply import judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check, Verdict

WORKED_OUT = ("expected", "equal", "error", "bound", "exact", "may_overflow")
DENSE = make("comparison", (5, 5), (3, 3), c=8, m=4, dtype="float16", data="dense")
INTEGERS = make("comparison", (4,), (3,), c=2, m=2, bias=True)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each quantity of a golden was asked for, with whatever arguments but a class's."""
    counts: Counter[str] = Counter()
    for name in WORKED_OUT:
        method = getattr(Golden, name)

        def counted(self: Golden, *given: Any, _name: str = name, _method: Any = method) -> Any:
            counts[_name] += not (_name == "bound" and given)
            return _method(self, *given)

        monkeypatch.setattr(Golden, name, wraps(method)(counted))
    return counts


def _answers(case: Case) -> tuple[Asked, Any]:
    asked = Asked(case)
    return asked, asked.answer().golden.expected().copy()


@pytest.mark.parametrize("case", [DENSE, INTEGERS], ids=lambda case: case.name)
def test_the_right_bits_need_what_is_expected_and_nothing_else(
    case: Case, calls: Counter[str]
) -> None:
    asked, Y = _answers(case)
    calls.clear()
    found = judge(asked, Comparisons(Check.OUTPUT, returned(Y)), [], "1")
    assert found.verdict is Verdict.CONFORMS
    assert +calls == {"expected": 1}


def test_a_wrong_answer_is_compared_once_from_verdict_to_pattern(calls: Counter[str]) -> None:
    asked, Y = _answers(DENSE)
    Y[0, 0, 2, 2] *= 2
    calls.clear()
    reply = judged(BUILT_IN[0], asked, Check.OUTPUT, returned(Y))
    assert reply.wrong
    assert difference(asked.answer(), reply.compared)[0] is reply.outcome
    assert not any(allows(name, reply) for name in ACCURACY)
    assert not bears_marks(IN_DTYPE, [reply])
    assert "1 of 196 values differ" in pattern_of(reply).sentence
    within = {
        "expected": 1,
        "bound": 1,
    }  # what `Golden.equal` and `may_overflow` ask for themselves
    assert calls == Counter(WORKED_OUT) + Counter(within)


def test_nothing_is_worked_out_before_it_is_asked_for(calls: Counter[str]) -> None:
    asked, Y = _answers(DENSE)
    golden = asked.answer().golden
    calls.clear()
    comparison = Comparison(golden, Y)
    assert +calls == {}
    assert comparison.equal is comparison.equal
    assert comparison.wrong is comparison.wrong
    assert calls["equal"] == calls["error"] == calls["exact"] == 1


def test_zeros_of_the_other_sign_and_any_nan_are_right() -> None:
    asked, Y = _answers(make("comparison", (4,), (2,), data=PREFIX + "nan-x"))
    assert np.isnan(Y).any()
    other = np.where(np.isnan(Y), -Y, np.where(Y == 0, -Y, Y)).astype(Y.dtype)
    assert other.tobytes() != Y.tobytes()
    assert Comparison(asked.answer().golden, other).agrees


def test_the_wrong_element_that_is_furthest_off_is_named() -> None:
    asked, Y = _answers(INTEGERS)
    Y[0, 1, 2] += 3
    Y[0, 0, 4] -= 7
    comparison = Comparison(asked.answer().golden, Y)
    assert not comparison.agrees
    assert comparison.furthest == (0, 0, 4)
    Y[0, 1, 0] = np.nan
    assert Comparison(asked.answer().golden, Y).furthest == (0, 1, 0)
    assert Comparison(asked.answer().golden, _answers(INTEGERS)[1]).furthest is None


def test_a_comparison_is_kept_with_the_answer_until_many_others_were_made() -> None:
    asked, Y = _answers(INTEGERS)
    golden, compared = asked.answer().golden, Comparisons(Check.OUTPUT, returned(Y))
    first = compared.of(golden)
    assert compared.of(golden) is first
    others = [Asked(INTEGERS, seed).answer().golden for seed in range(1, KEPT + 1)]
    assert all(compared.of(other).golden is other for other in others)
    assert compared.of(golden) is not first
    assert compared.of(golden).golden is golden
