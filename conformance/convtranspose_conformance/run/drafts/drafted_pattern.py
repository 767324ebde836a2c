"""A regular expression for messages that say the same in other numbers: what a draft declares of an
error matches everything that it was drafted from."""

import re
from collections.abc import Iterator, Sequence

# an N that stands for a number, not a letter of a word
_FOR_A_NUMBER = re.compile(r"(?<![A-Z])N(?![A-Za-z])")
_WORD_BROKEN_OFF = 80  # characters from which on a name may end within a word


def pattern_for(kind: str, words: str, reasons: Sequence[str]) -> str:
    """The strictest of a few patterns for an error's stable `words` that every reason of a record
    has; without reasons the strictest of all."""
    candidates = list(_patterns(kind, words))
    fitting = (p for p in candidates if all(re.search(p, reason) for reason in reasons))
    return next(fitting, "") if reasons else candidates[0]


def _patterns(kind: str, words: str) -> Iterator[str]:
    said = words.split()
    if len(words) >= _WORD_BROKEN_OFF:
        said = said[:-1]
    escaped = [_FOR_A_NUMBER.sub(".*?", re.escape(word)) for word in said]
    yield r"\s+".join(escaped)
    yield "(?s)" + ".*?".join(escaped)
    yield "(?s)" + ".*?".join(escaped[:4])
    if not words:
        yield re.escape(kind)
