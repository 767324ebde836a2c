"""Backends and cases to verdicts, findings and a directory on disk."""
