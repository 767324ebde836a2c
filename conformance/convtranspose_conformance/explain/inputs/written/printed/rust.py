"""Layers in Rust, of candle and tch, as calls of Python: `conv_transpose2d(64, 32, 4, cfg, vb)?`,
whose sizes stand in a `ConvTranspose2dConfig { stride: 2, ..Default::default() }`."""

import re
from collections import Counter

from .libtorch import closed

MOST = 500  # calls
_CALL = re.compile(r"(?<![\w.:])(?:\w+::)*conv_transpose(?P<rank>[12])d(?P<bare>_no_bias)?\s*\(")
_CONFIG = re.compile(r"\bConvTranspose(?:[12]d)?Config\s*\{")
_HELD = re.compile(r"\blet\s+(?:mut\s+)?(?P<name>\w+)\s*(?::[^=;]*)?=\s*(?P<held>[^;]*);")
_FIELD = re.compile(r"^(?P<name>\w+)\s*(?::\s*(?P<value>.+))?$", re.DOTALL)
_PARTS = re.compile(r"(?P<open>[(\[{])|(?P<close>[)\]}])|,")


def from_rust(text: str) -> str:
    """The text with these calls as `nn.ConvTranspose2d(64, 32, 4, stride=2)`, with `**cfg` for one
    that it does not say."""
    if "conv_transpose" not in text or not re.search(r"::|\?|\blet\b", text):
        return text
    every = [(match["name"], match["held"].strip()) for match in _HELD.finditer(text)]
    counts = Counter(name for name, _ in every)
    held = {name: each for name, each in every if counts[name] == 1}
    python, at = "", 0
    for match in list(_CALL.finditer(text))[:MOST]:
        end = closed(text, match.end() - 1)
        arguments = _split(text[match.end() : end - 1]) if end and match.start() >= at else []
        call = _call(match, arguments, held)
        if end and call:
            python += text[at : match.start()] + call
            at = end
    return python + text[at:]


def _call(match: re.Match[str], arguments: list[str], held: dict[str, str]) -> str:
    """Empty for a call that is none of these."""
    of_tch = bool(arguments) and (arguments[0].startswith("&") or arguments[0] in ("vs", "p"))
    if not of_tch and not (len(arguments) == 5 and re.search(r"^&?v[bs]\b|\.pp\(", arguments[4])):
        return ""
    sizes, config = (arguments[1:4], arguments[4:5]) if of_tch else (arguments[:3], arguments[3:4])
    if len(sizes) < 3 or not config or not sizes[0][:1].isalnum():
        return ""
    stated = held.get(config[0], config[0])
    usual = stated.endswith("default()")
    more = [] if usual else _fields(stated) or [f"**{config[0].lstrip('&')}"]
    more += ["bias=False"] * bool(match["bare"])
    return f"nn.ConvTranspose{match['rank']}d({', '.join([*sizes, *more])})"


def _fields(config: str) -> list[str]:
    """What a configuration says in place of the defaults, which are those of PyTorch."""
    match = _CONFIG.search(config)
    end = closed(config, match.end() - 1) if match else None
    if match is None or end is None:
        return []
    fields = filter(None, map(_FIELD.match, _split(config[match.end() : end - 1])))
    return [f"{each['name']}={each['value'] or each['name']}" for each in fields]


def _split(text: str) -> list[str]:
    """At the commas that stand in no brackets."""
    parts, depth, at = [], 0, 0
    for match in _PARTS.finditer(text):
        depth += bool(match["open"]) - bool(match["close"])
        if match[0] == "," and depth == 0:
            parts.append(text[at : match.start()].strip())
            at = match.end()
    return [each for each in (*parts, text[at:].strip()) if each]
