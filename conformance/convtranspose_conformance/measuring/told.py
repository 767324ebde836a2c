"""A measurement as plain text, on one screen."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from convtranspose_cases import Case

from .arithmetic import NO_MATTER, UNKNOWN, Fingerprint
from .fit import Fit, bias_by_text, sums_by_text
from .points import AXIS, owed, points_of
from .survey import ShapeRule
from .terms import Terms

SHOWN = 6  # outputs, products of one, channels
WIDTH = 100


def told_call(case: Case, terms: Terms | str, fit: Fit | str) -> str:
    """One configuration: where it lands, what is summed, the first outputs term by term."""
    if isinstance(terms, str):
        return f"{case.summary()}\n  nothing can be read: {terms}"
    lines = [case.summary()]
    if isinstance(fit, str):
        lines.append(f"  {fit}; the terms as they are:")
    else:
        lines += [*_landing(fit), *_sums(fit)]
    return "\n".join([*lines, "  terms", *(f"    {line}" for line in _terms(terms))])


def _landing(fit: Fit) -> list[str]:
    """Along each axis, measured against the text's."""
    lines: list[str] = []
    if fit.swapped:
        lines.append(f"  Y's axes are X's axes {', '.join(f'D{a + 1}' for a in fit.order)}")
    points = [point for kind, point in points_of(fit) if kind == AXIS]
    for number, (point, as_called) in enumerate(
        zip(points, owed(AXIS, fit.case), strict=not fit.swapped)
    ):
        words, by_text = [], as_called.by_text  # of its own steps, whatever was measured of these
        for word, value in point.measured.items():
            other = value != by_text[word]
            if word in ("begin", "size") or other:
                words.append(f"{word} {value}" + f" (the text: {by_text[word]})" * other)
        lines.append(f"  D{number + 1}  " + ", ".join(words))
    return lines


def _sums(fit: Fit) -> list[str]:
    """What output channels sum, where that is not what the text says."""
    lines: list[str] = []
    for m, (mine, text) in enumerate(zip(fit.sums, sums_by_text(fit.case), strict=False)):
        if mine and mine != text and len(lines) < SHOWN:
            said = " + ".join(
                f"{f'{n} * ' * (n > 1)}X[{x}] * W[{w}, {f}]" for x, w, f, n in mine[:SHOWN]
            )
            lines.append(f"  Y[{m}] sums {said}")
    if any(fit.bias) or fit.case.bias:
        same = fit.bias == bias_by_text(fit.case) and fit.bias_everywhere
        added = "; ".join(
            f"Y[{m}]: " + (" + ".join(f"{n} * B[{b}]" for b, n in each) or "none")
            for m, each in enumerate(fit.bias[:SHOWN])
        )
        lines.append("  B  as the text adds it" if same else f"  B  {added}")
    return lines or ["  channels and filters as the text sums them"]


def _terms(terms: Terms) -> list[str]:
    """The first outputs: which weights reach them, times which elements of X."""
    rank, by_output = terms.case.rank, dict[tuple[int, ...], list[str]]()
    for row in terms.rows.tolist():
        x, w = row[: 1 + rank], row[1 + rank : 3 + 2 * rank]
        said = f"X{_index(x)} * W{_index(w)}" + (f" * {row[-1]}" if row[-1] > 1 else "")
        by_output.setdefault(tuple(row[3 + 2 * rank : -1]), []).append(said)
    outputs = sorted(by_output)[:SHOWN]
    lines = [
        f"Y{_index(at)} = {' + '.join(by_output[at][:SHOWN])}"
        + (" + ..." if len(by_output[at]) > SHOWN else "")
        for at in outputs
    ]
    left = len(by_output) - len(outputs)
    return lines + ([f"and {left} outputs more that something reaches"] if left > 0 else [])


def _index(numbers: Iterable[int]) -> str:
    return "[" + ", ".join(map(str, numbers)) + "]"


def told_rules(rules: Sequence[ShapeRule]) -> str:
    """The formulas of begins and sizes, one kind of padding after the other."""
    lines = ["where outputs begin, and their size, from small calls of float32"]
    for rule in rules:
        head = f"  {rule.padding}"
        if not rule.read:
            lines.append(f"{head}: {rule.instead or 'not asked'}"[:WIDTH])
            continue
        text = "as the text says" if rule.as_text else "NOT as the text says"
        lines.append(f"{head}: {text} ({rule.read} of {rule.asked} calls were read)")
        lines += [_told_formula(*each) for each in rule.formulas if each[1]]
        missing = [word for word, formula, _ in rule.formulas if not formula]
        if missing:
            lines.append(f"    no short formula for {' and '.join(missing)}")
    return "\n".join(lines)


def _told_formula(word: str, formula: str, by_text: str) -> str:
    """With the text's beside it, where that is another."""
    return f"    {word} = {formula}" + f"   (the text: {by_text})" * (formula != by_text)


def told_fingerprints(found: Sequence[Fingerprint]) -> str:
    """How sums are rounded: routes that are alike together."""
    lines = ["how sums are rounded"]
    alike: dict[tuple[str, str], list[str]] = {}
    for each in found:
        alike.setdefault((each.dtype, in_words(each)), []).append(each.route)
    for (dtype, words), routes in alike.items():
        lines.append(f"  {dtype}, along {', '.join(routes)}")
        lines += wrap(words, WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines) if found else "how sums are rounded: nothing could be read"


def in_words(found: Fingerprint) -> str:
    """What a fingerprint says, without what could not be read or is no matter."""
    wider = found.width != found.dtype
    phrases = (
        (found.width, f"summed in {'a format ' * wider}{found.width}"),
        (found.order, found.order),
        (found.bias, f"B is {found.bias}"),
        (found.fused, f"multiply-add fused: {found.fused}"),
        (found.inputs, f"X and W are taken {found.inputs}"),
        (found.subnormals, f"subnormal numbers are {found.subnormals}"),
    )
    return "; ".join(words for word, words in phrases if word not in (UNKNOWN, NO_MATTER))
