"""`python -m convtranspose_cases.suites.covering` writes the rows of the N-D grid.

Working a covering array out takes seconds: `core` reads what is kept, and nothing else imports
this module.
"""

from testflows.combinatorics import Covering

from .grid import FACTORS, ROWS, SEPARATOR

STRENGTH = 3


def text() -> str:
    """A line of factors, then a row of values for each line of a covering array (Lei et al. 2007,
    IPOG): all combinations of three values.

    The array is made over indices: over strings it would differ with Python's hash seed.
    """
    indices = {number: list(range(len(values))) for number, values in enumerate(FACTORS.values())}
    lines = [list(FACTORS)]
    for row in Covering(indices, strength=STRENGTH):
        lines.append([str(values[row[i]]) for i, values in enumerate(FACTORS.values())])
    return "".join(SEPARATOR.join(line) + "\n" for line in lines)


if __name__ == "__main__":
    ROWS.write_text(text(), encoding="utf-8")
