"""The attributes of a node, each held against its operator's own names and types."""

from collections.abc import Sequence
from typing import Any

from convtranspose_reference.attributes import Attributes

from ..shown import shown
from ..subject import Unreadable

_CONV = {
    "auto_pad": "STRING",
    "dilations": "INTS",
    "group": "INT",
    "kernel_shape": "INTS",
    "pads": "INTS",
    "strides": "INTS",
}
_ACCEPTED = {
    "Conv": _CONV,
    "ConvTranspose": _CONV | {"output_padding": "INTS", "output_shape": "INTS"},
    "Resize": {
        "antialias": "INT",
        "axes": "INTS",
        "coordinate_transformation_mode": "STRING",
        "cubic_coeff_a": "FLOAT",
        "exclude_outside": "INT",
        "extrapolation_value": "FLOAT",
        "keep_aspect_ratio_policy": "STRING",
        "mode": "STRING",
        "nearest_mode": "STRING",
    },
    "DepthToSpace": {"blocksize": "INT", "mode": "STRING"},
}
_SPELLED = {
    "STRING": "STRING, one word",
    "INT": "INT, one integer",
    "INTS": "INTS, a list of integers",
    "FLOAT": "FLOAT, one number",
}


def node_attributes(
    title: str, attributes: Sequence[Any], operator: str = "ConvTranspose"
) -> Attributes:
    """From the AttributeProtos of a Conv or ConvTranspose. Raises Unreadable as `given_of` does."""
    return Attributes.of(**given_of(title, attributes, operator))


def given_of(title: str, attributes: Sequence[Any], operator: str) -> dict[str, Any]:
    """What AttributeProtos of one of the four operators say, by name. Raises Unreadable, behind the
    node's `title`, for a name that is none of the operator's, is there twice, and for another
    type."""
    names = [each.name for each in attributes]
    if twice := [name for name in names if names.count(name) > 1]:
        raise Unreadable(
            f"{title}: attribute {shown(twice[0])} is there twice; accepted is each once"
        )
    return {each.name: _value(title, each, operator) for each in attributes}


def _value(title: str, attribute: Any, operator: str) -> Any:
    name, names = attribute.name, _ACCEPTED[operator]
    if name not in names:
        raise Unreadable(
            f"{title}: {shown(name)} is no attribute of {operator}; accepted are {', '.join(names)}"
        )
    accepted, stated = names[name], attribute.AttributeType.Name(attribute.type)
    if stated != accepted:
        raise Unreadable(
            f"{title}: attribute {name} has type {stated}; accepted is {_SPELLED[accepted]}"
        )
    return {
        "STRING": attribute.s.decode(errors="replace"),
        "INT": attribute.i,
        "INTS": tuple(attribute.ints),
        "FLOAT": attribute.f,
    }[accepted]
