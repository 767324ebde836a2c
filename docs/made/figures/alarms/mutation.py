"""The tables made of `mutation.json`: what each suite and each official node test
kills."""

import json
from functools import cache
from typing import Any

from .. import FIGURES

RESULTS = FIGURES / "mutation.json"
Row = tuple[str, ...]
OPERATORS = "by cosmic-ray"


@cache
def _results() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def _by_class() -> dict[str, list[dict[str, Any]]]:
    """The hand-written mutants of each class, and of all."""
    mutants = _results()["mutants"]
    return {
        kind: [m for m in mutants if m["class"] == kind]
        for kind in dict.fromkeys(m["class"] for m in mutants)
    } | {"all": mutants}


def _suite(name: str) -> str:
    every = _results()["every"][name]
    return f"`{name}`" + (f", every {every}th case" if every > 1 else "")


def scores() -> tuple[Row, list[Row]]:
    """Classes by suites, the official tests beside them."""
    suites, operators = _results()["suites"], _results()["operator_level"]
    rows = []
    for kind, mutants in _by_class().items():
        by_suite = [str(sum(suite in m["killed"] for m in mutants)) for suite in suites]
        together = [sum(bool(m[how]) for m in mutants) for how in ("killed", "official")]
        rows.append((kind, str(len(mutants)), *by_suite, *map(str, together)))
    asked = [str(operators["killed"].get(suite, "-")) for suite in suites]
    ends = (operators["killed_by_any_suite"], operators["killed_by_any_official"])
    rows.append((OPERATORS, str(operators["mutants"]), *asked, *map(str, ends)))
    return ("class", "mutants", *map(_suite, suites), "all suites", "official tests"), rows


def total() -> str:
    """One sentence for the README."""
    mutants, fates = _results()["mutants"], _results()["operator_level"]
    by_any, by_official = (sum(bool(m[how]) for m in mutants) for how in ("killed", "official"))
    return (
        f"Of {len(mutants)} backends with one planted fault each the suites catch {by_any}, onnx's "
        f"own {len(_results()['official'])} node tests {by_official}; of {fates['mutants']} "
        "mutants that cosmic-ray makes of the reference, "
        f"`seeds` and `core` {fates['killed_by_any_suite']}, "
        f"the node tests {fates['killed_by_any_official']} ([docs/mutation.md](docs/mutation.md))."
    )


def official() -> tuple[Row, list[Row]]:
    """Official tests by classes."""
    classes, operators = _by_class(), _results()["operator_level"]
    rows = []
    for test in _results()["official"]:
        killed = [str(sum(test in m["official"] for m in mutants)) for mutants in classes.values()]
        rows.append((f"`{test}`", *killed, str(operators["official"][test])))
    together = [str(sum(bool(m["official"]) for m in mutants)) for mutants in classes.values()]
    rows.append(("any of them", *together, str(operators["killed_by_any_official"])))
    rows.append(
        ("of", *(str(len(mutants)) for mutants in classes.values()), str(operators["mutants"]))
    )
    return ("test", *classes, OPERATORS), rows


def mutants() -> tuple[Row, list[Row]]:
    """Every hand-written mutant."""
    rows = []
    for each in _results()["mutants"]:
        names = "<br>".join(f"`{name}`" for name in each["named"])
        cases = "<br>".join(f"`{case}`" for case in each["killed"].values()) or "survives"
        rows.append(
            (
                f"`{each['name']}`",
                each["class"],
                each["sentence"],
                names,
                cases,
                str(len(each["official"])),
            )
        )
    return (
        "mutant",
        "class",
        "what it does wrong",
        "in the suite's own words",
        "first case that kills it",
        "official tests",
    ), rows


def operator_survivors() -> tuple[Row, list[Row]]:
    """What cosmic-ray makes, by its fate."""
    fates = _results()["operator_level"]
    rows = [
        ("fail a case of `seeds` or `core`", str(fates["killed_by_any_suite"]), ""),
        (
            "conform by another reading of an open clause, which a run names",
            str(len(fates["other_readings"])),
            "",
        ),
        (
            "compute the same as the reference, as argued beside the test",
            str(len(fates["equivalent"])),
            "",
        ),
    ]
    survivors = "<br>".join(f"`{name}`: {why}" for name, why in fates["survivors"].items())
    return ("mutants", "number", ""), [
        *rows,
        ("differ, and no case of these two asks", str(len(fates["survivors"])), survivors),
    ]
