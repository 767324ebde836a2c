"""Several calls on one page: a numbered row each, with its size, how even its overlap is, and how
many calls each framework needs."""

from collections.abc import Sequence

from convtranspose_cases import Case
from convtranspose_reference.attributes import InvalidInput, Shape

from ...prediction.predict import predictions
from ...prediction.prediction import Does, Prediction
from ...prediction.runtimes import followed
from ...prediction.sentences import sentence
from ..code.all_frameworks import one_call_in
from ..geometry.evenness import is_uneven
from ..inputs.shown import in_shell, shown
from ..inputs.subject import Subject
from .columns import columns
from .wrapped import wrapped

MOST_ROWS = 500
MOST_SAID = 160
FRAMEWORKS = {"torch": "PyTorch", "tensorflow": "TensorFlow", "onnx": "ONNX"}  # by family
MOST_CODED = 60  # further rows do without the column that needs code for every framework


def overview_text(what: str, subjects: Sequence[Subject], *, in_full: bool) -> str:
    """The table, and how one of them is asked for where they do not follow in full."""
    rows = [
        (str(number), *row(subject, coded=number <= MOST_CODED))
        for number, subject in enumerate(subjects[:MOST_ROWS], 1)
    ]
    head = ("", "call", "X -> Y", "attributes", "one call in", "checkerboard")
    lines = [f"{len(subjects)} call{'s' * (len(subjects) > 1)}", *columns([head, *rows])]
    if len(subjects) > MOST_ROWS:
        lines.append(f"  and {len(subjects) - MOST_ROWS} more")
    lines += _beside(subjects[:MOST_ROWS])
    if not in_full:
        how = f"convtranspose explain {_typed(what)} --only 1"
        lines += ["", wrapped(f"in full, one of them by its number: {how}", "  ", "    ")]
    if any(subject.origin.node for subject in subjects):
        lines += _backends(subjects[:MOST_ROWS], len(subjects))
    return "\n".join(lines) + "\n"


def _beside(subjects: Sequence[Subject]) -> list[str]:
    """In which rows sizes stand that nobody stated, and calls that are made more than once."""
    numbered = list(enumerate(subjects, 1))
    sizes = [number for number, each in numbered if "x" in each.assumed]
    channels = [number for number, each in numbered if each.assumed & {"C", "M"}]
    told = [f"the input's sizes in {_ranges(sizes)}"] * bool(sizes)
    told += [f"channels in {_ranges(channels)}"] * bool(channels)
    several = [f"{number} ({each.times} times)" for number, each in numbered if each.times > 1]
    said = [f"assumed, since nothing states them: {'; '.join(told)}"] * bool(told)
    said += [f"made more than once, alike each time: {', '.join(several)}"] * bool(several)
    return [""] * bool(said) + [wrapped(each, "  ", "    ") for each in said]


def _backends(subjects: Sequence[Subject], count: int) -> list[str]:
    """What each backend does with the nodes of `count`, by their numbers; those that conform alike
    are one line."""
    groups: dict[tuple[str, str], list[int]] = {}
    expected: dict[Case, list[Prediction]] = {}
    for number, subject in enumerate(subjects, 1):
        if subject.case not in expected:
            expected[subject.case] = list(predictions(subject.case))
        for each in expected[subject.case]:
            by_the_text = each.does is Does.CONFORMS and not each.follows
            short = "conforms" if by_the_text else _short(sentence(each), MOST_SAID)
            groups.setdefault((each.title, short), []).append(number)
    lines = ["", "  what each backend does; worked out, nothing was run"]
    for (title, short), numbers in groups.items():
        which = "all" if len(numbers) == count else _ranges(numbers)
        lines.append(wrapped(f"{title}: {short} ({which})", "    ", "      "))
    return lines


def _ranges(numbers: Sequence[int]) -> str:
    """`1 to 4, 7`, of numbers in their order."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )


def _typed(what: str) -> str:
    return in_shell(what) if len(what) <= 60 and "\n" not in what else "..."


def row(subject: Subject, *, coded: bool) -> tuple[str, ...]:
    """A call's name, sizes, attributes in short, the frameworks in which one call says it, and
    whether it makes a checkerboard. `coded`: are the frameworks worked out?"""
    case, origin = subject.case, subject.origin
    called = f"{origin.function}, line {origin.line}" if origin.function else case.id
    name = shown(origin.node) or called
    x = _sizes(case.x_shape)
    try:
        y = _sizes(case.y_shape())
    except InvalidInput as refused:
        return _short(name, 34), f"{x} -> refused", refused.attribute, "none", ""
    attributes = _short(_in_short(case), 40)
    if coded and (other := followed(predictions(case))) and other.shape != case.y_shape():
        y += f" (runtimes {_sizes(other.shape)})"
    uneven = "" if case.op == "Conv" else "yes" if is_uneven(case) else "no"
    return _short(name, 34), f"{x} -> {y}", attributes, _one_call(case) if coded else "?", uneven


def _sizes(shape: Shape) -> str:
    return "x".join(map(str, shape))


def _in_short(case: Case) -> str:
    """`k3x3 s2 p1,1,1,1`, the kernel and what is no default."""
    letters = {
        "strides": "s",
        "pads": "p",
        "dilations": "d",
        "output_padding": "op",
        "output_shape": "out",
        "group": "g",
        "auto_pad": "",
    }
    parts = ["k" + "x".join(map(str, case.w_shape[2:]))]
    for name, value in case.attributes.given().items():
        if name in letters:
            entries = value if isinstance(value, tuple) else (value,)
            same = len(set(entries)) == 1 and name != "output_shape"
            shown = str(entries[0]) if same else ",".join(map(str, entries))
            parts.append(letters[name] + shown)
    return " ".join([*parts, *(["bias"] if case.bias else [])])


def _one_call(case: Case) -> str:
    """The frameworks in which one call says it."""
    single = one_call_in(case)
    named = [name for family, name in FRAMEWORKS.items() if family in single]
    return ", ".join(named) or "none"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
