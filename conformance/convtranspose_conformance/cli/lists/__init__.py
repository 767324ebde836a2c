"""What `convtranspose list` lists, a module each: `COLUMNS` names what `rows` yields, given the
suites that are asked for."""

# each is a module of this folder, and imports what it lists
LISTS = ("backends", "suites", "cases", "clauses", "readings", "deviations")
