"""`badge.svg`: the state of a run as a picture for a README."""

from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import state

LABEL = "ConvTranspose"
_SAYS = {
    "green": ("every difference declared", "#2f7d4f"),
    "red": ("undeclared differences", "#b3261e"),
    "unanswered": ("answered too little", "#b3261e"),
    "nothing": ("nothing ran", "#5f6670"),
    "cut short": ("cut short", "#5f6670"),
}
_LETTER, _MARGIN = 6.6, 12  # pixels


def badge(run: Run) -> str:
    """An SVG of 20 pixels' height that fetches nothing. Its words are this module's own."""
    says, colour = _SAYS[state(run)]
    left, right = (round(len(text) * _LETTER + _MARGIN) for text in (LABEL, says))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img">'
        f"<title>{LABEL}: {says}</title>"
        f'<rect width="{left}" height="20" fill="#3b4048"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        'text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{LABEL}</text>'
        f'<text x="{left + right / 2:g}" y="14">{says}</text></g></svg>\n'
    )
