"""Attributes without a call around them, as netron lists them or a sentence has them, turned into a
call."""

import re
from collections.abc import Iterator

from ..subject import Unreadable
from .printed.tables import call_of_table

LONGEST_LISTING = 4000
_NAME = r"kernel|filter|stride|dilation|output[_ ]?padding|output[_ ]?shape|group|pad"
_NUMBER = r"[-+]?\d+"
_SEVERAL = rf"(?:\s*,\s*|[ \t]+){_NUMBER}(?!\s*[x×]|[\d.])"
_NAMED = re.compile(
    rf"(?i)\b(?P<name>{_NAME})"
    r"(?P<more>s|ding)?(?:[_ ](?:shape|size|rate))?(?P<axis>_[hw])?"
    r"(?P<said>\s*[:=]|\s+of\b|\s+is\b)?\s*"
    rf"(?:[\[(]\s*(?P<list>{_NUMBER}(?:(?:\s*,\s*|\s+){_NUMBER})*)\s*,?\s*[\])]"
    rf"|(?P<bare>{_NUMBER}(?:(?:\s*[x×]\s*{_NUMBER})+|(?:{_SEVERAL})+)?))"
)
_BEFORE = re.compile(
    r"(?i)(?<!\d)(?<!\d[x×])(?P<bare>\d+(?:[x×]\d+)+)[ -](?P<name>kernel|filter|stride)s?"
)
_CHANNELS = re.compile(
    r"(?i)\b(?:(?P<in>in(?:put)?[_ ]channels?)"
    r"|(?P<out>out(?:put)?[_ ]channels?|(?:num_)?filters(?!\W*\d+[x×])))"
    r"\W{0,3}(?:of\s+|is\s+)?(?P<number>\d+)(?![\dx×])"
)
# numbers of an input, which no word behind them has
_INPUT = re.compile(
    r"(?i)\b(?:input|image|on|x)(?:[_ ](?:size|shape|width|length|is|of))?[\s:=]{0,3}(?:an?\s+)?"
    r"(?P<sizes>\d+(?:\s*[x×]\s*\d+)+)"
)
_ONE_SIZE = re.compile(
    r"(?i)\b(?P<before>input(?:[_ ](?:size|width|length))?(?:\s+(?:of|is))?\s*[:=]?\s*)"
    r"(?P<size>\d+)(?![\d.]|\s*[x×,]\s*\d)"
)
_OUTPUT = re.compile(
    r"(?i)\bout(?:put)?(?:[_ ]size)?(?:\s+(?:of|is))?\s*[:=]?\s*[\[(]?\d+(?:\s*[x×,]\s*\d+)*"
)
_WEIGHTS = re.compile(
    r"(?:(?i:\bweights?\b)|\bW\b)[^\n\d]{0,40}(?:\s*tensor:\s*)?(?:float\d+)?[\[( ]"
    r"(?P<sizes>\d+(?:(?:,\s*|\s*[x×]\s*)\d+){2,4})(?!\s*[x×\d])"
)
_BIAS = re.compile(r"\bB\b\s*:\s*\S")
_ATTRIBUTE = re.compile(rf"(?i)(?<![a-z])(?:(?:{_NAME})(?:s|ding)?(?:_\w+)?\b|dilat\w*)")
_WITHOUT = re.compile(rf"(?i)\b(?:without|no)\s+(?:any\s+)?(?:{_NAME})\w*(?P<number>\s*-?\d)?")
_UNREAD = re.compile(
    r"\.\d\S*|(?:\s*[,/]|\s+(?:and|or)\b)?[ \t]*[-+]?\d+(?:\.\d+)?(?!\s*[x×]\s*\d)(?![\d.])"
)
# `64 channels` behind a comma is no size of the attribute before it
_OWN_WORD = re.compile(rf"(?i)[ -]?(?!(?:and|or|in|on|with|for|{_NAME})\w*\b)[a-z]")
_WORD = re.compile(r"\b(?:SAME_UPPER|SAME_LOWER|NOTSET|VALID)\b")
_KERAS = re.compile(r"""(?i)\bpadding["']?\s*[:=]?\s*["']?(?P<word>same|valid)\b""")
_PADDING_WORD = re.compile(rf"(?i)\b(?:auto[_ ]?)?pad(?:ding)?\W{{0,3}}(?:{_WORD.pattern})")
_SHAPE = re.compile(r"\b(?P<name>[XW])\b\W{0,3}(?:\w+)?[\[(](?P<sizes>\d+(?:,\s*\d+){2,})[\])]")
_RANK = re.compile(r"(?i)(?:(?<![\w.])|(?<=conv)|(?<=transpose))(?P<rank>[123])-?d(?:transpose)?\b")
_PLAIN = re.compile(r"\bConv(?:olution)?(?:[123][dD])?\b")
_TRANSPOSED = re.compile(r"(?i)transpos|deconv|upconv")
_ATTRIBUTES = {
    "kernel": "kernel_shape",
    "filter": "kernel_shape",
    "stride": "strides",
    "dilation": "dilations",
    "pad": "pads",
}
_LETTERS = {
    "k": "kernel",
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "group",
    "op": "output_padding",
}
_LETTER = re.compile(r"(?<![\w.])(op|[kspdg])(?=\s*[=:]\s*[\d(\[])")
_ACCEPTED = (
    "accepted are attributes of one call, each once and with whole numbers, such as "
    "kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]"
)


def call_of(text: str) -> str:
    """A call of ONNX or, where the padding is a word of its own, of Keras, with the text as a
    comment behind it; empty where it has no two attributes, or has calls in it. Raises Unreadable
    for an attribute that is said twice, or whose numbers are not read."""
    text = _with_names(text)
    plain = _PLAIN.search(text) and not _TRANSPOSED.search(text)
    if table := call_of_table(text):
        return table
    if len(text) > LONGEST_LISTING or plain or re.search(r"\w\(|[{}]", text):
        return ""
    attributes = list(_attributes(text))
    given = dict(attributes)
    words = set(_WORD.findall(text))
    keras = _KERAS.search(text)
    many = len(given) + len(words) + bool(keras) > 1
    if len(words) > 1 or not many or not {"kernel_shape", "strides"} & set(given):
        return ""
    _refuse_twice(attributes)
    _refuse_unread(text)
    call = _of_keras(text, given, words, keras["word"]) if keras else _of_onnx(text, given, words)
    rank = _rank(text, given)
    each = _ONE_SIZE.sub(lambda m: f"{m['before']}{'x'.join([m['size']] * max(rank, 2))}", text)
    return f"{call}  # {' '.join((each if rank > 1 else text).split())}"


def _with_names(text: str) -> str:
    """With the names that letters stand for, where kernel and stride are letters: `k=3, s=2`."""
    letters = {match[1] for match in _LETTER.finditer(text)}
    if not {"k", "s"} <= letters:
        return text
    return _LETTER.sub(lambda match: _LETTERS[match[1]], text)


def _refuse_twice(attributes: list[tuple[str, list[int]]]) -> None:
    for name, sizes in attributes:
        if other := next((s for n, s in attributes if n == name and s != sizes), None):
            one, two = (",".join(map(str, each)) for each in (sizes, other))
            raise Unreadable(f"{name} is said twice, as {one} and as {two}; {_ACCEPTED}")


def _refuse_unread(text: str) -> None:
    """Raises Unreadable for a name of an attribute, or a number behind one, that is not read."""
    read = [match.span() for match in (*_KERAS.finditer(text), *_PADDING_WORD.finditer(text))]
    for without in _WITHOUT.finditer(text):
        if without["number"]:
            raise Unreadable(f"{without[0]!r} is not read; {_ACCEPTED}")
        read.append(without.span())
    said = list(_said(text))
    begun = {match.start() for match in said}
    for match in said:
        end = match.start("bare") + len(_bare(match)) if match.re is _NAMED and match["bare"] else 0
        end = end or match.end()
        rest = _UNREAD.match(text, end) if match.re is _NAMED else None
        own = rest and rest[0].lstrip()[:1] in (",", "a") and _OWN_WORD.match(text, rest.end())
        others = rest and any(end <= start < rest.end() for start in begun)
        if rest and not own and not others:
            whole = text[match.start() : rest.end()]
            raise Unreadable(f"{whole!r}: {rest[0].strip()!r} is not read; {_ACCEPTED}")
        read.append((match.start(), end))
    for name in (*_ATTRIBUTE.finditer(text), *_OUTPUT.finditer(text)):
        if not any(start <= name.start() < end for start, end in read):
            behind = 12 * (name.re is _ATTRIBUTE)
            shown = text[name.start() : name.end() + behind].split("\n")[0]
            raise Unreadable(f"{shown!r} is not read; {_ACCEPTED}")


def _said(text: str) -> Iterator[re.Match[str]]:
    """What is said of attributes, channels and an input, from left to right: what is a part of one
    is none of another."""
    at = 0
    while True:
        found = [form.search(text, at) for form in (_CHANNELS, _INPUT, _WEIGHTS, _BEFORE, _NAMED)]
        first = min(filter(None, found), key=lambda match: match.start(), default=None)
        if first is None:
            return
        yield first
        at = first.end()


def _attributes(text: str) -> Iterator[tuple[str, list[int]]]:
    """ONNX's names, and `padding` for pads of both ends, with the numbers that are said of them."""
    along: dict[str, dict[str, list[int]]] = {}
    for match in _said(text):
        if match.re is _BEFORE:
            yield _ATTRIBUTES[match["name"].lower()], _numbers(match["bare"])
        if match.re is not _NAMED:
            continue
        name, sizes = _attribute(match), _numbers(match["list"] or _bare(match))
        if match["axis"]:
            name = "padding" if name == "pads" else name
            along.setdefault(name, {})[match["axis"].lower()] = sizes
        else:
            yield name, sizes
    for name, each in along.items():
        usual = [0 if "padding" in name else 1]
        yield name, [*each.get("_h", usual), *each.get("_w", usual)]


def _channels(text: str) -> tuple[int | None, int | None]:
    """C and M, where they are said."""
    said = [match for match in _said(text) if match.re is _CHANNELS]
    ins, outs = ({int(m["number"]) for m in said if m[side]} for side in ("in", "out"))
    return next(iter(ins), None), next(iter(outs), None)


def _attribute(match: re.Match[str]) -> str:
    name = match["name"].lower().replace(" ", "_")
    name = {"outputpadding": "output_padding", "outputshape": "output_shape"}.get(name, name)
    if name == "pad" and (match["more"] or "").lower() == "ding":
        return "padding"
    return _ATTRIBUTES.get(name, name)


def _bare(match: re.Match[str]) -> str:
    """Numbers without brackets; where commas part them, without the last one that a word follows:
    it is that word's."""
    bare = match["bare"]
    several = "," in bare and _OWN_WORD.match(match.string, match.end())
    return bare.rpartition(",")[0].rstrip() if several else bare


def _numbers(text: str) -> list[int]:
    return [int(each) for each in re.findall(_NUMBER, text)]


def _of_onnx(text: str, given: dict[str, list[int]], words: set[str]) -> str:
    rank = _rank(text, given)
    said = {
        name: f"={sizes[0]}" if name == "group" and len(sizes) == 1 else ""
        for name, sizes in given.items()
    }
    attributes = [
        f"{'pads' if name == 'padding' else name}{said[name] or f'={_each(name, sizes, rank)}'}"
        for name, sizes in given.items()
    ]
    attributes += [f"auto_pad='{word}'" for word in words]
    shapes = _shapes(text, given, rank)
    inputs = [f"{name}[{shapes[name]}]" if name in shapes else name for name in "XW"]
    inputs += ["B"] * bool(_BIAS.search(text))
    return f"ConvTranspose({', '.join([*(inputs if shapes else []), *attributes])})"


def _shapes(text: str, given: dict[str, list[int]], rank: int) -> dict[str, str]:
    """Of X and W, as far as the text says them."""
    shapes = {match["name"]: match["sizes"] for match in _SHAPE.finditer(text)}
    C, M = _channels(text)
    kernel = given.get("kernel_shape")
    if (stated := _WEIGHTS.search(text)) is not None:
        shapes.setdefault("W", ", ".join(map(str, _numbers(stated["sizes"]))))
    elif C and M and kernel:
        group = (given.get("group") or [1])[0] or 1
        shapes.setdefault("W", ", ".join(map(str, [C, M // group, *_each("", kernel, rank)])))
    fed = next((m["sizes"] for m in _said(text) if m.re is _INPUT), "")
    sizes = _numbers(fed)
    if C and len(sizes) in (rank, rank + 1) and (len(sizes) == rank or sizes[0] == C):
        shapes.setdefault("X", ", ".join(map(str, [1, C, *sizes[-rank:]])))
    elif not C and len(sizes) == rank + 1 and len({*sizes[1:]}) == 1 < len({*sizes}):
        shapes.setdefault("X", ", ".join(map(str, [1, *sizes])))  # one image: `3 x 16 x 16`
    return shapes


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


_CHANNELS_LAST = re.compile(r"(?i)keras|tensorflow|\btf\b|\bN[DHW]+C\b|DTranspose|channels[_ ]last")
_OF_KERAS = {
    "kernel_shape": "kernel_size",
    "strides": "strides",
    "dilations": "dilation_rate",
    "output_padding": "output_padding",
}


def _of_keras(text: str, given: dict[str, list[int]], words: set[str], word: str) -> str:
    """Raises Unreadable for what Keras's layer has not beside a padding that is a word."""
    ones = {"group"} if given.get("group") == [1] else set()
    others = [name for name in given if name not in {*_OF_KERAS, *ones}]
    others += sorted(words - {word.upper()})
    if others:
        raise Unreadable(
            f"padding {word} is a word of Keras, whose layer has no {', '.join(others)}; accepted "
            f"are {', '.join(_OF_KERAS.values())} beside it, or auto_pad and pads of ONNX"
        )
    said = {"kernel_size": "kernel"}
    said |= {_OF_KERAS[name]: _tuple(sizes) for name, sizes in given.items() if name in _OF_KERAS}
    arguments = [f"{name}={value}" for name, value in said.items()]
    rank, maps = _rank(text, given), _channels(text)[1] or "filters"
    fed = next((m["sizes"] for m in _said(text) if m.re is _INPUT), "")
    first = len(_numbers(fed)) == rank + 2 and not _CHANNELS_LAST.search(text)
    arguments += [f"padding='{word.lower()}'"] + ["data_format='channels_first'"] * first
    return f"Conv{rank}DTranspose({maps}, {', '.join(arguments)})"


def _tuple(sizes: list[int]) -> str:
    return str(sizes[0] if len(sizes) == 1 else tuple(sizes))
