"""What a backend claims, held against what it did."""

from collections import Counter
from collections.abc import Iterable

from convtranspose_cases import Case
from convtranspose_reports import Check, Finding, Outcome, Record, Verdict

from ...verdict.claims.claim import Claim

Did = Iterable[tuple[Case, Record]]  # a backend's records of one check, and their cases


def wrong_claim(claim: Claim, did: Did) -> Finding | None:
    """A claim that answers contradict, either way; None for one that holds."""
    concerned = [(case, record) for case, record in did if claim.concerns(case)]
    against = [
        (case.id, record)
        for case, record in concerned
        if claim.contradicts(record.outcome, record.verdict)
    ]
    if not against:
        return None
    first, record = min(against, key=lambda each: (len(each[0]), each[0]))
    counted = Counter(_what(record) for _, record in against)
    counts = ", ".join(f"{what} {n}" for what, n in counted.most_common())
    reason = f", saying: {record.reason}" if record.reason else ""
    return Finding(
        id=f"{claim.backend}/{claim.check}/claim/{claim.name}",
        backend=claim.backend,
        check=Check(claim.check),
        verdict=Verdict.STALE,
        kind="claim",
        name=claim.name,
        sentence=f"is said to {'do' if claim.does else 'lack'} this: {claim.says}; of "
        f"{len(concerned)} such cases it {counts}",
        reason=f"{first}: it {_what(record)}{reason}",
        upstream=[claim.source] if claim.source else [],
        where=claim.when.text,
        cases=len(against),
    )


def _what(record: Record) -> str:
    """What became of the question."""
    if record.outcome is Outcome.AGREES:
        return "answers right"
    if record.verdict is Verdict.UNSUPPORTED:
        return "cannot say"
    if record.verdict is Verdict.DECLINED:
        return "declines"
    declared = " (as declared)" if record.verdict is Verdict.DEVIATES else ""
    does = {Outcome.REJECTED: "refuses", Outcome.CRASHED: "crashes on"}
    return f"{does.get(record.outcome, 'answers otherwise')}{declared}"
