"""The state of one run: what is asked, what came back, what it adds up to."""

import platform
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial

import ml_dtypes
import msgspec
import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES, Clause
from convtranspose_cases.facts import FEATURES
from convtranspose_cases.suites import title_of
from convtranspose_reports import (
    BackendLine,
    Check,
    ClauseLine,
    Finding,
    Footer,
    Header,
    Record,
    Records,
    Run,
    SuiteLine,
    Verdict,
    exit_status,
    guarded,
)

from ..backends.api import Call
from ..backends.entry import Entry
from ..backends.processor import cpu_name
from ..measuring.recorded import recorded
from ..rules.answers import Asked
from ..verdict.credit import same_question
from ..verdict.deviations import Declared
from ..verdict.precision_figures import measured
from ..verdict.reply import Ask, AskOf, Reply, judged
from ..worker.observation import Observation
from ..worker.process import AnswersCalls, Limits
from .asked_cases import AskedCases
from .case_lines import CaseLines
from .commit import commit
from .credit import RETURNED, Contested, Credit
from .findings.claimed import wrong_claim
from .findings.ledger import Ledger
from .findings.since import since
from .findings.under_way import Explaining, untold
from .journal import ResumeError
from .planning.plan import Plan
from .suite_version import suite_version

CHECKS = {check.value: check for check in Check}


class Session:
    """The state of one run: its plan, what versions and kernels answered, the judged records, the
    ledger of findings."""

    def __init__(self, plan: Plan, asked: list[Asked] | None = None) -> None:
        """`asked`: the plan's cases with the answers that an earlier session worked out, to judge
        again without working them out again."""
        self.plan = plan
        self.asked: Sequence[Asked] = asked or AskedCases(plan.cases, plan.seed)
        self.versions: dict[str, dict[str, str]] = {}
        self.kernels: dict[str, dict[str, str]] = {}
        self.kept: dict[
            str, AnswersCalls
        ] = {}  # by backend: one that lives on when all is asked, for what findings ask besides
        self.gone: set[str] = set()  # backends that cannot be asked any more
        self.answered: dict[str, set[int]] = {entry.name: set() for entry in plan.entries}
        self._seconds: dict[str, float] = {}  # by backend, of its conversations
        self._declared = list(plan.deviations)
        self._declared_of: dict[tuple[str, str], Declared] = {}
        self._ledger = Ledger(plan.deviations, self.asked)
        self._said = Records()  # what records say, each thing once
        self._kinds: dict[tuple[str, str], array[int]] = {}  # of a backend's check: by case, which
        # of a backend's check: what the record of a plain reply says, and which of the kinds it is
        self._plain: dict[tuple[str, str], tuple[Record, int]] = {}
        self._contested: list[Contested] = []  # to settle
        self.began_explaining = False
        # backend, check and id of a call asked besides, on which a refusal's credit hangs
        self.besides: dict[tuple[str, str, str], Observation] = {}

    def call(self, number: int) -> Call:
        """What backends are told of the plan's case `number`."""
        asked = self.asked[number]
        return Call.of(asked.case, *asked.arrays())

    def open_questions(self, number: int) -> int:
        """How many backends are still to be asked case `number`, when the asking begins."""
        return sum(number not in answered for answered in self.answered.values())

    def foresee(self, asked: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        """Works out what the answers to cases of the plan, each with its checks, will be held
        against first."""
        numbers = (number for number, checks in asked if Check.OUTPUT in checks)
        answers = [self.asked[number].conforming()[0][1] for number in numbers]
        for answer in answers:
            if not answer.refused and 0 not in answer.shape:
                answer.golden  # noqa: B018  kept by the answer

    def took(self, backend: str, seconds: float) -> None:
        """How long a conversation with the backend took; several may be held at a time."""
        self._seconds[backend] = self._seconds.get(backend, 0.0) + seconds

    def told(self, backend: str, versions: dict[str, str], kernels: dict[str, str]) -> None:
        """What a backend's worker said first: its libraries, and which kernels compute.
        Declarations that speak of other kernels are out of their range from here on; the first
        worker counts."""
        if backend in self.kernels:
            if self.answered[backend] and (versions, kernels) != (
                self.versions[backend],
                self.kernels[backend],
            ):
                raise ResumeError(
                    f"--resume: {backend} computes with other libraries or kernels here than "
                    "before; accepted is the machine on which the run began, or a run without "
                    "--resume"
                )
            return
        self.versions[backend], self.kernels[backend] = versions, kernels
        self._declared = [d.told(kernels) if d.backend == backend else d for d in self._declared]
        self._declared_of.clear()
        self._ledger.told(backend, kernels)

    def judged(
        self,
        entry: Entry,
        number: int,
        found: dict[str, Observation],
        plainer: Mapping[str, Observation] | None = None,
    ) -> list[Record]:
        """The records of one backend's answers to one case. `plainer`: what it does, by check, with
        the calls of `contested`; without that, what these decide is settled when the run ends."""
        records, asked = [], self.asked[number]
        for reply in self._replies(entry, asked, found):
            if plainer is not None:
                answer = plainer.get(reply.check)
                declared = self._declared_for(entry.name, reply.check)
                reply = Credit().settled(reply, lambda _, answer=answer: answer, declared)  # type: ignore[misc]
            elif reply.judgement.contested is not None:
                self._contested.append(Contested.of(number, reply))
                records.append(self._recorded(number, reply, ""))
                continue
            records.append(self._recorded(number, reply, self._ledger.enter(number, reply)))
            if reply.is_large:
                asked.forget()
        return records

    def predicts(self, entry: Entry, number: int, check: str, seen: Observation) -> bool:
        """Is this declared of the backend?"""
        (reply,) = self._replies(entry, self.asked[number], {check: seen})
        return reply.judgement.verdict is Verdict.DEVIATES

    def contested(
        self, entry: Entry, number: int, found: dict[str, Observation]
    ) -> dict[str, Case]:
        """By check, the plainer calls that the backend has to answer for its refusals to conform
        (`Judgement.contested`)."""
        refused = {name: seen for name, seen in found.items() if seen.refuses}
        replies = self._replies(entry, self.asked[number], refused)
        sisters = {reply.check.value: reply.judgement.contested for reply in replies}
        return {check: case for check, case in sisters.items() if case is not None}

    def _replies(
        self, entry: Entry, asked: Asked, found: dict[str, Observation]
    ) -> Iterator[Reply]:
        for name, seen in found.items():
            declared = self._declared_for(entry.name, name)
            yield judged(entry, asked, CHECKS[name], seen, declared)

    def _recorded(self, number: int, reply: Reply, finding: str) -> Record:
        of_check = reply.entry.name, reply.check.value
        said = self._plain.get(of_check) if reply.is_plain else None
        if said is None:
            said = self._said_of(reply, finding)
            if reply.is_plain:
                self._plain[of_check] = said
        record, kind = said
        if of_check not in self._kinds:
            self._kinds[of_check] = array("h", [-1]) * len(self.plan.cases)
        try:
            self._kinds[of_check][number] = kind
        except OverflowError:  # two bytes hold no more
            self._kinds[of_check] = array("i", self._kinds[of_check])
            self._kinds[of_check][number] = kind
        return msgspec.structs.replace(record, case=reply.case.id)

    def _said_of(self, reply: Reply, finding: str) -> tuple[Record, int]:
        """The record but for its case, and which of the kinds it is."""
        judgement = reply.judgement
        record = Record(
            case="",
            backend=reply.entry.name,
            check=reply.check,
            outcome=judgement.outcome,
            verdict=judgement.verdict,
            reason=judgement.reason,
            finding=finding,
            follows=judgement.follows,
            note=", ".join(filter(None, (judgement.note, _first_time(reply.seen)))),
            measured=measured(reply.asked, reply.compared),
        )
        return record, self._said.kinds.number(record)

    def settle(self, ask_of: AskOf) -> None:
        """Refusals that only a reading allows conform where the plainer call is answered, in this
        run or when it is asked besides."""
        credit, cases = Credit(), self.plan.cases
        plainer = self._plainer_calls()
        for (backend, check), kinds in self._kinds.items():
            for number in (each for each in plainer if kinds[each] >= 0):
                answers = self._said.kinds.frame(kinds[number]).outcome in RETURNED
                credit.knows(backend, Check(check), cases[number], answers=answers)
        self._contested.sort(key=self._name_of_contested, reverse=True)
        while self._contested:
            contested = self._contested[-1]
            entry, number, check = contested.entry, contested.number, contested.check
            ask = partial(self._asked_once, (entry.name, check.value), ask_of(entry, check))
            reply = contested.reply(self.asked[number])
            settled = credit.settled(reply, ask, self._declared_for(entry.name, check))
            self._contested.pop()  # once, though the next one may be interrupted
            self._recorded(number, settled, self._ledger.enter(number, settled))

    def _plainer_calls(self) -> list[int]:
        """The numbers of the cases that are the plainer call of what is contested."""
        sisters = (each.judgement.contested for each in self._contested)
        asked = {same_question(sister) for sister in sisters if sister is not None}
        cases = enumerate(self.plan.cases) if asked else ()
        return [number for number, case in cases if same_question(case) in asked]

    def _name_of_contested(self, contested: Contested) -> str:
        return self.plan.cases[contested.number].id

    def _asked_once(self, of: tuple[str, str], ask: Ask, case: Case) -> Observation | None:
        """What a backend does with a call, for a check of it; None where it gives no answer, or
        cannot be asked."""
        seen = next((reply.seen for reply in ask([case])), None)
        if seen is not None:
            self.besides[(*of, case.id)] = seen
        return seen

    def _declared_for(self, backend: str, check: str) -> Declared:
        """The declarations that speak of one check of one backend."""
        if (backend, check) not in self._declared_of:
            self._declared_of[backend, check] = Declared(
                d for d in self._declared if (d.backend, d.check) == (backend, check)
            )
        return self._declared_of[backend, check]

    def run(
        self,
        seconds: float,
        ask_of: AskOf | None = None,
        *,
        cut_short: bool = False,
        tell: Explaining = untold,
        plainly: bool = False,
    ) -> Run:
        """All of it, sorted: the same lines whatever arrived first. `ask_of` asks a backend more,
        where something fails, or a refusal's credit hangs on it; `tell` hears how far that has
        come. A run that was `cut_short` has no footer, and judges no declaration stale; what was
        not explained before is not, `plainly`."""
        self.began_explaining = True
        failed = self._ledger.failed
        with guarded("what refusals are credited with", failed):
            self.settle(ask_of or _nobody)
        findings = self._ledger.findings(
            whole=not (self.plan.partial or cut_short),
            exercised=self.plan.exercised,
            ask_of=ask_of,
            tell=tell,
            plainly=plainly,
        )
        with guarded("what backends claim", failed):
            findings += self._wrong_claims()
        findings = [
            msgspec.structs.replace(f, since=since(f.backend, f.id) or msgspec.UNSET)
            for f in findings
        ]
        records = self.records()
        header = self.header()
        footer = Footer(
            records=len(records),
            exit_status=exit_status(header, records, findings, failed),
            failed=failed or msgspec.UNSET,
            seconds=seconds,
            backend_seconds=self._backend_seconds() or msgspec.UNSET,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        return Run(
            header=header,
            cases=self.case_lines,
            records=records,
            findings=findings,
            footer=None if cut_short else footer,
        )

    def _backend_seconds(self) -> dict[str, float]:
        """Of the backends that were asked everything here and now, and answered."""
        return {
            name: round(self._seconds[name], 3)
            for name, before in self.answered.items()
            if self._seconds.get(name) and not before
        }

    def _wrong_claims(self) -> Iterator[Finding]:
        for claim in self.plan.claims:
            kinds = self._kinds.get((claim.backend, claim.check), ())
            did = (
                (self.plan.cases[number], self._said.kinds[kind])
                for number, kind in enumerate(kinds)
                if kind >= 0
            )
            if (finding := wrong_claim(claim, did)) is not None:
                yield finding

    def records(self) -> Records:
        """Every check of every case, sorted."""
        renamed = self._ledger.renamed()
        records = Records(cases=self.case_lines.names)
        numbers = array("i", [-1]) * len(self._said.kinds)  # of what is said, there
        for entry in self.plan.entries:
            checks = sorted(check for backend, check in self._kinds if backend == entry.name)
            columns = [self._kinds[entry.name, check] for check in checks]
            for number, kinds in enumerate(zip(*columns, strict=True)):
                for kind in (each for each in kinds if each >= 0):
                    if numbers[kind] < 0:
                        said = self._said.kinds[kind]
                        name = renamed.get(said.finding, said.finding)
                        named = msgspec.structs.replace(said, finding=name)
                        numbers[kind] = records.kinds.number(named)
                    records.put_at(number, numbers[kind])
        return records

    @cached_property
    def case_lines(self) -> CaseLines:
        """The plan's cases as the page names them."""
        return CaseLines(self.plan.cases)

    def header(self) -> Header:
        """What is run, on what, with the versions and kernels that are known by now."""
        shown = self.case_lines.features()
        asked = Counter(case.suite for case in self.plan.cases)
        counts = {suite: asked[suite] for suite in self.plan.suites}
        return Header(
            suite_version=suite_version(),
            seed=self.plan.seed,
            partial=self.plan.partial,
            min_answered=self.plan.min_answered or msgspec.UNSET,
            environment=environment(self.plan.limits),
            backends=[self._backend(entry, "") for entry in self.plan.entries]
            + [self._backend(*pair) for pair in self.plan.listed],
            suites=[
                SuiteLine(name=name, title=title_of(name), cases=n) for name, n in counts.items()
            ],
            clauses=[_clause_line(clause) for clause in CLAUSES.values()],
            features={name: says for name, (says, _) in FEATURES.items() if name in shown},
            computes=[
                recorded()[entry.name] for entry in self.plan.entries if entry.name in recorded()
            ]
            or msgspec.UNSET,
        )

    def _backend(self, entry: Entry, reason: str) -> BackendLine:
        return BackendLine(
            name=entry.name,
            title=_title(entry, sampled=self.plan.sampled),
            route=entry.route,
            version=entry.installed_version(),
            device=entry.device,
            usable=not reason,
            asked=not reason,
            reason=reason,
            versions=self.versions.get(entry.name, {}),
            kernels=self.kernels.get(entry.name, {}),
        )


def _title(entry: Entry, *, sampled: bool) -> str:
    """With the sample of the cases that the backend is asked, which the page so cannot leave
    unsaid."""
    share = f" (a sample: 1 of {entry.sample} cases)"
    return entry.title + share * (sampled and entry.sample > 1)


def _nobody(entry: Entry, check: Check) -> Ask:
    return lambda cases: ()


def _first_time(seen: Observation) -> str:
    """Of what was asked again alone, that it ended otherwise the first time, after other cases."""
    how = seen.once.partition(";")[0]
    return f"not repeated: {how}, asked after other cases" if how else ""


def _clause_line(clause: Clause) -> ClauseLine:
    readings = {clause.text: "the literal reading"} | {r.name: r.sentence for r in clause.readings}
    return ClauseLine(
        label=clause.label,
        title=clause.title,
        says=clause.says,
        open=clause.open,
        readings=readings,
    )


def environment(limits: Limits) -> dict[str, str]:
    """The machine, the commit, and what the run was told; nothing that changes from run to run."""
    known = {"commit": commit()}
    return {name: text for name, text in known.items() if text} | {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_name(),
        "numpy": np.__version__,
        "ml_dtypes": ml_dtypes.__version__,
        "threads": "1 intra-op, 1 inter-op",
        "limits": f"{limits.case_s:g} s a case, {limits.memory_gib:g} GiB",
    }
