"""Backends that follow a rule, in process: what they answer to any case, and what they were asked
beyond the plan."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from convtranspose_cases import Case
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.diagnosis.search import diagnose
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.rules.faults import FAULTS
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import Check

Rule = Callable[[Asked], Observation]


def rules(names: str) -> Explanation:
    """ "C:clamped bias_twice": readings and faults, in this order."""
    found = names.split()
    return Explanation(
        readings=tuple(n for n in found if n not in FAULTS),
        faults=tuple(n for n in found if n in FAULTS),
    )


def follows(
    names: str, where: Callable[[Case], bool] = lambda case: True, check: Check = Check.OUTPUT
) -> Rule:
    """The named rules where the case is such, else the text."""

    def rule(asked: Asked) -> Observation:
        answer = asked.answer(rules(names) if where(asked.case) else Explanation())
        if answer.refused:
            return stopped(Seen.REFUSED, "run", "RuntimeError", "no")
        return (
            stated(answer.shape)
            if check is Check.OUTPUT_SHAPE
            else returned(answer.golden.expected())
        )

    return rule


def _outputs(asked: Asked, X: Any, *faults: str) -> Any:
    """The output for other inputs."""
    other = Asked(asked.case)
    other.__dict__["tensors"] = replace(asked.tensors, X=replace(asked.tensors.X, integers=X))
    return other.answer(Explanation(faults=faults)).golden.expected()


# Rules that the library of faults does not hold.


def last_input_dropped(asked: Asked) -> Observation:
    """Takes the last element of each row for 0."""
    X = asked.tensors.X.integers.copy()
    X[..., -1] = 0
    return returned(_outputs(asked, X))


def overlap_overwritten(asked: Asked) -> Observation:
    """Where products of several inputs land, those of the last one along the first spatial axis
    stay."""
    X, Y = asked.tensors.X.integers, _outputs(asked, np.zeros_like(asked.tensors.X.integers))
    for i in range(X.shape[2]):
        row = np.where(np.arange(X.shape[2]).reshape(-1, *(1,) * (X.ndim - 3)) == i, X, 0)
        Y = np.where(_outputs(asked, row, "bias_missing") != 0, _outputs(asked, row), Y)
    return returned(Y)


def bias_of_next_channel(asked: Asked) -> Observation:
    """Adds to each output channel the bias of the next one."""
    B = asked.tensors.B
    moved = None if B is None else replace(B, integers=np.roll(B.integers, -1))
    other = Asked(asked.case)
    other.__dict__["tensors"] = replace(asked.tensors, B=moved)
    return returned(other.answer().golden.expected())


class Simulated:
    """`more`: the cases that it was asked to bear something out or to tell something apart."""

    def __init__(self, rule: Rule, check: Check = Check.OUTPUT) -> None:
        self._rule, self._check = rule, check
        self.more: list[Case] = []

    def answers(self, case: Case) -> Reply:
        asked = Asked(case)
        seen = self._rule(asked)
        return judged(BUILT_IN[0], asked, self._check, seen)

    def ask(self, cases: Sequence[Case]) -> Iterable[Reply]:
        self.more += cases
        return [self.answers(case) for case in cases]

    def diagnosed(
        self, cases: Sequence[Case], pool: Sequence[Case] | None = ()
    ) -> dict[str, Diagnosis]:
        """Name of each case that is answered wrong -> its diagnosis. `pool` None: nothing more can
        be asked."""
        told = [self.answers(case) for case in cases]
        wrong, right = ([each for each in told if each.wrong is it] for it in (True, False))
        ask = None if pool is None else self.ask
        found = diagnose(wrong, right, self._check, ask=ask, pool=lambda: pool or ())
        return {each.case.name: diagnosis for each, diagnosis in zip(wrong, found, strict=True)}
