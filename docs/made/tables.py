"""The tables, sentences and transcripts of README.md and docs/ that describe the code: each stands
between `<!-- table: NAME -->` and `<!-- end -->`."""

import contextlib
import re
import runpy
import tempfile
from pathlib import Path

from benchmarks.measured_of import FIGURES

from convtranspose_cases import SUITES, suite_cases
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import facts
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.registry import registered
from convtranspose_conformance.cli.explain import RULE
from convtranspose_conformance.explain import explain
from convtranspose_conformance.explain.inputs.open_calls import open_calls
from convtranspose_conformance.explain.inputs.read import Given, subjects
from convtranspose_conformance.explain.pages.open_text import open_text
from convtranspose_conformance.explain.pages.overview import overview_text
from convtranspose_conformance.explain.pages.recorded_text import recorded_text
from convtranspose_conformance.rules.accuracy_classes import ACCURACY
from convtranspose_conformance.rules.faults import FAULTS

from . import processor
from .figures.alarms import false_alarms, faults, mutation
from .figures.costs import coordinator, large_runs, pace, scale
from .figures.diagnosis import diagnosis, explained, measured
from .figures.environments import history, processors, versions
from .figures.given import decoder, mutated_input, predictions
from .figures.lecture import lecture, remedies
from .pictures import house

ROOT = Path(__file__).resolve().parents[2]


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
        [(f"`{e.name}`", e.title, f"`{e.route}`") for e in registered().values() if e.by_default],
    )


def _on_request() -> str:
    return _table(
        ("backend", "is", "through", "extras", "asked"),
        [
            (
                f"`{e.name}`",
                e.title,
                f"`{e.route}`",
                " ".join(f"`{name}`" for name in _extras(e)),
                f"1 of {e.sample} cases" if e.sample > 1 else "every case",
            )
            for e in ON_REQUEST
        ],
    )


def _extras(entry: Entry) -> list[str]:
    """The extras that bring a backend's frameworks: each is called as its distribution."""
    return [*entry.distributions[:1], *(each.partition("|")[0] for each in entry.needs)]


def _clauses() -> str:
    rows = []
    for c in CLAUSES.values():
        readings = "<br>".join(
            [f"`{c.text}` (the text)", *(f"`{c.label}:{r.name}` {r.sentence}" for r in c.readings)]
        )
        openness = "open" if c.open else "explicit"
        rows.append((c.label, c.title, openness, c.says, readings, c.settled))
    return _table(("", "clause", "", "what the text says", "readings", "would settle it"), rows)


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


def _formulations() -> str:
    agreement = runpy.run_path(str(ROOT / "tests" / "support" / "agreement.py"))
    cases = sum(len(suite_cases(name)) for name in agreement["COMPARED"])
    *most, last = (f"`{name}`" for name in agreement["LEFT_OUT"])
    return (
        f"{len(agreement['WAYS'])} formulations of the operator agree bit for bit on {cases:,} "
        "cases, every one of every suite but "
        f"{', '.join(most)} and {last}: "
        f"{len(agreement['WAYS']) * cases:,} answers."
    )


def _explained(what: str) -> str:
    """What `convtranspose explain` prints where no run lies about."""
    read = subjects(what)
    with processor.of_the_docs():
        table = [overview_text(what, read, in_full=True)] * bool(read[0].origin.node)
        parts = [*table, *(explain(subject, recorded_text(None)) for subject in read)]
    return f"```\n{RULE.join(parts)}```"


def _open(what: str) -> str:
    """What it prints of a text that leaves names open."""
    with processor.of_the_docs():
        return f"```\n{open_text(what, open_calls(what, Given()))}```"


def _explained_model() -> str:
    """The model of `two_nodes.py`, written where nobody sees it."""
    with tempfile.TemporaryDirectory() as directory, contextlib.chdir(directory):
        runpy.run_path(str(ROOT / "docs" / "made" / "two_nodes.py"))
        return _explained("two_nodes.onnx")


def _two_nodes() -> str:
    return f"```python\n{(ROOT / 'docs' / 'made' / 'two_nodes.py').read_text(encoding='utf-8')}```"


def _figures() -> str:
    """What the suite's own quality comes to: a line each, for the README."""
    makers = (
        _formulations,
        false_alarms.total,
        mutation.total,
        explained.explained,
        diagnosis.total,
        measured.random_rules,
        measured.unmet_total,
        explained.shrunk,
        predictions.total,
    )
    return "\n".join(f"- {maker()}" for maker in makers)


def _core_case() -> str:
    """Which figures a case of `core` makes stale, and how long each takes at most."""
    stale = {name: each.minutes for name, each in FIGURES.items() if "suite core" in each.now()}
    longest = sorted(stale, key=lambda name: (-stale[name], name))
    said = ", ".join(f"`{name}` {stale[name]}" for name in longest)
    return (
        f"A case of `core` makes {len(stale)} files of figures stale, which take at most "
        f"{sum(stale.values())} minutes together on two cores: {said}."
    )


OPEN = "nn.ConvTranspose1d(ch, ch // 2, k, u, padding=(k - u) // 2)"
TABLES = {
    "figures": _figures,
    "core_case": _core_case,
    "house": lambda: _table(*house.compared(house.house(ROOT))),
    "suites": _suites,
    "backends": _backends,
    "on_request": _on_request,
    "clauses": _clauses,
    "faults": _faults,
    "accuracy": _accuracy,
    "facts": _facts,
    "false_alarms": lambda: _table(*false_alarms.by_suite()),
    "faults_total": faults.total,
    "faults_memory": lambda: _table(*faults.memory()),
    "planted_faults": lambda: _table(*faults.by_fault()),
    "processors": lambda: _table(*processors.verdicts()),
    "processors_classes": lambda: _table(*processors.classes()),
    "processors_where": processors.where,
    "history": lambda: _table(*history.verdicts()),
    "history_ranges": lambda: _table(*history.ranges()),
    "history_changes": lambda: _table(*history.changes()),
    "history_upstream": lambda: _table(*history.upstream_says()),
    "history_read": history.when_pulls_were_read,
    "versions": lambda: _table(*versions.verdicts()),
    "versions_tests": lambda: _table(*versions.tests()),
    "mutation": lambda: _table(*mutation.scores()),
    "mutation_official": lambda: _table(*mutation.official()),
    "mutation_operators": lambda: _table(*mutation.operator_survivors()),
    "mutation_mutants": lambda: _table(*mutation.mutants()),
    "explained_by_backend": lambda: _table(*explained.by_backend()),
    "diagnosis": lambda: _table(*diagnosis.scores()),
    "diagnosis_mutants": lambda: _table(*diagnosis.mutants()),
    "diagnosis_held_out": diagnosis.told_on_held_out,
    "measured": measured.transcripts,
    "random_rules": measured.random_rules,
    "diagnosis_together": lambda: _table(*diagnosis.together()),
    "random_rules_by_count": lambda: _table(*measured.by_rules()),
    "unmet_runtimes": lambda: _table(*measured.unmet()),
    "explain_lecture": lambda: _explained("seeds/stride_2_filter_3"),
    "explain_layer": lambda: _explained(
        "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)"
    ),
    "explain_open": lambda: _open(OPEN),
    "explain_model": _explained_model,
    "explain_exported": lambda: _table(*predictions.exported()),
    "two_nodes": _two_nodes,
    "lecture_items": lambda: _table(*lecture.by_item()),
    "lecture_maps": lambda: _table(*lecture.by_map()),
    "lecture_terms": lecture.terms,
    "decoder_networks": lambda: _table(*decoder.networks()),
    "decoder_checked": decoder.transcript,
    "lecture_back": lambda: _table(*lecture.back_propagation()),
    "remedies": lambda: _table(*remedies.unevenness()),
    "remedies_items": lambda: _table(*remedies.by_item()),
    "remedies_noise": lambda: _table(*remedies.noise()),
    "remedies_costs": lambda: _table(*remedies.costs()),
    "remedies_agree": remedies.agreement,
    "dream": lambda: _table(*remedies.dreamed()),
    "pace": lambda: _table(*pace.figures()),
    "pace_asked": pace.asked,
    "scale_constants": lambda: _table(*scale.constants()),
    "scale_scenarios": lambda: _table(*scale.scenarios()),
    "scale_run": scale.run,
    "large_runs": lambda: _table(*large_runs.reported()),
    "coordinator": lambda: _table(*coordinator.reported()),
    "mutated_input": lambda: _table(*mutated_input.reported()),
}


def filled(text: str) -> str:
    """`text` with every table made anew. Raises KeyError for a table that nothing makes."""
    return re.sub(
        r"<!-- table: (\w+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- table: {found[1]} -->\n{TABLES[found[1]]()}\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


def pages() -> list[Path]:
    """README.md, CONTRIBUTING.md and the pages of docs/."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
