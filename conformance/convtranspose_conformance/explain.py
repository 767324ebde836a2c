"""One call explained to someone who has to write it elsewhere: sizes step by step, sums, other readings, code."""

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import Attributes, InvalidInput
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.geometry import Axis
from convtranspose_reference.readings import READINGS, rules_for

from .adhoc import SUITE as ADHOC
from .adhoc import case_from_options
from .backend import Unsupported
from .literals import WIDTH, dtype_source
from .source import call_source
from .steps import LETTERS, Step, conv_steps, conv_terms, overlap, transpose_steps, transpose_terms

__all__ = ["case_from_options", "explain"]

MOST_OUTPUTS = 40
FRAMEWORKS = (("PyTorch", "torch-cpu"), ("TensorFlow", "tensorflow-cpu"), ("ONNX, with ONNX Runtime", "onnxruntime-cpu"))


def explain(case: Case) -> str:
    """Plain text, 100 columns: the call, its geometry step by step, what other readings make of it, its sums, and code for it.

    A call that the operator text forbids is explained by the clause that does. Raises nothing of its own.
    """
    try:
        shape = list(case.y_shape())
    except InvalidInput as refused:
        geometry = _geometry(case) if refused.attribute == "output size" else ""
        return _joined([_call(case, "refused"), _refusal(case, refused), geometry])
    return _joined([_call(case, f"Y{shape}"), _geometry(case), _readings(case), _sums(case), _overlaps(case), _code(case)])


def _joined(sections: list[str]) -> str:
    return "\n\n".join(filter(None, sections)) + "\n"


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False)


def _call(case: Case, result: str) -> str:
    inputs = [f"X{list(case.x_shape)}", f"W{list(case.w_shape)}", *([f"B{list(case.b_shape)}"] if case.b_shape is not None else [])]
    given = ", ".join(filter(None, [*inputs, case.attributes.text()]))
    title = "" if case.suite == ADHOC else f"{case.id}\n"
    about = f"    -> {result}, {case.dtype}, by the text of opset {case.opset}"
    return title + _wrapped(f"{case.op}({given})", "", "    ") + "\n" + about


def _alike(case: Case) -> Iterator[tuple[str, Axis, int]]:
    """Neighbouring axes that are the same, under one name, with the number of the first."""
    numbered = enumerate(case.axes)
    for axis, same in groupby(numbered, key=lambda pair: pair[1]):
        numbers = [number for number, _ in same]
        yield ("axis " if len(numbers) == 1 else "axes ") + ", ".join(f"D{n + 1}" for n in numbers), axis, numbers[0]


def _geometry(case: Case) -> str:
    lines, labels = ["Sizes"], set[str]()
    for name, axis, _ in _alike(case):
        lines.append(f"  {name}: input {axis.input}, kernel {axis.kernel}, stride {axis.stride}, dilation {axis.dilation}")
        for step in transpose_steps(axis) if case.op == "ConvTranspose" else conv_steps(axis):
            lines.append(_step(step))
            labels |= set(step.clauses)
    said = (f"[{label}] {CLAUSES[label].title}: {CLAUSES[label].says}" for label in sorted(labels))
    return "\n".join([*lines, *(_wrapped(each, "  ", "      ") for each in said)])


def _step(step: Step) -> str:
    """On one line, or with the numbers on a second."""
    named = f"   [{', '.join(step.clauses)}]" if step.clauses else ""
    first, rest = f"    {step.what:<18}", " " * 22
    whole = " = ".join(filter(None, (step.how, step.numbers))) + named
    if not step.numbers or len(first + whole) <= WIDTH:
        return _wrapped(whole, first, rest)
    return f"{first}{step.how}\n{rest}= {step.numbers}{named}"


def _refusal(case: Case, refused: InvalidInput) -> str:
    clause = CLAUSES[refused.clause]
    rows = (
        ("found", f"{refused.attribute} = {refused.found}"),
        ("accepted", refused.accepted),
        ("clause", f"{clause.label}, {clause.title}{', which the text leaves open' * clause.is_open(case.opset)}: {clause.says}"),
    )
    lines = [_wrapped(f"{name:<10}{what}", "  ", " " * 12) for name, what in rows]
    return "\n".join(["Refused: the operator text forbids this call", *lines])


def _answer(case: Case, *readings: str) -> str:
    """What comes out of a ConvTranspose case under readings of the text."""
    try:
        found = case.geometry(rules_for(readings))
    except InvalidInput as refused:
        return f"refused: {refused.attribute} = {refused.found}, accepted is {refused.accepted}"
    return f"Y{list(found.y_shape)}, begin {list(found.begins)}, end {list(found.ends)}"


def _readings(case: Case) -> str:
    """The readings, one at a time, that answer otherwise than the literal text."""
    if case.op == "Conv":
        return ""
    text = _answer(case)
    answers = [(reading, said) for reading in READINGS.values() if (said := _answer(case, reading.id)) != text]
    lines = ["Other readings that give another answer here", f"  as explained: {text}"]
    for reading, said in answers:
        status = "open" if CLAUSES[reading.clause].is_open(case.opset) else "explicit"
        lines += [_wrapped(f"{reading.clause}  {status:<10}{reading.sentence}", "  ", " " * 15), _wrapped(f"-> {said}", " " * 15, " " * 18)]
    return "\n".join(lines) if answers else ""


def _placed(case: Case) -> Iterator[tuple[str, list[str]]]:
    """Each axis by itself with its sums, where there are few enough to be read."""
    spatial, transposed = case.y_shape()[2:], case.op == "ConvTranspose"
    begins = case.geometry().begins if transposed else [conv_pads(axis)[0] for axis in case.axes]
    for name, axis, number in _alike(case):
        if 0 < axis.input <= len(LETTERS) and 0 < spatial[number] <= MOST_OUTPUTS:
            yield name, (transpose_terms if transposed else conv_terms)(axis, begins[number], spatial[number])


def _sums(case: Case) -> str:
    lines = []
    for name, terms in _placed(case):
        width = max(map(len, terms)) + 3
        columns = max((WIDTH - 4) // width, 1)
        rows = ["".join(f"{term:<{width}}" for term in terms[i : i + columns]).rstrip() for i in range(0, len(terms), columns)]
        lines += [f"  {name}", *(_wrapped(row, "    ", "        ") if len(row) > WIDTH - 4 else f"    {row}" for row in rows)]
    note = "Sums along one axis: inputs a, b, ..., taps w1, w2, ..." + (", before B is added" if case.bias else "")
    return "\n".join([note, *lines]) if lines else ""


def _overlaps(case: Case) -> str:
    if case.op == "Conv":
        return ""
    return "\n".join(["Overlap", *(_wrapped(f"{name}: {overlap(axis)}", "  ", "    ") for name, axis, _ in _alike(case))])


def _code(case: Case) -> str:
    """The call in each framework, behind lines that make arrays for it."""
    target = dtype_source(case.dtype)
    shapes = [("X", case.x_shape), ("W", case.w_shape), *([("B", case.b_shape)] if case.bias else [])]
    arrays = ["import ml_dtypes"] * (case.dtype == "bfloat16") + ["import numpy as np", "", "rng = np.random.default_rng(0)"]
    arrays += [f"{name} = rng.integers(-4, 5, {shape}).astype({target})" for name, shape in shapes]
    note = "The same in code: what each call says; whether a framework then computes it is what a run reports"
    parts = [note, "  Arrays\n" + textwrap.indent("\n".join(arrays), "    ")]
    return "\n\n".join([*parts, *(f"  {title}\n{_code_of(backend, case)}" for title, backend in FRAMEWORKS)])


def _code_of(backend: str, case: Case) -> str:
    """The call's code; or why there is none, with the code of the same call under explicit pads where that has one."""
    try:
        return textwrap.indent(call_source(backend, case), "    ")
    except Unsupported as found:
        why = str(found)
    refusal = _wrapped(f"one call cannot say it: {why}", "    ", "    ")
    other = written_out(case)
    if other is None:
        return refusal
    spelled = other.attributes.text() or "no attributes"
    try:
        source = textwrap.indent(call_source(backend, other), "    ")
    except Unsupported as found:
        nor = _wrapped(f"nor, as it comes to the same here, {spelled}: {found}", "    ", "    ")
        return refusal if str(found) == why else f"{refusal}\n{nor}"
    return refusal + "\n" + _wrapped(f"but here it comes to the same as {spelled}, and that can be said:", "    ", "    ") + f"\n\n{source}"


def written_out(case: Case) -> Case | None:
    """The same ConvTranspose with pads and output_padding instead of auto_pad and output_shape; None where they cannot say it."""
    if case.op == "Conv" or (case.attributes.auto_pad is None and case.attributes.output_shape is None):
        return None
    found = case.geometry()
    pads = (*found.begins, *(max(end, 0) for end in found.ends))
    extra = tuple(axis.output_padding + max(-end, 0) for axis, end in zip(found.axes, found.ends, strict=True))
    rest = {name: value for name, value in (("pads", pads), ("output_padding", extra)) if any(value)}
    absent = {"auto_pad": None, "output_shape": None, "pads": None, "output_padding": None}
    other = replace(case, attributes=Attributes.of(**case.attributes.given() | absent | rest))
    try:
        return other if other.geometry().key == found.key else None
    except InvalidInput:
        return None
