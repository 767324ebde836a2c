"""Nodes and layers in words that are no Python, turned into calls that are."""
