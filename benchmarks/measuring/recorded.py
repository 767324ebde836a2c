"""What each backend computes, for the page and for docs: `python benchmarks/measuring/recorded.py`,
some minutes.

Measures every backend that can be used here, or the `--backend NAME` named, and writes
`measuring/recorded.json` of the conformance package; of others what is kept stays, where it is of
today's key.
"""

import argparse
import sys
from importlib import resources
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measured_of import FIGURES, keep_text, key_of

from convtranspose_conformance import measuring
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.measuring.recorded import (
    FILE,
    computes,
    file_of,
    recorded,
)
from convtranspose_conformance.run.asking.on_demand import FollowUp
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Check, ComputesLine

PATH = Path(str(resources.files(measuring).joinpath(FILE)))


def measured(name: str) -> ComputesLine | None:
    """None where it cannot be used here, or computes no values."""
    entry = next(each for each in BUILT_IN if each.name == name)
    if entry.why_unusable() or Check.OUTPUT not in entry.checks:
        return None
    with FollowUp(Limits()) as follow_up:
        ask = follow_up.ask_of(entry, Check.OUTPUT)
        return computes(name, entry.installed_version(), ask)


def main() -> None:
    """Asks, then writes."""
    names = [each.name for each in BUILT_IN]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=names)
    lines, anew = dict(recorded()), dict[str, ComputesLine]()
    for name in parser.parse_args().backend or names:
        line = measured(name)
        if line is not None:
            anew[name] = line
    left = [name for name in lines if name not in anew and FIGURES["recorded"].changed()]
    key, lines = key_of("recorded"), lines | anew
    text = file_of(key, [lines[each] for each in names if each in lines]).decode()
    keep_text(PATH, text, key, [f"{name}: not measured" for name in left])


if __name__ == "__main__":
    main()
