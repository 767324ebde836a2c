"""What is asked: cases, their numbers, their exact goldens."""

from .case import Case, make
from .notation import NotationError
from .suites import SUITES, UnknownName, find_case, suite_cases

__all__ = ["SUITES", "Case", "NotationError", "UnknownName", "find_case", "make", "suite_cases"]
