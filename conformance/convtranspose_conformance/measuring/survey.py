"""What a backend does over many small configurations: for each kind of padding the formula of where
outputs begin and of their size, beside the text's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from convtranspose_cases import Case, suite_cases
from convtranspose_cases.notation import called

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
"""Of those that are read, the last ones that are no part of a formula's fit and have to bear it
out."""
_AT_END, _AT_BEGIN = "floor((natural - {}) / 2)", "ceil((natural - {}) / 2)"
BY_TEXT: Mapping[str, tuple[str, str]] = {
    "NOTSET": ("pad_begin", "natural - pad_begin - pad_end"),
    "VALID": ("0", "natural"),
    "SAME_UPPER": (_AT_END.format("input * stride"), "input * stride"),
    "SAME_LOWER": (_AT_BEGIN.format("input * stride"), "input * stride"),
    "output_shape": (_AT_BEGIN.format("output_shape"), "output_shape"),
    "output_shape, SAME_UPPER": (_AT_END.format("output_shape"), "output_shape"),
}
"""Kind of padding -> where outputs begin and their size by the text, from opset 11 on."""


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

    @property
    def formulas(self) -> tuple[tuple[str, str, str], ...]:
        """Begin and size: the word, the formula that was measured, the text's."""
        begin, size = BY_TEXT[self.padding]
        return ("begin", self.begin, begin), ("size", self.size, size)


def padding_of(case: Case) -> str:
    """Which key of BY_TEXT begins and sizes follow from."""
    given = case.attributes
    if given.output_shape is None:
        return given.auto_pad or "NOTSET"
    return "output_shape" + ", SAME_UPPER" * (given.auto_pad == "SAME_UPPER")


def configurations(padding: str, each: int = EACH) -> list[Case]:
    """Random calls of float32 in integers, small enough to be traced. One with pads is followed by
    the same with as much at the end as at the begin: some APIs know no others."""
    drawn = (case for case in suite_cases("random", SEED)[:DRAWN] if padding_of(case) == padding)
    both = chain.from_iterable((case, *_with_equal_pads(case)) for case in drawn)
    plain = (case for case in both if case.dtype == "float32" and can_be_traced(case))
    return list(islice(plain, each))


def _with_equal_pads(case: Case) -> Iterator[Case]:
    begins = (case.attributes.pads or ())[: case.rank]
    if any(begins):
        equal = replace(case, attributes=replace(case.attributes, pads=begins * 2))
        if equal.refusal() is None:
            yield called(equal)


def shape_rules(ask: Ask, each: int = EACH) -> Iterator[ShapeRule]:
    """A rule for each kind of padding that the backend answers."""
    for padding in BY_TEXT:
        yield shape_rule(padding, configurations(padding, each), ask)


def shape_rule(padding: str, cases: Sequence[Case], ask: Ask) -> ShapeRule:
    """Measures the cases, of one kind of padding."""
    read, reasons = list[list[Point]](), list[str]()
    for case in cases:
        fit = fit_of(case, ask)
        if isinstance(fit, Fit):
            read.append([point for kind, point in points_of(fit) if kind == AXIS])
        else:
            reasons.append(fit)
    points, afresh = (list(chain.from_iterable(p)) for p in (read[:-AFRESH], read[-AFRESH:]))
    begin, size = BY_TEXT[padding]
    return ShapeRule(
        padding=padding,
        begin=borne_out("begin", points, afresh, begin),
        size=borne_out("size", points, afresh, size),
        read=len(read),
        asked=len(cases),
        as_text=not any(point.wrong for point in (*points, *afresh)),
        instead=max(set(reasons), key=reasons.count) if reasons else "",
    )


def fit_of(case: Case, ask: Ask) -> Fit | str:
    """What was measured of one configuration, or why it was not."""
    terms = terms_of(case, ask)
    return fitted(terms) if isinstance(terms, Terms) else terms


def borne_out(
    word: str, points: Iterable[Point], afresh: Iterable[Point], by_text: str = ""
) -> str:
    """The formula of a word that all other points have, too, and at least one; "" for none. That
    of the text, where it is true of all: another one that fits as well says no more."""
    shown = [point for point in points if word in point.measured]
    others = [point for point in afresh if word in point.measured]
    if by_text and [*shown, *others] and _is_true(by_text, word, [*shown, *others]):
        return by_text
    if not shown or not others:
        return ""
    text = formula_of([_plain(p) for p in shown], [p.measured[word] for p in shown])
    return text if text is not None and _is_true(text, word, others) else ""


def _is_true(text: str, word: str, points: Iterable[Point]) -> bool:
    made = formula(text, SPEAKS_OF[word])
    try:
        return all(made(_plain(p)) == p.measured[word] for p in points)
    except FormulaError:  # a quantity that is not given there
        return False


def _plain(point: Point) -> dict[str, int]:
    """ONNX's own quantities, without the text's results."""
    return {
        name: value
        for name, value in point.quantities.items()
        if not name.startswith("text_") and name not in ("axis", "rank")
    }
