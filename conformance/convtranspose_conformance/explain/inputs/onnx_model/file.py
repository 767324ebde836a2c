"""Every ConvTranspose of an ONNX file, with the shapes that the file states or that shape inference
finds."""

import warnings
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_cases.limits import LimitError, require_file
from convtranspose_reference.attributes import Shape

from ....backends.onnx.model import ELEMENT_TYPES
from ..channels import ASSUMED
from ..options import SUITE
from ..shown import in_shell, shown
from ..subject import LeftOutWarning, Origin, Subject, Unreadable
from .attributes import node_attributes
from .examples import set_examples
from .functions import not_written_out, written_out
from .graph import Node, Sizes, Value, laid_out_anew, nodes, opset_of, set_sizes
from .limits import require_bounded
from .surroundings import loading, surroundings

MOST_NAMES = 20
_NOT_YET = (
    "the model is of opset {}, whose ConvTranspose has no {}: no backend has to take it; opset {} "
    "is taken, the first that has it"
)
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
    chosen = _chosen(path, model, name)
    if len(chosen) > 1 and (x or w):
        raise Unreadable(
            f"{path}: {len(chosen)} nodes, and --x or --w speaks of one; accepted is {path}#NODE "
            f"with {_listed(each.name for each in chosen)}"
        )
    if len(chosen) > 1:
        chosen = _with_examples(path, model, chosen, name)
    opset = opset_of(model)
    if name:
        return [_subject(path, each, opset, x, w) for each in chosen]
    return _readable(path, chosen, opset, x, w)


def _with_examples(path: Path, model: Any, chosen: list[Node], name: str) -> list[Node]:
    """The nodes of the model with one example for all sizes that it leaves open, so that those of
    one node are those of the next; as they are where it leaves none open."""
    known = [_numbers(_x_of(each).sizes) is not None for each in chosen]
    if all(known) or not set_examples(model.graph):
        return chosen
    again = _chosen(path, _inferred(model), name)
    return [
        each if is_known else _left_open(each, _x_of(before).sizes)
        for each, before, is_known in zip(again, chosen, known, strict=True)
    ]


def _left_open(node: Node, sizes: Sizes | None) -> Node:
    """A node, with what the file itself says of the sizes of its X."""
    x = next(iter(node.proto.input), "")
    return replace(node, values=ChainMap({x: replace(_x_of(node), left=sizes)}, node.values))


def _x_of(node: Node) -> Value:
    return node.values.get(next(iter(node.proto.input), ""), Value())


def _chosen(path: Path, model: Any, name: str) -> list[Node]:
    """The nodes of that name, or all. Raises Unreadable where there is none."""
    graph = model.graph
    every, anew = list(nodes(graph, {}, "")), list(laid_out_anew(graph))
    if anew and not every:
        raise Unreadable(f"{path}: {anew[0]}")
    for told in anew if not name else ():
        warnings.warn(f"{path}: {told}", LeftOutWarning, stacklevel=2)
    if not every and (still := not_written_out(model)):
        raise Unreadable(f"{path}: {still[0]}")
    if not every:
        kinds = sorted({str(node.op_type) for node in graph.node})[:MOST_NAMES]
        others = ", ".join(map(shown, kinds)) or "nothing"
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
    every = list(map(shown, names))
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
    from google.protobuf import json_format, text_format
    from google.protobuf.message import DecodeError
    from onnx.parser import ParseError

    accepted = "accepted is an ONNX model, model.onnx or model.onnx#NODE"
    try:
        require_file(path)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The onnxtxt format is experimental")
            model = onnx.load(path, load_external_data=False)
    except LimitError as error:
        raise Unreadable(str(error)) from None
    except OSError as error:
        raise Unreadable(f"{path}: cannot be read: {error.strerror}; {accepted}") from None
    except (DecodeError, ValueError, ParseError, json_format.Error, text_format.Error) as error:
        raise Unreadable(f"{path}: no ONNX model: {_first_line(error)}; {accepted}") from None
    if not model.HasField("graph"):
        raise Unreadable(f"{path}: no ONNX model: it has no graph; {accepted}")
    require_bounded(str(path), model)
    set_sizes(path, model.graph, sizes)
    if model.functions:
        model = written_out(model)
    return _inferred(model)


def _first_line(error: Exception) -> str:
    """Of what an error says, which onnx's own parser says in bytes."""
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(error)
    return " ".join(text.splitlines()[:1])


def _inferred(model: Any) -> Any:
    """With the shapes that inference finds, as far as that goes."""
    from onnx import shape_inference

    try:
        return shape_inference.infer_shapes(model)
    except (shape_inference.InferenceError, ValueError, RuntimeError):
        return model  # what the file states by itself is still there


def _subject(path: Path, node: Node, opset: int, x: Shape | None, w: Shape | None) -> Subject:
    title, own = shown(f"{path}#{node.name}"), in_shell(f"{path}#{node.name}")
    inputs = list(node.proto.input)
    if not 2 <= len(inputs) <= 3:
        raise Unreadable(
            f"{title}: {len(inputs)} inputs; accepted are X, W and, where there is a bias, B"
        )
    if missing := [each for each in inputs if each and each not in node.all]:
        raise Unreadable(f"{title}: takes {missing[0]!r}, which nothing in the graph makes")
    X, W = (node.values.get(name, Value()) for name in inputs[:2])
    attributes = node_attributes(title, node.proto.attribute)
    w_shape = w or _weights(title, own, W, inputs[1])
    x_shape, assumed = (x, ()) if x else _example(title, own, X, inputs[0], w_shape)
    dtype, opset, typed = _dtype(title, [node.values.get(each, Value()) for each in inputs], opset)
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
    return Subject(
        case=case,
        title=title,
        notes=notes,
        assumed=frozenset({"x"} if assumed else ()),
        origin=origin,
        loading=loaded,
    )


def _numbered(node: Node) -> tuple[str, ...]:
    note = "the node has no name in the file: this one counts the nameless nodes from 0"
    return (note,) if node.made_up else ()


def _weights(title: str, own: str, W: Value, name: str) -> Shape:
    sizes = W.sizes
    known = _numbers(sizes)
    if sizes is None or known is None:
        stated = "unknown" if sizes is None else _shown(sizes)
        raise Unreadable(
            f"{title}: the shape of its weights {name!r} is {stated}; accepted is {own} with --w "
            "C,M/group,k1,..."
        )
    if min(known, default=0) < 0:
        raise Unreadable(
            f"{title}: its weights {name!r} have sizes {_shown(sizes)}; accepted are 0 and more"
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
    return f"[{', '.join('?' if size is None else shown(str(size)) for size in sizes)}]"


def _bias(case: Case, B: Value) -> Shape | None:
    """B's shape where the file says one that is not (M,)."""
    sizes = _numbers(B.sizes)
    return None if sizes is None or sizes == (case.maps,) else sizes


def _example(
    title: str, own: str, X: Value, name: str, w_shape: Shape
) -> tuple[Shape, tuple[str, ...]]:
    """X's shape, with an example for every size that the file leaves open. `own`: the node as it is
    typed."""
    sizes = X.sizes if X.sizes else (None,) * len(w_shape)
    if any(isinstance(size, int) and size < 0 for size in sizes):
        raise Unreadable(
            f"{title}: the file states {_shown(sizes)} of {name!r}; accepted are 0 and more"
        )
    usual = (1, w_shape[0], *(ASSUMED,) * max(len(sizes) - 2, 0))
    shape = tuple(size if isinstance(size, int) else usual[n] for n, size in enumerate(sizes))
    if _numbers(sizes) is not None and X.left is None:
        return shape, ()
    left = X.sizes if X.left is None else X.left
    stated = "states no shape" if left is None else f"leaves sizes open in {_shown(left)}"
    example = ",".join(map(str, shape))
    more = "" if X.left is None else ", and --dim NAME=SIZE one for all nodes"
    return shape, (
        f"the file {stated} of input {name!r}: {example} is an example; {own} --x N,C,D1,... "
        f"says another{more}",
    )


def _dtype(title: str, tensors: list[Value], opset: int) -> tuple[str, int, tuple[str, ...]]:
    """The element type of a call's tensors, and the first opset from the model's on that has it,
    with a note where that is another. Raises Unreadable for a type that the operator has not, and
    for several."""
    elements = list(dict.fromkeys(each.element for each in tensors if each.element))
    named = [_DTYPES.get(each) or _type_name(each) for each in elements]
    if any(each not in _DTYPES for each in elements) or len(elements) > 1:
        raise Unreadable(
            f"{title}: its tensors are of {' and '.join(named)}; accepted is one of "
            f"{', '.join(_DTYPES.values())} for all"
        )
    if not elements:
        return "float32", opset, ("the file states no element type: explained as float32",)
    first = opset_for(named[0]) if named[0] == "bfloat16" else 1
    if opset >= first:
        return named[0], opset, ()
    return named[0], first, (_NOT_YET.format(opset, named[0], first),)


def _type_name(element: int) -> str:
    from onnx import TensorProto

    names = {number: str(name).lower() for name, number in TensorProto.DataType.items()}
    return names.get(element, f"element type {element}, which ONNX has not")
