"""The text of calls: what an adapter does, for people who have the framework but not this project.
No framework is imported."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_cases.facts import clauses
from convtranspose_cases.inputs import Scaled, Tensors
from convtranspose_reference.attributes import InvalidInput, Shape
from convtranspose_reference.formats import FORMATS

from ..backends.api import Array, Call
from ..backends.entry import Entry
from ..backends.script import SHOWN_SHAPE, SHOWN_Y, quoted
from .literals import WIDTH, tensor_source
from .repeatability import FIRST, repetitions
from .transcripts import transcript

_PRECISION = "np.set_printoptions(precision=17, linewidth=100)"
_CHANGED = (
    'print("changed by the call:", [name for name, a in after.items() if a.tobytes() != '
    "before[name].tobytes()])"
)
_REFUSED = [
    "except Exception as error:",
    '    print("refused:", f"{type(error).__name__}: {error}")',
]


def reproducer(
    entry: Entry,
    case: Case,
    tensors: Tensors,
    expected: str,
    seed: int = 0,
    *,
    dY: Scaled | None = None,
    notes: Sequence[str] = (),
    static: bool = False,
    stops: bool = False,
    changes: bool = False,
    repeated: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
) -> str:
    """A whole script: the arrays, the call with the settings of a run, the answer, and what was
    `expected` (any text) instead.

    Runs in a fresh interpreter that has NumPy, the framework (onnx too for ONNX models) and, for
    bfloat16, ml_dtypes. `seed` is the one that `tensors` were drawn with, `notes` are comments.
    With `dY` the script shows the gradients, with `static` the shape that the framework states. Of
    a call that `stops` what was expected is printed first; one that `changes` its inputs is
    followed by which. `repeated`: the forms of the check `repeatability` that are shown, by their
    names, () for all. `labels`: the clauses that are cited of a legal call, else all that it is
    about. Raises Unsupported where the adapter cannot say the call (ONNX Runtime's
    reason comes from the run itself), states no shape, or gives no script.
    """
    script = transcript(entry, _call(case, dY), static=static)
    given = _given(tensors, dY)
    once = [script.call, [_PRECISION, *_prints(script.shows, case.dtype)]]
    answered = once if repeated is None else [*_repeated(entry, case, repeated)]
    asked = _watched(given, answered) if changes else answered
    expectation = [*_clause_comments(case, labels), *_expected(expected, flush=stops)]
    parts = [
        _comments(f"{case.id} on {entry.name}", case.summary(), *notes),
        [*script.environment, *_numeric(case), *script.imports],
        [f"print({script.version})", *script.settings],
        [tensor_source(case, name, tensor, seed) for name, tensor in given.items()],
        *([expectation, *asked] if stops else [*asked, expectation]),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _given(tensors: Tensors, dY: Scaled | None) -> dict[str, Scaled]:
    """The arrays that there are, by name."""
    named = {"X": tensors.X, "W": tensors.W, "B": tensors.B, "dY": dY}
    return {name: tensor for name, tensor in named.items() if tensor is not None}


def _expected(expected: str, *, flush: bool) -> list[str]:
    """Lines that print what was expected."""
    flushed = ", flush=True" * flush
    return [f"print({quoted(line)}{flushed})" for line in ("expected:", *expected.splitlines())]


def _watched(given: Iterable[str], asked: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """What is asked, followed by which of the arrays that are given it changes."""
    return [
        [f"before = {_arrays(given, '.copy()')}"],
        *asked,
        [f"after = {_arrays(given)}", _CHANGED],
    ]


def _arrays(given: Iterable[str], then: str = "") -> str:
    """A dict of arrays by name."""
    return f"{{{', '.join(f'{quoted(name)}: {name}{then}' for name in given)}}}"


def _repeated(entry: Entry, case: Case, names: Sequence[str]) -> Iterator[list[str]]:
    """The call at first, and each form, with what it gives or how it is refused."""
    yield [_PRECISION]
    for name, lines in repetitions(entry, _call(case)).items():
        if name == FIRST or name in names or not names:
            asked = textwrap.indent("\n".join([*lines, *_prints(SHOWN_Y, case.dtype)]), "    ")
            yield [f"print({quoted(name + ':')}, flush=True)", "try:", asked, *_REFUSED]


def _call(case: Case, dY: Scaled | None = None) -> Call:
    def zeros(shape: Shape) -> Array:
        return np.zeros(shape, FORMATS[case.dtype].dtype)

    B = None if case.b_shape is None else zeros(case.b_shape)
    return Call.of(
        case,
        zeros(case.x_shape),
        zeros(case.w_shape),
        B,
        None if dY is None else zeros(dY.integers.shape),
    )


def _numeric(case: Case) -> list[str]:
    return (
        ["import ml_dtypes", "import numpy as np"]
        if case.dtype == "bfloat16"
        else ["import numpy as np"]
    )


def _prints(shows: tuple[str, ...], dtype: str) -> list[str]:
    """Lines that print what a call gives: of 16 bits every digit, since NumPy alone prints as many
    as tell them from their neighbours."""
    exact = ".astype(np.float64)" * (dtype in ("float16", "bfloat16") and shows != SHOWN_SHAPE)
    return [f"print({quoted(each + ' is')}, {each}{exact * each.isidentifier()})" for each in shows]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_on_hyphens=False,
    )


def _comments(*texts: str) -> list[str]:
    return [line for text in texts for line in _comment(text)]


def _clause_comments(case: Case, cited: Sequence[str] | None) -> list[str]:
    """What the operator text says of the case, as comments."""
    try:
        labels, shape = clauses(case) if cited is None else cited, list(case.y_shape())
    except InvalidInput as refused:
        lines = _comment(
            f"The operator text of {case.op}, opset {case.opset}, forbids this call: {refused}"
        )
        return lines + _clauses([refused.clause])
    lines = _comment(
        f"The operator text of {case.op}, opset {case.opset}, says that Y has shape {shape}."
    )
    if case.op == "ConvTranspose":
        geometry = case.geometry()
        lines += _comment(
            f"Pads in force: {list(geometry.begins)} at the begin, {list(geometry.ends)} at the "
            "end of the axes."
        )
    return lines + _clauses(labels)


def _clauses(labels: Sequence[str]) -> list[str]:
    named = (CLAUSES[label] for label in labels)
    return _comments(*(f"{clause.label}, {clause.title}: {clause.says}" for clause in named))
