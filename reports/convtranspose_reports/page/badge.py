"""`badge.svg`: the state of a run as a picture for a README; `badges/NAME.svg`: that of a
backend."""

import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from html import escape

from convtranspose_reports.runs.answered import Answered, answered
from convtranspose_reports.runs.record import RED, Verdict
from convtranspose_reports.runs.store import BADGE_LABEL, Run
from convtranspose_reports.runs.summary import state, totals

_SAYS = {
    "green": ("every difference declared", "#2f7d4f"),
    "red": ("undeclared differences", "#b3261e"),
    "unanswered": ("answered too little", "#b3261e"),
    "nothing": ("nothing ran", "#5f6670"),
    "cut short": ("cut short", "#5f6670"),
}
_LETTER, _MARGIN = 6.6, 12  # pixels
_UNSAFE = re.compile(r"[^\w.-]")


def badge(run: Run) -> str:
    """An SVG of 20 pixels' height that fetches nothing. Its words are this module's own."""
    return _drawn(BADGE_LABEL, *_SAYS[state(run)])


def badges(run: Run) -> dict[str, str]:
    """File name -> badge, of each backend that was asked: what share of its answers is right, of
    how much it answered, and of which day."""
    shares = answered(run.header, run.records)
    counts = totals(run)
    named = [b for b in run.header.backends if b.name in shares]
    plain = Counter(_UNSAFE.sub("_", b.name) for b in named)
    return {
        f"{_file(b.name, plain)}.svg": _of_backend(
            f"{b.name} {b.version}".rstrip(), shares[b.name], counts[b.name], _day(run)
        )
        for b in named
    }


def _file(name: str, plain: Mapping[str, int]) -> str:
    """A backend's name without what a file's cannot have; told apart from another one that comes to
    the same."""
    safe = _UNSAFE.sub("_", name)
    alone = safe == name or plain[safe] == 1
    return safe if alone else f"{safe}-{sha256(name.encode()).hexdigest()[:6]}"


def _of_backend(name: str, share: Answered, counts: Mapping[Verdict, int], day: str) -> str:
    label = f"{BADGE_LABEL} {name}"
    if not share.answers:
        return _drawn(label, f"answered nothing, {day}", _SAYS["unanswered"][1])
    right = 100 * counts[Verdict.CONFORMS] // share.answers
    red = any(counts[verdict] for verdict in RED)
    says = f"{right} % right of {share.percent} answered, {day}"
    return _drawn(label, says, _SAYS["red" if red else "green"][1])


def _day(run: Run) -> str:
    return "cut short" if run.footer is None else run.footer.finished.partition("T")[0]


def _drawn(label: str, says: str, colour: str) -> str:
    left, right = (round(len(text) * _LETTER + _MARGIN) for text in (label, says))
    label, says = escape(label), escape(says)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">'
        f"<title>{label}: {says}</title>"
        f'<rect width="{left}" height="20" fill="#3b4048"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        'text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{label}</text>'
        f'<text x="{left + right / 2:g}" y="14">{says}</text></g></svg>\n'
    )
