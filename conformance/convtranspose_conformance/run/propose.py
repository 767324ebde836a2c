"""Drafts of declarations from the failures of a run, for a person to review: never green by
themselves."""

import json
import re
from collections import Counter

from packaging.version import InvalidVersion, Version

from convtranspose_reference.readings import READINGS
from convtranspose_reports import Finding, Run, Verdict

from ..rules.accuracy_classes import ACCURACY
from ..rules.faults import FAULTS


def propose(run: Run) -> str:
    """TOML text with one entry for each failing finding: what explains it, `when` as its cases have
    it, an example."""
    failing = [f for f in run.findings if f.verdict is Verdict.FAILS]
    if not failing:
        return "# nothing fails: nothing to declare\n"
    versions = {b.name: _range(b.version) for b in run.header.backends}
    first, *others = dict.fromkeys(f.backend for f in failing)
    draft = (
        "# DRAFT. For each entry narrow `when`, say `reason` and `cause`, find `upstream`; "
        "then remove these two lines.\n"
    )
    draft += "draft = true\n" + _entries(first, failing, versions)
    for other in others:
        text = "---- for another file: a file speaks of one backend\n" + _entries(
            other, failing, versions
        )
        draft += "\n" + "".join(f"# {line}".rstrip() + "\n" for line in text.splitlines())
    return draft


def _entries(backend: str, failing: list[Finding], versions: dict[str, str]) -> str:
    """One file's text; every name in it is another one."""
    parts, names = [f"backend = {_quoted(backend)}\n"], Counter[str]()
    for finding in failing:
        if finding.backend == backend:
            name = re.sub(r"[^a-z0-9]+", "_", finding.name.lower()).strip("_")[:60]
            names[name] += 1
            parts.append(
                _entry(
                    finding,
                    name if names[name] == 1 else f"{name}_{names[name]}",
                    versions.get(backend, ""),
                )
            )
    return "\n".join(parts)


def _range(version: str) -> str:
    """The range of one version, without what a build adds to it; any version where it is none that
    can be compared."""
    try:
        return f"=={Version(version).public}"
    except InvalidVersion:
        return ""


def _entry(finding: Finding, name: str, versions: str) -> str:
    how = _how(finding)
    example = (
        _comment(
            f"{finding.cases} cases, for example {finding.example.case}: "
            f"{finding.example.differing}"
        )
        if finding.example
        else ""
    )
    unexplained = (
        ""
        if how
        else "# unexplained: no rule, pair of rules or accuracy class reproduces it; it cannot be "
        "declared yet\n"
    )
    when = finding.where or "op == 'ConvTranspose'"
    lines = [
        "[[deviation]]",
        f"name = {_quoted(name)}",
        f"check = {_quoted(finding.check.value)}",
        f"versions = {_quoted(versions)}",
        f"when = {_quoted(when)}  # REVIEW: from the cases asked; as narrow as the truth",
        *how,
        'cause = "framework"  # REVIEW: framework, text or suite',
        f"reason = {_quoted(finding.sentence)}",
        "upstream = []",
    ]
    body = "\n".join(lines) + "\n"
    return example + unexplained + (body if how else "".join(f"# {line}\n" for line in lines))


def _how(finding: Finding) -> list[str]:
    """The lines that say how the backend differs; of explanations that nothing tells apart the
    first, with a word on the others."""
    if finding.kind in ("reading", "fault", "accuracy"):
        first, *others = finding.name.split(" | ")
        return [
            *(
                [f"# REVIEW: or {' | '.join(others)}: no case of the run tells them apart"]
                if others
                else []
            ),
            *_rules(first),
        ]
    if finding.kind == "accepted":
        return ["accepted = true"]
    stopped = re.match(r"(REJECTED|CRASHED|TIMED_OUT|OUT_OF_MEMORY): ([^:]+): (.*)", finding.name)
    if not stopped:
        return []
    kind = stopped[2] if stopped[1] == "REJECTED" else stopped[1]
    return [f"error = {{ type = {_quoted(kind)}, pattern = {_quoted(_pattern(stopped[3][:40]))} }}"]


def _rules(name: str) -> list[str]:
    """`reading`, `fault` and `accuracy` of an explanation's name."""
    parts = name.split(" + ")
    kinds = {"reading": set(READINGS), "fault": set(FAULTS), "accuracy": set(ACCURACY)}
    named = {kind: [part for part in parts if part in known] for kind, known in kinds.items()}
    return [
        f"{kind} = {_quoted(names[0]) if len(names) == 1 else json.dumps(names)}"
        for kind, names in named.items()
        if names
    ]


def _quoted(text: str) -> str:
    """A string of TOML: JSON's, but that a character beyond 16 bits stands for itself."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _pattern(message: str) -> str:
    """A regular expression for a finding's message, in which N stands for a number or itself and a
    blank for any white space."""
    return r"\s+".join(re.escape(word).replace("N", "(N|[0-9]+)") for word in message.split())


def _comment(text: str) -> str:
    """One line: a comment of TOML has no control characters."""
    return "# " + " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split()) + "\n"
