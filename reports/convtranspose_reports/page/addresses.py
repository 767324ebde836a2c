"""Lasting addresses of what is on a page: they follow from names alone, so that a link holds on
the page of a later run."""

import hashlib
import re

_UNSAFE = re.compile(r"[^A-Za-z0-9_.~/:=-]+")
_LONGEST = 100  # characters of a name that an address spells out


def finding_address(finding: str) -> str:
    """The id of a finding's card. A name that an address cannot spell is told from others by its
    digest."""
    plain = _UNSAFE.sub("-", finding)[:_LONGEST]
    if plain == finding:
        return f"finding/{finding}"
    return f"finding/{plain}-{hashlib.sha256(finding.encode()).hexdigest()[:8]}"


def cause_address(verdict: str, sentence: str) -> str:
    """The id of what several findings have in common: its verdict, and the digest of what is said
    of it."""
    return f"cause/{verdict}/{hashlib.sha256(sentence.encode()).hexdigest()[:12]}"
