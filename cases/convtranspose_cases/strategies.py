"""Hypothesis strategies: legal calls over the whole space, and calls that one step makes forbidden.
Needs hypothesis (extra `fuzz`).

Every choice has the plainest value first, since hypothesis shrinks towards it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from convtranspose_reference.attributes import Attributes, Op, Shape

from .case import CALL, Case, opset_for
from .notation import askable, called
from .special import PREFIX, THEMES, theme_of

Draw = Callable[[st.SearchStrategy[Any]], Any]
DTYPES = ("float32", "float64", "float16", "bfloat16")
OPSETS = (11, 22, 1)
OPSETS_OF = {"bfloat16": (22,)}
_SINGLE, _HALF = ("wide-x", "wide-w"), ("wide",)
# besides those of every dtype
KINDS_OF = {"float32": _SINGLE, "float64": _SINGLE, "float16": _HALF, "bfloat16": _HALF}
USUAL_KINDS = ("integers", "dense", "sparse", "terms", "ones", "ascending")
GRADIENT_KINDS = ("integers", "thin", "dense")
_THEMES = tuple(PREFIX + theme for theme in THEMES)
_AUTO = (None, None, None, "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
_LARGEST_AXIS = {1: (9, 6), 2: (5, 4), 3: (4, 3)}  # rank -> inputs, kernel


def _one(draw: Draw, choices: Sequence[Any]) -> Any:
    return draw(st.sampled_from(choices))


def _often(draw: Draw, of: int = 2) -> bool:
    """False first; else true once in `of`."""
    return bool(draw(st.integers(0, of - 1)) == of - 1)


def _each(draw: Draw, rank: int, least: int, most: int) -> Shape:
    return tuple(draw(st.integers(least, most)) for _ in range(rank))


@st.composite
def legal(draw: Draw, suite: str = CALL) -> Case:
    """A legal call whose numbers are exact: every rank from 1 to 3, attribute, opset, dtype and
    kind of numbers; now and then a size of 0.

    `suite` is one of `notation.CALL_SUITES`: which check it asks.
    """
    op: Op = "Conv" if _often(draw, 8) else "ConvTranspose"
    rank = 1 + draw(st.integers(0, 2))
    x_shape, w_shape, group = _shapes(draw, op, rank)
    dtype = _one(draw, DTYPES)
    bare = Case(
        suite=suite,
        name="",
        op=op,
        x_shape=x_shape,
        w_shape=w_shape,
        dtype=dtype,
        bias=_often(draw, 3),
        initializer=not _often(draw, 4),
        opset=_one(draw, OPSETS_OF.get(dtype, OPSETS)),
        attributes=_steps(draw, rank, group),
    )
    given = _transposed(draw, bare) if op == "ConvTranspose" else _forward(draw, bare)
    given |= {"kernel_shape": w_shape[2:]} if _often(draw, 5) else {}
    case = _changed(bare, **given)
    case = called(replace(case, data=_kind(draw, case)))
    assume(case.refusal() is None and askable(case) and not (op == "Conv" and _left_out(case)))
    return case


def _left_out(case: Case) -> bool:
    """Conv where its text is silent: SAME before opset 11, padded zeros that meet what is not
    finite, an output without elements."""
    same, special = str(case.attributes.auto_pad).startswith("SAME"), case.data.startswith(PREFIX)
    return (
        (same and (case.opset < 11 or special))
        or (special and any(case.attributes.pads or ()))
        or 0 in case.y_shape()[2:]
    )


def _shapes(draw: Draw, op: Op, rank: int) -> tuple[Shape, Shape, int]:
    """X, W and the group; one size in a while is 0."""
    inputs, kernel = _LARGEST_AXIS[rank]
    group = _one(draw, (1, 1, 2, 3))
    channels, maps, batch = _each(draw, 3, 1, 3)
    x, k = list(_each(draw, rank, 1, inputs)), _each(draw, rank, 1, kernel)
    if _often(draw, 12):
        empty = draw(st.integers(0, 3 if op == "ConvTranspose" else 0))
        batch, channels, maps = (
            0 if empty == at else size for at, size in enumerate((batch, channels, maps))
        )
        x[0] = 0 if empty == 3 else x[0]
    first = (channels * group, maps) if op == "ConvTranspose" else (maps * group, channels)
    return (batch, channels * group, *x), (*first, *k), group


def _steps(draw: Draw, rank: int, group: int) -> Attributes:
    return Attributes(
        strides=_each(draw, rank, 1, 4) if _often(draw) else None,
        dilations=_each(draw, rank, 1, 3) if _often(draw, 3) else None,
        group=group if group > 1 or _often(draw, 6) else None,
    )


def _kind(draw: Draw, case: Case) -> str:
    """Numbers that the check and the dtype are made for."""
    if "gradient" in case.checks:
        return str(_one(draw, GRADIENT_KINDS))
    if "repeatability" not in case.checks and _often(draw, 6):
        return str(_one(draw, [name for name in _THEMES if case.dtype in theme_of(name).dtypes]))
    return str(_one(draw, USUAL_KINDS + KINDS_OF[case.dtype]))


def _changed(case: Case, **given: Any) -> Case:
    return replace(case, attributes=Attributes(**case.attributes.given() | given))


def _transposed(draw: Draw, case: Case) -> dict[str, Any]:
    """Padding of ConvTranspose: output_padding up to its limit, then output_shape, auto_pad or pads
    within the natural size."""
    given: dict[str, Any] = {}
    if _often(draw, 3):
        given["output_padding"] = tuple(
            draw(st.integers(0, max(a.stride, a.dilation) - 1)) for a in case.axes
        )
    natural = [axis.natural for axis in _changed(case, **given).axes]
    auto, shaped = _one(draw, _AUTO), _often(draw, 4)
    if auto is not None:
        given["auto_pad"] = auto
    if shaped:
        given["output_shape"] = tuple(max(size + draw(st.integers(-4, 4)), 0) for size in natural)
    if auto in (None, "NOTSET") and _often(draw):
        given["pads"] = _pads(draw, [4 if shaped else size for size in natural])
    return given


def _pads(draw: Draw, most: list[int]) -> Shape:
    """Begins and ends that together crop at most so much."""
    begins = [draw(st.integers(0, max(min(size, 4), 0))) for size in most]
    ends = [
        draw(st.integers(0, max(min(size - begin, 4), 0)))
        for size, begin in zip(most, begins, strict=True)
    ]
    return (*begins, *ends)


def _forward(draw: Draw, case: Case) -> dict[str, Any]:
    """Padding of Conv, enough of it that the kernel fits."""
    auto = _one(draw, _AUTO)
    given = {} if auto is None else {"auto_pad": auto}
    if auto not in (None, "NOTSET"):
        return given
    missing = [max(axis.effective_kernel - axis.input, 0) for axis in case.axes]
    if any(missing) or _often(draw):
        begins = _each(draw, case.rank, 0, 3)
        ends = tuple(
            max(m - b, 0) + draw(st.integers(0, 3)) for m, b in zip(missing, begins, strict=True)
        )
        given["pads"] = (*begins, *ends)
    return given


@st.composite
def nearly_legal(draw: Draw) -> Case:
    """A legal call with one thing one step beyond what the text allows: is it refused?"""
    fine = draw(legal())
    broken = _one(draw, BREAKS)(
        draw,
        replace(fine, data="plain", dtype="float32", opset=opset_for("float32"), previous=None),
    )
    assume(broken is not None and broken.refusal() is not None)
    case = called(broken)
    assume(askable(case))
    return case


def _at(draw: Draw, values: Shape) -> int:
    return int(draw(st.integers(0, len(values) - 1)))


def _set(values: Shape, at: int, value: int) -> Shape:
    return (*values[:at], value, *values[at + 1 :])


def _defaults(case: Case) -> dict[str, Shape]:
    ones, zeros = (1,) * case.rank, (0,) * case.rank
    return {
        "strides": ones,
        "dilations": ones,
        "pads": zeros * 2,
        "output_padding": zeros,
        "kernel_shape": case.w_shape[2:],
        "output_shape": tuple(max(axis.natural, 0) for axis in case.axes),
    }


def _lists(case: Case) -> list[str]:
    """The lists that the operator has."""
    return [
        name
        for name in _defaults(case)
        if case.op == "ConvTranspose" or not name.startswith("output")
    ]


def _value(draw: Draw, case: Case) -> Case:
    """A value below the least: a stride of 0, a pad of -1; or a kernel_shape that is not W's."""
    name = _one(draw, _lists(case))
    values: Shape = getattr(case.attributes, name) or _defaults(case)[name]
    beyond = {"strides": 0, "dilations": 0}.get(name, -1)
    at = _at(draw, values)
    return _changed(
        case, **{name: _set(values, at, values[at] + 1 if name == "kernel_shape" else beyond)}
    )


def _length(draw: Draw, case: Case) -> Case:
    """A list one too long or one too short."""
    name = _one(draw, _lists(case))
    values: Shape = getattr(case.attributes, name) or _defaults(case)[name]
    return _changed(case, **{name: (*values, values[-1]) if _often(draw) else values[:-1]})


def _output_padding(draw: Draw, case: Case) -> Case | None:
    """output_padding at its limit."""
    if case.op == "Conv":
        return _changed(case, output_padding=(0,) * case.rank)
    values = case.attributes.output_padding or (0,) * case.rank
    at = _at(draw, values)
    return _changed(
        case, output_padding=_set(values, at, max(case.axes[at].stride, case.axes[at].dilation))
    )


def _size(draw: Draw, case: Case) -> Case | None:
    """Pads of one element more than there is to crop."""
    if (
        case.op == "Conv"
        or case.attributes.output_shape is not None
        or case.attributes.auto_pad not in (None, "NOTSET")
    ):
        return None
    at = draw(st.integers(0, case.rank - 1))
    pads = case.attributes.pads or (0,) * (2 * case.rank)
    return _changed(case, pads=_set(pads, at, case.axes[at].natural - pads[at + case.rank] + 1))


def _channels(draw: Draw, case: Case) -> Case:
    """W, B or the group one off."""
    what = _one(draw, ("W.shape[0]", "B", "group"))
    step = _one(draw, (1, -1))
    if what == "group":
        return _changed(case, group=max(case.group + step, 0))
    if what == "B":
        return replace(case, bias=True, bias_shape=(max(case.maps + step, 0),))
    at = 0 if case.op == "ConvTranspose" else 1
    return replace(case, w_shape=_set(case.w_shape, at, max(case.w_shape[at] + step, 0)))


def _auto_pad(draw: Draw, case: Case) -> Case:
    """A word that is none, or pads beside one that excludes them."""
    if _often(draw):
        return _changed(case, auto_pad=_one(draw, ("SAME", "same_upper", "FULL", "")), pads=None)
    return _changed(
        case,
        auto_pad=_one(draw, ("SAME_UPPER", "SAME_LOWER", "VALID")),
        pads=case.attributes.pads or (0,) * (2 * case.rank),
    )


BREAKS = (_value, _length, _output_padding, _size, _channels, _auto_pad)
