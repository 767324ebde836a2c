"""What `convtranspose list` lists, a module each: `COLUMNS` names what `rows` yields, given the
suites that are asked for."""
