"""What a backend was not asked, as a finding: a case that nobody answered is no pass."""

from collections import Counter

from convtranspose_reports import Check, Finding, Verdict


def not_asked_id(backend: str, check: Check) -> str:
    """The finding of all that a backend was not asked of one check."""
    return f"{backend}/{check}/not asked"


def not_asked(backend: str, check: Check, reasons: Counter[str]) -> Finding:
    """One finding, with how many cases and why. `reasons`: counted, as the records have them."""
    why = "; ".join(sorted(reasons))
    return Finding(
        id=not_asked_id(backend, check),
        backend=backend,
        check=check,
        verdict=Verdict.FAILS,
        kind="not asked",
        name="not asked",
        sentence=f"was not asked: {why}",
        cases=reasons.total(),
    )
