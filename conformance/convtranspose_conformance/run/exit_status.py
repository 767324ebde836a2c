"""What a run ends with."""

from convtranspose_reports import Finding, Record, Verdict

RED_STATUS, UNUSABLE_STATUS, NOTHING_RAN_STATUS = 1, 2, 3


def exit_status(records: list[Record], findings: list[Finding]) -> int:
    """0 all green, 1 something fails or is stale, 3 nothing ran."""
    if not records:
        return NOTHING_RAN_STATUS
    red = any(r.verdict is Verdict.FAILS for r in records) or any(
        f.verdict is Verdict.STALE for f in findings
    )
    return RED_STATUS if red else 0
