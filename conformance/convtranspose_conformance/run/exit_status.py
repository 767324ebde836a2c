"""What a run, and every command, ends with: the statuses of a run are worked out in
`convtranspose_reports.exit_status`, which reads no framework."""

RED_STATUS, UNUSABLE_STATUS, NOTHING_RAN_STATUS = 1, 2, 3
