"""The sections of the page, in order: a template and a row each. The navigation follows from the
rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from markupsafe import Markup

from convtranspose_reports.legend import kernels_text
from convtranspose_reports.page.advice import advice
from convtranspose_reports.page.badge import badge, badges
from convtranspose_reports.page.bug_report import bug_report
from convtranspose_reports.page.causes import causes, foremost
from convtranspose_reports.page.citation import bibtex, citation, description
from convtranspose_reports.page.heat import pictures
from convtranspose_reports.page.matrix import tables
from convtranspose_reports.parts import Failed, attempted
from convtranspose_reports.runs.accuracy import Accuracy, accuracies, in_words
from convtranspose_reports.runs.answered import answered
from convtranspose_reports.runs.history import changed
from convtranspose_reports.runs.record import BackendLine, Finding, Verdict
from convtranspose_reports.runs.rejections import rejections
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import failing, readings_followed, shape_rules, totals
from convtranspose_reports.upstream import when_read


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A run as the page shows it: `backends` that answered, `findings` the most urgent first,
    `anchors` finding id -> id of its card. `asks`: has the page a section in which one asks?
    `failed`: the parts that could not be made, and why."""

    run: Run
    backends: Sequence[BackendLine]
    findings: Sequence[Finding]
    anchors: Mapping[str, str]
    asks: bool = False
    failed: Failed = field(default_factory=dict)


Given = Mapping[str, object]
MOST_FORBIDDEN = 200  # forbidden calls that are listed; all of them are among the answers


def _nothing(view: View) -> Given:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page.

    `id` is its anchor, `title` its word in the navigation, `heading` what stands above it where
    that is another. `template` is a name among this package's templates, or the path of a file; it
    sees what `given` makes of the run, and may import `_macros.html.j2`. `shown_when` names one of
    what is given: where that is empty, the section is left out ("" = never). `scripts` and `styles`
    are files of its own: the scripts of all sections share one scope with the page's
    (`static/script/`), whose `starting` and `afterAnswers` take what shall be called once.
    """

    id: str
    title: str
    template: str | Path
    heading: str = ""
    given: Callable[[View], Given] = _nothing
    shown_when: str = ""
    scripts: Sequence[Path] = ()
    styles: Sequence[Path] = ()


def _environment(view: View) -> Given:
    unusable = [backend for backend in view.run.header.backends if not backend.usable]
    return {"header": view.run.header, "backends": view.backends, "unusable": unusable}


def _matrix(view: View) -> Given:
    computed, stated, alone = tables(view.run)
    return {
        "features": view.run.header.features,
        "computed": computed,
        "stated": stated,
        "alone": alone,
        "by_id": {finding.id: finding for finding in view.findings},
        "anchors": view.anchors,
        "counted": [verdict for verdict in Verdict if verdict is not Verdict.STALE],
    }


def _readings(view: View) -> Given:
    return {
        "clauses": {clause.label: clause for clause in view.run.header.clauses},
        "backends": view.backends,
        "followed": readings_followed(view.run),
        "mixed": [finding for finding in view.findings if finding.kind == "inconsistent"],
        "anchors": view.anchors,
    }


def _shapes(view: View) -> Given:
    return {"shape_rules": shape_rules(view.run), "anchors": view.anchors}


def _accuracy(view: View) -> Given:
    classes = accuracies(view.run)
    probes = {kind for each in classes for kind in each.vector}
    kernels = {
        b.name: kernels_text(b.kernels)
        for b in view.backends
        if any(each.backend == b.name for each in classes)
    }
    return {
        "accuracies": classes,
        "accuracy_says": in_words(classes),
        "accuracy_probes": probes,
        "kernels": {name: text for name, text in kernels.items() if text},
        "plots": _plots(classes),
    }


def _plots(classes: list[Accuracy]) -> dict[str, Markup]:
    """dtype -> SVG. matplotlib takes half a second to import, and is imported for a run that has
    something to draw."""
    if not classes:
        return {}
    from convtranspose_reports.page.plot import panels

    # our own SVG, its text escaped by ElementTree
    return {dtype: Markup(svg) for dtype, svg in panels(classes).items()}


def _computes(view: View) -> Given:
    lines = view.run.header.computes or ()
    versions = {backend.name: backend.version for backend in view.backends}
    return {"computes": [each for each in lines if each.backend in versions], "versions": versions}


def _rejections(view: View) -> Given:
    forbidden = rejections(view.run)
    return {"rejections": forbidden, "calls": forbidden.calls, "most": MOST_FORBIDDEN}


def _declined(view: View) -> Given:
    declined = [each for each in view.findings if each.verdict is Verdict.DECLINED]
    return {"findings": declined, "backends": view.backends, "anchors": view.anchors}


def _changes(view: View) -> Given:
    """Of a run alone: neither an earlier run nor older releases."""
    changed_since = [changed(backend, None) for backend in view.backends]
    return {
        "comparison": None,
        "changed": changed_since,
        "when_read": "",
        "anchors": view.anchors,
    }


def _findings(view: View) -> Given:
    found = causes(view.run)
    return {
        "causes": found,
        "foremost": foremost(found),
        "when_read": when_read(link for each in view.findings for link in each.upstream),
        "titles": {b.name: f"{b.title} {b.version}" for b in view.backends},
        "cut_short": view.run.footer is None,
        "failing": failing(view.run),
        "clauses": {clause.label: clause for clause in view.run.header.clauses},
        "anchors": view.anchors,
        "asks": view.asks,
        "advice": advice,
        "pictures": pictures,
        "bug_report": partial(_bug_report, view),
    }


def _bug_report(view: View, finding: Finding) -> str:
    make = partial(bug_report, view.run, finding)
    return attempted(
        f"bug report of {finding.id}", view.failed, make, instead="It could not be made."
    )


def _coverage(view: View) -> Given:
    run = view.run
    return {
        "backends": view.backends,
        "totals": totals(run),
        "answered": answered(run.header, run.records),
    }


def _cite(view: View) -> Given:
    run = view.run
    return {
        "header": run.header,
        "footer": run.footer,
        "commit": run.header.environment.get("commit", ""),
        "description": description(run),
        "citation": citation(run),
        "bibtex": bibtex(run),
        "badge": Markup(badge(run)),  # its words are its module's own
        "badges": list(badges(run)),
    }


SECTIONS = (
    Section(
        id="findings",
        title="Findings",
        template="_findings.html.j2",
        given=_findings,
    ),
    Section(
        id="changes",
        title="Changes",
        heading="What changed",
        template="_changes.html.j2",
        given=_changes,
    ),
    Section(
        id="matrix",
        title="Matrix",
        heading="Compatibility matrix",
        template="_matrix.html.j2",
        given=_matrix,
    ),
    Section(
        id="compare",
        title="Compare",
        heading="Who agrees on what",
        template="_compare.html.j2",
    ),
    Section(
        id="readings",
        title="Open clauses",
        heading="Who reads the open clauses how",
        template="_readings.html.j2",
        given=_readings,
    ),
    Section(
        id="shapes",
        title="Output shapes",
        heading="Output-shape rules, framework by framework",
        template="_shapes.html.j2",
        given=_shapes,
    ),
    Section(
        id="computes",
        title="Measured rules",
        heading="What each computes, measured beside the text",
        template="_computes.html.j2",
        given=_computes,
        shown_when="computes",
    ),
    Section(
        id="accuracy",
        title="Accuracy",
        template="_accuracy.html.j2",
        given=_accuracy,
        shown_when="accuracies",
    ),
    Section(
        id="rejections",
        title="Rejections",
        template="_rejections.html.j2",
        given=_rejections,
        shown_when="calls",
    ),
    Section(
        id="declined",
        title="Declined",
        heading="What backends decline",
        template="_declined.html.j2",
        given=_declined,
        shown_when="findings",
    ),
    Section(
        id="coverage",
        title="Coverage",
        heading="What was asked, and answered",
        template="_coverage.html.j2",
        given=_coverage,
    ),
    Section(id="cases", title="All answers", template="_cases.html.j2"),
    Section(
        id="cite",
        title="Cite",
        heading="How to cite it, and the raw files",
        template="_cite.html.j2",
        given=_cite,
    ),
    Section(
        id="environment",
        title="Environment",
        template="_environment.html.j2",
        given=_environment,
    ),
)
