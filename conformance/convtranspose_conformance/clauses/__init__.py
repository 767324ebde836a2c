"""The page's section of the operator text's clauses: every reading, drawn on one call, and who
follows it."""
