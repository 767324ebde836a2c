"""The size of Y in a text's own names, for a call that leaves some of them open."""

from collections.abc import Sequence
from typing import Any

from .signature import Bound
from .written.fold import Name


def torch_rule(given: Bound, rank: int, names: Sequence[str]) -> str:
    """By PyTorch's rule. `names`: of kernel, stride, padding, output_padding and dilation. Empty
    where an argument is no size of each axis."""
    parts = [_axes(given.values.get(name), rank) for name in names]
    if any(part is None for part in parts):
        return ""
    axes = list(zip(*(part or [] for part in parts), strict=True))
    return _said([_torch(*axis) for axis in axes])


def keras_rule(given: Bound, rank: int) -> str:
    """By Keras's rule, where output_padding is left out."""
    padding = given.values["padding"]
    strides, kernels = (
        _axes(given.values["strides"], rank),
        _axes(given.values["kernel_size"], rank),
    )
    if not strides or not kernels or not isinstance(padding, str):
        return ""
    if given.values["output_padding"] is not None or given.values["dilation_rate"] != 1:
        return ""
    if padding.lower() == "same":
        return _said([f"input * {s}" for s in strides])
    pairs = zip(strides, kernels, strict=True)
    return _said([f"(input - 1) * {s} + max({k}, {s})" for s, k in pairs])


def _axes(value: Any, rank: int) -> list[str] | None:
    each = list(value) if isinstance(value, list | tuple) else [value] * rank
    if len(each) != rank or not all(isinstance(v, Name) or type(v) is int for v in each):
        return None
    return [_text(v) for v in each]


def _text(value: Any) -> str:
    text = value.text if isinstance(value, Name) else str(value)
    return f"({text})" if " " in text and not text.endswith("]") else text


def _torch(kernel: str, stride: str, padding: str, extra: str, dilation: str) -> str:
    reach = kernel if dilation == "1" else f"{dilation} * ({kernel} - 1) + 1"
    natural = f"{stride} * (input - 1) + {reach}" if stride != "1" else f"input - 1 + {reach}"
    cut = "" if padding == "0" else f" - 2 * {padding}"
    return natural + cut + ("" if extra == "0" else f" + {extra}")


def _said(rules: list[str]) -> str:
    if len(set(rules)) == 1:
        return f"Y is {rules[0]} on {'D1' if len(rules) == 1 else 'each axis'}"
    return "Y is " + ", ".join(f"{rule} on D{n}" for n, rule in enumerate(rules, 1))
