"""How many combinations of attribute values some suites hold."""

from collections.abc import Iterator, Sequence

from convtranspose_cases import suite_cases
from convtranspose_cases.coverage import coverage

STRENGTHS = {"pairs": 2, "triples": 3}

COLUMNS = ("combined", "present", "share")


def rows(suites: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    """What is combined, how many of how many, the share. Raises UnknownName."""
    cases = [case for name in suites for case in suite_cases(name)]
    for what, strength in STRENGTHS.items():
        share = coverage(cases, strength)
        counted = f"{share.present} of {share.possible}"
        yield f"{what} of attribute values", counted, f"{share.percent:g} %"
