"""Figures of matplotlib as SVG: the same text for the same numbers, at the versions that
constraints.txt has."""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

DRAWN_BY = ("matplotlib", "pillow", "kiwisolver")


def as_svg(figure: Figure, **how: Any) -> str:
    """The picture's text, without the day on which it was drawn."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None}, **how)
    return text.getvalue()


def texts(pattern: str, drawn: Mapping[str, Callable[[], Figure]], salt: str) -> dict[Path, str]:
    """Of each figure the text, by the path that `pattern` has with its name. `salt` tells the names
    of one page's clippings from another's."""
    style = {"svg.hashsalt": salt, "svg.fonttype": "none", "font.family": "sans-serif"}
    with mpl.rc_context(style):
        return {
            Path(pattern.format(name)): as_svg(draw(), bbox_inches="tight")
            for name, draw in drawn.items()
        }


def written(texts: Mapping[Path, str]) -> None:
    """Writes them, and prints how large they are."""
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        print(f"{path}: {path.stat().st_size // 1024} KiB")
