"""What a backend does over many small configurations: for each kind of padding the formula of where
outputs begin and of their size, beside the text's."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from convtranspose_cases import Case, suite_cases

from ..rules.faults.formula import FormulaError, formula
from ..rules.faults.measured import SPEAKS_OF
from ..verdict.reply import Ask
from .fit import Fit, fitted
from .formula import formula_of
from .points import AXIS, Point, points_of
from .terms import Terms, can_be_traced, terms_of

SEED, DRAWN = 2_000_003, 1500
EACH = 52
"""Configurations of each kind of padding."""
AFRESH = 12
"""Of these, the last ones that are no part of a formula's fit and have to bear it out."""
PADDINGS = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER", "output_shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeRule:
    """Formulas of begin and size under one kind of padding, "" where there is none; `read` of
    `asked` configurations showed where they land; `as_text`: each of them as the text has it;
    `instead`: why the others did not, the most frequent reason."""

    padding: str
    begin: str
    size: str
    read: int
    asked: int
    as_text: bool
    instead: str = ""


def padding_of(case: Case) -> str:
    """Which of PADDINGS begins and sizes follow from."""
    given = case.attributes
    return "output_shape" if given.output_shape is not None else given.auto_pad or "NOTSET"


def configurations(padding: str, each: int = EACH) -> list[Case]:
    """Random calls of float32 in integers, small enough to be traced."""
    drawn = (case for case in suite_cases("random", SEED)[:DRAWN] if padding_of(case) == padding)
    plain = (case for case in drawn if case.dtype == "float32" and can_be_traced(case))
    return list(islice(plain, each))


def shape_rules(ask: Ask, each: int = EACH) -> Iterator[ShapeRule]:
    """A rule for each kind of padding that the backend answers."""
    for padding in PADDINGS:
        yield shape_rule(padding, configurations(padding, each), ask)


def shape_rule(padding: str, cases: Sequence[Case], ask: Ask) -> ShapeRule:
    """Measures the cases, of one kind of padding."""
    points, afresh, reasons, read = list[Point](), list[Point](), list[str](), 0
    for case in cases:
        fit = fit_of(case, ask)
        if isinstance(fit, Fit):
            read += 1
            chosen = points if case in cases[: max(len(cases) - AFRESH, 0)] else afresh
            chosen += [point for kind, point in points_of(fit) if kind == AXIS]
        else:
            reasons.append(fit)
    return ShapeRule(
        padding=padding,
        begin=borne_out("begin", points, afresh),
        size=borne_out("size", points, afresh),
        read=read,
        asked=len(cases),
        as_text=not any(point.wrong for point in (*points, *afresh)),
        instead=max(set(reasons), key=reasons.count) if reasons else "",
    )


def fit_of(case: Case, ask: Ask) -> Fit | str:
    """What was measured of one configuration, or why it was not."""
    terms = terms_of(case, ask)
    return fitted(terms) if isinstance(terms, Terms) else terms


def borne_out(word: str, points: Iterable[Point], afresh: Iterable[Point]) -> str:
    """The formula of a word that all other points have, too, and at least one; "" for none."""
    shown = [point for point in points if word in point.measured]
    text = formula_of([_plain(p) for p in shown], [p.measured[word] for p in shown])
    others = [point for point in afresh if word in point.measured]
    if text is None or not others:
        return ""
    made = formula(text, SPEAKS_OF[word])
    try:
        is_true = all(made(_plain(p)) == p.measured[word] for p in others)
    except FormulaError:  # a quantity that is not given there
        return ""
    return text if is_true else ""


def _plain(point: Point) -> dict[str, int]:
    """ONNX's own quantities, without the text's results."""
    return {
        name: value
        for name, value in point.quantities.items()
        if not name.startswith("text_") and name not in ("axis", "rank")
    }
