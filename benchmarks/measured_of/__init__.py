"""What each file of figures was measured of, in words and digests that are compared in seconds: a
figure of other cases or other mutants is red, and nothing has to be measured to see it.

A file keeps its key under "measured_of": what was asked (a suite: how many cases, and a digest of
their names and of their kept goldens) and who (a mutant, a script, a framework's version). The code
that judges and diagnoses is no part of most: cutting it another way changes no figure, and tests
measure a sample anew. Of random rules no sample stands for the rest, and it is part of the key.
"""

from benchmarks import ROOT

from .keeping import NotInFullError, keep_figures, keep_text, of_other_versions
from .parts import (
    EXPLAINED,
    FRAMEWORKS,
    LECTURED,
    LEVELLED,
    PUBLISHED,
    VERSIONED,
    bounds,
    mutants,
    pins,
)
from .table import FIGURES, Figures, in_text, key_of, merged

__all__ = [
    "EXPLAINED",
    "FIGURES",
    "FRAMEWORKS",
    "LECTURED",
    "LEVELLED",
    "PUBLISHED",
    "ROOT",
    "VERSIONED",
    "Figures",
    "NotInFullError",
    "bounds",
    "in_text",
    "keep_figures",
    "keep_text",
    "key_of",
    "merged",
    "mutants",
    "of_other_versions",
    "pins",
]
