"""A case made from a command line's options, and back."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any, TypedDict, Unpack

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Attributes, Op, Shape
from convtranspose_reference.formats import FORMATS

from .subject import Unreadable

SUITE = "adhoc"
_OPS: dict[str, Op] = {"ConvTranspose": "ConvTranspose", "Conv": "Conv"}


class Lists(TypedDict, total=False):
    """The options that are comma lists of integers, one of each axis or, for pads, two. None is
    absent."""

    strides: str | None
    dilations: str | None
    pads: str | None
    output_padding: str | None
    output_shape: str | None
    kernel_shape: str | None


def case_from_options(
    x: str,
    w: str,
    op: str = "ConvTranspose",
    *,
    auto_pad: str | None = None,
    group: str | int | None = None,
    bias: bool = False,
    dtype: str = "float32",
    opset: str | int | None = None,
    **lists: Unpack[Lists],
) -> Case:
    """The case `adhoc/call` from comma lists: `x` is N,C,D1,..., `w` C,M/group,k1,... (Conv:
    M,C/group,k1,...), None is absent.

    `opset` defaults to the oldest that the suite asks in that dtype. Raises Unreadable, one line
    naming the option, for what is no list of integers, no shape, op, dtype or opset; whether the
    call is a legal one is for `explain` to say.
    """
    _one_of("op", op, _OPS)
    dtype_option(dtype)
    return Case(
        suite=SUITE,
        name="call",
        op=_OPS[op],
        x_shape=shape_option("x", x),
        w_shape=shape_option("w", w),
        attributes=_attributes(lists, auto_pad, group),
        bias=bias,
        dtype=dtype,
        opset=opset_for(dtype) if opset is None else _opset(opset),
    )


def command_line(case: Case) -> str:
    """The command line that explains a case made of attributes."""
    shapes = [("x", case.x_shape), ("w", case.w_shape)]
    attributes = [
        (name.replace("_", "-"), value)
        for name, value in case.attributes.given().items()
        if isinstance(value, tuple)
    ]
    words = [f"--{name} {','.join(map(str, sizes))}" for name, sizes in (*shapes, *attributes)]
    words += [f"--group {case.group}"] * (case.group > 1) + ["--bias"] * case.bias
    words += [f"--dtype {case.dtype}"] * (case.dtype != "float32")
    return " ".join(["convtranspose explain", *words])


def _one_of(option: str, text: str, accepted: Iterable[str]) -> str:
    if text not in accepted:
        raise Unreadable(f"--{option} {text}: accepted are {', '.join(accepted)}")
    return text


def dtype_option(text: str) -> str:
    """The name of `--dtype`. Raises Unreadable naming the option."""
    return _one_of("dtype", text, FORMATS)


def _attributes(lists: Lists, auto_pad: str | None, group: str | int | None) -> Attributes:
    given = {name: _integers(name, str(text)) for name, text in lists.items() if text is not None}
    number = None if group is None else _integer("group", group)
    return Attributes(**given, auto_pad=auto_pad, group=number)


def _opset(text: str | int) -> int:
    number = _integer("opset", text)
    if number < 1:
        raise Unreadable(f"--opset {text}: accepted is 1 or more")
    return number


def _integer(option: str, text: str | int) -> int:
    try:
        return int(text)
    except ValueError:
        raise Unreadable(f"--{option} {text}: accepted is an integer") from None


def _integers(option: str, text: str) -> Shape:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise Unreadable(
            f"--{option.replace('_', '-')} {text}: accepted are integers with commas between them, "
            "as in 2,1"
        ) from None


def shape_option(option: str, text: str) -> Shape:
    """The sizes of `--x` or `--w`. Raises Unreadable naming the option."""
    sizes = _integers(option, text)
    if min(sizes) < 0:
        raise Unreadable(f"--{option} {text}: {min(sizes)} is no size: accepted are 0 and more")
    if len(sizes) < 3:
        raise Unreadable(
            f"--{option} {text}: accepted are two sizes of channel axes and one of each spatial "
            f"axis, as in 1,2,5,5, and not {len(sizes)} of them"
        )
    return sizes


def names_option(given: Iterable[str]) -> dict[str, Any]:
    """What names stand for, from `--set NAME=VALUE`: numbers, words or lists. Raises Unreadable."""
    return {name: _literal(name, value) for name, value in _pairs("set", given)}


def sizes_option(given: Iterable[str]) -> dict[str, int]:
    """Symbolic sizes, from `--dim NAME=SIZE`. Raises Unreadable."""
    sizes = {name: _integer(f"dim {name}", value) for name, value in _pairs("dim", given)}
    for name, size in sizes.items():
        if not 0 <= size < 2**31:
            raise Unreadable(f"--dim {name}={size}: accepted is a size of 0 or more")
    return sizes


def _pairs(option: str, given: Iterable[str]) -> Iterator[tuple[str, str]]:
    for each in given:
        name, equals, value = each.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise Unreadable(f"--{option} {each}: accepted is NAME=VALUE, as in stride=2")
        yield name.strip(), value.strip()


def _literal(name: str, text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        if text.isidentifier():
            return text
    raise Unreadable(
        f"--set {name}={text[:60]}: accepted is a number, a word, or a list such as [1,2]"
    )
