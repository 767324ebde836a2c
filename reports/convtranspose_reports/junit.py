"""`junit.xml`: one testcase per record, one testsuite per backend, as Jenkins and xunit2 consumers
read it."""

import shlex
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from convtranspose_reports.runs.answered import Answered, answered, too_few
from convtranspose_reports.runs.record import NO_ANSWER, BackendLine, Finding, Record, Verdict
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering
from convtranspose_reports.xml_text import legal


def write_junit(path: Path, run: Run) -> None:
    """Write a run as JUnit XML.

    `fails` and stale findings are failures, each with the command that asks it again; `deviates`
    passes and says so; where a backend answered too little, that is a failure of its own. What is
    `unsupported` or `declined` is skipped: one testcase for all of one check and one reason, since
    thousands of them hide the rest. Versions, how much was answered and the commit are properties
    of a suite; the run's time is that of all suites together.
    """
    findings = {finding.id: finding for finding in run.findings}
    root = ET.Element("testsuites", {"name": "convtranspose", **_times(run)})
    shares = answered(run.header, run.records)
    suites = {
        backend.name: _Suite(root, run, backend, shares.get(backend.name))
        for backend in answering(run)
    }
    for record in run.records:
        suites[record.backend].record(record, findings.get(record.finding))
    for finding in run.findings:
        if finding.verdict is Verdict.STALE:
            suites[finding.backend].stale(finding)
    for name, each in too_few(run.header, run.records).items():
        suites[name].unanswered(name, each)
    for suite in suites.values():
        suite.finish()
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _times(run: Run) -> dict[str, str]:
    """When it began and how long it took, of a run that ended."""
    if run.footer is None:
        return {}
    begun = datetime.fromisoformat(run.footer.finished) - timedelta(seconds=run.footer.seconds)
    return {
        "time": f"{run.footer.seconds:.3f}",
        "timestamp": begun.replace(tzinfo=None).isoformat(timespec="seconds"),
    }


class _Suite:
    def __init__(
        self, root: ET.Element, run: Run, backend: BackendLine, share: Answered | None
    ) -> None:
        stamp = {name: text for name, text in _times(run).items() if name == "timestamp"}
        named = {"name": legal(backend.name), "errors": "0"}
        self._element = ET.SubElement(root, "testsuite", named | stamp)
        self._skipped = Counter[tuple[str, str, str, str]]()
        self._suites = {case.name: case.suite for case in run.cases}
        said = {"version": backend.version, "commit": run.header.environment.get("commit", "")}
        said |= {"answered": share.sentence()} if share is not None else {}
        properties = ET.SubElement(self._element, "properties")
        for name, value in said.items():
            if value:
                ET.SubElement(properties, "property", name=name, value=legal(value))

    def record(self, record: Record, finding: Finding | None) -> None:
        said = " -- ".join(
            filter(None, [finding.sentence if finding else "", record.reason, record.note])
        )
        if record.verdict in NO_ANSWER:
            self._skipped[record.backend, record.check, record.outcome, said] += 1
            return
        case = self._case(record.backend, record.check, record.case)
        match record.verdict:
            case Verdict.FAILS | Verdict.STALE:
                again = self._command(record)
                self._verdict(case, "failure", record.outcome, f"{said}\nto repeat: {again}")
            case Verdict.DEVIATES:
                ET.SubElement(case, "system-out").text = legal(f"deviates as declared: {said}")
            case Verdict.CONFORMS:
                pass

    def stale(self, finding: Finding) -> None:
        case = self._case(finding.backend, finding.check, f"stale: {finding.name}")
        said = " -- ".join(filter(None, [finding.sentence, finding.reason, finding.note]))
        self._verdict(case, "failure", "STALE", f"a declared deviation no longer holds: {said}")

    def unanswered(self, backend: str, share: Answered) -> None:
        """One more failure: too little was answered for a pass."""
        case = self._case(backend, "answered", "answered enough")
        self._verdict(case, "failure", "NO_ANSWER", f"{backend} {share.sentence()}")

    def _command(self, record: Record) -> str:
        """What asks the case again."""
        words = ["--backend", record.backend, "--suite", self._suites[record.case]]
        return shlex.join(["convtranspose", "run", *words, "--case", record.case])

    def finish(self) -> None:
        """What was skipped, together, and the counts."""
        for (backend, check, outcome, said), count in self._skipped.items():
            case = self._case(backend, check, f"{count} x {outcome}: {said}")
            self._verdict(case, "skipped", outcome, f"{count} x {said}")
        self._count()

    def _count(self) -> None:
        cases = self._element.findall("testcase")
        self._element.set("tests", str(len(cases)))
        for attribute, tag in (("failures", "failure"), ("skipped", "skipped")):
            self._element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))

    def _case(self, backend: str, check: str, name: str) -> ET.Element:
        return ET.SubElement(
            self._element,
            "testcase",
            classname=legal(f"{backend}.{check}"),
            name=legal(name),
            time="0",
        )

    def _verdict(self, case: ET.Element, tag: str, kind: str, said: str) -> None:
        element = ET.SubElement(case, tag, type=kind, message=legal(said).partition("\n")[0])
        element.text = legal(said)
