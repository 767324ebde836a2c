"""Sizes step by step, window, overlap, and what other readings would answer."""
