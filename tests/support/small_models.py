"""Small ONNX models made by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def up_node(name: str = "up", **attributes: Any) -> Any:
    """A ConvTranspose of x and w."""
    return helper.make_node("ConvTranspose", ["x", "w"], ["y"], name=name, **attributes)


def weights(*shape: int, seed: int = 0, dtype: str = "float32") -> Any:
    """Normal numbers."""
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def saved(
    path: Path,
    nodes: Sequence[Any],
    constants: dict[str, Any],
    sizes: Sequence[int | str | None] | None = (1, 2, 5, 5),
    output: str = "y",
    opset: int = 17,
    element: int = TensorProto.FLOAT,
    **how: Any,
) -> Path:
    """A model of these nodes, fed x, at `path`."""
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", element, sizes)],
        [helper.make_tensor_value_info(output, element, None)],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    domains = [helper.make_opsetid("", opset), helper.make_opsetid("other", 1)]
    onnx.save(helper.make_model(graph, opset_imports=domains, ir_version=8), path, **how)
    return path
