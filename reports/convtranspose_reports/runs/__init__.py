"""A run on disk: its lines, written, read and merged, and what is counted of them."""
