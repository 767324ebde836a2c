"""Imported first, it puts the packages of this checkout before installed ones, and what tests share
behind them, for this process and those that it starts: what is renewed here is read and written
here."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = [str(ROOT / name) for name in ("reference", "cases", "conformance", "reports")]
SHARED = [str(ROOT / "tests"), str(ROOT / "tests" / "support" / "backends")]

sys.path[:0] = PACKAGES
sys.path += SHARED
os.environ["PYTHONPATH"] = os.pathsep.join(
    [*PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")]), *SHARED]
)
