"""An answer held against golden and declarations: the one place of verdicts."""
