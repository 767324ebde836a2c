"""What was measured of the backends of this package once: `recorded.json`, which
`benchmarks/measuring/recorded.py` writes. A run shows it beside what it asked itself."""

from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec

from convtranspose_reference.formats import FORMATS
from convtranspose_reports import ComputesLine, PlaceLine, RoundingLine

from ..verdict.reply import Ask
from .arithmetic import NO_MATTER, UNKNOWN, Fingerprint, fingerprints
from .survey import BY_TEXT, ShapeRule, shape_rules

FILE = "recorded.json"
_WORDS = ("width", "order", "bias", "fused", "inputs", "subnormals")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measured_of: dict[str, str]
    backends: list[ComputesLine]


@cache
def recorded() -> dict[str, ComputesLine]:
    """Backend -> what was measured of it."""
    text = resources.files(__package__).joinpath(FILE).read_bytes()
    return {each.backend: each for each in msgspec.json.decode(text, type=_File).backends}


def file_of(measured_of: dict[str, str], lines: Iterable[ComputesLine]) -> bytes:
    """The file's text."""
    text = msgspec.json.encode(_File(measured_of, list(lines)))
    return msgspec.json.format(text, indent=1) + b"\n"


def computes(backend: str, version: str, ask: Ask) -> ComputesLine:
    """Measures a backend: some thousand small calls."""
    return ComputesLine(
        backend=backend,
        version=version,
        places=[_place(rule) for rule in shape_rules(ask) if rule.read],
        rounding=_alike(fingerprints(tuple(FORMATS), ask)),
    )


def _place(rule: ShapeRule) -> PlaceLine:
    begin, size = BY_TEXT[rule.padding]
    return PlaceLine(
        padding=rule.padding,
        begin=rule.begin,
        size=rule.size,
        begin_by_text=begin,
        size_by_text=size,
        as_text=rule.as_text,
        read=rule.read,
        asked=rule.asked,
    )


def _alike(found: Iterable[Fingerprint]) -> list[RoundingLine]:
    """Routes of one dtype that are alike together."""
    routes: dict[tuple[str, ...], list[str]] = {}
    for each in found:
        words = (getattr(each, word) for word in _WORDS)
        said = ("" if word in (UNKNOWN, NO_MATTER) else word for word in words)
        routes.setdefault((each.dtype, *said), []).append(each.route)
    return [
        RoundingLine(dtype=dtype, routes=along, **dict(zip(_WORDS, words, strict=True)))
        for (dtype, *words), along in routes.items()
    ]
