"""Attributes without a call around them, as netron lists them or a sentence has them, turned into a
call."""

import re
from collections.abc import Iterator

LONGEST = 4000
_NAMED = re.compile(
    r"(?i)\b(?P<name>kernel|filter|stride|dilation|output[_ ]?padding|output[_ ]?shape|group|pad)"
    r"(?P<more>s|ding)?(?:[_ ](?:shape|size|rate))?(?P<axis>_[hw])?"
    r"(?P<said>\s*[:=]|\s+of\b|\s+is\b)?\s*"
    r"(?:[\[(]\s*(?P<list>\d+(?:\s*,\s*\d+)*)\s*[\])]|(?P<bare>\d+(?:\s*[,x×]\s*\d+)*))"
)
_BEFORE = re.compile(r"(?i)(?P<bare>\d+(?:[x×]\d+)+)[ -](?P<name>kernel|filter|stride)")
_TOGETHER = re.compile(r"\d+(?:[,x×]\d+)*")
_WORD = re.compile(r"\b(?:SAME_UPPER|SAME_LOWER|NOTSET|VALID)\b")
_KERAS = re.compile(r"""(?i)\bpadding["']?\s*[:=]?\s*["']?(?P<word>same|valid)\b""")
_SHAPE = re.compile(r"\b(?P<name>[XW])\b\W{0,3}(?:\w+)?[\[(](?P<sizes>\d+(?:,\s*\d+){2,})[\])]")
_RANK = re.compile(r"(?i)\b(?P<rank>[123])-?D\b")
_PLAIN = re.compile(r"\bConv(?:olution)?(?:[123][dD])?\b")
_TRANSPOSED = re.compile(r"(?i)transpos|deconv|upconv")
_ATTRIBUTES = {
    "kernel": "kernel_shape",
    "filter": "kernel_shape",
    "stride": "strides",
    "dilation": "dilations",
    "pad": "pads",
}


def call_of(text: str) -> str:
    """A call of ONNX or, where the padding is a word of its own, of Keras, with the text as a
    comment behind it; empty where it has no two attributes, says one twice, or has calls in it."""
    plain = _PLAIN.search(text) and not _TRANSPOSED.search(text)
    if len(text) > LONGEST or plain or re.search(r"\w\(|[{}]", text):
        return ""
    given: dict[str, list[int]] = {}
    for name, sizes in _attributes(text):
        if given.setdefault(name, sizes) != sizes:
            return ""
    words = set(_WORD.findall(text))
    keras = _KERAS.search(text)
    many = len(given) + len(words) + bool(keras) > 1
    if len(words) > 1 or not many or not {"kernel_shape", "strides"} & set(given):
        return ""
    call = _of_keras(given, keras["word"]) if keras else _of_onnx(text, given, words)
    return f"{call}  # {' '.join(text.split())}"


def _attributes(text: str) -> Iterator[tuple[str, list[int]]]:
    """ONNX's names, and `padding` for pads of both ends, with the numbers that are said of them."""
    along: dict[str, dict[str, list[int]]] = {}
    for match in _NAMED.finditer(text):
        name, sizes = _attribute(match), _numbers(match["list"] or _bare(match))
        if match["axis"]:
            along.setdefault(name, {})[match["axis"].lower()] = sizes
        else:
            yield name, sizes
    yield from (
        (name, [*each.get("_h", [1]), *each.get("_w", [1])]) for name, each in along.items()
    )
    for match in _BEFORE.finditer(text):
        yield _ATTRIBUTES[match["name"].lower()], _numbers(match["bare"])


def _attribute(match: re.Match[str]) -> str:
    name = match["name"].lower().replace(" ", "_")
    name = {"outputpadding": "output_padding", "outputshape": "output_shape"}.get(name, name)
    if name == "pad" and (match["more"] or "").lower() == "ding":
        return "padding"
    return _ATTRIBUTES.get(name, name)


def _bare(match: re.Match[str]) -> str:
    """Numbers without brackets: in a sentence, those that no blank parts."""
    if match["said"] and match["said"].strip() in (":", "="):
        return match["bare"]
    together = _TOGETHER.match(match["bare"])
    return together[0] if together else ""


def _numbers(text: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", text)]


def _of_onnx(text: str, given: dict[str, list[int]], words: set[str]) -> str:
    rank = _rank(text, given)
    said = {name: f"={sizes[0]}" if name == "group" else "" for name, sizes in given.items()}
    attributes = [
        f"{'pads' if name == 'padding' else name}{said[name] or f'={_each(name, sizes, rank)}'}"
        for name, sizes in given.items()
    ]
    attributes += [f"auto_pad='{word}'" for word in words]
    shapes = {match["name"]: match["sizes"] for match in _SHAPE.finditer(text)}
    inputs = [f"{name}[{shapes[name]}]" if name in shapes else name for name in "XW"]
    return f"ConvTranspose({', '.join([*(inputs if shapes else []), *attributes])})"


def _each(name: str, sizes: list[int], rank: int) -> list[int]:
    """One number for each axis, or end, where one stands for all."""
    if name == "padding" and len(sizes) == rank:
        return sizes * 2
    if len(sizes) == 1:
        return sizes * (2 * rank if name in ("pads", "padding") else rank)
    return sizes


def _rank(text: str, given: dict[str, list[int]]) -> int:
    """By what is said of each axis; two where nothing is."""
    ends = {len(sizes) // 2 for name, sizes in given.items() if name == "pads" and len(sizes) > 1}
    others = [n for n in given if n not in ("pads", "padding", "group") and len(given[n]) > 1]
    stated = _RANK.search(text)
    return (
        next((len(given[n]) for n in others), 0)
        or max(ends, default=0)
        or int(stated["rank"] if stated else 2)
    )


def _of_keras(given: dict[str, list[int]], word: str) -> str:
    names = {"kernel_shape": "kernel_size", "dilations": "dilation_rate", "strides": "strides"}
    said = {"kernel_size": "kernel", **{names[n]: _tuple(given[n]) for n in given if n in names}}
    arguments = [f"{name}={value}" for name, value in said.items()]
    return f"Conv2DTranspose(filters, {', '.join(arguments)}, padding='{word.lower()}')"


def _tuple(sizes: list[int]) -> str:
    return str(sizes[0] if len(sizes) == 1 else tuple(sizes))
