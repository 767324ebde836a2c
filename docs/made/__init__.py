"""What makes the generated parts of README.md and docs/; `docs/refresh.py` calls it."""
