"""The page of a run, with what older releases of its backends did."""

from convtranspose_reports import history_section

from ..ask.section import PAGE as ASKING
from .findings.since import histories

_WITH = history_section(histories)
PAGE = tuple(_WITH if section.id == _WITH.id else section for section in ASKING)
"""The sections of the page of a run, in order."""
