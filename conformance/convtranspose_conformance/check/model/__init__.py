"""The chain of steps that a file holds: what it is, what makes it none that anybody could run, and
what a runtime may refuse of it."""
