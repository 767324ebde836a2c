"""Files of claims, in TOML, one a backend. What is wrong with one is said with file and line."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec

from convtranspose_cases.limits import shown
from convtranspose_reference.errors import UserError

from ...rules.predicate import Predicate
from ..toml_text import TomlText, Wrong
from .claim import USES, Claim, condition


class ClaimError(UserError, ValueError):
    """A file of claims that cannot be used; the message names file, line, what was found and what
    is accepted."""


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    backend: str
    claim: list[dict[str, Any]]


class _Claimed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim as a file has it."""

    name: str
    does: bool
    says: str
    check: Literal["output", "output_shape", "gradient"] = "output"
    op: Literal["ConvTranspose", "Conv"] = "ConvTranspose"
    ranks: list[int] = []
    types: list[Literal["float16", "bfloat16", "float32", "float64"]] = []
    opsets: list[int] = []
    attributes: list[str] | None = None
    when: str = ""
    source: str = ""


def load_claims(path: Path, backends: Iterable[str]) -> list[Claim]:
    """The claims of one file, of a backend among those that are known as `backends` or that is
    named as a module's. Raises ClaimError naming file and line."""
    return _parsed(TomlText.read(path, "claim", ClaimError), backends)


def parse_claims(text: str, where: str, backends: Iterable[str]) -> list[Claim]:
    """The claims of a file's text; `where` is its name in errors. Raises ClaimError."""
    return _parsed(TomlText(text, where, "claim", ClaimError), backends)


def _parsed(file: TomlText, backends: Iterable[str]) -> list[Claim]:
    content = file.content(_File)
    file.require_known(content.backend, set(backends))
    claims: dict[str, Claim] = {}
    for number, entry in enumerate(content.claim, start=1):
        made = file.made(number, entry, _Claimed, partial(_claim, content.backend))
        if made.name in claims:
            file.stop(number, "name", f"{made.name} is claimed twice")
        claims[made.name] = made
    return list(claims.values())


def _claim(backend: str, entry: _Claimed, where: str) -> Claim:
    for name in entry.attributes or ():
        if name not in USES:
            raise Wrong(
                "attributes", f"{shown(name)!r} is no attribute; accepted: {', '.join(USES)}"
            )
    Predicate(entry.when or "True")  # alone first: what is wrong with it is not said of the whole
    return Claim(
        backend=backend,
        name=entry.name,
        does=entry.does,
        says=entry.says,
        check=entry.check,
        when=Predicate(
            condition(
                entry.op,
                entry.ranks,
                entry.types,
                entry.opsets,
                entry.attributes,
                entry.when,
                does=entry.does,
            )
        ),
        source=entry.source,
        where=where,
    )
