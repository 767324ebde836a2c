"""Calls at which a backend dies, as far as can be told: each costs a process."""

from functools import cached_property

import numpy as np

from convtranspose_cases import Case

from ...diagnosis.conditions.contrast import atoms, truths
from ...worker.observation import Seen

DEATHS = 20
"""Calls at which a backend died before others like them are left out: few enough that the smallest
that kills can be looked for first."""


class Deaths:
    """What was heard of one backend: under every two statements how many calls it died at, and
    whether it answered any. What it refuses before it would die says nothing."""

    def __init__(self) -> None:
        self.count, self.died_last = 0, False
        self._fatal = set[bytes]()
        self._unread = list[Case]()  # answered: of most backends nobody asks

    def heard(self, case: Case, seen: Seen) -> None:
        """Takes note of how a call ended."""
        self.died_last = seen is Seen.CRASHED
        if seen is Seen.CRASHED:
            self.count += 1
            holding = truths([case])[:, 0]
            if holding.tobytes() not in self._fatal:
                self._fatal.add(holding.tobytes())
                self._died[np.outer(holding, holding)] += 1
        elif seen is Seen.RETURNED:
            self._unread.append(case)

    def leads_to_one(self, case: Case) -> bool:
        """Did the backend, which died often, die at a call of which the same is true, as those are
        of which one configuration is measured? Or do two statements hold for it under which it died
        at as many different calls, and answered none?"""
        if self.count < DEATHS:
            return False
        holding = truths([case])[:, 0]
        if holding.tobytes() in self._fatal:
            return True
        if len(self._fatal) < DEATHS:
            return False
        for answered in self._unread:
            alike = truths([answered])[:, 0]
            self._lived[np.outer(alike, alike)] = True
        self._unread.clear()
        deadly = (self._died >= DEATHS) & ~self._lived
        return bool(deadly[np.ix_(holding, holding)].any())

    @cached_property
    def _died(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        return np.zeros((len(atoms()), len(atoms())), np.int64)

    @cached_property
    def _lived(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        return np.zeros((len(atoms()), len(atoms())), bool)
