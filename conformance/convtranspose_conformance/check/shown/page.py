"""What was found as one page of HTML that fetches nothing."""

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from ...explain import pages as explain_pages
from ..parting import first_parting
from ..result import RIGHT, SILENT, Checked, NodeAnswer, Standing
from .chart import chart
from .words import cell, commands, drift_cell, explanation, fed, outcome, silences, sizes


def page(found: Checked) -> str:
    """The page: the sentence, both tables, the chart of drift."""
    sheets = ((explain_pages, "explain.css"), (__package__, "check.css"))
    style = "".join(
        resources.files(where).joinpath("templates", name).read_text(encoding="utf-8")
        for where, name in sheets
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parting = first_parting(found)
    return environment.get_template("check.html.j2").render(
        found=found,
        parting=parting,
        outcome=outcome(found, parting),
        chart=chart(found),
        cell=cell,
        drift_cell=drift_cell,
        sizes=sizes,
        explanation=explanation,
        commands=commands,
        fed=fed(found),
        silent=silences(found),
        colour=_colour,
        style=Markup(style),  # the package's own file
        style_hash=f"sha256-{digest}",
    )


def _colour(answer: NodeAnswer) -> str:
    """The class of a cell."""
    if answer.standing in RIGHT:
        return "good"
    declared = answer.standing is Standing.DECLARED
    return "warn" if declared or answer.standing in SILENT else "bad"
