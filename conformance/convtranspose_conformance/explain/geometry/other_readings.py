"""What other readings of the text make of a call."""

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import InvalidInput
from convtranspose_reference.geometry import Geometry, refuse
from convtranspose_reference.readings import READINGS, Reading, rules_for

from .window import axis_name, subtracted, windows, windows_of


def differing(case: Case) -> list[Reading]:
    """The readings, one at a time, under which a case has another output than under the literal
    text."""
    text = _key(case)
    return [reading for reading in READINGS.values() if _key(case, reading.id) != text]


def _key(case: Case, *readings: str) -> object:
    """What is equal under two readings with the same output. Of Conv readings say only that it is
    refused."""
    rules = rules_for(readings)
    try:
        if case.op == "ConvTranspose":
            return case.geometry(rules).key
        refuse(case.forward_sizes(), rules)
    except InvalidInput as refused:
        return str(refused)
    return None


TOO_LARGE = "Larger than this suite works out; the operator text has no such limit"


def too_large(refused: InvalidInput) -> bool:
    """Is it this suite's own limit on sizes that refuses the call? The text refuses sizes below 0
    alone."""
    return (
        refused.attribute == "output size"
        and isinstance(refused.found, list)
        and min(refused.found) >= 0
    )


def result_under(case: Case, *readings: str) -> list[str]:
    """What comes out of a case under readings of the text; then, axis by axis, ConvTranspose's
    equation with their numbers."""
    try:
        if case.op == "Conv":
            refuse(case.forward_sizes(), rules_for(readings))
            return [f"Y{list(case.y_shape())}"]
        placed = case.geometry(rules_for(readings))
    except InvalidInput as refused:
        return [f"refused: {refused.attribute} = {refused.found}, accepted is {refused.accepted}"]
    whole = f"Y{list(placed.y_shape)}, begin {list(placed.begins)}, end {list(placed.ends)}"
    return [whole, *(_equations(case, placed) if readings else [])]


def _equations(case: Case, placed: Geometry) -> list[str]:
    """The size of each axis that comes out otherwise than by the text, axes that are alike on one
    line."""
    axes: dict[str, list[str]] = {}
    for n, (own, other) in enumerate(zip(windows(case), windows_of(placed), strict=True)):
        begin, end = placed.begins[n], placed.ends[n]
        if (own.begin, own.size) != (other.begin, other.size):
            natural = placed.axes[n].natural
            numbers = f"{natural} - {subtracted(begin)} - {subtracted(end)} = {other.size}"
            equation = f"total_padding {begin + end}, natural size - begin - end = {numbers}"
            axes.setdefault(equation, []).append(axis_name(n))
    return [f"{', '.join(names)}: {equation}" for equation, names in axes.items()]


def clause_status(case: Case, reading: Reading) -> str:
    """Is the reading's clause open, or explicit, in the text of the case's opset?"""
    return "open" if CLAUSES[reading.clause].is_open(case.opset) else "explicit"
