"""What the records of a run add up to: which explanation covers which differences, which
declarations no longer hold."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, count

from convtranspose_reports import (
    NO_ANSWER,
    Check,
    Finding,
    Outcome,
    Verdict,
    guarded,
)

from ...backends.entry import Entry
from ...diagnosis.patterns import pattern_of
from ...rules.answers import Asked
from ...verdict.deviations import Deviation
from ...verdict.judge import predicts_a_difference
from ...verdict.machine import NAMES as OF_KERNELS
from ...verdict.reply import AskOf, Reply
from ..asked_cases import CasesOf
from .declined import declined_findings
from .differences import Differences
from .not_asked import not_asked, not_asked_id
from .stale import inconsistent, stale
from .under_way import Explaining, untold
from .worded import provisional_id


class Ledger:
    """Collects judged replies; `findings` says what they add up to."""

    def __init__(self, deviations: Sequence[Deviation], asked: Sequence[Asked]) -> None:
        """`asked`: the cases of the run, which replies give by number."""
        self._deviations, self._asked = {d.id: d for d in deviations}, asked
        self._declined: dict[tuple[str, Check], dict[str, array[int]]] = {}  # by reason, numbers
        self._answered: dict[tuple[str, Check], bytearray] = {}  # by number of the case
        self._not_asked: dict[tuple[str, Check], Counter[str]] = {}
        self._entries: dict[str, Entry] = {}
        self.failed: dict[str, str] = {}  # part of what follows the asking -> why
        self._reproduced: Counter[str] = Counter()
        self._contradicted: dict[str, list[str]] = {}
        self._followed: dict[tuple[str, Check, str], Counter[tuple[str, ...]]] = {}
        self._differences = Differences(self._deviations, self._entries, asked, self.failed)

    def told(self, backend: str, kernels: Mapping[str, str]) -> None:
        """The backend's worker says which kernels compute: which of its declarations speak of
        that."""
        self._deviations |= {
            d.id: d.told(kernels) for d in self._deviations.values() if d.backend == backend
        }

    def enter(self, number: int, reply: Reply) -> str:
        """Takes in the reply to case `number`; the id of its finding, provisional for a failure
        (see `renamed`), "" for none."""
        entry, judgement = reply.entry, reply.judgement
        of_check = entry.name, reply.check
        self._entries[entry.name] = entry
        for name in judgement.reproduces:
            self._reproduced[name] += 1
        for name in judgement.contradicts:
            self._contradicted.setdefault(name, []).append(reply.case.id)
        for label, readings in judgement.follows.items():
            self._followed.setdefault((*of_check, label), Counter())[tuple(readings)] += 1
        if judgement.outcome is Outcome.NOT_ASKED:
            self._not_asked.setdefault(of_check, Counter())[judgement.reason] += 1
            return not_asked_id(*of_check)
        if judgement.verdict not in NO_ANSWER:
            if of_check not in self._answered:
                self._answered[of_check] = bytearray(len(self._asked))
            self._answered[of_check][number] = True
        if judgement.verdict is Verdict.DECLINED:
            by_reason = self._declined.setdefault(of_check, {})
            by_reason.setdefault(judgement.reason, array("I")).append(number)
        if judgement.outcome is Outcome.AGREES:
            self._differences.right(number, reply)
        if judgement.verdict in (Verdict.FAILS, Verdict.DEVIATES) and reply.is_large:
            look = pattern_of(reply)
            reply = reply.reduced((look.name, look.sentence))
        if judgement.deviation is not None:
            self._differences.declared(reply, judgement.deviation.id)
            return judgement.deviation.id
        if judgement.verdict is Verdict.FAILS:
            self._differences.undeclared(reply)
            return provisional_id(reply)
        return ""

    def renamed(self) -> dict[str, str]:
        """Provisional id of each failure -> the id of its finding. After `findings`."""
        return self._differences.renamed

    def findings(
        self,
        *,
        whole: bool,
        exercised: frozenset[str],
        ask_of: AskOf | None = None,
        tell: Explaining = untold,
        plainly: bool = False,
    ) -> list[Finding]:
        """Declared differences, undeclared ones grouped by what explains them, mixed readings, what
        is declined, and declarations that hold no more.

        `ask_of` makes what asks a backend more cases, to bear an explanation out; `tell` hears how
        far it has come. `plainly`: after an interruption, with what was worked out before it.

        Stale declarations are judged over `whole` runs only; one that no case showed, where the run
        `exercised` the whole suite that is said to.

        Where a part of it fails, `failed` says so, and a finding says what is known without it.
        """
        findings = list(self._differences.findings(ask_of, tell, plainly=plainly))
        for key, readings in self._followed.items():
            with guarded(f"the readings that {key[0]} follows", self.failed):
                findings += filter(None, [inconsistent(*key, readings)])
        for of_check, by_reason in self._declined.items():
            declined = {why: CasesOf(self._asked, some) for why, some in by_reason.items()}
            with guarded(f"what {of_check[0]} declines", self.failed):
                findings += declined_findings(*of_check, declined, self._answered_by(*of_check))
        findings += [not_asked(*key, reasons) for key, reasons in self._not_asked.items()]
        with guarded("stale declarations", self.failed):
            findings += self._stale(exercised) if whole else []
        return sorted(findings, key=lambda f: (f.backend, f.check, f.kind, f.id))

    def _answered_by(self, backend: str, check: Check) -> CasesOf:
        """The cases that a backend answers."""
        flags = self._answered.get((backend, check), b"")
        return CasesOf(self._asked, array("I", compress(count(), flags)))

    def _stale(self, exercised: frozenset[str]) -> Iterator[Finding]:
        for declared in self._deviations.values():
            entry = self._entries.get(declared.backend)
            # What nobody wrote is right by chance: never stale.
            if (
                entry is None
                or declared.undefined
                or not declared.covers(entry.installed_version())
            ):
                continue
            against = sorted(self._contradicted.get(declared.id, []))
            whole = (declared.backend, Check(declared.check)) not in self._not_asked
            unused = whole and declared.suite in exercised and not self._reproduced[declared.id]
            if against or (unused and self._might_show(entry, declared)):
                yield stale(declared, against)

    def _might_show(self, entry: Entry, declared: Deviation) -> bool:
        """Did the backend answer a case where the declaration predicts a difference? Of a slow one
        none may be in the sample, and of a rule of kernels none may be left by these."""
        flags = self._answered.get((entry.name, Check(declared.check)), b"")
        every = entry.sample == 1 and not declared.when.names & OF_KERNELS
        return every or any(
            is_one and asked.case.suite == declared.suite and _tells(declared, asked)
            for is_one, asked in zip(flags, self._asked, strict=False)
        )


def _tells(declared: Deviation, asked: Asked) -> bool:
    speaks = declared.concerns(asked.case, declared.check)
    stops = declared.kind == "error"  # where a reading allows a refusal, too
    return speaks and (stops or predicts_a_difference(declared, asked))
