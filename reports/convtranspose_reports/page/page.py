"""`index.html`: a run drawn as one self-contained page."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup

from convtranspose_reports import legend, upstream
from convtranspose_reports.page.addresses import finding_address
from convtranspose_reports.page.citation import TITLE, description
from convtranspose_reports.page.columns import columns, packed
from convtranspose_reports.page.sections import SECTIONS, Section, View
from convtranspose_reports.page.self_contained import content_hash, environment_of
from convtranspose_reports.parts import Failed, guarded
from convtranspose_reports.runs.accuracy import CLASSES, PROBES, Accuracy
from convtranspose_reports.runs.answered import too_few
from convtranspose_reports.runs.record import Example, Finding, Verdict
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering, by_urgency, failing, state

Drawn = tuple[Section, Markup]
_NUMBER = re.compile(r"([^\s\[\](),;]+)")
_NOT_MADE = Markup(
    '<p class="failed">This part could not be made; what it shows is in results.jsonl.</p>\n'
)
MOST_NEWS = 8  # undeclared findings named at the top
STYLES = ("page.css", "findings.css", "matrix.css", "compare.css")
SCRIPTS = (
    "records.js",
    "spelled.js",
    "query.js",
    "filter.js",
    "copying.js",
    "answers.js",
    "pairs.js",
    "compare.js",
    "agreement.js",
    "meaning.js",
    "question.js",
    "keyboard.js",
    "start.js",
)


def page(run: Run, sections: Sequence[Section] = SECTIONS, failed: Failed | None = None) -> str:
    """As `pieces`, in one."""
    return "".join(pieces(run, sections, failed))


def pieces(
    run: Run, sections: Sequence[Section] = SECTIONS, failed: Failed | None = None
) -> list[str]:
    """The page of a run, as HTML that fetches nothing: styles, script and records are inside. In
    pieces, since that of a large run is not there several times over.

    Of the `sections`, those that have something to show, each with its place in the navigation; in
    the place of one that fails stands why, and an entry of `failed`.
    """
    failed = {} if failed is None else failed
    view = _view(run, failed, asks=any(section.id == "ask" for section in sections))
    environment = _environment()
    drawn = list(_drawn(environment, sections, view))
    records: list[Markup] = []
    with guarded("the table of all answers", failed):
        records = [*map(Markup, packed(columns(run, view.anchors)))]  # base64
    style, script = _style(drawn), _script(drawn)
    return [
        *environment.get_template("index.html.j2").generate(
            **_head(view),
            sections=drawn,
            style=Markup(style),  # the package's own file
            script=Markup(script),  # the package's own file
            style_hash=content_hash(style),
            script_hash=content_hash(script),
            records=records,
        )
    ]


def _view(run: Run, failed: Failed, *, asks: bool) -> View:
    findings = by_urgency(run.findings)
    anchors = {finding.id: finding_address(finding.id) for finding in findings}
    backends = answering(run)
    return View(
        run=run,
        backends=backends,
        findings=findings,
        anchors=anchors,
        asks=asks,
        failed=failed,
    )


def _head(view: View) -> dict[str, object]:
    """What stands above and below the sections."""
    run = view.run
    return {
        "title": TITLE,
        "run": run,
        "header": run.header,
        "backends": view.backends,
        "findings": view.findings,
        "anchors": view.anchors,
        "state": state(run),
        "description": description(run),
        "too_few": too_few(run.header, run.records),
        "most_news": MOST_NEWS,
        "deviating": any(kind.verdict is Verdict.DEVIATES for kind in run.records.kinds.frames),
        "failing": failing(run),
        "stale": sum(_is_stale(finding) for finding in view.findings),
        "claims": sum(finding.kind == "claim" for finding in view.findings),
        "notes": _notes(run),
        "failed": _failed_before(run) | dict(view.failed),
    }


def _is_stale(finding: Finding) -> bool:
    return finding.verdict is Verdict.STALE and finding.kind != "claim"


def _failed_before(run: Run) -> dict[str, str]:
    """What failed while the run was made."""
    return {} if run.footer is None else dict(run.footer.failed or {})


def _notes(run: Run) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind, count in run.records.counted_frames():
        if kind.note:
            counts[kind.note] = counts.get(kind.note, 0) + count
    return counts


def _drawn(
    environment: jinja2.Environment, sections: Sequence[Section], view: View
) -> Iterator[Drawn]:
    """The sections that the run has something for, each with its HTML."""
    for section in sections:
        content: Markup | None = _NOT_MADE
        with guarded(f"section {section.title!r}", view.failed):
            content = _content(environment, section, view)
        if content is not None:
            yield section, content


def _content(environment: jinja2.Environment, section: Section, view: View) -> Markup | None:
    """A section's HTML; None where it has nothing to show."""
    given = section.given(view)
    if section.shown_when and not given[section.shown_when]:
        return None
    return Markup(_template(environment, section.template).render(given))


def _template(environment: jinja2.Environment, template: str | Path) -> jinja2.Template:
    """One of the package's own, or a file, which may import and include both its neighbours and
    the package's own."""
    if isinstance(template, str):
        return environment.get_template(template)
    return _beside(environment, template.parent).get_template(template.name)


@cache
def _beside(environment: jinja2.Environment, folder: Path) -> jinja2.Environment:
    assert environment.loader is not None
    loaders = [jinja2.FileSystemLoader(folder), environment.loader]
    return environment.overlay(loader=jinja2.ChoiceLoader(loaders))


@cache
def _environment() -> jinja2.Environment:
    environment = environment_of("convtranspose_reports.page")
    environment.filters |= {
        "marked": marked,
        "short_name": upstream.short_name,
        "in_brackets": upstream.in_brackets,
        "number": _number,
        "figure": _figure,
        "groupby_in_order": _grouped,
    }
    environment.globals |= {
        "filter_link": _filter_link,
        "ask_link": _ask_link,
        "Verdict": Verdict,
        "kernels_text": legend.kernels_text,
        "glyphs": legend.GLYPHS,
        "verdict_says": legend.VERDICTS,
        "outcome_says": legend.OUTCOMES,
        "check_says": legend.CHECKS,
        "probe_says": PROBES,
        "class_says": CLASSES,
    }
    return environment


Pieces = list[tuple[str, bool]]


def marked(example: Example) -> tuple[Pieces, Pieces]:
    """Expected and actual numbers as pieces of text, each with whether it differs.

    Pieces are compared in order; where the two hold different counts of numbers, none is marked.
    """
    expected, actual = _NUMBER.split(example.expected), _NUMBER.split(example.actual)
    if len(expected) != len(actual):
        return [(example.expected, False)], [(example.actual, False)]
    differs = [
        i % 2 == 1 and not _same_number(one, other)
        for i, (one, other) in enumerate(zip(expected, actual, strict=True))
    ]
    return list(zip(expected, differs, strict=True)), list(zip(actual, differs, strict=True))


def _same_number(one: str, other: str) -> bool:
    """Arrays of whole numbers are written with a point beside others, and without one alone."""
    return one.removesuffix(".") == other.removesuffix(".")


def _filter_link(**filters: str) -> str:
    return "#cases?" + urlencode(filters)


def _ask_link(layer: str) -> str:
    return "#ask?" + urlencode({"layer": layer})


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _figure(value: float) -> str:
    """Three digits; without an exponent from a thousandth to a million."""
    if 1e3 <= abs(value) < 1e6:
        return _number(round(value))
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e3 or not value else f"{value:.1e}"


def _grouped(classes: list[Accuracy], name: str) -> list[tuple[str, list[Accuracy]]]:
    return [(key, list(group)) for key, group in groupby(classes, key=attrgetter(name))]


def _style(drawn: Sequence[Drawn]) -> str:
    own = [path.read_text("utf-8") for section, _ in drawn for path in section.styles]
    return "\n".join([*(_static("style", name) for name in STYLES), *own])


def _script(drawn: Sequence[Drawn]) -> str:
    """The scripts as one, whose names are its own; what starts them is the last."""
    *first, last = (_static("script", name) for name in SCRIPTS)
    own = [path.read_text("utf-8") for section, _ in drawn for path in section.scripts]
    return '"use strict";\n(function () {\n' + "\n".join([*first, *own, last]) + "})();\n"


def _static(*names: str) -> str:
    here = resources.files("convtranspose_reports.page")
    return here.joinpath("static", *names).read_text("utf-8")
