"""What a run, and every command, ends with.

The package of reports is lazy, and asked for by its own name: a command that needs the numbers
alone loads none of it.
"""

import convtranspose_reports as reports

RED_STATUS, UNUSABLE_STATUS, NOTHING_RAN_STATUS = 1, 2, 3


def exit_status(records: "list[reports.Record]", findings: "list[reports.Finding]") -> int:
    """0 all green, 1 something fails or is stale, 3 nothing ran."""
    if not records:
        return NOTHING_RAN_STATUS
    return RED_STATUS if reports.is_red(records, findings) else 0
