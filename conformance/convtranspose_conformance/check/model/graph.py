"""A model as a chain of steps: what each takes and makes, which constants it has, what it is
fed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from ...explain.inputs.onnx_model.file import file_and_node, prepared
from ...explain.inputs.onnx_model.graph import (
    Sizes,
    bodies,
    nodes_by_name,
    operator_of,
    opset_of,
    stated,
    within,
)
from ...explain.inputs.subject import Unreadable
from ..numbers import Array
from .doubts import doubts_of
from .runnable import in_order
from .step import JUDGED, GraphStep

MOST_NAMES = 20
MOST_DENSE = 2**28  # elements of a sparse tensor with its zeros


@dataclass(frozen=True, slots=True, kw_only=True)
class FedInput:
    """What the model is fed under a name: an array of `dtype`, of `sizes` as far as the file and
    `--dim` say; None where the file states no shape."""

    name: str
    dtype: str
    sizes: Sizes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A file's graph. `constants`: its initializers; `opset` that of ONNX's own operators;
    `inner`: the judged nodes in bodies of If, Loop and Scan, which nothing here steps into; `only`:
    the name of the one that is asked about, "" for all; `doubts`: why a runtime may refuse the file
    as such, a sentence each."""

    path: Path
    opset: int
    opset_imports: Any
    steps: tuple[GraphStep, ...]
    constants: Mapping[str, Array]
    fed: tuple[FedInput, ...]
    outputs: tuple[str, ...]
    inner: tuple[str, ...]
    only: str = ""
    doubts: tuple[str, ...] = ()

    def title(self, step: GraphStep) -> str:
        """What stands before messages about a step."""
        return f"{self.path}#{step.shown}"

    def is_unique(self, name: str) -> bool:
        """Has one node alone that name?"""
        return sum(step.name == name for step in self.steps) == 1

    def asks(self, name: str) -> bool:
        """Are backends asked about a judged node of that name?"""
        return self.only in ("", name)

    @property
    def fixed(self) -> frozenset[str]:
        """The names of values that are no other from run to run."""
        made = (name for step in self.steps if step.op == "Constant" for name in step.outputs)
        return frozenset((*self.constants, *made))


def model_of(where: str | Path, sizes: Mapping[str, int]) -> Model:
    """The model of a file, its external data read; of `model.onnx#NODE` that node alone is asked
    about. Raises Unreadable for no model, for data that is missing, for a model that has none of
    the judged operators or no such node, for a value that two nodes make, for nodes that nobody
    could run, and for one fed anything but tensors."""
    path, only = file_and_node(str(where))
    model = prepared(path, sizes)
    _read_external(path, model)
    graph = model.graph
    steps = _runnable(path, graph)
    inner = tuple(_inner(graph, ""))
    _require_names(path, steps, inner, only)
    constants = _constants(path, graph)
    return Model(
        path=path,
        opset=opset_of(model),
        opset_imports=model.opset_import,
        steps=steps,
        constants=constants,
        fed=tuple(_fed(path, each) for each in graph.input if each.name not in constants),
        outputs=tuple(each.name for each in graph.output),
        inner=inner,
        only=only,
        doubts=tuple(doubts_of(path, graph, constants)),
    )


def _runnable(path: Path, graph: Any) -> tuple[GraphStep, ...]:
    """The graph's nodes, each behind what it takes. Raises Unreadable as `in_order` does."""
    given = {each.name for each in (*graph.input, *graph.initializer)}
    given |= {each.values.name for each in graph.sparse_initializer}
    return in_order(path, tuple(_steps(graph)), frozenset(given))


def _require_names(
    path: Path, steps: tuple[GraphStep, ...], inner: tuple[str, ...], only: str
) -> None:
    """Raises Unreadable where no node is judged, where none has the name that is asked for, and
    where two nodes make one value."""
    known = [*(step.name for step in steps if step.judged), *inner]
    if not known:
        others = ", ".join(sorted({step.op for step in steps})[:MOST_NAMES]) or "nothing"
        raise Unreadable(f"{path}: has no {', no '.join(JUDGED)}; its graph has {others}")
    if only and only not in known:
        accepted = ", ".join(known[:MOST_NAMES]) + ", ..." * (len(known) > MOST_NAMES)
        raise Unreadable(f"{path}: no {', '.join(JUDGED)} called {only!r}; accepted are {accepted}")
    made = Counter(name for step in steps for name in step.outputs if name)
    for name in (name for name, count in made.items() if count > 1):
        raise Unreadable(f"{path}: {made[name]} nodes make {name!r}; accepted is one for a value")


def _read_external(path: Path, model: Any) -> None:
    from onnx.checker import ValidationError
    from onnx.external_data_helper import load_external_data_for_model

    try:
        load_external_data_for_model(model, str(path.parent))
    except (OSError, ValidationError, ValueError) as error:
        raise Unreadable(
            f"{path}: its external data cannot be read: {str(error).splitlines()[0]}; accepted is "
            "the model beside the files that hold its weights"
        ) from None


def _constants(path: Path, graph: Any) -> dict[str, Array]:
    from onnx import numpy_helper

    try:
        dense = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
        return dense | {each.values.name: _dense(each) for each in graph.sparse_initializer}
    except (ValueError, TypeError, IndexError) as error:
        raise Unreadable(f"{path}: a weight cannot be read: {error}") from None


def _dense(tensor: Any) -> Array:
    """A sparse tensor with its zeros; its places are numbers of elements, or of axes. Raises
    ValueError for more than MOST_DENSE elements, IndexError for a place that is none."""
    from onnx import numpy_helper

    shape = tuple(tensor.dims)
    if min(shape, default=0) < 0 or prod(shape) > MOST_DENSE:
        raise ValueError(f"{tensor.values.name!r} is sparse, of sizes {list(shape)}")
    values, places = map(numpy_helper.to_array, (tensor.values, tensor.indices))
    array = np.zeros(shape, values.dtype)
    if places.ndim == 1:
        array.reshape(-1)[places] = values
    else:
        array[tuple(places.T)] = values
    return array


def _steps(graph: Any) -> Iterator[GraphStep]:
    """The graph's nodes in its order, under the names that `explain` has for them."""
    for name, node in nodes_by_name(graph):
        yield GraphStep(
            name=name,
            op=operator_of(node),
            proto=node,
            inputs=tuple(node.input),
            outer=tuple(dict.fromkeys(_outer(node))),
            outputs=tuple(node.output),
        )


def _outer(node: Any) -> Iterator[str]:
    """What the bodies of a node take that they do not make themselves."""
    for _, body in bodies(node):
        own = {each.name for each in (*body.input, *body.initializer)}
        own |= {name for inside in body.node for name in inside.output}
        for inside in body.node:
            taken = (*inside.input, *_outer(inside))
            yield from (name for name in taken if name and name not in own)
        yield from (each.name for each in body.output if each.name not in own)


def _inner(graph: Any, prefix: str) -> Iterator[str]:
    """The judged nodes in the bodies of others."""
    for node in graph.node:
        for attribute, body in bodies(node):
            inside = within(prefix, node, attribute)
            yield from (
                inside + name for name, each in nodes_by_name(body) if operator_of(each) in JUDGED
            )
            yield from _inner(body, inside)


def _fed(path: Path, info: Any) -> FedInput:
    from onnx.helper import tensor_dtype_to_np_dtype

    tensor = stated(info)
    if not tensor.element:
        raise Unreadable(
            f"{path}: its input {info.name!r} is no tensor; accepted are models fed tensors alone"
        )
    return FedInput(
        name=info.name,
        dtype=tensor_dtype_to_np_dtype(tensor.element).name,
        sizes=tensor.sizes,
    )
