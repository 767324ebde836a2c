"""`junit.xml`: one testcase per record, one testsuite per backend, as Jenkins and xunit2 consumers
read it."""

import xml.etree.ElementTree as ET
from pathlib import Path

from convtranspose_reports.runs.answered import Answered, answered, too_few
from convtranspose_reports.runs.record import Finding, Record, Verdict
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering
from convtranspose_reports.xml_text import legal


def write_junit(path: Path, run: Run) -> None:
    """Write a run as JUnit XML.

    `fails` and stale findings are failures, `unsupported` and `declined` are skipped, each by its
    name, `deviates` passes and says so; where a backend answered too little, that is a failure of
    its own. How much it answered is a property of its suite.
    """
    findings = {finding.id: finding for finding in run.findings}
    root = ET.Element("testsuites", name="convtranspose")
    shares = answered(run.header, run.records)
    suites = {
        backend.name: _Suite(root, backend.name, shares.get(backend.name))
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
        suite.count()
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


class _Suite:
    def __init__(self, root: ET.Element, backend: str, share: Answered | None) -> None:
        self._element = ET.SubElement(root, "testsuite", name=legal(backend), errors="0")
        if share is not None:
            properties = ET.SubElement(self._element, "properties")
            ET.SubElement(properties, "property", name="answered", value=share.sentence())

    def record(self, record: Record, finding: Finding | None) -> None:
        case = self._case(record.backend, record.check, record.case)
        said = " -- ".join(
            filter(None, [finding.sentence if finding else "", record.reason, record.note])
        )
        match record.verdict:
            case Verdict.FAILS | Verdict.STALE:
                self._verdict(case, "failure", record.outcome, said)
            case Verdict.UNSUPPORTED | Verdict.DECLINED:
                self._verdict(case, "skipped", record.outcome, said)
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

    def count(self) -> None:
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
