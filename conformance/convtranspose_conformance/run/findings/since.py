"""Since which release a backend does what a finding says, as older releases showed when they were
asked."""

from functools import cache
from importlib.resources import files
from itertools import groupby

import msgspec

from convtranspose_reports.runs.history import History


@cache
def histories() -> dict[str, History]:
    """By backend, what its releases showed when they were asked."""
    text = files(__package__).joinpath("since.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, History])


def since(backend: str, finding: str) -> str:
    """In which releases of those that were asked the backend showed what the finding says; "" where
    older ones were not asked, or none showed it."""
    known = histories().get(backend)
    if known is None or len(known.releases) < 2 or finding not in known.shown:
        return ""
    return in_words([release.version for release in known.releases], known.shown[finding].shown)


def in_words(releases: list[str], shown: list[int]) -> str:
    """The releases that show something, of those asked, as a phrase: since which one, or from which
    to which."""
    last = len(releases) - 1
    runs = [
        [place for place, _ in run]
        for _, run in groupby(
            ((place, place - i) for i, place in enumerate(shown)), key=lambda each: each[1]
        )
    ]
    if shown == list(range(len(releases))):
        return f"every release asked, {releases[0]} to {releases[last]}"
    if len(runs) == 1 and shown[-1] == last:
        return f"since {releases[shown[0]]}, not in {releases[shown[0] - 1]}"
    spans = [
        releases[run[0]] if len(run) == 1 else f"{releases[run[0]]} to {releases[run[-1]]}"
        for run in runs
    ]
    gone = "" if shown[-1] == last else f", not in {releases[shown[-1] + 1]}"
    return f"in {' and '.join(spans)}{gone}"
