"""`junit.xml`: one testcase per record, one testsuite per backend, as Jenkins and xunit2 consumers
read it."""

import re
import shlex
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from convtranspose_reports.runs.answered import Answered, answered, too_few
from convtranspose_reports.runs.record import NO_ANSWER, RED, BackendLine, Finding, Record, Verdict
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering
from convtranspose_reports.xml_text import legal

_PLAIN = re.compile(r"[\w/ .,:=+*@()\[\]-]*", re.ASCII)


def write_junit(path: Path, run: Run) -> None:
    """Write a run as JUnit XML.

    `fails` and stale findings are failures, each with the command that asks it again; `deviates`
    passes and says so; where a backend answered too little, that is a failure of its own. What is
    `unsupported` or `declined` is skipped: one testcase for all of one check and one reason, since
    thousands of them hide the rest. Versions, how much was answered and the commit are properties
    of a suite. A suite's time is that of asking its backend, where the run knows it; that of one
    question is not kept, and no testcase has any.
    """
    shares, silent = answered(run.header, run.records), too_few(run.header, run.records)
    took = {} if run.footer is None else {"time": f"{run.footer.seconds:.3f}"}
    root = ET.Element("testsuites", {"name": "convtranspose", **took})
    suites = [
        _Suite(run, backend, shares.get(backend.name), silent.get(backend.name))
        for backend in answering(run)
    ]
    with path.open("w", encoding="utf-8", errors="xmlcharrefreplace") as file:
        file.write("<?xml version='1.0' encoding='utf-8'?>\n")
        if not suites:
            file.write(_text(root))
            return
        file.write(_opened(root))
        for suite in suites:
            file.writelines(suite.lines())
        file.write("</testsuites>")


def _text(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode")


def _opened(element: ET.Element) -> str:
    """An element's text without its end, for others to follow inside."""
    closing = f"</{element.tag}>"
    text = _text(element)
    return text.removesuffix(closing) if text.endswith(closing) else text.removesuffix(" />") + ">"


def _times(run: Run, backend: str) -> dict[str, str]:
    """When a run that ended began, and how long the backend was asked, where that is known."""
    if run.footer is None:
        return {}
    begun = datetime.fromisoformat(run.footer.finished) - timedelta(seconds=run.footer.seconds)
    seconds = (run.footer.backend_seconds or {}).get(backend)
    known = {} if seconds is None else {"time": f"{seconds:.3f}"}
    return known | {"timestamp": begun.replace(tzinfo=None).isoformat(timespec="seconds")}


class _Suite:
    """The testcases of one backend, written one after the other: a run may hold a million."""

    def __init__(
        self,
        run: Run,
        backend: BackendLine,
        share: Answered | None,
        silent: Answered | None,
    ) -> None:
        self._run, self._backend, self._share, self._silent = run, backend, share, silent
        self._findings = {finding.id: finding for finding in run.findings}
        self._stale = [
            finding
            for finding in run.findings
            if finding.verdict is Verdict.STALE and finding.backend == backend.name
        ]
        self._right: dict[str, tuple[str, str]] = {}  # check -> the text around a plain name
        self._counts, self._skipped = Counter[str](), Counter[tuple[str, str, str]]()
        for kind, count in run.records.counted(self._skips):
            self._skipped[kind.check, kind.outcome, self._said(kind)] += count
        for kind, count in run.records.counted_frames():
            if self._has(kind):
                self._counts["tests"] += count
                self._counts["failures"] += count if kind.verdict in RED else 0

    def _skips(self, kind: Record) -> bool:
        return kind.backend == self._backend.name and kind.verdict in NO_ANSWER

    def _has(self, kind: Record) -> bool:
        """Is there a testcase of each such record?"""
        return kind.backend == self._backend.name and kind.verdict not in NO_ANSWER

    def lines(self) -> Iterator[str]:
        """The suite's text: what it says of itself first, for which all is counted before."""
        yield _opened(self._element())
        for record in self._run.records.where(self._has):
            if record.verdict is Verdict.CONFORMS and _PLAIN.fullmatch(record.case):
                yield record.case.join(self._around(record.check))
            else:
                yield _text(self._testcase(record))
        yield from map(_text, map(self._stale_one, self._stale))
        if self._silent is not None:
            yield _text(self._unanswered(self._silent))
        for (check, outcome, said), count in self._skipped.items():
            case = self._case(check, f"{count} x {outcome}: {said}")
            yield _text(self._verdict(case, "skipped", outcome, f"{count} x {said}"))
        yield "</testsuite>"

    def _element(self) -> ET.Element:
        backend, run = self._backend, self._run
        more = len(self._stale) + (self._silent is not None)
        counts = {
            "tests": self._counts["tests"] + more + len(self._skipped),
            "failures": self._counts["failures"] + more,
            "skipped": len(self._skipped),
        }
        named = {"name": legal(backend.name), "errors": "0"}
        texts = {name: str(count) for name, count in counts.items()}
        element = ET.Element("testsuite", named | _times(run, backend.name) | texts)
        said = {"version": backend.version, "commit": run.header.environment.get("commit", "")}
        said |= {"answered": self._share.sentence()} if self._share is not None else {}
        properties = ET.SubElement(element, "properties")
        for name, value in said.items():
            if value:
                ET.SubElement(properties, "property", name=name, value=legal(value))
        return element

    def _said(self, record: Record) -> str:
        finding = self._findings.get(record.finding)
        return " -- ".join(
            filter(None, [finding.sentence if finding else "", record.reason, record.note])
        )

    def _around(self, check: str) -> tuple[str, str]:
        """The text of a testcase that passes, before and after a name that nothing is escaped
        of."""
        if check not in self._right:
            before, _, after = _text(self._case(check, "NAME")).rpartition("NAME")
            self._right[check] = before, after
        return self._right[check]

    def _testcase(self, record: Record) -> ET.Element:
        case = self._case(record.check, record.case)
        if record.verdict in RED:
            said = f"{self._said(record)}\nto repeat: {self._command(record)}"
            self._verdict(case, "failure", record.outcome, said)
        elif record.verdict is Verdict.DEVIATES:
            said = f"deviates as declared: {self._said(record)}"
            ET.SubElement(case, "system-out").text = legal(said)
        return case

    def _stale_one(self, finding: Finding) -> ET.Element:
        claimed = finding.kind == "claim"
        case = self._case(finding.check, f"{'claim' if claimed else 'stale'}: {finding.name}")
        said = " -- ".join(filter(None, [finding.sentence, finding.reason, finding.note]))
        words = "a claim does not hold" if claimed else "a declared deviation no longer holds"
        return self._verdict(case, "failure", "STALE", f"{words}: {said}")

    def _unanswered(self, share: Answered) -> ET.Element:
        """One more failure: too little was answered for a pass."""
        case, name = self._case("answered", "answered enough"), self._backend.name
        return self._verdict(case, "failure", "NO_ANSWER", f"{name} {share.sentence()}")

    def _command(self, record: Record) -> str:
        """What asks the case again."""
        words = ["--backend", record.backend, "--suite", self._run.suite_of(record)]
        return shlex.join(["convtranspose", "run", *words, "--case", record.case])

    def _case(self, check: str, name: str) -> ET.Element:
        of = legal(f"{self._backend.name}.{check}")
        return ET.Element("testcase", classname=of, name=legal(name))

    def _verdict(self, case: ET.Element, tag: str, kind: str, said: str) -> ET.Element:
        """The testcase, with what became of it."""
        message = legal(said).partition("\n")[0]
        ET.SubElement(case, tag, type=kind, message=message).text = legal(said)
        return case
