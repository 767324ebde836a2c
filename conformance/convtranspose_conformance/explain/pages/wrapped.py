"""Text of 100 columns."""

import textwrap

from ..inputs.shown import shown

WIDTH = 100


def wrapped(text: str, first: str, rest: str) -> str:
    """Text filled to the width, its first line and the others indented; characters that are not
    printed as Python writes them."""
    return textwrap.fill(
        "".join(each if each.isspace() else shown(each) for each in text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
