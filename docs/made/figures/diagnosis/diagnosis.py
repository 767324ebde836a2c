"""The tables made of `diagnosis.json`: what diagnosis says of mutants, and how much of
that is true."""

import json
from functools import cache
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "diagnosis.json"
Row = tuple[str, ...]
Mutant = dict[str, Any]
OPERATORS = "by cosmic-ray"
REPORTED = "of these, from public bug reports"
BY_RULE = ("reading", "fault", "accuracy")
MOST_SAID = 4


@cache
def _results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def _by_class() -> dict[str, list[Mutant]]:
    """The hand-written mutants of each class, all of them, and the sample of the others."""
    mutants: list[Mutant] = _results()["mutants"]
    classes = {
        kind: [m for m in mutants if m["class"] == kind]
        for kind in dict.fromkeys(m["class"] for m in mutants)
    }
    reported = [m for m in mutants if m["reported"]]
    return classes | {
        "all hand-written": mutants,
        REPORTED: reported,
        OPERATORS: list(_results()["operators"].values()),
    }


def _count(mutants: list[Mutant], verdict: str, *, held: bool) -> int:
    return sum(m["verdict"] == verdict and bool(m["named"]) is held for m in mutants)


def scores() -> tuple[Row, list[Row]]:
    """Classes by verdicts."""
    rows = []
    for kind, mutants in _by_class().items():
        held = [m for m in mutants if m["named"]]
        of_held = [
            str(_count(mutants, verdict, held=True))
            for verdict in ("right", "part", "too wide", "none", "wrong")
        ]
        others = [
            str(_count(mutants, verdict, held=False))
            for verdict in ("unexplained", "by kind", "too wide", "wrong")
        ]
        rows.append(
            (
                kind,
                str(len(mutants)),
                str(len(held)),
                *of_held,
                str(len(mutants) - len(held)),
                *others,
            )
        )
    columns = ("named right", "in part", "too wide", "not named", "named wrong")
    others = ("unexplained", "by error or acceptance", "too wide", "named wrong")
    return ("class", "mutants", "held by the library", *columns, "not held", *others), rows


def mutants() -> tuple[Row, list[Row]]:
    """Every mutant: what the library has for it, and what was said."""
    rows = []
    for each in (*_results()["mutants"], *_results()["operators"].values()):
        true = "<br>".join(
            [
                *(f"`{name}`" for name in each["named"]),
                *(f"in part `{name}`" for name in each["partly"]),
            ]
        )
        said = "<br>".join(_said(one) for one in each["said"][:MOST_SAID])
        rows.append(
            (f"`{each['name']}`", each.get("class", OPERATORS), true, each["verdict"], said)
        )
    return ("mutant", "class", "true of it", "verdict", "what diagnosis says"), rows


def _said(one: dict[str, Any]) -> str:
    names = " or ".join(f"`{name}`" for name in one["names"])
    where = f" where `{one['where']}`" if one["where"] else ""
    held = f"; on calls held out {one['held']} of {one['held_out']}" if one["held_out"] else ""
    return f"{one['kind']}: {names}{where} ({one['answers']}{held})"


def total() -> str:
    """One sentence for the README."""
    whole, by_operator = _by_class()["all hand-written"], _by_class()[OPERATORS]
    held = [m for m in whole if m["named"]]
    right = sum(m["verdict"] == "right" for m in held)
    misnamed = sum(m["verdict"] == "wrong" for m in (*whole, *by_operator))
    return (
        f"Of {len(whole)} hand-written mutants the library of rules holds {len(held)}: diagnosis "
        f"names {right} of them right in every "
        f"answer ({100 * right / len(held):.1f} %). Of all {len(whole)}, and of {len(by_operator)} "
        f"that cosmic-ray made, {misnamed} are named "
        "wrong ([docs/diagnosis.md](docs/diagnosis.md))."
    )


def told_on_held_out() -> str:
    """How often rules that were named hold on calls that diagnosis never saw."""
    statements = [
        one
        for m in (*_results()["mutants"], *_results()["operators"].values())
        for one in m["said"]
        if one["held_out"]
    ]
    held, out = (sum(one[key] for one in statements) for key in ("held", "held_out"))
    return (
        f"{len(statements)} rules were named; on the calls held out they speak of {out:,} answers "
        "and "
        f"predict {held:,} of them."
    )


def together() -> tuple[Row, list[Row]]:
    """Of backends with several mutants in one: how much is explained, and how truly."""
    every = json.loads((FIGURES / "together.json").read_text(encoding="utf-8"))["rows"]
    rows = []
    for count in sorted({len(each["mutants"]) for each in every}):
        mine = [each for each in every if len(each["mutants"]) == count]
        wrong, explained = (sum(each[word] for each in mine) for word in ("wrong", "explained"))
        verdicts = (
            str(sum(each["verdict"] == verdict for each in mine))
            for verdict in ("right", "part", "too wide", "none", "wrong")
        )
        counts = (f"{wrong:,}", f"{explained:,}", f"{explained / wrong:.1%}")
        rows.append((str(count), str(len(mine)), *counts, *verdicts))
    verdicts = ("named right", "in part", "too wide", "not named", "named wrong")
    return ("mutants in one", "backends", "wrong answers", "explained", "share", *verdicts), rows
