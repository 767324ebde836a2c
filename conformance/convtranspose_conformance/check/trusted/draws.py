"""Operators that draw random numbers: every chain of a check has to draw the same."""

from typing import Any
from zlib import crc32

from ...explain.inputs.onnx_model.graph import OWN_DOMAINS, bodies

SEED = "seed"
SEEDS = 2**20


def is_random(proto: Any, opset: int) -> bool:
    """Does a node, or one in its bodies, draw other numbers each time it runs?"""
    inside = (node for _, body in bodies(proto) for node in body.node)
    return _lacks_seed(proto, opset) or any(is_random(node, opset) for node in inside)


def seeded(proto: Any, key: str, opset: int) -> Any:
    """The node with a seed by its key where it draws and says none, those in its bodies, too; the
    node itself where nothing draws."""
    if not is_random(proto, opset):
        return proto
    found = type(proto)()
    found.CopyFrom(proto)
    _seed(found, crc32(key.encode()) % SEEDS, opset)
    return found


def _seed(proto: Any, seed: int, opset: int) -> None:
    from onnx import helper

    if _lacks_seed(proto, opset):
        number = (
            float(seed) if _schema(proto, opset).attributes[SEED].type.name == "FLOAT" else seed
        )
        proto.attribute.append(helper.make_attribute(SEED, number))
    for _, body in bodies(proto):
        for number, node in enumerate(body.node):
            _seed(node, (seed + number + 1) % SEEDS, opset)


def _lacks_seed(proto: Any, opset: int) -> bool:
    if proto.op_type == "Dropout" and not "".join(proto.input[2:3]):
        return False  # it drops in training alone
    schema = _schema(proto, opset)
    given = any(each.name == SEED for each in proto.attribute)
    return schema is not None and SEED in schema.attributes and not given


def _schema(proto: Any, opset: int) -> Any:
    """The operator's, None where onnx has none of that opset."""
    from onnx import defs

    try:
        return defs.get_schema(proto.op_type, opset, "") if proto.domain in OWN_DOMAINS else None
    except defs.SchemaError:
        return None
