"""Under which condition a rule, an error or a pattern holds."""
