"""A comparison as text, Markdown and JSON."""

from collections.abc import Callable, Iterator

import jinja2
import msgspec

from convtranspose_reports.comparison.change import (
    KINDS,
    REGRESSIONS,
    BackendChanges,
    Change,
    Kind,
    RunChanges,
)
from convtranspose_reports.compatibility import escaped

CASES_NAMED = 3  # cases named of a change


def text(comparison: RunChanges) -> str:
    """For a terminal: a paragraph a backend, a line a change."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: RunChanges) -> Iterator[str]:
    for backend in comparison.backends:
        yield f"{backend.name} {versions(backend)}: {counts(backend)}"
        for change in backend.changes:
            mark = "!" if change.kind in REGRESSIONS else " "
            yield f"{mark} {change.kind.value}, {change.check.value}, {quantity(change)}:"
            yield f"    was: {change.was}"
            yield f"    now: {change.now}"
            yield f"    {examples(change)}"
    yield verdict(comparison)


def versions(backend: BackendChanges) -> str:
    """The version before and after, or the one that both have."""
    old, new = backend.old_version, backend.new_version
    if not old or not new:
        return f"{old or new}, asked by the {'new' if new else 'old'} run alone"
    return new if old == new else f"{old} -> {new}"


def counts(backend: BackendChanges) -> str:
    """How many questions changed, by kind, and how many only one run asked."""
    said = [f"{backend.same} of {backend.both} the same"]
    said += [f"{backend.count(kind)} {kind.value}" for kind in Kind if backend.count(kind)]
    said += [f"{backend.new_questions} new questions"] * bool(backend.new_questions)
    said += [f"{backend.vanished_questions} no longer asked"] * bool(backend.vanished_questions)
    return ", ".join(said)


def quantity(change: Change) -> str:
    """How many questions, or declarations, a change is of."""
    stale = change.kind in (Kind.STALE, Kind.NO_LONGER_STALE)
    word = "declaration" if stale else "case"
    return f"{len(change.cases)} {word}{'s' if len(change.cases) != 1 else ''}"


def examples(change: Change) -> str:
    """The first few cases of a change, and how many more there are."""
    more = len(change.cases) - CASES_NAMED
    return " ".join(change.cases[:CASES_NAMED]) + (f" and {more} more" if more > 0 else "")


def verdict(comparison: RunChanges) -> str:
    """The last line: is anything worse than before?"""
    worse = [backend.name for backend in comparison.backends if backend.regressed]
    if worse:
        return f"worse than before: {', '.join(worse)}"
    return "nothing is worse than before"


_MARKDOWN = """\
# What changed

{{ verdict(comparison) }}.

| backend | versions |{% for kind in kinds %} {{ kind.value }} |{% endfor %} the same |
|---|---|{% for kind in kinds %}---|{% endfor %}---|
{% for backend in comparison.backends %}
| {{ backend.name }} | {{ versions(backend) }} |{% for kind in kinds %} \
{{ backend.count(kind) or '' }} |{% endfor %} {{ backend.same }} of {{ backend.both }} |
{% endfor %}
{% for backend in comparison.backends if backend.changes %}

## {{ backend.name }} {{ versions(backend) }}

{% for change in backend.changes %}
- **{{ change.kind.value }}** ({{ change.check.value }}, {{ quantity(change) }}): \
{{ change.was }} → {{ change.now }}; {{ examples(change) }}
{% endfor %}
{% endfor %}
"""


def markdown(comparison: RunChanges) -> str:
    """A page for a pull request or a release: a table, then a list a backend."""
    environment = jinja2.Environment(
        autoescape=False,  # Markdown: `finalize` escapes every expression instead
        finalize=escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    shown = [kind for kind in KINDS if any(b.count(kind) for b in comparison.backends)]
    return environment.from_string(_MARKDOWN).render(
        comparison=comparison,
        kinds=shown,
        verdict=verdict,
        versions=versions,
        quantity=quantity,
        examples=examples,
    )


def json(comparison: RunChanges) -> str:
    """All of it as data, every case of every change; `regressed` says what the exit status does."""
    data = {"regressed": comparison.regressed, **msgspec.to_builtins(comparison)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode() + "\n"


FORMATS: dict[str, Callable[[RunChanges], str]] = {
    "text": text,
    "markdown": markdown,
    "json": json,
}
