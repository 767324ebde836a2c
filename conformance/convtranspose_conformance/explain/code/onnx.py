"""A case as an ONNX model, written with `onnx.helper`, and a runtime that computes it."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_cases.case import OLDEST_OPSET
from convtranspose_reference.attributes import Attributes

from ...backends.onnx.model import ir_version
from ...backends.onnx.model_script import ELEMENTS
from ...backends.script import literal
from ..geometry.window import Window, axis_name, unless, windows
from .snippet import Code, call_source, keywords


def onnx_code(case: Case, differing: Sequence[str]) -> Code:
    """The node as it is called; with pads written out where readings of the text differ on it.

    `differing` holds the ids of those readings. Raises InvalidInput as the case's geometry does.
    """
    why, cut = [], windows(case)
    if differing:
        labels = ", ".join(sorted({each.partition(":")[0] for each in differing}))
        why.append(
            f"The readings of {labels} differ on these attributes, and runtimes follow different "
            "ones."
        )
        case = replace(case, attributes=written_out(case, cut), opset=max(case.opset, OLDEST_OPSET))
    pad = _pad(cut) if differing else None
    if pad is not None:
        why.append(_proof(cut))
    return of_model(case, pad, why)


def of_model(case: Case, pad: list[int] | None, why: list[str]) -> Code:
    """A case of either operator as a model, with a Pad node of the zeros `pad`. `why` gets what
    else one call cannot say."""
    if case.dtype == "float16":  # no runtime loads it at opset 1
        case = replace(case, opset=max(case.opset, OLDEST_OPSET))
    body, runtime = _by_dtype(case, pad, why)
    return Code(
        title=f"ONNX, with {runtime}", framework="onnxruntime", why=" ".join(why), lines=tuple(body)
    )


def written_out(case: Case, cut: tuple[Window, ...]) -> Attributes:
    """The attributes with explicit pads and output_padding instead of auto_pad and output_shape; a
    Pad node adds zeros by itself."""
    pads = (*(max(w.begin, 0) for w in cut), *(max(w.end, 0) for w in cut))
    extra = (0,) * case.rank if _pad(cut) else tuple(max(-w.end, 0) for w in cut)
    rest = {"pads": unless(pads, 0), "output_padding": unless(extra, 0)}
    return Attributes.of(
        **case.attributes.given() | {"auto_pad": None, "output_shape": None} | rest
    )


def _pad(cut: tuple[Window, ...]) -> list[int] | None:
    """The zeros that a Pad node adds, where no pads and output_padding that every runtime takes do;
    None where some do."""
    if all(w.begin >= 0 and -w.end < w.axis.stride for w in cut):
        return None
    return [0, 0, *(max(-w.begin, 0) for w in cut), 0, 0, *(max(-w.end, 0) for w in cut)]


def _proof(cut: tuple[Window, ...]) -> str:
    number, w = next((n, w) for n, w in enumerate(cut) if w.begin < 0 or -w.end >= w.axis.stride)
    need = (
        f"{-w.end} zeros at the end, and runtimes take an output_padding below stride = "
        f"{w.axis.stride} only"
    )
    if w.begin < 0:
        need = f"begin = {w.begin}, and pads are at least 0"
    return (
        f"Explicit pads cannot say it either: {axis_name(number)} needs {need}. A Pad node does "
        "the rest."
    )


def _by_dtype(case: Case, pad: list[int] | None, why: list[str]) -> tuple[list[str], str]:
    """The lines, and the runtime: ONNX Runtime's CPU provider has kernels for float32 and
    float16."""
    start = ["import numpy as np", "import onnxruntime", "from onnx import TensorProto, helper"]
    if case.dtype == "bfloat16":
        why.append(
            "ONNX Runtime has no bfloat16 kernel on the CPU: the node computes in float32, and the "
            "result is rounded once."
        )
        names = ["X", "W", *["B"] * case.bias]
        widened = (
            f"{', '.join(names)} = ({', '.join(f'{name}.astype(np.float32)' for name in names)})"
        )
        single = replace(case, dtype="float32", opset=OLDEST_OPSET)
        lines = ["import ml_dtypes", *start, "", widened, *_model(single, pad), *SESSION]
        return [*lines, "Y = Y.astype(ml_dtypes.bfloat16)"], "ONNX Runtime"
    if case.dtype != "float64":
        return [*start, "", *_model(case, pad), *SESSION], "ONNX Runtime"
    why.append("ONNX Runtime has no float64 kernel on the CPU; onnx's ReferenceEvaluator has.")
    start = [
        "import numpy as np",
        "from onnx import TensorProto, helper",
        "from onnx.reference import ReferenceEvaluator",
    ]
    if case.group == 1 or case.op == "Conv":
        return [*start, "", *_model(case, pad), *_EVALUATED], "ReferenceEvaluator"
    why.append("With groups and channels it computes another sum: one group at a time it is right.")
    return [*start, "", *_one_by_one(case, pad)], "ReferenceEvaluator"


SESSION = (
    "session = onnxruntime.InferenceSession(",
    '    model.SerializeToString(), providers=["CPUExecutionProvider"]',
    ")",
    'Y = session.run(["Y"], {"X": X})[0]',
)
_EVALUATED = ('Y = ReferenceEvaluator(model).run(None, {"X": X})[0]',)


def _one_by_one(case: Case, pad: list[int] | None) -> list[str]:
    """A model for each group."""
    c, m, g = case.x_shape[1] // case.group, case.w_shape[1], case.group
    one = replace(
        case,
        x_shape=(case.x_shape[0], c, *case.x_shape[2:]),
        w_shape=(c, m, *case.w_shape[2:]),
        attributes=replace(case.attributes, group=None),
    )
    names, splits = ["X", "W"], [f"np.split(X, {g}, axis=1)", f"np.split(W, {g})"]
    if case.bias:
        names, splits = [*names, "B"], [*splits, f"np.split(B, {g})"]
    body = textwrap.indent("\n".join([*_model(one, pad), *_EVALUATED, "outputs.append(Y)"]), "    ")
    return [
        "outputs = []",
        f"for {', '.join(names)} in zip({', '.join(splits)}):",
        body,
        "Y = np.concatenate(outputs, axis=1)",
    ]


def _model(case: Case, pad: list[int] | None) -> list[str]:
    """Lines that make `model`: the node, then Pad and, after the zeros, Add."""
    element, after = f"TensorProto.{ELEMENTS[case.dtype]}", case.bias and pad is not None
    inputs = ["X", "W", *["B"] * (case.bias and not after)]
    given = keywords(
        **{k: list(v) if isinstance(v, tuple) else v for k, v in case.attributes.given().items()}
    )
    nodes = [node(case.op, inputs, "Y" if pad is None else "sums", given)]
    constants = [_constant(name, element, name) for name in ("W", *["B"] * case.bias)]
    lines = []
    if pad is not None:
        lines = [f"zeros = np.array({pad}, np.int64)  # begins, then ends"]
        nodes.append(node("Pad", ["sums", "zeros"], "padded" if after else "Y", []))
        constants.append(_constant("zeros", "TensorProto.INT64", "zeros"))
    if after:
        lines += ["# after the zeros, which get it too", f"B = B.reshape{(-1, *(1,) * case.rank)}"]
        nodes.append(node("Add", ["padded", "B"], "Y", []))
    return [
        *lines,
        f"nodes = {listed(nodes)}",
        f"constants = {listed(constants)}",
        f'x = helper.make_tensor_value_info("X", {element}, {list(case.x_shape)})',
        f'y = helper.make_tensor_value_info("Y", {element}, {[None] * len(case.x_shape)})',
        'graph = helper.make_graph(nodes, "call", [x], [y], constants)',
        f'opsets = [helper.make_opsetid("", {case.opset})]',
        "model = helper.make_model(graph, opset_imports=opsets, "
        f"ir_version={ir_version(case.opset)})",
    ]


def node(op: str, inputs: list[str], output: str, given: list[str]) -> str:
    """A node with one output, as text."""
    return call_source(
        "helper.make_node", [literal(op), json.dumps(inputs), json.dumps([output]), *given]
    )


def _constant(name: str, element: str, array: str) -> str:
    return call_source(
        "helper.make_tensor",
        [literal(name), element, f"{array}.shape", f"{array}.tobytes()", "raw=True"],
    )


def listed(items: list[str]) -> str:
    """A list as text, on one line where it has one short item."""
    if len(items) == 1 and "\n" not in items[0]:
        return f"[{items[0]}]"
    return "[\n" + "".join(textwrap.indent(item, "    ") + ",\n" for item in items) + "]"
