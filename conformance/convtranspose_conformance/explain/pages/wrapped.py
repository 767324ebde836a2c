"""Text of 100 columns."""

import textwrap

WIDTH = 100


def wrapped(text: str, first: str, rest: str) -> str:
    """Text filled to the width, its first line and the others indented."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
        break_long_words=False,
    )
