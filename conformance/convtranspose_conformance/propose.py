"""Drafts of declarations from the failures of a run, for a person to review: never green by themselves."""

import json
import re

from convtranspose_reports import Finding, Outcome, Run, Verdict


def propose(run: Run) -> str:
    """TOML text with one entry for each failing finding: what explains it, `when` left as wide as the operator, and its cases named."""
    failing = [f for f in run.findings if f.verdict is Verdict.FAILS]
    if not failing:
        return "# nothing fails: nothing to declare\n"
    versions = {b.name: b.version for b in run.header.backends}
    parts: list[str] = []
    for backend in dict.fromkeys(f.backend for f in failing):
        parts.append(
            f"backend = {json.dumps(backend)}\n"
            if not parts
            else f"# ---- another file: a file speaks of one backend\n# backend = {json.dumps(backend)}\n"
        )
        parts += [_entry(f, versions.get(backend, "")) for f in failing if f.backend == backend]
    return "# DRAFT. For each entry narrow `when`, say `reason` and `cause`, find `upstream`; then remove this line.\n" + "\n".join(parts)


def _entry(finding: Finding, version: str) -> str:
    how = _how(finding)
    example = f"# {finding.cases} cases, for example {finding.example.case}: {finding.example.differing}\n" if finding.example else ""
    unexplained = "" if how else "# unexplained: no single reading, fault or accuracy class reproduces it; it cannot be declared yet\n"
    lines = [
        "[[deviation]]",
        f"name = {json.dumps(re.sub(r'[^a-z0-9]+', '_', finding.name.lower()).strip('_')[:60])}",
        f"check = {json.dumps(finding.check.value)}",
        f"versions = {json.dumps('==' + version if version else '')}",
        "when = \"op == 'ConvTranspose'\"  # REVIEW: as narrow as the truth",
        *([how] if how else []),
        'cause = "framework"  # REVIEW: framework, text or suite',
        f"reason = {json.dumps(finding.sentence)}",
        "upstream = []",
    ]
    body = "\n".join(lines) + "\n"
    return example + unexplained + (body if how else "".join(f"# {line}\n" for line in lines))


def _how(finding: Finding) -> str:
    if finding.kind in ("reading", "fault", "accuracy"):
        return f"{finding.kind} = {json.dumps(finding.name)}"
    if finding.name.startswith(Outcome.ACCEPTED):
        return "accepted = true"
    stopped = re.match(r"(REJECTED|CRASHED|TIMED_OUT|OUT_OF_MEMORY): (\w+): (.*)", finding.name)
    if not stopped:
        return ""
    kind = stopped[2] if stopped[1] == "REJECTED" else stopped[1]
    return f"error = {{ type = {json.dumps(kind)}, pattern = {json.dumps(re.escape(stopped[3][:40]).replace('N', '[0-9]+'))} }}"
