"""Drafts of declarations from findings."""
