"""Rows of factors in which every combination of two or three values stands, and their cases."""
