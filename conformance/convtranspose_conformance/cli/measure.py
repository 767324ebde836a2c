"""`convtranspose measure`: what a backend computes, from its answers alone: terms, geometry,
formulas, rounding."""

from typing import Annotated

import typer

from convtranspose_cases import Case, find_case
from convtranspose_reference.errors import UserError
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check

from ..measuring.arithmetic import fingerprints
from ..measuring.fit import fitted
from ..measuring.survey import configurations, padding_of, shape_rule, shape_rules
from ..measuring.terms import Terms, can_be_traced, terms_of
from ..measuring.told import told_call, told_fingerprints, told_rules
from ..run.asking.on_demand import FollowUp
from ..run.planning.selection import entries
from ..verdict.reply import Ask
from ..worker.process import Limits
from .screen.terminal import INTERRUPTED_STATUS, stop
from .taken.options import (
    TARGET,
    Memory,
    OptionError,
    StatedVersion,
    Timeout,
)


class NotMeasurable(UserError):
    """A call whose terms no few calls show; the message says which would do."""


def measure(
    backend: Annotated[str, typer.Option(metavar=TARGET, help="The backend to measure.")],
    call: Annotated[
        str,
        typer.Argument(
            metavar="CALL",
            help="A case id: of a suite, or one that carries its case. Without it, formulas and "
            "rounding alone.",
        ),
    ] = "",
    backend_version: StatedVersion = "",
    timeout: Timeout = 60.0,
    memory: Memory = 6.0,
) -> None:
    """Prints the terms of a call's outputs, where they land against where the text says, the
    formula behind many calls, and how sums are rounded."""
    case = _chosen(call) if call else None
    (entry,), _ = entries([backend], backend_version)
    if Check.OUTPUT not in entry.checks:
        raise OptionError(f"backend {entry.name} computes no values: there is nothing to measure")
    try:
        with FollowUp(Limits(case_s=timeout, memory_gib=memory)) as follow_up:
            ask = follow_up.ask_of(entry, Check.OUTPUT)
            head = f"{entry.name} {entry.installed_version()}".strip()
            print("\n\n".join([head, *_parts(case, ask)]))
    except KeyboardInterrupt:
        stop("interrupted", INTERRUPTED_STATUS)


def _chosen(call: str) -> Case:
    """Raises NotMeasurable, and what `find_case` raises."""
    case = find_case(call)
    if not can_be_traced(case):
        raise NotMeasurable(
            f"{call}: accepted is a legal ConvTranspose of one input element or more, small enough "
            "for a few calls: about 60 elements of X and 70 of W in float32"
        )
    return case


def _parts(case: Case | None, ask: Ask) -> list[str]:
    """The sections of what is printed."""
    if case is None:
        found = list(fingerprints(tuple(FORMATS), ask))
        return [told_rules(list(shape_rules(ask))), told_fingerprints(found)]
    terms = terms_of(case, ask)
    fit = fitted(terms) if isinstance(terms, Terms) else terms
    padding = padding_of(case)
    rules = [shape_rule(padding, configurations(padding), ask)]
    found = list(fingerprints((case.dtype,), ask))
    return [told_call(case, terms, fit), told_rules(rules), told_fingerprints(found)]
