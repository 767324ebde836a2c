"""One call explained to someone who has to write it elsewhere: sizes step by step, sums, other readings, code."""

from .adhoc import case_from_options
from .codes import codes
from .subject import Subject, Unreadable
from .text import explain

__all__ = ["Subject", "Unreadable", "case_from_options", "codes", "explain"]
