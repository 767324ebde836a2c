"""An explanation as plain text, 100 columns."""

import textwrap
from collections.abc import Sequence

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import InvalidInput

from ...prediction.predict import predictions
from ...prediction.prediction import Does, Prediction
from ...prediction.runtimes import FollowedByRuntimes, followed
from ..code.all_frameworks import codes, one_call_in
from ..code.snippet import arrays
from ..geometry.along_axis import distinct_axes, slid, sums
from ..geometry.evenness import even_nearby, is_uneven, none_nearby, overlap
from ..geometry.negative_pads import SAYS as NEGATIVE_PADS
from ..geometry.negative_pads import advice, has_negative_pads, meant
from ..geometry.other_readings import (
    TOO_LARGE,
    clause_status,
    differing,
    result_under,
    too_large,
)
from ..geometry.steps import Step, steps_of
from ..geometry.window import windows
from ..inputs.options import SUITE as ADHOC
from ..inputs.options import command_line
from ..inputs.subject import Subject
from .grounds import grounds
from .predicted_text import predicted_text
from .remedies import resized
from .wrapped import WIDTH, wrapped


def explain(subject: Subject, recorded: str = "", asked: str = "", framework: str = "") -> str:
    """The call and what each backend does with it, its geometry step by step, what other readings
    make of it, its sums, its overlap, and code for it.

    `recorded` is what a run says of it, `asked` what the backends do, as text; `framework`
    names the one whose code is printed, all where it is empty. A call that the
    operator text forbids is explained by the clause that does. Raises nothing of its own.
    """
    case, expected = subject.case, predictions(subject.case)
    try:
        shape = list(case.y_shape())
    except InvalidInput as refused:
        sizes = geometry_text(case) if refused.attribute == "output size" else ""
        result = "too large" if too_large(refused) else "refused"
        head = call_text(subject, result, expected)
        return _joined([head, _refusal(case, refused), sizes, asked, recorded])
    other = followed(expected)
    parts = [
        call_text(subject, f"Y{shape}", expected, other),
        geometry_text(case),
        _readings(case),
        _sums(case),
        _pictures(case),
        _overlaps(case),
    ]
    return _joined([*parts, _code(subject, other, framework), asked, recorded])


def _joined(sections: list[str]) -> str:
    return "\n\n".join(filter(None, sections)) + "\n"


def call_text(
    subject: Subject,
    result: str,
    expected: Sequence[Prediction] = (),
    other: FollowedByRuntimes | None = None,
) -> str:
    """What was given, the ONNX call that it is, its result, by the text and by runtimes where all
    of them part from it, what each backend does with it, and what had to be assumed."""
    case = subject.case
    inputs = [
        f"X{list(case.x_shape)}",
        f"W{list(case.w_shape)}",
        *([f"B{list(case.b_shape)}"] if case.b_shape is not None else []),
    ]
    given = ", ".join(filter(None, [*inputs, case.attributes.text()]))
    title = [wrapped(subject.title, "", "    ")] if subject.title else []
    if not subject.title and case.suite != ADHOC:
        title = [case.id]
    outcome = f"    -> {result}, {case.dtype}, by the text of opset {case.opset}"
    parted = []
    if other is not None:
        who = ", ".join(other.runtimes)
        says = f"-> Y{list(other.shape)} by every runtime: {who}; the code below is theirs"
        parted = [wrapped(says, "    ", "       ")]
    coded = _coded_by_pads(case) if any(p.does is Does.UNSUPPORTED for p in expected) else ()
    backends = [predicted_text(expected, subject.origin.framework, coded)] if expected else []
    notes = [wrapped(f"note: {note}", "  ", "    ") for note in subject.notes]
    call = wrapped(f"{case.op}({given})", "", "    ")
    return "\n".join([*title, call, outcome, *parted, *backends, *notes])


def _coded_by_pads(case: Case) -> set[str]:
    """The frameworks in which one call says what attributes say from which pads follow."""
    given = case.attributes
    follows = given.output_shape is not None or given.auto_pad not in (None, "NOTSET")
    return one_call_in(case) if follows and not case.refusal() else set()


def geometry_text(case: Case) -> str:
    """Every step from attributes to sizes, then the clauses that were named on the way."""
    lines, labels = ["Sizes"], set[str]()
    for name, axis, _ in distinct_axes(case):
        lines.append(
            f"  {name}: input {axis.input}, kernel {axis.kernel}, stride {axis.stride}, dilation "
            f"{axis.dilation}"
        )
        for step in steps_of(case, axis):
            lines.append(_step(step))
            labels |= set(step.clauses)
    for clause in map(CLAUSES.__getitem__, sorted(labels)):
        lines.append(wrapped(f"[{clause.label}] {clause.title}: {clause.says}", "  ", "      "))
    return "\n".join(lines)


def _step(step: Step) -> str:
    """On one line, or with the numbers on a second."""
    named = f"   [{', '.join(step.clauses)}]" if step.clauses else ""
    first, rest = f"    {step.what:<18}", " " * 22
    whole = " = ".join(filter(None, (step.how, step.numbers))) + named
    if not step.numbers or len(first + whole) <= WIDTH:
        return wrapped(whole, first, rest)
    return f"{first}{step.how}\n{rest}= {step.numbers}{named}"


def _refusal(case: Case, refused: InvalidInput) -> str:
    rows = [("found", f"{refused.attribute} = {refused.found}"), ("accepted", refused.accepted)]
    if too_large(refused):
        title = TOO_LARGE
    else:
        title = "Refused: the operator text forbids this call"
        if has_negative_pads(case):
            return _negative_pads(case, title, rows)
        rows.append(grounds(refused, case.opset))
    return _rows(title, rows)


def _rows(title: str, rows: list[tuple[str, str]]) -> str:
    return "\n".join(
        [title, *(wrapped(f"{name:<10}{what}", "  ", " " * 12) for name, what in rows)]
    )


def _negative_pads(case: Case, title: str, rows: list[tuple[str, str]]) -> str:
    """No labelled clause is about them, and what is meant can mostly be said."""
    rows += [("text", NEGATIVE_PADS), ("instead", advice(case))]
    other = meant(case)
    shown = [] if other is None else [wrapped(command_line(other), " " * 12, " " * 16)]
    return "\n".join([_rows(title, rows), *shown])


def _readings(case: Case) -> str:
    """The readings, one at a time, that answer otherwise than the literal text."""
    if not (others := differing(case)):
        return ""
    title = "Other readings that give another answer here"
    lines = [title, f"  as explained: {result_under(case)[0]}"]
    for reading in others:
        first, *axes = result_under(case, reading.id)
        rule = f"{reading.clause}  {clause_status(case, reading):<10}{reading.sentence}"
        lines.append(wrapped(rule, "  ", " " * 15))
        lines.append(wrapped(f"-> {first}", " " * 15, " " * 18))
        lines += [wrapped(each, " " * 18, " " * 20) for each in axes]
    return "\n".join(lines)


def _sums(case: Case) -> str:
    lines = [line for name, terms in sums(case) for line in (f"  {name}", *_in_columns(terms))]
    note = "Sums along one axis: inputs a, b, ..., taps w1, w2, ..." + (
        ", before B is added" if case.bias else ""
    )
    return "\n".join([note, *lines]) if lines else ""


def _in_columns(terms: Sequence[str]) -> list[str]:
    width = max(map(len, terms)) + 3
    columns = max((WIDTH - 4) // width, 1)
    rows = [
        "".join(f"{term:<{width}}" for term in terms[i : i + columns]).rstrip()
        for i in range(0, len(terms), columns)
    ]
    return [
        wrapped(row, "    ", "        ") if len(row) > WIDTH - 4 else f"    {row}" for row in rows
    ]


def _pictures(case: Case) -> str:
    if case.op == "Conv":
        return ""
    lines = []
    for name, row, kernel in slid(case):
        lines.append(f"  {name}")
        lines.append(wrapped(" ".join(row), "    ", "    "))
        lines.append(wrapped(f"kernel {' '.join(kernel)}", "    ", "    "))
    title = (
        "The same sums as a Conv with stride 1: zeros (.) put in, and the kernel, last tap "
        "first, slid over"
    )
    return "\n".join([title, *lines]) if lines else ""


def _overlaps(case: Case) -> str:
    if case.op == "Conv":
        return ""
    lines = ["Overlap"]
    for name, _, number in distinct_axes(case):
        says = overlap(windows(case)[number], case.bias)
        lines.append(wrapped(f"{name}: {says}", "  ", "    "))
    if not is_uneven(case):
        return "\n".join(lines)
    lines += _even(case)
    remedy = resized(case)
    if remedy is not None:
        code = remedy.codes[0]
        instead = (
            f"or without overlap, same output size: {remedy.name} ({code.title}; its weights V are "
            "trained anew)"
        )
        source = f"{remedy.arrays}\n\n{code.source}"
        lines += [wrapped(instead, "  ", "    "), "", textwrap.indent(source, "    ")]
    return "\n".join(lines)


def _even(case: Case) -> list[str]:
    """The configuration nearby that is even, and the command that explains it; or why there is
    none."""
    other = even_nearby(case)
    if other is None:
        return [wrapped(none_nearby(case), "  ", "    ")]
    kernel, attributes = list(other.w_shape[2:]), other.attributes.text()
    nearby = f"even, with the same output size: kernel {kernel}, {attributes}"
    return [wrapped(nearby, "  ", "    "), wrapped(command_line(other), "    ", "        ")]


def _code(subject: Subject, other: FollowedByRuntimes | None, framework: str) -> str:
    """The call in each framework, behind lines that make arrays for it, or load its weights; as
    runtimes take it where all of them part from the text."""
    case = subject.case
    note = "The same in code, from arrays in ONNX layout"
    if other is not None:
        case, note = other.case, f"{note}; as runtimes take it, Y{list(other.shape)}"
    parts = [note, "  Arrays\n" + textwrap.indent("\n".join(arrays(case)), "    ")]
    if subject.loading:
        parts.append("  Its own weights\n" + textwrap.indent("\n".join(subject.loading), "    "))
    for code in codes(case):
        if framework not in f"{code.framework} {code.title.lower()}":
            continue
        lines = [f"  {code.title}"]
        if code.why:
            lines += [wrapped(f"one call cannot say it: {code.why}", "    ", "    "), ""]
        parts.append("\n".join([*lines, textwrap.indent(code.source, "    ")]).rstrip())
    return "\n\n".join(parts)
