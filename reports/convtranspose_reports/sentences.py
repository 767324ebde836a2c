"""What a run says, in sentences: of each backend what differs, of forbidden calls, of open clauses,
of who could not be asked, and of the machine."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from convtranspose_reports.runs.record import RED, BackendLine, Check, Finding, Verdict
from convtranspose_reports.runs.rejections import Fate, Rejections
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import by_urgency, readings_followed

MOST = 3  # of what differs in one backend, beside what is red

STATES = {
    "green": "every difference is declared and explained.",
    "red": "something differs that no declaration predicts, or a declaration no longer holds.",
    "nothing": "it has no answers.",
    "cut short": "it ended before everything was asked.",
    "unanswered": "a backend answered too little.",
}
_ANSWERS = {
    Check.OUTPUT: "output",
    Check.OUTPUT_SHAPE: "stated shape",
    Check.REJECTION: "forbidden call",
    Check.GRADIENT: "gradient",
    Check.REPEATABILITY: "repetition",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One way in which a backend differs, as a sentence, and where it was reported. `where`: a
    condition as a formula, which ends the sentence; `since`: in which releases it shows."""

    text: str
    where: str = ""
    upstream: Sequence[str] = ()
    since: str = ""


def differences(run: Run, backend: BackendLine) -> list[Difference]:
    """All that is red, then what touches most answers, `MOST` of them; then what it declines."""
    own = _of(run, backend)
    red = [finding for finding in own if finding.verdict in RED]
    told = [
        Difference(text=_told(f), upstream=f.upstream, since=f.since or "")
        for f in (*red, *_green(own)[:MOST])
    ]
    declined = [finding for finding in own if finding.verdict is Verdict.DECLINED]
    return [*told, *_declined(declined)]


def left_out(run: Run, backend: BackendLine) -> str:
    """How much `differences` leaves out, in a sentence; nothing: ""."""
    more = len(_green(_of(run, backend))) - MOST
    return f"The page has {more} more, each of fewer answers." if more > 0 else ""


def _of(run: Run, backend: BackendLine) -> list[Finding]:
    return [finding for finding in by_urgency(run.findings) if finding.backend == backend.name]


def _green(findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.verdict not in (*RED, Verdict.DECLINED)]


def _declined(findings: Sequence[Finding]) -> Iterator[Difference]:
    """What is declined, in one sentence for each condition."""
    counts = defaultdict[str, Counter[Check]](Counter)
    for finding in findings:
        counts[finding.where][finding.check] += finding.cases
    for where, checks in counts.items():
        text = f"It declines {_and([_counted(n, check) for check, n in checks.items()])}"
        neither = _NEITHER.fullmatch(where)
        if neither:
            yield Difference(
                text=f"{text} where {{0}} is neither {{1}} nor {{2}}.".format(*neither.groups())
            )
        else:
            yield Difference(text=text if where else f"{text}.", where=where)


_NEITHER = re.compile(r"not \((\w+) == '(\w+)'\) and not \(\1 == '(\w+)'\)")


def _told(finding: Finding) -> str:
    where = f"In {_counted(finding.cases, finding.check)}"
    said = finding.sentence.strip().rstrip(".")
    does = f"{where} it {said}" if _is_verb(finding) else f"{where}: {said}"
    why = finding.reason.strip().rstrip(".")
    if why.startswith("stops "):
        why = f"It {why if finding.verdict is Verdict.FAILS else _first_of(why)}"
    because = f". {why}" if why and why != said else ""
    red = f"{finding.verdict.value.capitalize()}: " if finding.verdict in RED else ""
    note = f" ({finding.note})" if finding.note else ""
    return f"{red}{does}{because}{note}."


def _first_of(pattern: str) -> str:
    """The first of several messages that a declared error may have, without what may be absent:
    what is declared is a regular expression."""
    return re.sub(r"\([^()|]*\)\?", "", re.split(r"\|(?![^()]*\))", pattern)[0]).strip()


def _counted(count: int, check: Check) -> str:
    return f"{count} {_ANSWERS[check]}{'' if count == 1 else 's'}"


def _is_verb(finding: Finding) -> bool:
    """Does its sentence say what a backend does, or where it does it, or is it one of its own?"""
    said = finding.sentence
    first = said.partition(" ")[0]  # "oneDNN" begins a sentence
    return first.islower() and not said.startswith("with ") and finding.kind != "accepted"


def unusable(run: Run) -> Iterator[str]:
    """Who could not be asked, those of one device together."""
    left = defaultdict[tuple[str, str], list[str]](list)
    for backend in run.header.backends:
        if not backend.usable:
            left[(backend.device, backend.reason)].append(backend.name)
    for (device, reason), names in left.items():
        whole = f"No {device.upper()} backend could be asked here" if device != "cpu" else ""
        who = f"{whole} ({', '.join(names)})" if whole else f"{_and(names)} could not be asked here"
        yield f"{who}: {reason}." if reason else f"{who}."


def refusals(rejections: Rejections) -> Iterator[str]:
    """How each backend took the calls that the text forbids."""
    for backend in rejections.backends:
        counts = rejections.counts[backend.name]
        refused, unsaid = counts[Fate.REFUSED], counts[Fate.UNSUPPORTED]
        asked = sum(counts.values()) - unsaid
        usual = (Fate.REFUSED, Fate.UNSUPPORTED)
        others = [f"{counts[fate]} {fate}" for fate in Fate if counts[fate] and fate not in usual]
        rest = f"; {', '.join(others)}" if others else ""
        cannot = f" One call cannot say {unsaid} more." if unsaid else ""
        yield f"{backend.title} refused {refused} of {asked} forbidden calls{rest}.{cannot}"


def followed(run: Run) -> Iterator[str]:
    """Which reading of each open clause fits all answers of a backend."""
    readings = readings_followed(run)
    for clause in run.header.clauses:
        if not clause.open:
            continue
        whole = defaultdict[str, list[str]](list)
        for name, each in readings[clause.label].items():
            fits = [reading for reading, count in each.fits.items() if count == each.answers]
            if each.answers:
                whole[" or ".join(sorted(fits)) or "no single reading"].append(name)
        if whole:
            parts = [f"{_and(names)} {_follow(names)} {what}" for what, names in whole.items()]
            yield f"{clause.label}, {clause.title}: {'; '.join(parts)}."


def _follow(names: Sequence[str]) -> str:
    return "follows" if len(names) == 1 else "follow"


def machine(run: Run) -> Iterator[str]:
    """Where the answers were made."""
    environment = dict(run.header.environment)
    if cpu := environment.pop("cpu", ""):
        platform = environment.pop("platform", "")
        where = f" on {platform}" if platform else ""
        yield f"The answers were made by a processor {cpu}{where}; another may round otherwise."
    if environment:
        yield (
            f"The run states {', '.join(f'{name} {value}' for name, value in environment.items())}."
        )


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
