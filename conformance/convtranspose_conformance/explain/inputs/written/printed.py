"""Nodes as ONNX's own printers write them, turned into calls."""

import re

# `%5 = ConvTranspose[strides = [2, 2]](%4, %w)` of helper.printable_graph and torch.onnx, and
# `Y = ConvTranspose <strides: ints = [2, 2]> (X, W)` of onnx.printer
_NODE = re.compile(
    r"\b(?:onnx::)?ConvTranspose\s*(?:\[(?P<list>[^\n()]*)\]|<(?P<typed>[^\n<>]*)>)\s*"
    r"\((?P<inputs>[^\n()]*)\)"
)
_TYPE = re.compile(r"(\w+)\s*:\s*\w+\s*=")


def as_calls(text: str) -> str:
    """The text with every printed node as `ConvTranspose(x, w, strides=[2, 2])`, in its line."""
    return _NODE.sub(_call, text)


def _call(node: re.Match[str]) -> str:
    inputs = [re.sub(r"\W", "_", each.strip()) for each in node["inputs"].split(",")]
    names = [each if each.isidentifier() else f"_{each}" for each in inputs if each]
    attributes = _TYPE.sub(r"\1=", (node["list"] or node["typed"] or "").strip())
    return f"ConvTranspose({', '.join([*names, attributes] if attributes else names)})"
