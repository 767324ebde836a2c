"""What was found as one page of HTML that fetches nothing."""

from importlib import resources

from markupsafe import Markup

from convtranspose_reports.page.self_contained import content_hash, environment_of

from ...explain.pages.html import style_sheet
from ..parting import first_parting
from ..result import RIGHT, SILENT, Checked, NodeAnswer, Standing, nodes_in_words
from .chart import chart
from .words import cell, commands, drift_cell, explanation, fed, notes, outcome, silences, sizes


def page(found: Checked) -> str:
    """The page: the sentence, both tables, the chart of drift."""
    own = resources.files(__package__).joinpath("templates", "check.css")
    style = style_sheet() + own.read_text(encoding="utf-8")
    parting = first_parting(found)
    return (
        environment_of(__package__)
        .get_template("check.html.j2")
        .render(
            found=found,
            held=nodes_in_words(found.held),
            parting=parting,
            outcome=outcome(found, parting),
            chart=chart(found),
            cell=cell,
            drift_cell=drift_cell,
            sizes=sizes,
            explanation=explanation,
            commands=commands,
            fed=fed(found),
            notes=notes(found),
            silent=silences(found),
            colour=_colour,
            style=Markup(style),  # the package's own file
            style_hash=content_hash(style),
        )
    )


def _colour(answer: NodeAnswer) -> str:
    """The class of a cell."""
    if answer.standing in RIGHT:
        return "good"
    declared = answer.standing is Standing.DECLARED
    return "warn" if declared or answer.standing in SILENT else "bad"
