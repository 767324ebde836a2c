"""Numbers in place of the sizes that a model leaves open, the same for all of its nodes."""

from typing import Any

from ..channels import ASSUMED
from .graph import set_known, stated


def set_examples(graph: Any) -> bool:
    """Gives each open size of the graph's inputs a number: one image, and the usual sizes behind
    the channels, one for each name. Was there any?"""
    given: dict[str, int] = {}
    held = {tensor.name for tensor in graph.initializer}
    for info in graph.input:
        sizes = stated(info).sizes
        if info.name in held or sizes is None or len(sizes) < 3:
            continue
        for axis, dimension in enumerate(info.type.tensor_type.shape.dim):
            if sizes[axis] is None or isinstance(sizes[axis], str):
                name = str(dimension.dim_param) or f"axis {axis} of {info.name}"
                if axis != 1:
                    dimension.dim_value = given.setdefault(name, ASSUMED if axis else 1)
    set_known(graph, given)
    return bool(given)
