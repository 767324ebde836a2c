"""The text of calls: what an adapter does, for people who have the framework but not this project. No framework is imported."""

import textwrap

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import clauses
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_reference.attributes import InvalidInput, Shape
from convtranspose_reference.formats import FORMATS

from .backend import Array, Call
from .literals import WIDTH, tensor_source
from .transcripts import Script, quoted, transcript


def call_source(backend: str, case: Case) -> str:
    """The lines that make `Y` (`Y_shape` for onnx-shape-inference) from NumPy arrays X, W and, where the case has one, B in ONNX layout.

    `backend` is the name of a built-in one or `module:attribute[@DEVICE]` of ONNX's Backend API. The call is the adapter's: same API, same
    arguments. Raises Unsupported with the adapter's reason where it has one before it calls (ONNX Runtime's comes from the run itself);
    ValueError where the name is nobody's; InvalidInput where TensorFlow would have to be told the output's shape of a call that has none.
    """
    script = transcript(backend, _call(case), pinned=False)
    used = [line for line in _numeric(case) if any(f"{line.split()[-1]}." in part for part in script.call)]
    return "\n".join([*used, *script.imports, "", *script.call])


def reproducer(
    backend: str, case: Case, tensors: Tensors, expected: str, seed: int = 0, *,
    dY: Scaled | None = None, note: str = "", static: bool = False, stops: bool = False,
) -> str:  # fmt: skip
    """A whole script: the arrays, the call with the settings of a run, the answer, and what was `expected` (any text) instead.

    Runs in a fresh interpreter that has NumPy, the framework (onnx too for ONNX models) and, for bfloat16, ml_dtypes. `seed` is the one
    that `tensors` were drawn with. With `dY` the script shows the gradients instead of Y, with `static` the shape that the framework states
    without computing. `note` is a comment. A call that `stops` never comes to what follows it: what was expected is printed first. Raises
    as `call_source` does, and Unsupported for the `static` shape of a backend that states none.
    """
    script = transcript(backend, _call(case, dY), pinned=True, static=static)
    told = [*_said(case), *(f"print({quoted(line)})" for line in ("expected:", *expected.splitlines()))]
    named = (("X", tensors.X), ("W", tensors.W), ("B", tensors.B), ("dY", dY))
    parts = [
        [*_comment(f"{case.id} on {backend}"), *_comment(case.summary()), *_comment(note)],
        [*script.environment, *_numeric(case), *script.imports],
        [f"print({script.version})", *script.settings],
        [tensor_source(case, name, tensor, seed) for name, tensor in named if tensor is not None],
        *([told] if stops else []),
        script.call,
        _answer(script),
        *([] if stops else [told]),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _call(case: Case, dY: Scaled | None = None) -> Call:
    def zeros(shape: Shape) -> Array:
        return np.zeros(shape, FORMATS[case.dtype].dtype)

    B = None if case.b_shape is None else zeros(case.b_shape)
    return Call.of(case, zeros(case.x_shape), zeros(case.w_shape), B, None if dY is None else zeros(dY.integers.shape))


def _numeric(case: Case) -> list[str]:
    return ["import ml_dtypes", "import numpy as np"] if case.dtype == "bfloat16" else ["import numpy as np"]


def _answer(script: Script) -> list[str]:
    shown = [f"print({quoted(each + ' is')}, {each})" for each in script.shows]
    return ["np.set_printoptions(precision=17, linewidth=100)", *shown]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _said(case: Case) -> list[str]:
    """What the operator text says of the case, as comments."""
    try:
        labels, shape = clauses(case), list(case.y_shape())
    except InvalidInput as refused:
        return _comment(f"The operator text of {case.op}, opset {case.opset}, forbids this call: {refused}")
    lines = _comment(f"The operator text of {case.op}, opset {case.opset}, says that Y has shape {shape}.")
    if case.op == "ConvTranspose":
        found = case.geometry()
        lines += _comment(f"Pads in force: {list(found.begins)} at the begin, {list(found.ends)} at the end of the axes.")
    return lines + [line for label in labels for line in _comment(f"{label}, {CLAUSES[label].title}: {CLAUSES[label].says}")]
