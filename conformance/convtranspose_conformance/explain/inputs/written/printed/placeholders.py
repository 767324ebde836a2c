"""Placeholders in a template of a network: `num_output: {{ n }}`, `$N`, `${N}`, `<N>`, `{N}`, `@N@`
and `%d`, each as a name."""

import re
from collections.abc import Mapping
from typing import Any

_PLACEHOLDER = re.compile(
    r"(?P<key>\b\w+)(?P<before>[ \t]*:[ \t]*)(?:\{\{-?\s*(?P<double>[^{}\n]+?)\s*-?\}\}"
    r"|\$\{?(?P<dollar>[A-Za-z_]\w*)\}?|<(?P<angle>[A-Za-z_]\w*)>|\{(?P<single>[A-Za-z_]\w*|)\}"
    r"|@(?P<at>[A-Za-z_]\w*)@|%\((?P<percent>[A-Za-z_]\w*)\)[dsi]|%[dsi])"
)
_STATEMENT = re.compile(r"\{%[^{}\n]*%\}")
_NAME = re.compile(r"PLACEHOLDER_(\d+)_")


def with_names(text: str) -> tuple[str, Mapping[str, str]]:
    """The text with a name in place of each placeholder, and what stands in it; the field's own
    name where it has none."""
    held: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        said = next(filter(None, match.groups()[2:]), match["key"])
        name = f"PLACEHOLDER_{len(held)}_"
        held[name] = said if said.isidentifier() else f"({said.partition('|')[0].strip()})"
        return f"{match['key']}{match['before']}{name}"

    if not _PLACEHOLDER.search(text):
        return text, held
    return _PLACEHOLDER.sub(named, _STATEMENT.sub("", text)), held


def is_placeholder(value: Any) -> bool:
    """Is it a name that stands for one?"""
    return isinstance(value, str) and bool(_NAME.fullmatch(value))


def without_names(text: str, held: Mapping[str, str]) -> str:
    """The text with what stands in placeholders in place of their names."""
    return _NAME.sub(lambda match: held.get(match[0], match[0]), text) if held else text
