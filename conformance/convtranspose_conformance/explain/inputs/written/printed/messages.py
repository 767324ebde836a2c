"""Messages in the text format of protobuf: what `print(node)` and `print(model)` show of ONNX, and
Caffe's layers."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from .nodes import Stated, named, written

_MARK = re.compile(
    r'\bop_type\s*:\s*"(ConvTranspose)"|\btype\s*:\s*"?(Deconvolution|DECONVOLUTION)\b'
)
_BEGIN = re.compile(r"(?m)^[ \t]*\w+[ \t]*(?::|[{<])")
_TOKEN = re.compile(r'#[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[{}<>\[\]:;,]|[-+\w./]+|(\S)')
_TYPES = {1: "float", 10: "float16", 11: "double", 16: "bfloat16"}
_OF_AXES = {"kernel": "kernel_size", "stride": "stride", "pad": "pad"}
MOST_BEGUN = 20

Message = dict[str, list[Any]]


def from_messages(text: str) -> str:
    """The calls of the text's messages, each in the line that names what it is; the text itself
    where it has none."""
    marks = list(_MARK.finditer(text))
    if not marks:
        return text
    for begin, _ in zip(_BEGIN.finditer(text), range(MOST_BEGUN), strict=False):
        with contextlib.suppress(RecursionError):
            whole = _parsed(text[begin.start() :])
            if calls := list(_calls(whole)):
                return _in_lines(text, marks, calls) + _opset(whole)
    return text


def _in_lines(text: str, marks: list[re.Match[str]], calls: list[str]) -> str:
    made, at = "", 0
    for mark, call in zip(marks, calls, strict=False):
        line = text.count("\n", 0, mark.start())
        made += "\n" * max(line - at, 1 if made else 0) + call
        at = line
    return made


def _calls(whole: Message) -> Iterator[str]:
    every = list(_messages(whole))
    stated = named(_stated(every))
    fed = {name: sizes for each in every for name, sizes in _fed(each)}
    for each in every:
        if "ConvTranspose" in each.get("op_type", ()):
            attributes = [f"{a['name'][0]}={_value(a)!r}" for a in _inner(each, "attribute")]
            yield written(each.get("input", []), stated, attributes)
        elif _is_deconvolution(each):
            bottom = next(iter(each.get("bottom", ())), "")
            yield _caffe(each["convolution_param"][0]) + fed.get(bottom, "")


def _is_deconvolution(layer: Message) -> bool:
    named = {"Deconvolution", "DECONVOLUTION"} & {str(each) for each in layer.get("type", ())}
    return bool(named) and isinstance(next(iter(layer.get("convolution_param", ())), None), dict)


def _caffe(parameters: Message) -> str:
    own = {n: v[0] if len(v) == 1 else tuple(v) for n, v in parameters.items()}
    own = {n: v for n, v in own.items() if not isinstance(v, dict) and n not in ("engine", "axis")}
    for prefix, name in _OF_AXES.items():
        if {f"{prefix}_h", f"{prefix}_w"} & set(own):
            usual = 0 if prefix == "pad" else 1
            own[name] = tuple(own.pop(f"{prefix}_{axis}", usual) for axis in "hw")
    given = ", ".join(f"{name}={value!r}" for name, value in own.items())
    return f"L.Deconvolution(convolution_param=dict({given}))"


def _fed(message: Message) -> Iterator[tuple[str, str]]:
    """The inputs of a network of Caffe, each with its sizes as a comment says them."""
    names = [each for each in message.get("input", ()) if isinstance(each, str)]
    shapes = [each.get("dim", []) for each in message.get("input_shape", ())]
    shapes = shapes or [message.get("input_dim", [])]
    if "Input" in message.get("type", ()):
        names = message.get("top", [])
        inner = [
            each for parameter in message.get("input_param", ()) for each in parameter["shape"]
        ]
        shapes = [each.get("dim", []) for each in inner]
    for name, sizes in zip(names, shapes, strict=False):
        if sizes:
            yield name, f"  # input {tuple(sizes)}"


def _stated(every: list[Message]) -> Iterator[tuple[str, Stated]]:
    """The shapes of initializers, Constant nodes and the graph's values."""
    for each in every:
        name = next(iter(each.get("name", ())), "")
        if "Constant" in each.get("op_type", ()):
            held = [t for a in each.get("attribute", ()) for t in a.get("t", ())]
            name = next(iter(each.get("output", ())), "")
            each = held[0] if held else {}
        if name and each.get("dims"):
            kind = _TYPES.get(next(iter(each.get("data_type", ())), 1), "")
            yield name, Stated(sizes=each["dims"], type=kind)
        for tensor in (t for kind in each.get("type", ()) for t in _inner(kind, "tensor_type")):
            dims = [d for shape in _inner(tensor, "shape") for d in _inner(shape, "dim")]
            sizes = [next(iter(d.get("dim_value", ())), None) for d in dims]
            kind = _TYPES.get(next(iter(tensor.get("elem_type", ())), 1), "")
            yield name, Stated(sizes=sizes, type=kind)


def _inner(message: Any, key: str) -> list[Any]:
    held = message.get(key, []) if isinstance(message, dict) else []
    return [each for each in held if isinstance(each, dict)]


def _opset(whole: Message) -> str:
    own = [
        each["version"][0]
        for each in _inner(whole, "opset_import")
        if "version" in each and each.get("domain", [""])[0] in ("", "ai.onnx")
    ]
    return f'\n# opset_import: ["" : {own[0]}]' if own else ""


def _value(attribute: Message) -> Any:
    for key in ("i", "s", "f"):
        if key in attribute:
            return attribute[key][0]
    return next((attribute[key] for key in ("ints", "floats", "strings") if key in attribute), [])


def _messages(message: Message) -> Iterator[Message]:
    """A message and all within it."""
    yield message
    for values in message.values():
        for each in values:
            if isinstance(each, dict):
                yield from _messages(each)


def _parsed(text: str) -> Message:
    """The fields of the text up to what is none; nothing where a message is not closed."""
    tokens = [match[0] for match in _TOKEN.finditer(text) if match[0][0] != "#"][::-1]
    with contextlib.suppress(_UnclosedError, IndexError):
        return _fields(tokens, "")
    return {}


class _UnclosedError(ValueError):
    """A message that something else than a field is in, or that ends with the text."""


def _fields(tokens: list[str], closing: str) -> Message:
    found: Message = {}
    while tokens and tokens[-1] != closing:
        key = tokens.pop()
        if key in ",;":
            continue
        if not key.isidentifier() or not tokens or tokens[-1] not in (":", "{", "<"):
            tokens.clear()
            break
        if tokens[-1] == ":":
            tokens.pop()
        found.setdefault(key, []).extend(_values(tokens))
    if closing and not tokens:
        raise _UnclosedError
    if closing:
        tokens.pop()
    return found


def _values(tokens: list[str]) -> list[Any]:
    token = tokens.pop()
    if token in "{<":
        return [_fields(tokens, "}" if token == "{" else ">")]
    if token != "[":
        return [_scalar(token)]
    several: list[Any] = []
    while tokens and tokens[-1] != "]":
        if tokens[-1] == ",":
            tokens.pop()
        else:
            several += _values(tokens)
    del tokens[-1:]
    return several


def _scalar(token: str) -> Any:
    if token[0] in "\"'":
        return token[1:-1]
    if re.fullmatch(r"-?\d+", token):
        return int(token)
    return {"true": True, "false": False}.get(token, token)
