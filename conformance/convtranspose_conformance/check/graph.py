"""A model as a chain of steps: what each takes and makes, which constants it has, what it is
fed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..explain.inputs.onnx_file import prepared
from ..explain.inputs.onnx_graph import Sizes
from ..explain.inputs.subject import Unreadable
from .numbers import Array

JUDGED = ("ConvTranspose", "Conv", "Resize", "DepthToSpace")
OWN_DOMAINS = ("", "ai.onnx")


class NotReached(Exception):
    """A step that nothing executes, or that stands behind such a one; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A node of the graph: `inputs` and `outputs` by name, "" for one that is left out. `outer`:
    what the graphs in its attributes take of the graph's values. `op` is its operator, behind its
    domain where that is not ONNX's own."""

    name: str
    op: str
    proto: Any
    inputs: tuple[str, ...]
    outer: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is known by: names of nodes may repeat, those of values do not."""
        return next(filter(None, self.outputs), self.name)

    @property
    def judged(self) -> bool:
        """Does the reference know the operator?"""
        return self.op in JUDGED

    @property
    def takes(self) -> tuple[str, ...]:
        """The values that it cannot do without."""
        return tuple(name for name in (*self.inputs, *self.outer) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What the model is fed under a name: an array of `dtype`, of `sizes` as far as the file and
    `--dim` say; None where the file does not even say how many there are."""

    name: str
    dtype: str
    sizes: Sizes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A file's graph. `constants`: its initializers; `opset` that of ONNX's own operators;
    `inner`: the judged nodes in bodies of If, Loop and Scan, which nothing here steps into."""

    path: Path
    opset: int
    opset_imports: Any
    steps: tuple[Step, ...]
    constants: Mapping[str, Array]
    fed: tuple[Fed, ...]
    outputs: tuple[str, ...]
    inner: tuple[str, ...]

    @property
    def fixed(self) -> frozenset[str]:
        """The names of values that are no other from run to run."""
        made = (name for step in self.steps if step.op == "Constant" for name in step.outputs)
        return frozenset((*self.constants, *made))


def model_of(path: Path, sizes: Mapping[str, int]) -> Model:
    """The model of a file, its external data read. Raises Unreadable for no model, for data that
    is missing, for a model that has none of the judged operators, and for one fed anything but
    tensors."""
    model = prepared(path, sizes)
    _read_external(path, model)
    graph = model.graph
    steps = tuple(_steps(graph))
    inner = tuple(_inner(graph, ""))
    if not any(step.judged for step in steps) and not inner:
        others = ", ".join(sorted({step.op for step in steps})[:20]) or "nothing"
        raise Unreadable(f"{path}: has no {', no '.join(JUDGED)}; its graph has {others}")
    constants = _constants(path, graph)
    return Model(
        path=path,
        opset=next((o.version for o in model.opset_import if o.domain in OWN_DOMAINS), 1),
        opset_imports=model.opset_import,
        steps=steps,
        constants=constants,
        fed=tuple(_fed(path, each) for each in graph.input if each.name not in constants),
        outputs=tuple(each.name for each in graph.output),
        inner=inner,
    )


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
        return {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    except (ValueError, TypeError) as error:
        raise Unreadable(f"{path}: a weight cannot be read: {error}") from None


def _steps(graph: Any) -> Iterator[Step]:
    """The graph's nodes in its order; nameless ones are counted, each operator by itself, as
    `explain` does."""
    nameless: dict[str, int] = {}
    for node in graph.node:
        op = node.op_type if node.domain in OWN_DOMAINS else f"{node.domain}.{node.op_type}"
        number = nameless.get(op, 0)
        nameless[op] = number + (not node.name)
        yield Step(
            name=node.name or f"{op}_{number}",
            op=op,
            proto=node,
            inputs=tuple(node.input),
            outer=tuple(dict.fromkeys(_outer(node))),
            outputs=tuple(node.output),
        )


def _bodies(node: Any) -> Iterator[tuple[str, Any]]:
    for attribute in node.attribute:
        for body in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
            yield attribute.name, body


def _outer(node: Any) -> Iterator[str]:
    """What the bodies of a node take that they do not make themselves."""
    for _, body in _bodies(node):
        own = {each.name for each in (*body.input, *body.initializer)}
        own |= {name for inside in body.node for name in inside.output}
        for inside in body.node:
            taken = (*inside.input, *_outer(inside))
            yield from (name for name in taken if name and name not in own)
        yield from (each.name for each in body.output if each.name not in own)


def _inner(graph: Any, prefix: str) -> Iterator[str]:
    for node in graph.node:
        for attribute, body in _bodies(node):
            within = f"{prefix}{node.name or node.op_type}/{attribute}/"
            for inside in body.node:
                if inside.op_type in JUDGED and inside.domain in OWN_DOMAINS:
                    yield within + (inside.name or inside.op_type)
            yield from _inner(body, within)


def _fed(path: Path, info: Any) -> Fed:
    from onnx.helper import tensor_dtype_to_np_dtype

    tensor = info.type.tensor_type
    if not tensor.elem_type:
        raise Unreadable(
            f"{path}: its input {info.name!r} is no tensor; accepted are models fed tensors alone"
        )
    sizes = tuple(
        each.dim_value if each.HasField("dim_value") else (each.dim_param or None)
        for each in tensor.shape.dim
    )
    return Fed(
        name=info.name,
        dtype=tensor_dtype_to_np_dtype(tensor.elem_type).name,
        sizes=sizes if tensor.HasField("shape") else None,
    )
