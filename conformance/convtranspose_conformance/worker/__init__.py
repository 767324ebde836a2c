"""A process for each backend: asks it, and turns whatever happens into plain data."""
