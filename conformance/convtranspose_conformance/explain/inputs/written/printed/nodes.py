"""Nodes as ONNX's own printers write them, with the shapes and types that stand beside them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

# `%5 = ConvTranspose[strides = [2, 2]](%4, %w)` of helper.printable_graph and torch.onnx, and
# `Y = ConvTranspose <strides: ints = [2, 2]> (X, W)` of onnx.printer
_NODE = re.compile(
    r"\b(?:onnx::)?ConvTranspose\s*(?:\[(?P<list>[^\n()]*)\]|<(?P<typed>[^\n<>]*)>)\s*"
    r"\((?P<inputs>[^\n()]*)\)"
)
# `%"Y" = ::ConvTranspose(%"X", %"W") {strides=[2, 2]}` of onnx-ir
_OF_IR = re.compile(
    r"::ConvTranspose\s*\((?P<inputs>[^\n()]*)\)\s*\{(?P<list>[^\n{}]*)\}(?P<typed>)"
)
_OUTPUT = re.compile(r'\s*(?P<name>%?(?:"[^"\n]+"|[\w./]+)).*(?:=|\u2b05\ufe0f?)\s*(?:onnx::)?$')
_GROUP = re.compile(r"\bgroup\s*=\s*([1-9]\d{0,8})\b")
_TYPE = re.compile(r"\b(\w+)\s*:\s*\w+\s*=")
_EXPORTED = re.compile(r'(?:,|(?<!\s))\s*\bonnx_name\s*=\s*"[^"\n]*"')
# `%h : Float(...) = onnx::Relu(%x), scope: ...`, the calls of nodes among them, as `h = Relu(x)`
_LINE = re.compile(
    r'(?m)^(?P<indent>[ \t]*)%(?P<target>"[^"\n]+"|[^\s=<:]+)(?:<[^\n>]*>)?(?:[ ]?:[^=\n]*)?'
    r"[ ](?:=|\u2b05\ufe0f?)[ ](?:\w*::)?(?P<call>\w+\([^\n]*\)(?:\.\w+\(\))?)(?:, scope:[^\n]*)?"
)
_VALUE = re.compile(r'%(?:"[^"\n]+"|[^\s(),=\[\]<>{}]+)')
# `%W[FLOAT, 4x3x3x3]`, `float[4,3,3,3] W` and `%w : Float(4, 3, 3, 3, strides=[...])`
_STATED = (
    re.compile(r"%(?P<name>[^\s\[\](),]+)\[(?P<type>\w+), (?P<sizes>[\w?]+)\]"),
    re.compile(r'\b(?P<type>[a-z]\w+)\[(?P<sizes>[\w?, ]+)\]\s+(?P<name>[^\s(),=>"]+|"[^"\n]+")'),
    re.compile(r"%(?P<name>[^\s\[\](),]+) : (?P<type>\w+)\((?P<sizes>[\d*]+(?:, [\d*]+)*)[,)]"),
    re.compile(r'%"(?P<name>[^"\n]+)"<(?P<type>\w+), ?\[(?P<sizes>[\w?, ]+)\]>'),
)
_OPSET = re.compile(
    r'opset_import:?\s*\[[^\]\n]*?"(?:ai\.onnx)?"\s*:\s*(\d{1,19})'
    r"""|make_(?:opsetid|operatorsetid)\(\s*["'](?:ai\.onnx)?["']\s*,\s*(\d{1,19})"""
)
_TURNED = {"float16": ".half()", "half": ".half()", "double": ".double()"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """The `sizes` of a value, None for those that stay open, and its element `type` as ONNX or
    PyTorch names it."""

    sizes: Sequence[int | None]
    type: str = "float"


def from_nodes(text: str) -> str:
    """The text with every printed node as `ConvTranspose(x, w, strides=[2, 2])`, in the graph's
    lines as those of Python."""
    if not _NODE.search(text) and not _OF_IR.search(text):
        return text
    stated = _stated_in(text)

    def call(node: re.Match[str]) -> str:
        attributes = _TYPE.sub(r"\1=", (node["list"] or node["typed"] or "").strip())
        attributes = _EXPORTED.sub("", attributes).strip(", ")
        names, said = node["inputs"].split(","), dict(stated)
        if len(names) > 1 and (made := stated.get(_target(node))):
            fed = stated.get(identifier(names[0]), Stated(sizes=()))
            said.setdefault(identifier(names[1]), weights_of(fed.sizes, made.sizes, attributes))
        return written(names, said, [attributes] if attributes else [])

    def line(match: re.Match[str]) -> str:
        inputs = _VALUE.sub(lambda value: identifier(value[0]), match["call"])
        return f"{match['indent']}{identifier(match['target'])} = {inputs}"

    return _LINE.sub(line, _OF_IR.sub(call, _NODE.sub(call, text)))


def _target(node: re.Match[str]) -> str:
    """The name that a node's line gives its output."""
    before = node.string[node.string.rfind("\n", 0, node.start()) + 1 : node.start()]
    match = _OUTPUT.match(before)
    return identifier(match["name"]) if match else ""


def weights_of(x: Sequence[int | None], y: Sequence[int | None], attributes: str) -> Stated:
    """W's channels, as X and Y have them, without its kernel."""
    group = int(match[1]) if (match := _GROUP.search(attributes)) else 1
    channels, maps = (each[1] if len(each) > 1 else None for each in (x, y))
    own = None if maps is None or maps % group else maps // group
    return Stated(sizes=[channels, own, *(None,) * (len(y) - 2)], type="")


def written(names: Iterable[str], stated: Mapping[str, Stated], attributes: list[str]) -> str:
    """A node as a call, its inputs by `names` with the shapes that are `stated` of them."""
    known = [identifier(each) for each in names if each.strip()]
    inputs = [_shaped(each, stated.get(each)) for each in known]
    types = {stated[each].type.lower() for each in known[:2] if each in stated} - {""}
    turned = _TURNED.get(next(iter(types)), "") if len(types) == 1 else ""
    turned = ".bfloat16()" if types == {"bfloat16"} else turned
    return f"ConvTranspose({', '.join([*inputs, *attributes])}){turned}"


@lru_cache(maxsize=1)  # every call of a text asks for the same
def opset_in(text: str) -> int | None:
    """The opset of ONNX's own operators that a text states; None for none, or several."""
    found = {int(one or other) for one, other in _OPSET.findall(text)}
    return next(iter(found)) if len(found) == 1 else None


def by_value_name(stated: Iterable[tuple[str, Stated]]) -> dict[str, Stated]:
    """By the names that `written` gives to values."""
    return {identifier(name): each for name, each in stated}


def _stated_in(text: str) -> dict[str, Stated]:
    return by_value_name(
        (each["name"], Stated(sizes=_sizes(each["sizes"]), type=each["type"]))
        for form in _STATED
        for each in form.finditer(text)
    )


def _sizes(text: str) -> list[int | None]:
    parts = re.split(r"\s*,\s*" if "," in text else "x", text.strip())
    return [int(each) if each.isdecimal() and len(each) < 20 else None for each in parts]


def _shaped(name: str, stated: Stated | None) -> str:
    return f"{name}[{', '.join(map(str, stated.sizes))}]" if stated and stated.sizes else name


def identifier(name: str) -> str:
    """A value's name as one of Python."""
    bare = re.sub(r"<[^<>]*>$", "", name.strip()).removeprefix("%").strip('"').removeprefix("%")
    plain = re.sub(r"\W", "_", bare)
    return plain if plain.isidentifier() else f"_{plain}"
