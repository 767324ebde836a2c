"""`python -m convtranspose_cases.suites.grids.covering` writes the rows of the grids.

Working a covering array out takes seconds: suites read what is kept, and nothing else imports this
module.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testflows.combinatorics import Covering

from . import conv as conv_grid
from . import conv_transpose as grid

STRENGTH, PAIRS = 3, 2


def text(factors: Mapping[str, list[Any]] = grid.FACTORS, strength: int = STRENGTH) -> str:
    """A line of factors, then a row of values for each line of a covering array (Lei et al. 2007,
    IPOG): all combinations of `strength` values.

    The array is made over indices: over strings it would differ with Python's hash seed.
    """
    indices = {number: list(range(len(values))) for number, values in enumerate(factors.values())}
    lines = [list(factors)]
    for row in Covering(indices, strength=strength):
        lines.append([str(values[row[i]]) for i, values in enumerate(factors.values())])
    return "".join(grid.SEPARATOR.join(line) + "\n" for line in lines)


def texts() -> dict[Path, str]:
    """What each file of rows has to hold."""
    return {grid.ROWS: text(), conv_grid.ROWS: text(conv_grid.FACTORS, PAIRS)}


if __name__ == "__main__":
    for path, rows in texts().items():
        path.write_text(rows, encoding="utf-8")
