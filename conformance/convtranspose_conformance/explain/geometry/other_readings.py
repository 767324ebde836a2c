"""What other readings of the text make of a call."""

from convtranspose_cases import Case
from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import InvalidInput
from convtranspose_reference.geometry import Geometry, refuse
from convtranspose_reference.readings import READINGS, Reading, rules_for

from .window import axis_name, windows, windows_of


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


def answer(case: Case, *readings: str) -> list[str]:
    """What comes out of a case under readings of the text; then, axis by axis, ConvTranspose's
    equation with their numbers."""
    try:
        if case.op == "Conv":
            refuse(case.forward_sizes(), rules_for(readings))
            return [f"Y{list(case.y_shape())}"]
        found = case.geometry(rules_for(readings))
    except InvalidInput as refused:
        return [f"refused: {refused.attribute} = {refused.found}, accepted is {refused.accepted}"]
    whole = f"Y{list(found.y_shape)}, begin {list(found.begins)}, end {list(found.ends)}"
    return [whole, *(_equations(case, found) if readings else [])]


def _equations(case: Case, found: Geometry) -> list[str]:
    """The size of each axis that comes out otherwise than by the text, axes that are alike on one
    line."""
    said: dict[str, list[str]] = {}
    for n, (own, other) in enumerate(zip(windows(case), windows_of(found), strict=True)):
        begin, end = found.begins[n], found.ends[n]
        if (own.begin, own.size) != (other.begin, other.size):
            numbers = f"{found.axes[n].natural} - {_in(begin)} - {_in(end)} = {other.size}"
            said.setdefault(
                f"total_padding {begin + end}, natural size - begin - end = {numbers}", []
            ).append(axis_name(n))
    return [f"{', '.join(names)}: {equation}" for equation, names in said.items()]


def _in(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def status(case: Case, reading: Reading) -> str:
    """Is the reading's clause open, or explicit, in the text of the case's opset?"""
    return "open" if CLAUSES[reading.clause].is_open(case.opset) else "explicit"
