"""One call explained to someone who has to write it elsewhere: sizes step by step, sums, other
readings, code."""

from .code.all_frameworks import codes
from .inputs.options import case_from_options
from .inputs.subject import Subject, Unreadable
from .pages.text import explain

__all__ = ["Subject", "Unreadable", "case_from_options", "codes", "explain"]
