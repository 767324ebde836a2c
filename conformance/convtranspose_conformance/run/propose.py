"""Drafts of declarations from the failures of a run, for a person to review: never green by
themselves."""

import re
from collections import Counter
from collections.abc import Sequence

import tomlkit
from packaging.version import InvalidVersion, Version
from tomlkit.items import Item, Table

from convtranspose_reference.readings import READINGS
from convtranspose_reports import Finding, Run, Verdict

from ..rules.accuracy_classes import ACCURACY
from ..rules.explanation import APART
from ..rules.faults import FAULTS

_TO_DO = (
    "DRAFT. For each entry narrow `when`, say `reason` and `cause`, find `upstream`; then remove "
    "these two lines."
)
_UNEXPLAINED = (
    "unexplained: no rule, pair of rules or accuracy class reproduces it; it cannot be declared yet"
)
_STOPPED = re.compile(r"(REJECTED|CRASHED|TIMED_OUT|OUT_OF_MEMORY): ([^:]+): (.*)")
_KINDS = {"reading": set(READINGS), "fault": set(FAULTS), "accuracy": set(ACCURACY)}


def propose(run: Run) -> str:
    """TOML text with one entry for each failing finding: what explains it, `when` as its cases have
    it, an example."""
    failing = [f for f in run.findings if f.verdict is Verdict.FAILS]
    if not failing:
        return "# nothing fails: nothing to declare\n"
    versions = {b.name: _range(b.version) for b in run.header.backends}
    first, *others = dict.fromkeys(f.backend for f in failing)
    draft = _comment(_TO_DO) + tomlkit.dumps({"draft": True}) + _entries(first, failing, versions)
    for other in others:
        text = "---- for another file: a file speaks of one backend\n" + _entries(
            other, failing, versions
        )
        draft += "\n" + _commented_out(text)
    return draft


def _entries(backend: str, failing: list[Finding], versions: dict[str, str]) -> str:
    """One file's text; every name in it is another one."""
    parts, names = [tomlkit.dumps({"backend": backend})], Counter[str]()
    for finding in failing:
        if finding.backend == backend:
            name = re.sub(r"[^a-z0-9]+", "_", finding.name.lower()).strip("_")[:60]
            names[name] += 1
            numbered = name if names[name] == 1 else f"{name}_{names[name]}"
            parts.append(_entry(finding, numbered, versions.get(backend, "")))
    return "\n".join(parts)


def _range(version: str) -> str:
    """The range of one version, without what a build adds to it; any version where it is none that
    can be compared."""
    try:
        return f"=={Version(version).public}"
    except InvalidVersion:
        return ""


def _entry(finding: Finding, name: str, versions: str) -> str:
    """One `[[deviation]]` below an example; commented out where nothing says how the backend
    differs."""
    table = tomlkit.table()
    table.add("name", name)
    table.add("check", finding.check.value)
    table.add("versions", versions)
    when = finding.where or "op == 'ConvTranspose'"
    table.add("when", _reviewed(when, "from the cases asked; as narrow as the truth"))
    explained = _add_how(table, finding)
    table.add("cause", _reviewed("framework", "framework, text or suite"))
    table.add("reason", finding.sentence)
    table.add("upstream", tomlkit.array())
    entry = _array_of_one(table)
    example = ""
    if finding.example:
        example = _comment(
            f"{finding.cases} cases, for example {finding.example.case}: "
            f"{finding.example.differing}"
        )
    return example + (entry if explained else _comment(_UNEXPLAINED) + _commented_out(entry))


def _array_of_one(table: Table) -> str:
    array = tomlkit.aot()
    array.append(table)
    return tomlkit.document().append("deviation", array).as_string()


def _reviewed(text: str, what: str) -> Item:
    return tomlkit.string(text).comment(f"REVIEW: {what}")


def _add_how(table: Table, finding: Finding) -> bool:
    """Adds what says how the backend differs; of explanations that nothing tells apart the first,
    with a word on the others. False where nothing does."""
    if finding.kind in ("reading", "fault", "accuracy"):
        first, *others = finding.name.split(" | ")
        if others:
            apart = "no case of the run tells them apart"
            table.add(tomlkit.comment(f"REVIEW: or {' | '.join(others)}: {apart}"))
        _add_rules(table, first.split(APART if APART in first or not _is_named(first) else " + "))
        return True
    if finding.kind == "accepted":
        table.add("accepted", True)
        return True
    stopped = _STOPPED.match(finding.name)
    if stopped:
        error = tomlkit.inline_table()
        error.add("type", stopped[2] if stopped[1] == "REJECTED" else stopped[1])
        error.add("pattern", _pattern(stopped[3][:40]))
        table.add("error", error)
    return stopped is not None


def _add_rules(table: Table, rules: Sequence[str]) -> None:
    """`reading`, `fault`, `accuracy` and `rule`: one, or a list."""
    for kind, known in _KINDS.items():
        named = [rule for rule in rules if rule in known]
        if named:
            table.add(kind, named[0] if len(named) == 1 else named)
    measured = [rule for rule in rules if not _is_named(rule)]
    if measured:
        table.add("rule", measured[0] if len(measured) == 1 else measured)


def _is_named(rules: str) -> bool:
    """Are these names of the library, rather than a measured rule or a fault under a condition?"""
    return " = " not in rules and " where " not in rules


def _pattern(message: str) -> str:
    """A regular expression for a finding's message, in which N stands for a number or itself and a
    blank for any white space."""
    return r"\s+".join(re.escape(word).replace("N", "(N|[0-9]+)") for word in message.split())


def _comment(text: str) -> str:
    """One line: a comment of TOML has no control characters."""
    return "# " + " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split()) + "\n"


def _commented_out(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
