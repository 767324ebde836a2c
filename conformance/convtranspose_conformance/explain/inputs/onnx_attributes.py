"""The attributes of a ConvTranspose or Conv node, each held against their own names and types."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from convtranspose_reference.attributes import Attributes

from .subject import Unreadable

_NAMES = tuple(field.name for field in fields(Attributes))
_TYPES = {"auto_pad": "STRING", "group": "INT"}
_SPELLED = {
    "STRING": "STRING, one word",
    "INT": "INT, one integer",
    "INTS": "INTS, a list of integers",
}


def node_attributes(
    title: str, attributes: Sequence[Any], operator: str = "ConvTranspose"
) -> Attributes:
    """From a node's AttributeProtos. Raises Unreadable, behind the node's `title`, for a name that
    is none and for another type."""
    return Attributes.of(**{each.name: _value(title, each, operator) for each in attributes})


def _value(title: str, attribute: Any, operator: str) -> Any:
    name = attribute.name
    if name not in _NAMES:
        raise Unreadable(
            f"{title}: {name} is no attribute of {operator}; accepted are {', '.join(_NAMES)}"
        )
    accepted, stated = _TYPES.get(name, "INTS"), attribute.AttributeType.Name(attribute.type)
    if stated != accepted:
        raise Unreadable(
            f"{title}: attribute {name} has type {stated}; accepted is {_SPELLED[accepted]}"
        )
    return {
        "STRING": attribute.s.decode(errors="replace"),
        "INT": attribute.i,
        "INTS": tuple(attribute.ints),
    }[accepted]
