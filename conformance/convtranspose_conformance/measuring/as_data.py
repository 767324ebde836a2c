"""A measurement as plain data, for `--format json`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from convtranspose_cases import Case

from .arithmetic import Fingerprint
from .fit import Fit
from .points import AXIS, owed, points_of
from .survey import ShapeRule
from .terms import Terms


def call_data(case: Case, terms: Terms | str, fit: Fit | str) -> dict[str, Any]:
    """One configuration: each term as the indices of X, W and Y that meet, and how often; along
    each axis what was measured and what the text says. `unread`: why there is none of either."""
    configuration: dict[str, Any] = {
        "case": case.id,
        "summary": case.summary(),
        "terms": [],
        "axes": [],
    }
    if isinstance(terms, str):
        return configuration | {"unread": terms}
    configuration["terms"] = [_term(row, case.rank) for row in terms.rows.tolist()]
    if isinstance(fit, str):
        return configuration | {"unread": fit}
    axes = [point for kind, point in points_of(fit) if kind == AXIS]
    configuration["axes"] = [
        {"measured": dict(point.measured), "by_text": dict(as_called.by_text)}
        for point, as_called in zip(axes, owed(AXIS, case), strict=bool(axes))
    ]
    return configuration | {"unread": ""}


def _term(row: list[int], rank: int) -> dict[str, Any]:
    x, w, y = row[: 1 + rank], row[1 + rank : 3 + 2 * rank], row[3 + 2 * rank : -1]
    return {"x": x, "w": w, "y": y, "times": row[-1]}


def rules_data(rules: Sequence[ShapeRule]) -> list[dict[str, Any]]:
    """The formulas of begins and sizes; "" where no short one was found."""
    return [
        asdict(rule) | {"by_text": {word: text for word, _, text in rule.formulas}}
        for rule in rules
    ]


def rounding_data(found: Sequence[Fingerprint]) -> list[dict[str, Any]]:
    """How sums of each dtype are rounded, along each route."""
    return [asdict(each) for each in found]
