"""Messages in the text format of protobuf: what `print(node)` and `print(model)` show of ONNX, and
Caffe's layers."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from .fields import Message, inner, integers, messages, parsed, scalars, words
from .nodes import Stated, by_value_name, written
from .placeholders import is_placeholder, with_names, without_names

_MARK = re.compile(
    r"""\bop_type\s*:\s*["']?(?P<node>ConvTranspose)\b["']?"""
    r"""|\btype\s*:\s*(?:["'](?P<layer>Deconvolution|DECONVOLUTION)["']"""
    r"""|(?:Deconvolution|DECONVOLUTION)\b)"""
)
_BEGIN = re.compile(r"(?m)^[ \t]*\w+[ \t]*(?::|[{<])")
_TYPES = {1: "float", 10: "float16", 11: "double", 16: "bfloat16"}
_OF_AXES = {"kernel": "kernel_size", "stride": "stride", "pad": "pad"}
MOST_BEGUN = 20


def from_messages(text: str) -> str:
    """The text with the calls of its messages, each in the line that names what it is; a node or
    layer that is not closed becomes a call that is not."""
    if not _MARK.search(text):
        return text
    text, held = with_names(text)
    python, at, opsets = "", 0, ""
    for start, end, whole, calls in _found(text):
        behind = "\n" if text[end : end + 1] not in ("", "\n") else ""
        python += _unclosed(text[at:start]) + _in_lines(text[start:end], calls) + behind
        opsets += _opset(whole)
        at = end
    return without_names(python + _unclosed(text[at:]) + opsets, held)


def _found(text: str) -> Iterator[tuple[int, int, Message, list[str]]]:
    """Where messages with calls begin and end, in order, each with its calls."""
    behind, begun = 0, 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < behind:
            continue
        if begun == MOST_BEGUN:
            return
        begun += 1
        whole, end = parsed(text, begin.start())
        if calls := list(_calls(whole)):
            behind, begun = end, 0
            yield begin.start(), end, whole, calls


def _unclosed(text: str) -> str:
    """What no message was found in: there a name that is a node's is a call that is not closed."""

    def call(mark: re.Match[str]) -> str:
        name = mark["node"] or ("Deconvolution" if mark["layer"] else "")
        return f"{name}(" if name else mark[0]

    return _MARK.sub(call, text)


def _in_lines(text: str, calls: list[str]) -> str:
    """As many lines as the text has, with each call in that of its mark."""
    lines = [text.count("\n", 0, mark.start()) for mark in _MARK.finditer(text)]
    made, at = "", 0
    for line, call in zip_longest(lines[: len(calls)], calls):
        behind = at if line is None else line
        made += "\n" * max(behind - at, 1 if made else 0) + call
        at = behind
    return made + "\n" * max(text.count("\n") - made.count("\n"), 0)


def _calls(whole: Message) -> Iterator[str]:
    every = list(messages(whole))
    stated = by_value_name(_stated(every))
    fed = {name: sizes for each in every for name, sizes in _fed(each)}
    for each in every:
        if "ConvTranspose" in words(each, "op_type"):
            attributes = [
                f"{name}={_said(_value(a))}"
                for a in inner(each, "attribute")
                for name in words(a, "name")[:1]
            ]
            yield written(words(each, "input"), stated, attributes)
        elif {"Deconvolution", "DECONVOLUTION"} & set(words(each, "type")):
            bottom = next(iter(words(each, "bottom")), "")
            parameters = next(iter(inner(each, "convolution_param")), {})
            yield _caffe(parameters) + fed.get(bottom, "")


def _caffe(parameters: Message) -> str:
    said = {name: scalars(parameters, name) for name in parameters}
    own: dict[str, Any] = {n: v[0] if len(v) == 1 else tuple(v) for n, v in said.items() if v}
    own = {n: v for n, v in own.items() if n not in ("engine", "axis")}
    for prefix, name in _OF_AXES.items():
        if {f"{prefix}_h", f"{prefix}_w"} & set(own):
            usual = 0 if prefix == "pad" else 1
            own[name] = tuple(own.pop(f"{prefix}_{axis}", usual) for axis in "hw")
    given = ", ".join(f"{name}={_said(value)}" for name, value in own.items())
    return f"L.Deconvolution(convolution_param=dict({given}))"


def _said(value: Any) -> str:
    """A value as Python writes it, a name that stands for a placeholder by itself."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return value if is_placeholder(value) else repr(value)


def _fed(message: Message) -> Iterator[tuple[str, str]]:
    """The inputs of a network of Caffe, each with its sizes as a comment says them."""
    names = words(message, "input")
    shapes = [integers(each, "dim") for each in inner(message, "input_shape")]
    shapes = shapes or [integers(message, "input_dim")]
    if "Input" in words(message, "type"):
        names = words(message, "top")
        held = [s for each in inner(message, "input_param") for s in inner(each, "shape")]
        shapes = [integers(each, "dim") for each in held]
    for name, sizes in zip(names, shapes, strict=False):
        if sizes:
            yield name, f"  # input {tuple(sizes)}"


def _stated(every: list[Message]) -> Iterator[tuple[str, Stated]]:
    """The shapes of initializers, Constant nodes and the graph's values."""
    for each in every:
        name = next(iter(words(each, "name")), "")
        if "Constant" in words(each, "op_type"):
            held = [t for a in inner(each, "attribute") for t in inner(a, "t")]
            name = next(iter(words(each, "output")), "")
            each = held[0] if held else {}
        if name and (own := integers(each, "dims")):
            yield name, Stated(sizes=own, type=_type(each, "data_type"))
        for tensor in (t for kind in inner(each, "type") for t in inner(kind, "tensor_type")):
            dims = [d for shape in inner(tensor, "shape") for d in inner(shape, "dim")]
            sizes = [next(iter(integers(d, "dim_value")), None) for d in dims]
            yield name, Stated(sizes=sizes, type=_type(tensor, "elem_type"))


def _type(message: Message, key: str) -> str:
    return _TYPES.get(next(iter(integers(message, key)), 1), "")


def _opset(whole: Message) -> str:
    own = [
        integers(each, "version")[0]
        for each in inner(whole, "opset_import")
        if integers(each, "version") and set(words(each, "domain")) <= {"", "ai.onnx"}
    ]
    return f'\n# opset_import: ["" : {own[0]}]' if own else ""


def _value(attribute: Message) -> Any:
    for key in ("i", "s", "f"):
        if one := scalars(attribute, key):
            return one[0]
    several = (scalars(attribute, key) for key in ("ints", "floats", "strings"))
    return next((each for each in several if each), [])
