"""Names of a file as they are printed: in a line, and in a command to copy."""

import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./-][\w@%+=:,./#-]*")


def shown(name: str) -> str:
    """A name in one line, with characters that are not printed, or that move what is, as Python
    writes them."""
    return "".join(each if each.isprintable() else _escaped(each) for each in name)


def in_shell(word: str) -> str:
    """A word as a shell takes it: as it is, in quotes, or with escapes where it has characters that
    are not printed."""
    if _PLAIN.fullmatch(word):
        return word
    if word.isprintable():
        return shlex.quote(word)
    quoted = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{shown(quoted)}'"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()
