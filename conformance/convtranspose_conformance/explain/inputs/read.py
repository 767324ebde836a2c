"""From what a person has to what is explained: a case id, an ONNX file, calls in a text."""

import os.path
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convtranspose_cases import find_case
from convtranspose_reference.attributes import Shape

from .subject import Subject, Unreadable
from .written.source import first_line, is_text_file

ACCEPTED = (
    "accepted are a case id such as seeds/stride_2_filter_3, model.onnx or model.onnx#NODE, and "
    "text with calls in it, a .py or .ipynb file or - for standard input, such as "
    "'nn.ConvTranspose2d(16, 8, 3, stride=2)' or 'keras.layers.Conv2DTranspose(8, 3)'"
)

# what each leaves to options
OPEN: dict[str, tuple[str, ...]] = {
    "a case id": (),
    "a model": ("x", "w"),
    "a text": ("x", "w", "dtype"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What options say beside a text: shapes of X and W in ONNX's order, the element type, and what
    names stand for."""

    x: Shape | None = None
    w: Shape | None = None
    dtype: str | None = None
    names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def options(self) -> list[str]:
        """Those that are given, by name."""
        pairs = {"x": self.x, "w": self.w, "dtype": self.dtype}
        return [name for name, value in pairs.items() if value]


def subjects(
    what: str,
    x: Shape | None = None,
    w: Shape | None = None,
    dtype: str | None = None,
    *,
    names: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> list[Subject]:
    """What is explained, in order. `x`, `w`, `dtype`: shapes and element type where `what` leaves
    them open; `names`: what names in a text stand for; `sizes`: symbolic sizes of a model.

    Warns with LeftOutWarning of nodes and calls that cannot be read beside others that can. Raises
    Unreadable for what is none of these, UnknownName for a case that is none.
    """
    given = Given(x=x, w=w, dtype=dtype, names=names or {})
    refuse_beside(what, given.options)
    kind = kind_of(what)
    if kind == "a model":
        from .onnx_model.file import onnx_subjects  # a text needs none of what reads files

        return onnx_subjects(what, x, w, sizes or {})
    if kind == "a text":
        from .text import text_subjects  # options and a case id need none of what reads a text

        return text_subjects(what, given.x, given.w, given.dtype, given.names)
    if "/" not in what:
        raise Unreadable(
            f"{first_line(what)} is no case id (SUITE/NAME), no ONNX file and no layer; {ACCEPTED}"
        )
    return [Subject(case=find_case(what))]


def kind_of(what: str) -> str:
    """What a text is, to be read: a file before anything else, since a path may hold a
    parenthesis."""
    if is_text_file(what):
        return "a text"
    if _is_file(what):
        return "a model"
    return "a text" if re.search(r"[\s(=]", what.strip()) else "a case id"


def refuse_beside(what: str, options: Iterable[str]) -> None:
    """Raises Unreadable where one of the `options`, by their names, says what `what` says by
    itself."""
    kind = kind_of(what)
    but = f" but {' and '.join(f'--{name}' for name in OPEN[kind])}" if OPEN[kind] else ""
    if beside := [f"--{name.replace('_', '-')}" for name in options if name not in OPEN[kind]]:
        raise Unreadable(f"{kind} says everything{but}: leave out {', '.join(beside)}")


def _is_file(what: str) -> bool:
    """Does the text name an ONNX file, or at least a file?"""
    name = what.partition("#")[0]
    if "\n" in name or len(what) > 1000:
        return False
    if "\n" in what:  # of a node's name
        return os.path.isfile(name)
    return (
        name.endswith(".onnx") or ".onnx#" in what or os.path.isfile(what) or os.path.isfile(name)
    )
