"""Text as XML 1.0 can hold it."""

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """XML 1.0 knows no way to write most control characters (section 2.2); a replacement character
    stands for each."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
