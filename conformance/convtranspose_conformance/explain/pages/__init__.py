"""The explanation as text and as a page."""
