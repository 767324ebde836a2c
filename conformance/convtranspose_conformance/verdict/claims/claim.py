"""One claim of a backend's author: of which cases it speaks, and which answers contradict it."""

from collections.abc import Sequence
from dataclasses import dataclass

from convtranspose_cases import Case
from convtranspose_reports import Outcome, Verdict

from ...rules.predicate import Predicate, PredicateError

# where an attribute does something: its explicit default is no use of it
USES = {
    "auto_pad": "auto_pad != 'NOTSET'",
    "dilations": "max(dilations) > 1",
    "group": "group > 1",
    "kernel_shape": "len(kernel_shape) > 0",
    "output_padding": "max(output_padding) > 0",
    "output_shape": "len(output_shape) > 0",
    "pads": "max(pads) > 0",
    "strides": "max(strides) > 1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`backend` `does` (or does not) what it `says` of the legal calls where `when` holds. `source`
    is where it says so, `where` the file and line of the claim."""

    backend: str
    name: str
    does: bool
    says: str
    check: str
    when: Predicate
    source: str
    where: str

    def concerns(self, case: Case) -> bool:
        """Does the claim speak of the case? Raises PredicateError."""
        if self.check not in case.checks or case.refusal() is not None:
            return False
        try:
            return self.when(case)
        except PredicateError as error:
            raise PredicateError(f"{self.where}: {error}") from error

    def contradicts(self, outcome: Outcome, verdict: Verdict) -> bool:
        """Does such an answer speak against it? What was not asked speaks for nothing, and a right
        answer that is less precise than it should be is one."""
        if outcome is Outcome.NOT_ASKED:
            return False
        if not self.does:
            return outcome is Outcome.AGREES
        imprecise = outcome is Outcome.INEXACT and verdict is Verdict.DEVIATES
        return verdict is not Verdict.CONFORMS and not imprecise


def condition(
    op: str,
    ranks: Sequence[int],
    types: Sequence[str],
    opsets: Sequence[int],
    attributes: Sequence[str] | None,
    when: str,
    *,
    does: bool,
) -> str:
    """The calls of a claim as a predicate. Of one that says what a backend does, `attributes` are
    all that a call may use; of another, a call uses one of them."""
    listed = {"rank": list(ranks), "dtype": list(types), "opset": list(opsets)}
    parts = [f"op == {op!r}", *(f"{name} in {each}" for name, each in listed.items() if each)]
    if attributes is not None:
        used = [use for name, use in USES.items() if (name in attributes) is not does]
        either = f"({' or '.join(used)})" if used else "False"
        parts.append(f"not {either}" if does else either)
    return " and ".join([*parts, *([f"({when})"] if when else [])])
