"""The records of a run as dictionary-coded columns: what the page's case table is drawn from, in
the browser."""

import base64
import gzip
from collections.abc import Iterable, Mapping

import msgspec

from convtranspose_reports.runs.record import Check, Outcome, Verdict
from convtranspose_reports.runs.store import Run


class _Dictionary:
    """The distinct values of a column, in the order met, and the column as indices into them."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._index = {value: i for i, value in enumerate(values)}

    def __call__(self, value: str) -> int:
        return self._index.setdefault(value, len(self._index))

    @property
    def values(self) -> list[str]:
        return list(self._index)


def columns(run: Run, anchors: Mapping[str, str]) -> dict[str, object]:
    """The cases and records as columns. `anchors` gives, for a finding's id, the id of its card on
    the page."""
    words = {
        "suite": _Dictionary(),
        "feature": _Dictionary(run.header.features),
        "case": _Dictionary(case.name for case in run.cases),
        "backend": _Dictionary(backend.name for backend in run.header.backends),
        "check": _Dictionary(Check),
        "outcome": _Dictionary(Outcome),
        "verdict": _Dictionary(Verdict),
        "reason": _Dictionary([""]),
        "finding": _Dictionary([""]),
        "note": _Dictionary([""]),
        "follows": _Dictionary([""]),
    }
    cases = {
        "summary": [case.summary for case in run.cases],
        "suite": [words["suite"](case.suite) for case in run.cases],
        "features": [
            [words["feature"](feature) for feature in case.features] for case in run.cases
        ],
        "clauses": [" ".join(case.clauses) for case in run.cases],
    }
    rows = {
        name: [words[name](getattr(record, name)) for record in run.records]
        for name in ("case", "backend", "check", "outcome", "verdict", "reason", "finding", "note")
    }
    rows["follows"] = [words["follows"](_told(record.follows)) for record in run.records]
    dictionaries = {name: dictionary.values for name, dictionary in words.items()}
    return {"words": dictionaries, "cases": cases, "rows": rows, "anchors": dict(anchors)}


def _told(follows: Mapping[str, list[str]]) -> str:
    return "; ".join(
        f"{label}: {' or '.join(readings) or 'no named reading'}"
        for label, readings in follows.items()
    )


def packed(data: dict[str, object]) -> str:
    """JSON, gzip, base64: nothing in it can end a script element; the same data give the same
    text."""
    return base64.b64encode(gzip.compress(msgspec.json.encode(data), 9, mtime=0)).decode("ascii")
