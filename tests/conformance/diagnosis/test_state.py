"""State is asked for before a pattern of values is named: the same call again."""

from collections.abc import Iterable, Iterator
from itertools import count

import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.diagnosis.unexplained import OF_STATE
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check

CASES = [make("state", (3 + i,), (2,), strides=(1 + i,)) for i in range(4)]


class OffByCounted:
    """Adds to every element how often it was called: off by a constant, of one call alone."""

    def __init__(self, step: int) -> None:
        self._calls: Iterator[int] = count(1000, step)

    def ask(self, cases: Iterable[Case]) -> list[Reply]:
        return [self._reply(Asked(case)) for case in cases]

    def _reply(self, asked: Asked) -> Reply:
        Y = asked.answer().golden.expected() + next(self._calls)
        return judged(BUILT_IN[0], asked, Check.OUTPUT, returned(Y))


@pytest.mark.parametrize(("step", "of_state"), [(1, True), (0, False)])
def test_what_differs_when_it_is_asked_again_is_no_pattern(step: int, of_state: bool) -> None:
    backend = OffByCounted(step)
    wrong = backend.ask(CASES)
    patterns = [d.pattern for d in diagnose(wrong, [], Check.OUTPUT, ask=backend.ask)]
    assert [pattern == OF_STATE for pattern in patterns] == [of_state] * len(CASES)
    if not of_state:
        assert all(pattern and "off by a constant" in pattern.sentence for pattern in patterns)
