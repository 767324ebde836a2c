"""Somebody else's text as text that can be written anywhere: no colours, nothing that moves a
cursor, turns the direction of writing, or is no character at all."""

import re

_SEQUENCES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_ENDS = re.compile(r"\r+\n")


def plain_text(text: str) -> str:
    """The text without what terminals obey; of what else is not printed the code. Line ends and
    tabs stay."""
    if text.isprintable():
        return text
    kept = _SEQUENCES.sub("", _ENDS.sub("\n", text))
    return "".join(map(_plain, kept))


def _plain(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    spaces = character.isspace() and character > "\x7f"
    return " " if spaces else character.encode("unicode_escape").decode("ascii")
