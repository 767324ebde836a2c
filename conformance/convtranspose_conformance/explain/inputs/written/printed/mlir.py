"""Nodes as MLIR writes them: `"onnx.ConvTranspose"(%x, %w) {strides = [2, 2]}` of onnx-mlir, and
torch-mlir's `torch.operator "onnx.ConvTranspose"(%x, %w)`, with the types behind them."""

import re

from .nodes import Stated, identifier, weights_of, written

_NODE = re.compile(
    r'(?:%(?P<target>[\w.]+)\s*=\s*)?(?:torch\.operator\s*)?"onnx\.ConvTranspose"\s*'
    r"\((?P<inputs>[^()\n]*)\)\s*(?:<\{(?P<held>[^{}]*)\}>\s*)?(?:\{(?P<list>[^{}]*)\})?"
    r"(?:\s*:\s*\((?P<types>[^()\n]*)\)\s*->\s*(?P<made>[^\n]*))?"
)
_ATTRIBUTE = re.compile(
    r'(?P<name>[A-Za-z_][\w.]*)\s*=\s*(?P<value>"[^"\n]*"|\[[^\]]*\]|array<[^>]*>|[^,\s]+)'
)
_KIND = re.compile(r"\s*:\s*[su]?i\d+|\barray<i\d+:?|>$")
_TYPE = re.compile(
    r"tensor<(?P<sizes>(?:(?:\d+|\?)x)*)(?P<type>\w+)[^<>]*>"
    r"|vtensor<\[(?P<list>[\d,? ]*)\],\s*(?P<kind>\w+)>|\b(?P<none>none)\b|\btensor<\*[^<>]*>"
)
_TYPES = {"f16": "float16", "f64": "double", "bf16": "bfloat16"}
_NAMES = ("onnx_node_name", "torch.onnx.onnx_node_name", "torch.onnx.name", "name")


def from_mlir(text: str) -> str:
    """The text with these nodes as `ConvTranspose(x, w, strides=[2, 2])`."""
    return _NODE.sub(_call, text) if '"onnx.ConvTranspose"' in text else text


def _call(node: re.Match[str]) -> str:
    pairs = list(_ATTRIBUTE.finditer(f"{node['held'] or ''},{node['list'] or ''}"))
    attributes = [
        f"{each['name'].removeprefix('torch.onnx.')}={_value(each['value'])}"
        for each in pairs
        if each["name"] not in _NAMES
    ]
    types = list(_TYPE.finditer(node["types"] or ""))
    names = [identifier(each) for each in node["inputs"].split(",") if each.strip()]
    stated = {n: _stated(each) for n, each in zip(names, types, strict=False)}
    given = [n for at, n in enumerate(names) if at >= len(types) or not types[at]["none"]]
    output = _TYPE.search(node["made"] or "")
    is_stated = len(given) > 1 and all(each in stated for each in given[:2])
    if output and is_stated and not stated[given[1]].sizes:
        x, y = stated[given[0]].sizes, _stated(output).sizes
        stated[given[1]] = weights_of(x, y, ", ".join(attributes))
    target = f"{identifier(node['target'])} = " if node["target"] else ""
    return target + written(given, stated, attributes)


def _value(text: str) -> str:
    """A list of numbers without their types."""
    bare = _KIND.sub("", text).strip()
    return f"[{bare}]" if text.startswith("array<") else bare


def _stated(match: re.Match[str]) -> Stated:
    sizes = re.findall(r"\d+|\?", match["sizes"] or match["list"] or "")
    kind = match["type"] or match["kind"] or ""
    numbers = [int(each) if each.isdecimal() else None for each in sizes]
    return Stated(sizes=numbers, type=_TYPES.get(kind, "float" if kind else ""))
