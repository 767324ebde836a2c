"""Every ConvTranspose of an ONNX file, with the shapes that the file states or that shape inference
finds."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.limits import LimitError, require_file
from convtranspose_reference.attributes import Shape

from ....backends.onnx.model import ELEMENT_TYPES
from ..channels import ASSUMED
from ..options import SUITE
from ..subject import LeftOutWarning, Origin, Subject, Unreadable
from .attributes import node_attributes
from .graph import Node, Sizes, Value, laid_out_anew, nodes, opset_of, set_sizes
from .limits import require_bounded
from .surroundings import loading, surroundings

MOST_NAMES = 20
_DTYPES = {number: name for name, number in ELEMENT_TYPES.items()}


def onnx_subjects(
    where: str, x: Shape | None, w: Shape | None, sizes: Mapping[str, int] | None = None
) -> list[Subject]:
    """The nodes of `model.onnx`, or those called NODE of `model.onnx#NODE`. `x`, `w` say shapes of
    the one node that is left, `sizes` symbolic sizes by the file's names.

    External data is not read. A node that cannot be explained beside others that can is left out
    with a LeftOutWarning. Raises Unreadable for no model, no such node and no ConvTranspose, for a
    node that was asked for by its name, and where no node can be explained.
    """
    path, name = file_and_node(where)
    model = prepared(path, sizes or {})
    chosen = _chosen(path, model.graph, name)
    if len(chosen) > 1 and (x or w):
        raise Unreadable(
            f"{path}: {len(chosen)} nodes, and --x or --w speaks of one; accepted is {path}#NODE "
            f"with {_listed(each.name for each in chosen)}"
        )
    opset = opset_of(model)
    if name:
        return [_subject(path, each, opset, x, w) for each in chosen]
    return _readable(path, chosen, opset, x, w)


def _chosen(path: Path, graph: Any, name: str) -> list[Node]:
    """The nodes of that name, or all. Raises Unreadable where there is none."""
    every, anew = list(nodes(graph, {}, "")), list(laid_out_anew(graph))
    if anew and not every:
        raise Unreadable(f"{path}: {anew[0]}")
    for told in anew if not name else ():
        warnings.warn(f"{path}: {told}", LeftOutWarning, stacklevel=2)
    if not every:
        others = ", ".join(sorted({node.op_type for node in graph.node})[:MOST_NAMES]) or "nothing"
        raise Unreadable(f"{path}: no ConvTranspose in it; its graph has {others}")
    chosen = [each for each in every if name in ("", each.name)]
    if not chosen:
        raise Unreadable(
            f"{path}: no ConvTranspose called {name!r}; accepted are "
            f"{_listed(each.name for each in every)}"
        )
    return chosen


def _readable(
    path: Path, chosen: list[Node], opset: int, x: Shape | None, w: Shape | None
) -> list[Subject]:
    """Those that can be explained, with a warning for each other; Unreadable where there are
    none."""
    subjects, left = [], []
    for node in chosen:
        try:
            subjects.append(_subject(path, node, opset, x, w))
        except Unreadable as error:
            left.append(str(error))
    if not subjects:
        others = f"; {len(left) - 1} more of its nodes cannot be explained either"
        raise Unreadable(left[0] + others * (len(left) > 1))
    for message in left:
        warnings.warn(message, LeftOutWarning, stacklevel=2)
    return subjects


def _listed(names: Iterator[str]) -> str:
    every = list(names)
    return ", ".join(every[:MOST_NAMES]) + (
        f" and {len(every) - MOST_NAMES} more" if len(every) > MOST_NAMES else ""
    )


def file_and_node(where: str) -> tuple[Path, str]:
    """Of `model.onnx` or `model.onnx#NODE`: the file, whose own name may have a #, and the node's
    name, "" for all."""
    for end in (len(where), *(at for at, each in enumerate(where) if each == "#")):
        if Path(where[:end]).is_file():
            return Path(where[:end]), where[end + 1 :]
    path, _, node = where.partition("#")
    return Path(path), node


def prepared(path: Path, sizes: Mapping[str, int]) -> Any:
    """The model with its functions inlined and its shapes inferred as far as that goes; external
    data is not read. Raises Unreadable for no model, and for sizes that it does not name."""
    import onnx  # a framework: imported when the first file is read
    from google.protobuf.message import DecodeError
    from onnx import inliner, shape_inference

    accepted = "accepted is an ONNX model, model.onnx or model.onnx#NODE"
    try:
        require_file(path)
        model = onnx.load(path, load_external_data=False)
    except LimitError as error:
        raise Unreadable(str(error)) from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}; {accepted}") from None
    except (DecodeError, ValueError) as error:
        raise Unreadable(
            f"{path}: no ONNX model: {str(error).splitlines()[0]}; {accepted}"
        ) from None
    if not model.HasField("graph"):
        raise Unreadable(f"{path}: no ONNX model: it has no graph; {accepted}")
    require_bounded(str(path), model)
    set_sizes(path, model.graph, sizes)
    if model.functions:
        model = inliner.inline_local_functions(model)
    try:
        return shape_inference.infer_shapes(model)
    except (shape_inference.InferenceError, ValueError, RuntimeError):
        return model  # what the file states by itself is still there


def _subject(path: Path, node: Node, opset: int, x: Shape | None, w: Shape | None) -> Subject:
    title = f"{path}#{node.name}"
    inputs = list(node.proto.input)
    if len(inputs) < 2:
        raise Unreadable(
            f"{title}: {len(inputs)} inputs; accepted are X, W and, where there is a bias, B"
        )
    X, W = (node.values.get(name, Value()) for name in inputs[:2])
    attributes = node_attributes(title, node.proto.attribute)
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
        case = replace(case, bias_shape=_bias(case, node.values.get(inputs[2], Value())))
    origin = Origin(framework="onnx", function="ConvTranspose", node=node.name)
    around = surroundings(node, case)
    notes = (*_numbered(node), *assumed, *typed, *around)
    loaded = loading(str(path), node, case)
    return Subject(case=case, title=title, notes=notes, origin=origin, loading=loaded)


def _numbered(node: Node) -> tuple[str, ...]:
    note = "the node has no name in the file: this one counts the nameless nodes from 0"
    return (note,) if node.made_up else ()


def _weights(title: str, W: Value, name: str) -> Shape:
    sizes = W.sizes
    known = _numbers(sizes)
    if sizes is None or known is None:
        stated = "unknown" if sizes is None else _shown(sizes)
        raise Unreadable(
            f"{title}: the shape of its weights {name!r} is {stated}; accepted is {title} with --w "
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


def _bias(case: Case, B: Value) -> Shape | None:
    """B's shape where the file says one that is not (M,)."""
    sizes = _numbers(B.sizes)
    return None if sizes is None or sizes == (case.maps,) else sizes


def _example(title: str, X: Value, name: str, w_shape: Shape) -> tuple[Shape, tuple[str, ...]]:
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


def _dtype(X: Value, W: Value) -> tuple[str, tuple[str, ...]]:
    element = X.element or W.element
    if element in _DTYPES:
        return _DTYPES[element], ()
    return "float32", (f"the file states element type {element}: explained as float32",)
