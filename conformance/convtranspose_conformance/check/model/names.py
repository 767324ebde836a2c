"""Names that somebody else gave, as they are printed: each on one line, without a sign that a
terminal obeys."""

import shlex


def escaped(name: str) -> str:
    """The name, with the code of what is not printed."""
    if name.isprintable():
        return name
    return "".join(map(_escaped, name))


def _escaped(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def quoted(word: str) -> str:
    """The word as a shell reads it; with what is not printed as bash and zsh have it."""
    if word.isprintable():
        return shlex.quote(word)
    return f"$'{''.join(map(_coded, word))}'"


def _coded(character: str) -> str:
    if character in "'\\":
        return "\\" + character
    number = ord(character)
    if character.isprintable():
        return character
    return f"\\u{number:04x}" if number < 2**16 else f"\\U{number:08x}"
