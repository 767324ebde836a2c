"""Numbers that show what a backend computes: the terms of outputs, and how sums are rounded."""
