"""What `convtranspose explain` is asked about: its arguments read into calls."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..explain import Subject, case_from_options
from ..explain.inputs.options import dtype_option, names_option, shape_option, sizes_option
from ..explain.inputs.read import ACCEPTED, refuse_beside, subjects
from ..explain.inputs.signature import Asked
from .options import OptionError

SHAPES = ("x", "w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What names of a text, and symbolic sizes of a model, stand for: as they are typed."""

    set: Sequence[str] = ()
    dim: Sequence[str] = ()


def chosen_of(
    what: str, given: Mapping[str, Any], beside: Beside, only: Sequence[int] = ()
) -> list[Subject]:
    """The calls, or those of them whose numbers are asked for. Raises UserError for options and
    texts that say nothing, or too much, and for a number that is none."""
    every = _read(what, given, beside)
    if wrong := [number for number in only if not 1 <= number <= len(every)]:
        raise OptionError(f"--only {wrong[0]}: accepted is 1 to {len(every)}")
    return [every[number - 1] for number in only] or every


def _read(what: str, given: Mapping[str, Any], beside: Beside) -> list[Subject]:
    if not what:
        if not ("x" in given and "w" in given):
            raise OptionError(
                "explain takes a case id, a model or a layer, or both --x and --w, such as --x "
                f"1,2,5,5 --w 2,3,3,3; {ACCEPTED}"
            )
        return [Subject(case=case_from_options(**given))]
    refuse_beside(what, given)
    x, w = (shape_option(name, given[name]) if name in given else None for name in SHAPES)
    dtype = dtype_option(given["dtype"]) if "dtype" in given else None
    names, sizes = names_option(beside.set), sizes_option(beside.dim)
    try:
        return subjects(what, x, w, dtype, names=names, sizes=sizes)
    except Asked as asked:
        typed = " ".join(
            ["convtranspose explain", shlex.quote(what)]
            + [f"--{name} {value}" for name, value in given.items()]
            + [f"--set {shlex.quote(each)}" for each in beside.set]
        )
        raise OptionError(f"{asked}:\n  {typed} {asked.options}") from None
