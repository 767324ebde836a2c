"""Every ConvTranspose of an ONNX file, with the shapes that the file states or that shape inference
finds."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import Shape

from ...backends.onnx_model import ELEMENT_TYPES
from .onnx_attributes import node_attributes
from .options import SUITE
from .subject import LeftOutWarning, Subject, Unreadable
from .torch_layer import ASSUMED

Sizes = tuple[int | str | None, ...]  # a name where the file gives one, None where it says nothing
SHOWN = 20
_OPERATOR = "ConvTranspose"
_DTYPES = {number: name for name, number in ELEMENT_TYPES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """What is known of a tensor: its element type, its sizes where its rank is known, and whether
    it is constant."""

    element: int = 0
    sizes: Sizes | None = None
    constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A node with its name, made up where it has none, and what is known of the values that it
    sees."""

    name: str
    made_up: bool
    node: Any
    values: Mapping[str, _Value]


def onnx_subjects(where: str, x: Shape | None, w: Shape | None) -> list[Subject]:
    """The nodes of `model.onnx`, or those called NODE of `model.onnx#NODE`. `x`, `w` say shapes of
    the one node that is left.

    External data is not read. A node that cannot be explained beside others that can is left out
    with a LeftOutWarning. Raises Unreadable for no model, no such node and no ConvTranspose, for a
    node that was asked for by its name, and where no node can be explained.
    """
    path, chosen = _parts(where)
    model = _prepared(path)
    found = list(_nodes(model.graph, {}, ""))
    if not found:
        others = ", ".join(sorted({node.op_type for node in model.graph.node})[:SHOWN]) or "nothing"
        raise Unreadable(f"{path}: no ConvTranspose in it; its graph has {others}")
    named = [each for each in found if chosen in ("", each.name)]
    if not named:
        raise Unreadable(
            f"{path}: no ConvTranspose called {chosen!r}; accepted are "
            f"{_listed(each.name for each in found)}"
        )
    if len(named) > 1 and (x or w):
        raise Unreadable(
            f"{path}: {len(named)} nodes, and --x or --w speaks of one; accepted is {path}#NODE "
            f"with {_listed(e.name for e in named)}"
        )
    opset = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), 1)
    if chosen:
        return [_subject(path, each, opset, x, w) for each in named]
    return _readable(path, named, opset, x, w)


def _readable(
    path: Path, nodes: list[_Found], opset: int, x: Shape | None, w: Shape | None
) -> list[Subject]:
    """Those that can be explained, with a warning for each other; Unreadable where there are
    none."""
    subjects, left = [], []
    for each in nodes:
        try:
            subjects.append(_subject(path, each, opset, x, w))
        except Unreadable as error:
            left.append(str(error))
    if not subjects:
        raise Unreadable(
            left[0]
            + (
                f"; {len(left) - 1} more of its nodes cannot be explained either"
                if len(left) > 1
                else ""
            )
        )
    for message in left:
        warnings.warn(message, LeftOutWarning, stacklevel=2)
    return subjects


def _listed(names: Iterator[str]) -> str:
    every = list(names)
    return ", ".join(every[:SHOWN]) + (
        f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    )


def _parts(where: str) -> tuple[Path, str]:
    if Path(where).is_file():
        return Path(where), ""
    path, _, node = where.partition("#")
    return Path(path), node


def _prepared(path: Path) -> Any:
    """The model with its functions inlined and its shapes inferred as far as that goes."""
    import onnx  # a framework: imported when the first file is read
    from google.protobuf.message import DecodeError
    from onnx import inliner, shape_inference

    accepted = "accepted is an ONNX model, model.onnx or model.onnx#NODE"
    try:
        model = onnx.load(path, load_external_data=False)
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}; {accepted}") from None
    except (DecodeError, ValueError) as error:
        raise Unreadable(
            f"{path}: no ONNX model: {str(error).splitlines()[0]}; {accepted}"
        ) from None
    if not model.HasField("graph"):
        raise Unreadable(f"{path}: no ONNX model: it has no graph; {accepted}")
    if model.functions:
        model = inliner.inline_local_functions(model)
    try:
        return shape_inference.infer_shapes(model)
    except (shape_inference.InferenceError, ValueError, RuntimeError):
        return model  # what the file states by itself is still there


def _nodes(graph: Any, outer: Mapping[str, _Value], prefix: str) -> Iterator[_Found]:
    """Every ConvTranspose of a graph and of the graphs in its nodes' attributes, which see the
    outer values."""
    values = {**outer, **dict(_values(graph))}
    unnamed = 0
    for node in graph.node:
        if node.op_type == _OPERATOR and node.domain in ("", "ai.onnx"):
            yield _Found(
                name=prefix + (node.name or f"{_OPERATOR}_{unnamed}"),
                made_up=not node.name,
                node=node,
                values=values,
            )
            unnamed += not node.name
        for attribute in node.attribute:
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _nodes(
                    inner, values, f"{prefix}{node.name or node.op_type}/{attribute.name}/"
                )


def _values(graph: Any) -> Iterator[tuple[str, _Value]]:
    for info in (*graph.input, *graph.value_info, *graph.output):
        tensor = info.type.tensor_type
        sizes = tuple(map(_size, tensor.shape.dim)) if tensor.HasField("shape") else None
        yield info.name, _Value(element=tensor.elem_type, sizes=sizes)
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].HasField("t"):
            yield node.output[0], _of_tensor(node.attribute[0].t)
    for tensor in graph.initializer:
        yield tensor.name, _of_tensor(tensor)


def _size(dimension: Any) -> int | str | None:
    """A number, a name of the file, or None; names that shape inference makes up say nothing."""
    if dimension.HasField("dim_value"):
        return int(dimension.dim_value)
    name = str(dimension.dim_param)
    return None if name.startswith("unk__") else name or None


def _of_tensor(tensor: Any) -> _Value:
    return _Value(element=tensor.data_type, sizes=tuple(tensor.dims), constant=True)


def _subject(path: Path, found: _Found, opset: int, x: Shape | None, w: Shape | None) -> Subject:
    title = f"{path}#{found.name}"
    inputs = list(found.node.input)
    if len(inputs) < 2:
        raise Unreadable(
            f"{title}: {len(inputs)} inputs; accepted are X, W and, where there is a bias, B"
        )
    X, W = (found.values.get(name, _Value()) for name in inputs[:2])
    attributes = node_attributes(title, found.node.attribute)
    w_shape = w or _weights(title, W, inputs[1])
    x_shape, assumed = (x, ()) if x else _example(title, X, inputs[0], w_shape)
    dtype, typed = _dtype(X, W)
    case = Case(
        suite=SUITE,
        name="call",
        x_shape=x_shape,
        w_shape=w_shape,
        attributes=attributes,
        bias=len(inputs) > 2 and bool(inputs[2]),
        dtype=dtype,
        opset=opset,
        initializer=W.constant,
    )
    if case.bias:
        case = replace(case, bias_shape=_bias(case, found.values.get(inputs[2], _Value())))
    named = (
        "the node has no name in the file: this one counts the nameless nodes from 0",
    ) * found.made_up
    return Subject(case=case, title=title, notes=(*named, *assumed, *typed))


def _weights(title: str, W: _Value, name: str) -> Shape:
    sizes = W.sizes
    known = _numbers(sizes)
    if sizes is None or known is None:
        found = "unknown" if sizes is None else _shown(sizes)
        raise Unreadable(
            f"{title}: the shape of its weights {name!r} is {found}; accepted is {title} with --w "
            "C,M/group,k1,..."
        )
    if len(sizes) < 3:
        raise Unreadable(
            f"{title}: its weights {name!r} have {len(sizes)} axes; accepted are C, M/group and "
            "one for each spatial axis"
        )
    return known


def _numbers(sizes: Sizes | None) -> Shape | None:
    """The sizes where all are numbers."""
    known = tuple(size for size in sizes or () if isinstance(size, int))
    return known if sizes is not None and len(known) == len(sizes) else None


def _shown(sizes: Sizes) -> str:
    return f"[{', '.join('?' if size is None else str(size) for size in sizes)}]"


def _bias(case: Case, B: _Value) -> Shape | None:
    """B's shape where the file says one that is not (M,)."""
    sizes = _numbers(B.sizes)
    return None if sizes is None or sizes == (case.maps,) else sizes


def _example(title: str, X: _Value, name: str, w_shape: Shape) -> tuple[Shape, tuple[str, ...]]:
    """X's shape, with an example for every size that the file leaves open."""
    sizes = X.sizes if X.sizes else (None,) * len(w_shape)
    usual = (1, w_shape[0], *(ASSUMED,) * max(len(sizes) - 2, 0))
    shape = tuple(size if isinstance(size, int) else usual[n] for n, size in enumerate(sizes))
    if _numbers(sizes) is not None:
        return shape, ()
    stated = "states no shape" if X.sizes is None else f"leaves sizes open in {_shown(sizes)}"
    example = ",".join(map(str, shape))
    return shape, (
        f"the file {stated} of input {name!r}: {example} is an example; {title} --x N,C,D1,... "
        "says another",
    )


def _dtype(X: _Value, W: _Value) -> tuple[str, tuple[str, ...]]:
    element = X.element or W.element
    if element in _DTYPES:
        return _DTYPES[element], ()
    return "float32", (f"the file states element type {element}: explained as float32",)
