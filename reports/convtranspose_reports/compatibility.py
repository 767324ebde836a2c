"""`COMPATIBILITY.md`: a run as one Markdown page, for a repository or a release."""

import re
from collections.abc import Sequence
from urllib.parse import quote

import jinja2

from convtranspose_reports import legend
from convtranspose_reports.runs.accuracy import DTYPES, accuracies
from convtranspose_reports.runs.answered import answered, too_few
from convtranspose_reports.runs.record import ComputesLine, Verdict
from convtranspose_reports.runs.rejections import rejections
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import (
    answering,
    by_urgency,
    matrix,
    readings_followed,
    state,
    totals,
)

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LINE_ENDS = re.compile(r"\s*[\r\n]\s*")
_COUNTED = (
    Verdict.CONFORMS,
    Verdict.DEVIATES,
    Verdict.UNSUPPORTED,
    Verdict.DECLINED,
    Verdict.FAILS,
)


class Markdown(str):
    """Text that is Markdown already and is not escaped again."""

    __slots__ = ()


def escaped(value: object) -> str:
    """Anything as Markdown text on one line: nothing in it is markup, HTML or a table's column
    mark."""
    if isinstance(value, Markdown):
        return value
    return _SPECIAL.sub(r"\\\1", _LINE_ENDS.sub(" ", str(value)))


def web_link(address: str) -> Markdown:
    """An http(s) address as a link; any other text as text."""
    if not address.startswith(("https://", "http://")):
        return Markdown(escaped(address))
    return Markdown(f"<{quote(address, safe=':/?#[]@!$&()*+,;=%~')}>")


def compatibility(run: Run) -> str:
    """The Markdown page of a run: environment, matrix, accuracy and rejections where asked,
    discrepancies, readings followed."""
    fingerprints = accuracies(run)
    return (
        _environment()
        .get_template("COMPATIBILITY.md.j2")
        .render(
            run=run,
            backends=answering(run),
            state=state(run),
            totals=totals(run),
            answered=answered(run.header, run.records),
            too_few=too_few(run.header, run.records),
            findings=by_urgency(run.findings),
            matrix=matrix(run),
            followed=readings_followed(run),
            dtypes=[dtype for dtype in DTYPES if any(each.dtype == dtype for each in fingerprints)],
            classes={(each.backend, each.dtype): each for each in fingerprints},
            rejections=rejections(run),
            counted=_COUNTED,
            kernels_text=legend.kernels_text,
            glyphs=legend.GLYPHS,
            verdicts=legend.VERDICTS,
        )
    )


def computes_text(computes: Sequence[ComputesLine]) -> str:
    """The section of what was measured of backends, as that page has it."""
    return _environment().get_template("_computes.md.j2").render(computes=computes)


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convtranspose_reports.page"),
        autoescape=False,  # Markdown: `finalize` escapes every expression instead
        finalize=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["web_link"] = web_link
    return environment
