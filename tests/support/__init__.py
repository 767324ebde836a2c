"""What tests, benchmarks and the tables of the docs share; `backends/` are asked as `module:name`.

`pyproject.toml` puts `tests/` and `tests/support/backends/` on the path of pytest and of a
development install, `tox.ini` on that of its environments, `tests/conftest.py` on that of every
process that a test starts.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BACKENDS = ROOT / "tests" / "support" / "backends"
