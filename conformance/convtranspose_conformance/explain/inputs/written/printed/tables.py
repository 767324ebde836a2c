"""Tables of a layer's arguments or a node's attributes, as Python or JSON writes them, turned into
a call."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

LONGEST_TABLE = 20_000
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_OF_ONNX = (
    "auto_pad",
    "dilations",
    "group",
    "kernel_shape",
    "output_padding",
    "output_shape",
    "pads",
    "strides",
)
_OF_KERAS = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "output_padding",
    "data_format",
    "dilation_rate",
    "use_bias",
)


def call_of_table(text: str) -> str:
    """The call of ONNX, or of Keras's layer, that a text's one table says; empty where it is none,
    or says no kernel and strides."""
    if len(text) > LONGEST_TABLE or not text.strip().startswith(("{", "[")):
        return ""
    for each in _tables(_read(text.strip())):
        if {"filters", "kernel_size"} <= set(each) and isinstance(
            each["kernel_size"], list | tuple
        ):
            return _of_keras(each)
        own = {name: each[name] for name in _OF_ONNX if each.get(name) is not None}
        if {"kernel_shape", "strides"} & set(own) and len(own) > 1:
            given = ", ".join(f"{name}={_listed(value)!r}" for name, value in own.items())
            return f"ConvTranspose({given})"
    return ""


def _read(text: str) -> Any:
    for read in (ast.literal_eval, json.loads):
        try:
            return read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            continue
    return None


def _tables(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """A table and those inside of it, the outer ones first; a node's attributes as one table."""
    if isinstance(value, list | tuple) and depth < 8:
        for each in value:
            yield from _tables(each, depth + 1)
    if not isinstance(value, dict) or depth >= 8:
        return
    built, config = value.get("build_config"), value.get("config")
    if isinstance(built, dict) and isinstance(config, dict):
        yield config | {"built": built.get("input_shape")}
    yield value
    attributes = value.get("attribute")
    if isinstance(attributes, list):
        yield dict(filter(None, map(_attribute, attributes)))
    for each in value.values():
        yield from _tables(each, depth + 1)


def _attribute(given: Any) -> tuple[str, Any] | None:
    """Of a node in JSON: {"name": "strides", "ints": ["2", "2"], "type": "INTS"}."""
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return None
    several = given.get("ints")
    if isinstance(several, list) and all(_INTEGER.fullmatch(str(each)) for each in several):
        return given["name"], [int(each) for each in several]
    one = str(given.get("i"))
    return (given["name"], int(one)) if _INTEGER.fullmatch(one) else None


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _of_keras(table: dict[str, Any]) -> str:
    own = {name: table[name] for name in _OF_KERAS if table.get(name) is not None}
    if isinstance(shape := table.get("built"), list | tuple):
        own["batch_input_shape"] = shape
    if isinstance(table.get("activation"), str) and table["activation"] != "linear":
        own["activation"] = table["activation"]
    given = ", ".join(f"{name}={_tupled(value)!r}" for name, value in own.items())
    named = str(table.get("name", ""))
    plain = named.startswith("conv") and "transpose" not in named
    return f"Conv{len(table['kernel_size'])}D{'' if plain else 'Transpose'}({given})"


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
