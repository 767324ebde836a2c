"""A case in words: its id, where it stands in no suite."""

import re
from collections.abc import Iterator
from dataclasses import replace

from convtranspose_reference.attributes import AUTO_PADS, Shape
from convtranspose_reference.errors import UserError

from ..case import CALL, Case, usual_opset
from ..composed import resize_words, shuffle_words

# suite of the id -> what it asks; the check follows from the suite, as everywhere
CALL_SUITES = {
    CALL: "Calls that stand in no suite",
    "call-gradient": "Gradients of calls that stand in no suite",
    "call-repeatability": "Repeated calls that stand in no suite",
}
_SUITE_OF: dict[tuple[str, ...], str] = {
    ("gradient",): "call-gradient",
    ("repeatability",): "call-repeatability",
}


class NotationError(UserError, ValueError):
    """A case id that says no case, or one that cannot be asked; names the part, and what is
    accepted."""


def is_call(case_id: str) -> bool:
    """Does the id carry its case, rather than name one of a suite?"""
    suite, slash, _ = case_id.partition("/")
    return bool(slash) and suite in CALL_SUITES


def called(case: Case) -> Case:
    """The same question under the id that says it, asked the same checks. Its numbers follow from
    that id, as everywhere."""
    previous = None if case.previous is None else called(case.previous)
    found = replace(case, suite=_SUITE_OF.get(case.checks, CALL), previous=previous)
    return replace(found, name=spelled(found))


def spelled(case: Case) -> str:
    """The case in words, the part of its id after the slash."""
    return "_".join(_words(case))


def _words(case: Case) -> Iterator[str]:
    yield from ["conv"] * (case.op == "Conv")
    yield from _list("x", case.x_shape)
    yield from _list("w", case.w_shape)
    if case.bias:
        yield from ["bias"] if case.bias_shape is None else _list("b", case.bias_shape)
    given = case.attributes.given()
    yield from _list("group", (given["group"],)) if "group" in given else ()
    for name in ("strides", "dilations", "pads"):
        yield from _list(name, given[name]) if name in given else ()
    yield from ("auto_pad", _quoted(given["auto_pad"])) if "auto_pad" in given else ()
    for name in ("output_padding", "output_shape", "kernel_shape"):
        yield from _list(name, given[name]) if name in given else ()
    yield from [case.dtype] * (case.dtype != "float32")
    yield from [case.data] * (case.data != "integers")
    yield from ["opset", str(case.opset)] * (case.opset != usual_opset(case.dtype, case.resize))
    yield from ["w_input"] * (not case.initializer)
    yield from resize_words(case.resize)
    yield from shuffle_words(case.depth_to_space)
    yield from [] if case.previous is None else ["after", spelled(case.previous)]


def _list(name: str, values: Shape) -> Iterator[str]:
    yield from (name, *map(str, values))


def _quoted(word: str) -> str:
    """A value of auto_pad as one word, or as ONNX's own two; what is no letter and no digit as %XX,
    as in addresses of the web."""
    if word in AUTO_PADS:
        return word
    return re.sub(
        "[^A-Za-z0-9]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), word
    )
