"""What makes a file no model that anybody could run, and what a runtime may refuse of it."""
