"""On what a call is refused: the clause of the text, or the sentence about the attribute where no
labelled clause speaks of it."""

from convtranspose_cases.clauses import CLAUSES
from convtranspose_reference.attributes import InvalidInput

_OF_EACH_AXIS = {
    "strides": "strides: the stride along each spatial axis",
    "dilations": "dilations: the dilation along each spatial axis of the kernel",
    "output_padding": "output_padding: elements that are added at the end of each spatial axis",
    "pads": "pads: one value for the begin and one for the end of each spatial axis",
}


def grounds(refused: InvalidInput, opset: int) -> tuple[str, str]:
    """What is cited, `clause` or `text`, and what it says."""
    name = refused.attribute
    of_a_list = refused.accepted.startswith("values of") or " values for " in refused.accepted
    if refused.clause == "O" and name in _OF_EACH_AXIS and of_a_list:
        least = refused.accepted.rpartition("at least ")[2] if "least" in refused.accepted else ""
        below = f"; what a value below {least} means, the text does not say" if least else ""
        return "text", _OF_EACH_AXIS[name] + below
    clause = CLAUSES[refused.clause]
    opened = ", which the text leaves open" * clause.is_open(opset)
    return "clause", f"{clause.label}, {clause.title}{opened}: {clause.says}"
