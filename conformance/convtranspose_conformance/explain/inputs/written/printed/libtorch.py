"""PyTorch's layers and functions in C++, as calls of Python."""

import re

from ..find import LONGEST_CALL, MOST_CALLS

_CALL = re.compile(
    r"(?<![\w:])(?:::)?(?:\w+::)+"
    r"(?P<name>(?:Lazy)?Conv(?:Transpose)?[123]d|conv(?:_transpose)?[123]d)"
    r"(?:[ \t]+(?P<target>\w+))?[ \t]*[({]"
)
_OPTIONS = re.compile(
    r"(?<![\w:])(?:::)?(?:\w+::)*(?P<name>Conv(?:Transpose)?[123]d)(?P<func>Func)?Options\s*[({]"
)
_METHOD = re.compile(
    r"(?<![\w.:>])(?P<of>\w+)\s*(?:\.|->)\s*(?P<name>conv_transpose[123]d)\s*\((?=[^;]*\{)"
)
_VALUE = re.compile(r"%[\w.]+")  # of a graph of TorchScript
_RUST = re.compile(r"\{\s*\w+\s*:|\.\.|\?\s*$")
_ASIDE = r"/\*[\s\S]*?\*/|//[^\n]*"
_COMMENT = re.compile(_ASIDE)
_SETTER = re.compile(rf"(?:\s|{_ASIDE})*\.\s*(?P<name>\w+)\s*\(")
_WORDS = {"true": "True", "false": "False", "nullopt": "None", "kZeros": "'zeros'"}
_NAMES = re.compile(r"(?<![\w:])(?:::)?(?:\w+::)*(true|false|nullopt|kZeros)\b")


def from_cpp(text: str) -> str:
    """The text with the calls of libtorch as `nn.ConvTranspose2d(16, 8, 3, stride=2)`; one whose
    options are set by what is not closed is not closed either."""
    if "::" not in text and "Options" not in text and not _METHOD.search(text):
        return text
    held = bool(_OPTIONS.search(text))
    python, at = "", 0
    for match in _matches(text):
        end = closed(text, match.end() - 1)
        if match.start() < at or end is None or _RUST.search(text[match.end() : end]):
            continue
        options = match.re is _OPTIONS
        end = _setters_end(text, end) if options else end
        if unclosed := options and _SETTER.match(text, end):
            python += f"{text[at : match.start()]}nn.{match['name']}("
            at = unclosed.end()
            continue
        inner = text[match.start() if options else match.end() : end - (not options)]
        python += text[at : match.start()] + _python(match, inner, held=held)
        at = end
    return python + text[at:]


def _matches(text: str) -> list[re.Match[str]]:
    every = [each for form in (_CALL, _OPTIONS, _METHOD) for each in form.finditer(text)]
    return sorted(every, key=lambda match: match.start())[:MOST_CALLS]


def _python(match: re.Match[str], inner: str, *, held: bool) -> str:
    """A call by the arguments or options `inner`. `held`: are there options in the text, which a
    variable may hold?"""
    arguments = _arguments(_VALUE.sub(lambda value: "v" + re.sub(r"\W", "_", value[0]), inner))
    if match.re is _METHOD:
        arguments = f"{match['of']}, {arguments}"
    target = f"{match['target']} = " if match.groupdict().get("target") else ""
    if re.fullmatch(r"\s*\w*\s*", arguments) and held:
        return f"{target}{arguments.strip() or None}"
    prefix = "F" if match["name"][0].islower() else "nn"
    return f"{target}{prefix}.{match['name']}({arguments})"


def _arguments(text: str) -> str:
    """Arguments of C++ in Python's words, options among them as they are set."""
    match = _OPTIONS.search(text)
    if match is None:
        return _words(text)
    inside = closed(text, match.end() - 1) or len(text)
    end = _setters_end(text, inside)
    given = [text[match.end() : inside - 1], *_set(text[inside:end])]
    given = [each for each in given if each.strip()]
    return _words(text[: match.start()] + ", ".join(given) + text[end:])


def _set(text: str) -> list[str]:
    """What `.stride(2).padding(1)` sets."""
    found, at = [], 0
    while match := _SETTER.match(text, at):
        at = closed(text, match.end() - 1) or len(text)
        found.append(f"{match['name']}={text[match.end() : at - 1]}")
    return found


def _setters_end(text: str, at: int) -> int:
    while match := _SETTER.match(text, at):
        end = closed(text, match.end() - 1)
        if end is None:
            return at
        at = end
    return at


def _words(text: str) -> str:
    text = re.sub(r"\{\s*\}", "None", _COMMENT.sub("", text))
    text = _NAMES.sub(lambda word: _WORDS[word[1]], text.replace("{", "[").replace("}", "]"))
    text = re.sub(r"\b(?:torch::|at::)?(?:IntArrayRef|ExpandingArray<\d>)\b", "", text)
    return text.replace("::", ".")


def closed(text: str, at: int) -> int | None:
    """Where the bracket that stands there is closed, behind it."""
    depth = 0
    for end in range(at, min(len(text), at + LONGEST_CALL)):
        depth += (text[end] in "([{") - (text[end] in ")]}")
        if depth == 0:
            return end + 1
    return None
