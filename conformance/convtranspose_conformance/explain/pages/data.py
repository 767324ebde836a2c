"""An explanation as data, by the schema in explain/explain.schema.json."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import InvalidInput

from ...prediction.asking import Asking
from ...prediction.predict import predictions
from ...prediction.prediction import Prediction
from ...prediction.runtimes import followed
from ...prediction.sentences import sentence
from ..code.all_frameworks import codes
from ..code.snippet import arrays
from ..geometry.along_axis import distinct_axes, sums
from ..geometry.evenness import is_even_along, overlap
from ..geometry.other_readings import clause_status, differing, result_under, too_large
from ..geometry.steps import steps_of
from ..geometry.window import windows
from ..inputs.open_calls import OpenCall
from ..inputs.subject import Subject

VERSION = 1  # of the schema: a key that changes its meaning makes another
Data = dict[str, Any]


def json_text(
    subjects: Iterable[Subject],
    answers: Sequence[Sequence[Asking]] = (),
    open_: Iterable[OpenCall] = (),
) -> str:
    """Subjects as one document; `answers` of the backends, one list for each, where asked; `open_`:
    calls of which no more than a size in names is known."""
    told = [*subjects]
    live = answers or [()] * len(told)
    explained = [data(subject, each) for subject, each in zip(told, live, strict=True)]
    whole = {"schema": VERSION, "explained": explained, "open": [*map(_open, open_)]}
    return json.dumps(whole, indent=1)


def _open(call: OpenCall) -> Data:
    return {
        "function": call.function,
        "line": call.line,
        "rule": call.rule,
        "names": dict(call.names),
        "weights": call.order or None,
        "options": call.options,
        "examples": [
            {
                "names": dict(row.names),
                "w": None if row.w is None else list(row.w),
                "x": list(row.x),
                "y": list(row.y),
            }
            for row in call.rows
        ],
    }


def data(subject: Subject, answers: Sequence[Asking] = ()) -> Data:
    """One subject: what was given, and everything that is said of it."""
    case = subject.case
    expected = predictions(case)
    document: Data = {
        "title": subject.title or case.id,
        "notes": list(subject.notes),
        "call": _call(case),
        "predictions": [_prediction(each) for each in expected],
        "asked": [_asking(each) for each in answers],
    }
    try:
        shape = list(case.y_shape())
    except InvalidInput as refused:
        return document | {"y": None, "refused": _refused(refused)}
    other = followed(expected)
    return (
        document
        | {"y": shape, "refused": None, "runtimes": None}
        | ({"runtimes": {"y": list(other.shape), "who": list(other.runtimes)}} if other else {})
        | {
            "axes": [_axis(case, name, number) for name, _, number in distinct_axes(case)],
            "readings": [
                {
                    "id": each.id,
                    "clause": clause_status(case, each),
                    "says": each.sentence,
                    "result": result_under(case, each.id)[0],
                }
                for each in differing(case)
            ],
            "sums": [{"axis": name, "outputs": terms} for name, terms in sums(case)],
            "arrays": "\n".join(arrays(case)),
            "weights": "\n".join(subject.loading) or None,
            "code": _code(other.case if other else case),
        }
    )


def _call(case: Case) -> Data:
    given = case.attributes.given()
    return {
        "op": case.op,
        "x": list(case.x_shape),
        "w": list(case.w_shape),
        "b": None if case.b_shape is None else list(case.b_shape),
        "attributes": {k: list(v) if isinstance(v, tuple) else v for k, v in given.items()},
        "dtype": case.dtype,
        "opset": case.opset,
    }


def _refused(refused: InvalidInput) -> Data:
    return {
        "attribute": refused.attribute,
        "found": str(refused.found),
        "accepted": refused.accepted,
        "clause": refused.clause,
        "too_large": too_large(refused),
    }


def _prediction(each: Prediction) -> Data:
    return {
        "backend": each.entry.name,
        "title": each.entry.title,
        "check": each.check.value,
        "does": each.does.value,
        "says": sentence(each),
        "shape": None if each.shape is None else list(each.shape),
        "versions": each.versions,
        "installed": each.entry.installed_version() or None,
        "kernels": dict(each.kernels),
        "follows": list(each.follows),
        "rounds": each.accuracy or None,
        "declarations": [d.id for d in each.because],
    }


def _asking(each: Asking) -> Data:
    return {
        "backend": each.prediction.entry.name,
        "version": each.version or None,
        "saw": each.saw,
        "parts": each.parts,
    }


def _axis(case: Case, name: str, number: int) -> Data:
    axis = case.axes[number]
    geometry: Data = {
        "name": name,
        "input": axis.input,
        "kernel": axis.kernel,
        "stride": axis.stride,
        "dilation": axis.dilation,
        "output": case.y_shape()[2 + number],
        "steps": [
            {"what": s.what, "how": s.how, "numbers": s.numbers, "clauses": list(s.clauses)}
            for s in steps_of(case, axis)
        ],
    }
    if case.op == "Conv":
        return geometry
    kept = windows(case)[number]
    return geometry | {
        "begin": kept.begin,
        "end": kept.end,
        "even": is_even_along(kept),
        "overlap": overlap(kept, case.bias),
    }


def _code(case: Case) -> list[Data]:
    return [
        {
            "title": each.title,
            "framework": each.framework,
            "why_not_one_call": each.why or None,
            "source": each.source,
        }
        for each in codes(case)
    ]
