"""Imported first, it puts the packages of this checkout before installed ones, and what tests share
behind them, for this process and those that it starts: what is renewed here is read and written
here.

A process that has loaded the packages already (a test) goes on with those, and so does all that it
starts: two copies of one project never compute in one run.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = [str(ROOT / name) for name in ("reference", "cases", "conformance", "reports")]
SHARED = [str(ROOT / "tests"), str(ROOT / "tests" / "support" / "backends")]

if "convtranspose_conformance" not in sys.modules:
    sys.path[:0] = PACKAGES
    sys.path += SHARED
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [*PACKAGES, *filter(None, [os.environ.get("PYTHONPATH")]), *SHARED]
    )
