"""`index.html`: a run drawn as one self-contained page."""

import base64
import hashlib
import re
from functools import partial
from importlib import resources
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from convtranspose_reports import legend
from convtranspose_reports.accuracy import CLASSES, PROBES, Accuracy, accuracies
from convtranspose_reports.bug_report import bug_report
from convtranspose_reports.columns import columns, packed
from convtranspose_reports.record import Example, Verdict
from convtranspose_reports.rejections import Rejections, rejections
from convtranspose_reports.store import Run
from convtranspose_reports.summary import (
    answering,
    by_urgency,
    matrix,
    readings_followed,
    shape_rules,
    state,
    totals,
)

_NUMBER = re.compile(r"([^\s\[\](),;]+)")
MOST_NEWS = 8  # undeclared findings named at the top
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def page(run: Run) -> str:
    """The page of a run, as HTML that fetches nothing: styles, script and records are inside."""
    findings = by_urgency(run.findings)
    anchors = {
        finding.id: f"finding-{i}-{_UNSAFE.sub('-', finding.id)}"
        for i, finding in enumerate(findings, 1)
    }
    style, script = _static("page.css"), _static("page.js")
    found, forbidden = accuracies(run), rejections(run)
    return (
        _environment(run)
        .get_template("index.html.j2")
        .render(
            run=run,
            header=run.header,
            backends=answering(run),
            unusable=[backend for backend in run.header.backends if not backend.usable],
            state=state(run),
            totals=totals(run),
            matrix=matrix(run),
            followed=readings_followed(run),
            shape_rules=shape_rules(run),
            accuracies=found,
            accuracy_probes={kind for each in found for kind in each.vector},
            plots=_plots(found),
            rejections=forbidden,
            sections=_sections(found, forbidden),
            findings=findings,
            most_news=MOST_NEWS,
            anchors=anchors,
            deviating=any(record.verdict is Verdict.DEVIATES for record in run.records),
            failing=sum(record.verdict is Verdict.FAILS for record in run.records),
            stale=sum(finding.verdict is Verdict.STALE for finding in findings),
            notes=_notes(run),
            clauses={clause.label: clause for clause in run.header.clauses},
            style=Markup(style),  # the package's own file
            script=Markup(script),  # the package's own file
            style_hash=_content_hash(style),
            script_hash=_content_hash(script),
            records=packed(columns(run, anchors)),
        )
    )


def marked(example: Example) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Expected and actual numbers as pieces of text, each with whether it differs.

    Pieces are compared in order; where the two hold different counts of numbers, none is marked.
    """
    expected, actual = _NUMBER.split(example.expected), _NUMBER.split(example.actual)
    if len(expected) != len(actual):
        return [(example.expected, False)], [(example.actual, False)]
    differs = [
        i % 2 == 1 and one != other
        for i, (one, other) in enumerate(zip(expected, actual, strict=True))
    ]
    return list(zip(expected, differs, strict=True)), list(zip(actual, differs, strict=True))


def _sections(found: list[Accuracy], forbidden: Rejections) -> list[str]:
    """The page's sections in order; accuracy and forbidden calls where the run asked for them."""
    asked = [
        name for name, there in (("accuracy", found), ("rejections", forbidden.calls)) if there
    ]
    return ["environment", "matrix", "readings", "shapes", *asked, "discrepancies", "cases"]


def _plots(found: list[Accuracy]) -> dict[str, Markup]:
    """dtype -> SVG. matplotlib takes half a second to import, and is imported for a run that has
    something to draw."""
    if not found:
        return {}
    from convtranspose_reports.plot import panels

    return {
        dtype: Markup(svg) for dtype, svg in panels(found).items()
    }  # our own SVG, its text escaped by ElementTree


def _notes(run: Run) -> dict[str, int]:
    counts: dict[str, int] = {}
    for record in run.records:
        if record.note:
            counts[record.note] = counts.get(record.note, 0) + 1
    return counts


def _environment(run: Run) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("convtranspose_reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "marked": marked,
        "number": _number,
        "figure": _figure,
        "groupby_in_order": _grouped,
        "bug_report": partial(bug_report, run),
    }
    environment.globals |= {
        "filter_link": _filter_link,
        "Verdict": Verdict,
        "glyphs": legend.GLYPHS,
        "verdict_says": legend.VERDICTS,
        "outcome_says": legend.OUTCOMES,
        "check_says": legend.CHECKS,
        "probe_says": PROBES,
        "class_says": CLASSES,
    }
    return environment


def _filter_link(**filters: str) -> str:
    return "#cases?" + urlencode(filters)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _figure(value: float) -> str:
    """Three digits; without an exponent from a thousandth to a million."""
    if 1e3 <= abs(value) < 1e6:
        return _number(round(value))
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e3 or not value else f"{value:.1e}"


def _grouped(found: list[Accuracy], name: str) -> list[tuple[str, list[Accuracy]]]:
    return [(key, list(group)) for key, group in groupby(found, key=attrgetter(name))]


def _static(name: str) -> str:
    return resources.files("convtranspose_reports").joinpath("static", name).read_text("utf-8")


def _content_hash(content: str) -> str:
    """A Content-Security-Policy source that allows exactly this inline text."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
