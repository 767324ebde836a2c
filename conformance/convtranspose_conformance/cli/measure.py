"""`convtranspose measure`: what a backend computes, from its answers alone: terms, geometry,
formulas, rounding."""

from typing import Annotated, Any

import typer

from convtranspose_cases import Case, find_case
from convtranspose_reference.errors import UserError
from convtranspose_reference.formats import FORMATS
from convtranspose_reports import Check

from ..measuring.arithmetic import Fingerprint, fingerprints
from ..measuring.as_data import call_data, rounding_data, rules_data
from ..measuring.fit import Fit, fitted
from ..measuring.survey import ShapeRule, configurations, padding_of, shape_rule, shape_rules
from ..measuring.terms import Terms, can_be_traced, terms_of
from ..measuring.told import told_call, told_fingerprints, told_rules
from ..run.asking.on_demand import FollowUp
from ..run.planning.selection import entries
from ..verdict.reply import Ask
from ..worker.process import Limits
from .screen.terminal import INTERRUPTED_STATUS, Form, print_json, stop
from .taken.options import (
    TARGET,
    Format,
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
    form: Format = Form.TEXT,
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
            read = _read(case, ask)
            version = entry.installed_version()
            if form is Form.JSON:
                print_json({"backend": entry.name, "version": version} | _data(*read))
            else:
                print("\n\n".join([f"{entry.name} {version}".strip(), *_parts(*read)]))
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


Read = tuple[tuple[Case, Terms | str, Fit | str] | None, list[ShapeRule], list[Fingerprint]]


def _read(case: Case | None, ask: Ask) -> Read:
    """What is measured of a call, or of many."""
    if case is None:
        return None, list(shape_rules(ask)), list(fingerprints(tuple(FORMATS), ask))
    terms = terms_of(case, ask)
    fit = fitted(terms) if isinstance(terms, Terms) else terms
    padding = padding_of(case)
    rules = [shape_rule(padding, configurations(padding), ask)]
    return (case, terms, fit), rules, list(fingerprints((case.dtype,), ask))


def _parts(
    call: tuple[Case, Terms | str, Fit | str] | None,
    rules: list[ShapeRule],
    found: list[Fingerprint],
) -> list[str]:
    """The sections of what is printed."""
    own = [] if call is None else [told_call(*call)]
    return [*own, told_rules(rules), told_fingerprints(found)]


def _data(
    call: tuple[Case, Terms | str, Fit | str] | None,
    rules: list[ShapeRule],
    found: list[Fingerprint],
) -> dict[str, Any]:
    return {
        "call": None if call is None else call_data(*call),
        "rules": rules_data(rules),
        "rounding": rounding_data(found),
    }
