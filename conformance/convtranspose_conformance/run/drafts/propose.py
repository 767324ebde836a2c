"""Drafts of declarations from the failures of a run, for a person to review: never green by
themselves, and green with nothing else changed once the line that says so is removed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import tomlkit
from packaging.version import InvalidVersion, Version
from tomlkit.items import Item, Table

from convtranspose_cases import Case
from convtranspose_reference.readings import READINGS
from convtranspose_reports import Finding, Outcome, Run, Verdict

from ...rules.accuracy_classes import ACCURACY
from ...rules.answers import Asked
from ...rules.explanation import APART
from ...rules.faults import FAULTS
from ...verdict.deviation_files import SHOWN_BY, parse
from ...verdict.judge import predicts_a_difference
from .drafted_cases import ANYWHERE, Drafted, drafted
from .drafted_pattern import pattern_for

_TO_DO = (
    "DRAFT. For each entry narrow `when`, say `reason` and `cause`, find `upstream`; then remove "
    "these two lines."
)
_LOOSE = "no rule reproduces it: any such difference there is taken for it"
_STOPPED = re.compile(
    r"(REJECTED|CRASHED|TIMED_OUT|OUT_OF_MEMORY|INPUT_CHANGED): ([^:]+)(?:: (.*))?"
)
_KINDS = {"reading": set(READINGS), "fault": set(FAULTS), "accuracy": set(ACCURACY)}
_How = Callable[[Table], object]  # adds what says how the backend differs


def propose(run: Run, cases: Sequence[Case] = ()) -> str:
    """TOML text with one entry for each failing finding: what explains it, `when` as its cases have
    it, an example. `cases` are the run's: with them, no entry speaks wrongly of an answer that is
    right, and what no rule explains is an entry, too."""
    failing = [f for f in run.findings if f.verdict is Verdict.FAILS and f.kind != "not asked"]
    if not failing:
        return "# nothing fails: nothing to declare\n"
    first, *others = dict.fromkeys(f.backend for f in failing)
    draft = _comment(_TO_DO) + tomlkit.dumps({"draft": True}) + _entries(first, failing, run, cases)
    for other in others:
        text = "---- for another file: a file speaks of one backend\n" + _entries(
            other, failing, run, cases
        )
        draft += "\n" + _commented_out(text)
    return draft


def _entries(backend: str, failing: list[Finding], run: Run, cases: Sequence[Case]) -> str:
    """One file's text; every name in it is another one."""
    parts, names = [tomlkit.dumps({"backend": backend})], Counter[str]()
    versions = next((_range(b.version) for b in run.header.backends if b.name == backend), "")
    for finding in failing:
        if finding.backend == backend:
            given = drafted(run, finding, cases)
            parts += [_example(finding), *_of_finding(given, names, versions, run.header.seed)]
    return "\n".join(parts)


def _range(version: str) -> str:
    """The range of one version, without what a build adds to it; any version where it is none that
    can be compared."""
    try:
        return f"=={Version(version).public}"
    except InvalidVersion:
        return ""


def _example(finding: Finding) -> str:
    if not finding.example:
        return ""
    example = finding.example
    return _comment(f"{finding.cases} cases, for example {example.case}: {example.differing}")


def _of_finding(given: Drafted, names: Counter[str], versions: str, seed: int) -> Iterator[str]:
    """The one entry that says exactly how the backend differs, where some condition keeps it from
    speaking wrongly of a right answer; else one for each outcome."""
    name = _name(given.finding, names)
    for how in _exactly(given):
        for when in given.conditions() if given.inside else (given.finding.where or ANYWHERE,):
            entry = _entry(given, name, versions, when, how)
            if not _is_contradicted(entry, given, seed):
                yield entry
                return
    somewhere = given.exact() or given.narrowest()
    for outcome in given.outcomes or [_outcome_of(given.finding)]:
        how = _loosely(outcome)
        numbered = name if outcome in given.outcomes[:1] else _numbered(name, names)
        yield _comment(_LOOSE) + _entry(given, numbered, versions, somewhere, how)


def _name(finding: Finding, names: Counter[str]) -> str:
    return _numbered(re.sub(r"[^a-z0-9]+", "_", finding.name.lower()).strip("_")[:60], names)


def _numbered(name: str, names: Counter[str]) -> str:
    names[name] += 1
    return name if names[name] == 1 else f"{name}_{names[name]}"


def _is_contradicted(entry: str, given: Drafted, seed: int) -> bool:
    """Does the entry predict something else of a case that is answered right?"""
    backend = given.finding.backend
    (deviation,) = parse(f"{tomlkit.dumps({'backend': backend})}{entry}", "draft", [backend])
    if deviation.kind == "accuracy":
        return False
    check = given.finding.check
    if deviation.accepted:
        return any(deviation.concerns(case, check) for case in given.right)
    return any(
        deviation.concerns(case, check) and predicts_a_difference(deviation, Asked(case, seed))
        for case in given.right
    )


def _entry(given: Drafted, name: str, versions: str, when: str, how: _How) -> str:
    """One `[[deviation]]`."""
    table, finding = tomlkit.table(), given.finding
    table.add("name", name)
    table.add("check", finding.check.value)
    table.add("versions", versions)
    table.add("when", _reviewed(when, "from the cases asked; as narrow as the truth"))
    how(table)
    table.add("cause", _reviewed("framework", "framework, text or suite"))
    table.add("reason", finding.sentence)
    table.add("upstream", tomlkit.array())
    suites = {case.suite for case in given.inside}
    usual = SHOWN_BY.get(finding.check.value, "core")
    if suites and usual not in suites:
        table.add("suite", min(suites))
    return _array_of_one(table)


def _outcome_of(finding: Finding) -> Outcome:
    """Of a finding without records, the outcome that its name begins with."""
    word = finding.name.partition(":")[0]
    return Outcome(word) if word in list(Outcome) else Outcome.VALUES_DIFFER


def _exactly(given: Drafted) -> Iterator[_How]:
    """What says exactly how the backend differs; nothing where no rule and no error does. Of
    explanations that nothing tells apart the first, with a word on the others."""
    finding = given.finding
    stopped = _STOPPED.match(finding.name)
    if finding.kind in ("reading", "fault", "accuracy"):
        yield lambda table: _add_explanations(table, finding.name)
    elif finding.kind == "accepted":
        yield lambda table: table.add("accepted", True)
    elif stopped:
        kind, words = stopped[2], stopped[3] or ""
        error = tomlkit.inline_table()
        error.add("type", kind if stopped[1] == "REJECTED" else stopped[1])
        error.add("pattern", pattern_for(kind, words, given.reasons))
        yield lambda table: table.add("error", error)


def _loosely(outcome: Outcome) -> _How:
    difference = tomlkit.inline_table()
    difference.add("outcome", outcome.value)
    return lambda table: table.add("differs", difference)


def _add_explanations(table: Table, name: str) -> None:
    first, *others = name.split(" | ")
    if others:
        apart = "no case of the run tells them apart"
        table.add(tomlkit.comment(f"REVIEW: or {' | '.join(others)}: {apart}"))
    _add_rules(table, first.split(APART if APART in first or not _is_named(first) else " + "))


def _array_of_one(table: Table) -> str:
    array = tomlkit.aot()
    array.append(table)
    return tomlkit.document().append("deviation", array).as_string()


def _reviewed(text: str, what: str) -> Item:
    return tomlkit.string(text).comment(f"REVIEW: {what}")


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


def _comment(text: str) -> str:
    """One line: a comment of TOML has no control characters."""
    return "# " + " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split()) + "\n"


def _commented_out(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
