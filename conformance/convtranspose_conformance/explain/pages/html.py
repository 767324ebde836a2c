"""An explanation as one page of HTML that fetches nothing."""

from collections.abc import Sequence
from importlib import resources
from typing import Any

from markupsafe import Markup

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import InvalidInput
from convtranspose_reports.page.self_contained import content_hash, environment_of

from ...prediction.predict import predictions
from ...prediction.runtimes import FollowedByRuntimes, followed
from ...prediction.sentences import sentence
from ..code.all_frameworks import codes
from ..code.snippet import arrays
from ..geometry.along_axis import distinct_axes, slid, sums
from ..geometry.evenness import is_even_along, is_uneven, none_nearby, overlap
from ..geometry.negative_pads import SAYS as NEGATIVE_PADS
from ..geometry.negative_pads import advice, has_negative_pads
from ..geometry.other_readings import (
    TOO_LARGE,
    clause_status,
    differing,
    result_under,
    too_large,
)
from ..geometry.steps import steps_of
from ..geometry.window import windows
from ..inputs.recorded import Recorded
from ..inputs.subject import Subject
from .drawing import count_map, drawings
from .grounds import grounds
from .matrix import of_conv, of_drawing
from .overview import row
from .recorded_text import absence, nearness
from .remedies import remedies, spectra

OPEN_CARDS = 3  # with more calls than these, the card of each is closed at first


def page(explained: Sequence[tuple[Subject, Recorded | None]]) -> str:
    """The page of one or more subjects, each with what a run recorded of it."""
    style = style_sheet()
    template = environment_of(__package__).get_template("explain.html.j2")
    return template.render(
        parts=[_part(*each) for each in explained],
        open_cards=OPEN_CARDS,
        style=Markup(style),  # the package's own file
        style_hash=content_hash(style),
    )


def style_sheet() -> str:
    """The CSS of a page that the command line draws; that of `check` adds to it."""
    sheet = resources.files(__package__).joinpath("templates", "explain.css")
    return sheet.read_text(encoding="utf-8")


def _part(subject: Subject, recorded: Recorded | None) -> dict[str, Any]:
    """Everything that the template says of one subject."""
    case = subject.case
    expected = predictions(case)
    part = {
        "subject": subject,
        "case": case,
        "recorded": recorded,
        "row": row(subject, coded=True),
        "nearness": nearness,
        "absence": absence,
        "clauses": CLAUSES,
        "predictions": [(each, sentence(each)) for each in expected],
        "runtimes": None,
        "refused": None,
        "transposed": case.op == "ConvTranspose",
    }
    refused = case.refusal()
    if refused is not None:
        return part | _of_refused(case, refused)
    return part | _of_legal(case, followed(expected)) | _of_transpose(case)


def _of_refused(case: Case, refused: InvalidInput) -> dict[str, Any]:
    """What is said of a call that the text forbids."""
    return {
        "refused": refused,
        "grounds": grounds(refused, case.opset)[1],
        "too_large": TOO_LARGE * too_large(refused),
        "negative_pads": [NEGATIVE_PADS, advice(case)] * has_negative_pads(case),
        "axes": _axes(case) if refused.attribute == "output size" else [],
    }


def _of_legal(case: Case, runtimes: FollowedByRuntimes | None) -> dict[str, Any]:
    """What is said of a call that has an answer; its code is of what `runtimes` make of it."""
    return {
        "shape": list(case.y_shape()),
        "runtimes": runtimes,
        "readings": [
            (reading, clause_status(case, reading), result_under(case, reading.id))
            for reading in differing(case)
        ],
        "axes": _axes(case),
        "sums": sums(case),
        "codes": codes(runtimes.case if runtimes else case),
        "arrays": "\n".join(arrays(case)),
    }


def _axes(case: Case) -> list[dict[str, Any]]:
    return [
        {"name": name, "axis": axis, "steps": list(steps_of(case, axis))}
        for name, axis, _ in distinct_axes(case)
    ]


def _of_transpose(case: Case) -> dict[str, Any]:
    """What is said of ConvTranspose alone."""
    if case.op == "Conv":
        return {
            "drawings": [],
            "matrices": of_conv(case),
            "slid": {},
            "map": None,
            "overlaps": [],
            "spectra": [],
            "none_even": "",
            "remedies": [],
        }
    return {
        "drawings": drawings(case),
        "matrix": of_drawing,
        "matrices": [],
        "slid": {
            name.partition(", written")[0]: (name, row, kernel) for name, row, kernel in slid(case)
        },
        "map": count_map(case),
        "overlaps": [
            (name, is_even_along(w), overlap(w, case.bias))
            for name, w in ((name, windows(case)[n]) for name, _, n in distinct_axes(case))
        ],
        "spectra": spectra(case),
        "none_even": none_nearby(case) if is_uneven(case) else "",
        "remedies": remedies(case),
    }
