"""The words of a message that are the same wherever the same thing happens: without numbers,
addresses, times, thread ids, paths, and where in its graph a framework was."""

import re

_LEFT_OUT = (
    re.compile(r"\x1b\[[0-9;]*[A-Za-z]"),  # colours
    re.compile(r"\{\{.*?\}\}"),  # where in its graph TensorFlow was
    re.compile(r"(?<![\w.])(?:[A-Za-z]:)?(?:[\\/][\w.+@~-]+)+(?::\d+)*:?"),  # a path, and the line
    re.compile(r"\b[\w-]+\.(?:cc|cpp|cxx|cu|c|h|hpp|py|rs|go)\b(?::\d+)*:?"),  # a file of sources
    re.compile(r"\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?"),
    re.compile(r"\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?"),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE),
    re.compile(r"\b(?:thread|tid|pid|process)\b\W{0,3}(?:id\W{0,3})?(?:0x[0-9a-f]+|\d+)", re.I),
)
_NUMBER = re.compile(
    r"0x[0-9a-fA-F]+|(?<![A-Za-z])[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)|\d+"
)
# one number or several: the rank of a call is no word of its error
_SEVERAL = re.compile(r"([\w.]+\(N\)|\[N\]|\bN\b)(?:(?:\s*[,x]\s*|\s+)\1)+")
_BY = re.compile(r"N(?:\s?x\s?N)+")  # sizes as 3x4x5


def stable_words(message: str) -> str:
    """The words on one line, N for a number or for several in a row."""
    for pattern in _LEFT_OUT:
        message = pattern.sub(" ", message)
    line = _NUMBER.sub("N", " ".join(message.split())).replace("N,)", "N)")
    return _SEVERAL.sub(r"\1", _SEVERAL.sub(r"\1", _BY.sub("N", line)))
