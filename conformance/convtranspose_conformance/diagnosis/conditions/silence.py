"""Calls that a backend will not answer, as far as can be told: a trial counts answers, and what
stops is no answer."""

import numpy as np

from convtranspose_cases import Case

from ..thresholds import SILENT
from .contrast import atoms, truths


class Silence:
    """What was heard: of how many calls each statement held, and how many of these were
    answered."""

    def __init__(self) -> None:
        self._asked = np.zeros(len(atoms()), np.int64)
        self._answered = np.zeros(len(atoms()), np.int64)

    def heard(self, case: Case, *, answered: bool) -> None:
        """Takes note of a call that was asked."""
        holding = truths([case])[:, 0]
        self._asked += holding
        self._answered += holding & answered

    def is_expected(self, case: Case) -> bool:
        """Does a statement hold for it under which several calls were asked and none answered?"""
        silent = (self._asked >= SILENT) & (self._answered == 0)
        return bool(silent.any() and (truths([case])[:, 0] & silent).any())
