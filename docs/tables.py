"""Fills the tables and transcripts of README.md and docs/ that describe the code; `--check` fails
where one has drifted.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`.
"""

import contextlib
import json
import re
import runpy
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import diagnosis_tables
import explained_tables
import mutation_tables

from convtranspose_cases import SUITES, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import facts
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.cli.explain import RULE
from convtranspose_conformance.explain import explain
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.pages.recorded_text import recorded_text
from convtranspose_conformance.rules.accuracy_classes import ACCURACY
from convtranspose_conformance.rules.faults import FAULTS

ROOT = Path(__file__).parents[1]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _suites() -> str:
    return _table(
        ("suite", "cases", "what it asks"),
        [(f"`{n}`", str(len(suite_cases(n))), s.TITLE) for n, s in SUITES.items()],
    )


def _backends() -> str:
    return _table(
        ("backend", "is", "through"),
        [(f"`{e.name}`", e.title, f"`{e.route}`") for e in registered().values()],
    )


def _clauses() -> str:
    rows = []
    for c in CLAUSES.values():
        readings = "<br>".join(
            [f"`{c.text}` (the text)", *(f"`{c.label}:{r.name}` {r.sentence}" for r in c.readings)]
        )
        rows.append((c.label, c.title, "open" if c.open else "explicit", c.says, readings))
    return _table(("", "clause", "", "what the text says", "readings"), rows)


def _faults() -> str:
    return _table(
        ("fault", "what a backend does that has it"),
        [(f"`{f.name}`", f.sentence) for f in FAULTS.values()],
    )


def _accuracy() -> str:
    return _table(
        ("accuracy class", "what a backend of that class does"),
        [(f"`{n}`", sentence) for n, (sentence, _) in ACCURACY.items()],
    )


def _facts() -> str:
    case = next(c for c in suite_cases("core") if c.attributes.pads and c.rank == 2 and c.bias)
    return _table(
        ("name", "for example"),
        [(f"`{name}`", f"`{value!r}`") for name, value in facts(case).items()],
    )


def _false_alarms() -> str:
    """Rows of `benchmarks/false_alarms.py`: a suite a line, an implementation a column."""
    rows = _asked_of_right_ones()
    names = list(dict.fromkeys(row["implementation"] for row in rows))
    found = {(row["implementation"], row["suite"]): _verdicts(row["verdicts"]) for row in rows}
    totals = {
        name: sum(
            (Counter(r["verdicts"]) for r in rows if r["implementation"] == name), Counter[str]()
        )
        for name in names
    }
    lines = [
        (f"`{suite}`", *(found.get((name, suite), "not asked") for name in names))
        for suite in SUITES
    ]
    return _table(
        ("suite", *(f"`{n}`" for n in names)),
        [*lines, ("all", *(_verdicts(totals[n]) for n in names))],
    )


def _asked_of_right_ones() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(
        (ROOT / "benchmarks" / "false_alarms.json").read_text(encoding="utf-8")
    )["rows"]
    return rows


def _verdicts(counts: dict[str, int]) -> str:
    words = [f"{counts[word]:,} {word}" for word in ("conforms", "unsupported") if counts.get(word)]
    return ", ".join([*words, f"{counts.get('fails', 0)} fails"])


def _false_alarm_total() -> str:
    rows = _asked_of_right_ones()
    counts = sum((Counter(row["verdicts"]) for row in rows), Counter[str]())
    return (
        f"{counts['fails']} of {counts.total():,} checks of three right implementations fail; "
        f"{counts['unsupported']} are unsupported "
        "([docs/false-alarms.md](docs/false-alarms.md))."
    )


def _formulations() -> str:
    agreement = runpy.run_path(str(ROOT / "tests" / "support" / "agreement.py"))
    cases = sum(len(suite_cases(name)) for name in agreement["COMPARED"])
    return (
        f"{len(agreement['WAYS'])} formulations of the operator agree bit for bit on {cases:,} "
        "cases, every one of every suite but "
        f"{' and '.join(f'`{name}`' for name in agreement['LEFT_OUT'])}: "
        f"{len(agreement['WAYS']) * cases:,} answers."
    )


def _explained(what: str) -> str:
    """What `convtranspose explain` prints where no run lies about."""
    return (
        f"```\n{RULE.join(explain(subject, recorded_text(None)) for subject in subjects(what))}```"
    )


def _explained_model() -> str:
    """The model of `two_nodes.py`, written where nobody sees it."""
    with tempfile.TemporaryDirectory() as directory, contextlib.chdir(directory):
        runpy.run_path(str(ROOT / "docs" / "two_nodes.py"))
        return _explained("two_nodes.onnx")


def _two_nodes() -> str:
    return f"```python\n{(ROOT / 'docs' / 'two_nodes.py').read_text(encoding='utf-8')}```"


TABLES = {
    "suites": _suites,
    "backends": _backends,
    "clauses": _clauses,
    "faults": _faults,
    "accuracy": _accuracy,
    "facts": _facts,
    "false_alarms": _false_alarms,
    "false_alarm_total": _false_alarm_total,
    "formulations": _formulations,
    "mutation": lambda: _table(*mutation_tables.scores()),
    "mutation_official": lambda: _table(*mutation_tables.official()),
    "mutation_operators": lambda: _table(*mutation_tables.operator_survivors()),
    "mutation_mutants": lambda: _table(*mutation_tables.mutants()),
    "explained": explained_tables.explained,
    "explained_by_backend": lambda: _table(*explained_tables.by_backend()),
    "shrunk": explained_tables.shrunk,
    "diagnosis": lambda: _table(*diagnosis_tables.scores()),
    "diagnosis_mutants": lambda: _table(*diagnosis_tables.mutants()),
    "diagnosis_total": diagnosis_tables.total,
    "diagnosis_held_out": diagnosis_tables.told_on_held_out,
    "explain_lecture": lambda: _explained("seeds/stride_2_filter_3"),
    "explain_layer": lambda: _explained(
        "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)"
    ),
    "explain_model": _explained_model,
    "two_nodes": _two_nodes,
}


def filled(text: str) -> str:
    """`text` with every table made anew."""
    return re.sub(
        r"<!-- table: (\w+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- table: {found[1]} -->\n{TABLES[found[1]]()}\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


def main() -> int:
    """0, or 1 where `--check` found a table that has drifted."""
    drifted = []
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = file.read_text(encoding="utf-8")
        if filled(text) != text:
            drifted.append(file.relative_to(ROOT))
            if "--check" not in sys.argv:
                file.write_text(filled(text), encoding="utf-8")
    for file in drifted:
        drift = "a table has drifted: run python docs/tables.py"
        print(f"{file}: {drift if '--check' in sys.argv else 'tables filled'}")
    return int(bool(drifted) and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
