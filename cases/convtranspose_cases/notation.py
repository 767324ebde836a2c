"""Case ids that carry the whole case, for calls that stand in no suite:
`call/x_1_2_5_w_2_3_3_strides_2_pads_1_0_float16_dense`.

Words with `_` between them: what is given, then its value in ONNX's spelling; what is left out has
its default. No character is one that a shell or a glob treats specially.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from math import prod
from typing import Any
from urllib.parse import unquote

import numpy as np

from convtranspose_reference.attributes import AUTO_PADS, Attributes, Shape
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.errors import UserError
from convtranspose_reference.formats import FORMATS

from .case import CALL, Case, opset_for
from .gradients import output_gradient
from .inputs import AFTER, KINDS, Scaled, tensors
from .limits import is_int64, shown
from .special import PREFIX, THEMES

# suite of the id -> what it asks; the check follows from the suite, as everywhere
CALL_SUITES = {
    CALL: "Calls that stand in no suite",
    "call-gradient": "Gradients of calls that stand in no suite",
    "call-repeatability": "Repeated calls that stand in no suite",
}
LARGEST = 2**22  # elements of a tensor
MOST_PRODUCTS = 2**31  # that a call adds up
MOST_AXES = 8  # spatial ones
MOST_TAPS = 2**15  # elements of a kernel
MOST_COLUMNS = 2**26  # elements of what is laid out beside one another to be multiplied
MOST_BEFORE = 16  # calls that come `after` one another
LONGEST = 20_000  # characters of an id
KINDS_OF_DATA = (
    "integers",
    *(kind for kind in KINDS if kind != "integers"),
    *(PREFIX + theme for theme in THEMES),
    *AFTER,
)
_SUITE_OF: dict[tuple[str, ...], str] = {
    ("gradient",): "call-gradient",
    ("repeatability",): "call-repeatability",
}
_LISTS = ("strides", "dilations", "pads", "output_padding", "output_shape", "kernel_shape")
_INTEGER = re.compile(r"-?[0-9]+")
_WORD = re.compile(r"([A-Za-z0-9]|%[0-9A-F]{2})*")
_SHAPE = "two sizes of channel axes and one of each spatial axis, none below 0"


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
    yield from ["opset", str(case.opset)] * (case.opset != opset_for(case.dtype))
    yield from ["w_input"] * (not case.initializer)
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


class _Words:
    """The words of an id, taken from the left."""

    def __init__(self, case_id: str, text: str) -> None:
        self._id, self._left = case_id, text.split("_")
        self.keyword = ""

    def __bool__(self) -> bool:
        return bool(self._left)

    def wrong(self, part: str, why: str) -> NotationError:
        return NotationError(f"case {shown(self._id)}: {shown(part)}: {why}")

    def next_keyword(self) -> str:
        """The longest run of words that is one."""
        for length in (2, 1):
            self.keyword = "_".join(self._left[:length])
            if self.keyword in _PARTS:
                del self._left[:length]
                return self.keyword
        known = ", ".join(keyword for keyword in _PARTS if not keyword.startswith(PREFIX))
        raise self.wrong(
            f"part {self._left[0]!r}",
            f"accepted are {known}, and {PREFIX}THEME as in suite special",
        )

    def integers(self) -> Shape:
        end = next(
            (n for n, word in enumerate(self._left) if not _INTEGER.fullmatch(word)),
            len(self._left),
        )
        found, self._left = self._left[:end], self._left[end:]
        if not all(map(is_int64, found)):
            raise self.wrong(self.part(found), "accepted are integers of 64 bits")
        return tuple(map(int, found))

    def integer(self) -> int:
        found = self.integers()
        if len(found) != 1:
            raise self.wrong(self.part(found), "accepted is one integer")
        return found[0]

    def sizes(self) -> Shape:
        found = self.integers()
        if len(found) < 2 or min(found) < 0:
            raise self.wrong(self.part(found), f"accepted are {_SHAPE}")
        return found

    def part(self, values: Any) -> str:
        return f"part {'_'.join([self.keyword, *map(str, values)])!r}"

    def quoted(self) -> str:
        if self._left[:1] == ["SAME"] and self._left[1:2] in (["UPPER"], ["LOWER"]):
            return f"{self._left.pop(0)}_{self._left.pop(0)}"
        if not self._left or not _WORD.fullmatch(self._left[0]):
            raise self.wrong(
                self.part(self._left[:1]),
                f"accepted is one of {', '.join(AUTO_PADS)}, or any word, other signs as %XX",
            )
        return unquote(self._left.pop(0), errors="replace")

    def rest(self) -> str:
        taken, self._left = "_".join(self._left), []
        return taken


def _bias_shape(words: _Words) -> dict[str, Any]:
    shape = words.integers()
    if shape and min(shape) < 0:
        raise words.wrong(words.part(shape), "accepted are sizes of B, none below 0")
    return {"bias": True, "bias_shape": shape}


def _opset(words: _Words) -> dict[str, Any]:
    if (opset := words.integer()) < 1:
        raise words.wrong(words.part([opset]), "accepted is 1 or more")
    return {"opset": opset}


def _constant(**what: Any) -> Callable[[_Words], dict[str, Any]]:
    return lambda words: what


def _of(name: str, take: Callable[[_Words], Any]) -> Callable[[_Words], dict[str, Any]]:
    return lambda words: {name: take(words)}


_PARTS: dict[str, Callable[[_Words], dict[str, Any]]] = {
    "conv": _constant(op="Conv"),
    "x": _of("x_shape", _Words.sizes),
    "w": _of("w_shape", _Words.sizes),
    "bias": _constant(bias=True),
    "b": _bias_shape,
    "group": _of("group", _Words.integer),
    **{name: _of(name, _Words.integers) for name in _LISTS},
    "auto_pad": _of("auto_pad", _Words.quoted),
    **{name: _constant(dtype=name) for name in FORMATS},
    "opset": _opset,
    "w_input": _constant(initializer=False),
    "after": lambda words: {"previous": _read(words, CALL, words.rest())},
    **{kind: _constant(data=kind) for kind in KINDS_OF_DATA},
}


def _read(outer: _Words, suite: str, text: str) -> Case:
    words, found = _Words(outer._id, text), dict[str, Any]()
    while words:
        keyword = words.next_keyword()
        said = _PARTS[keyword](words)
        if said.keys() & found.keys():
            raise words.wrong(f"part {keyword!r}", "accepted is each thing once")
        found |= said
    if missing := {"x_shape", "w_shape"} - found.keys():
        raise words.wrong(
            f"no {' and no '.join(sorted(name[0] for name in missing))}",
            f"needed are x and w, each {_SHAPE}",
        )
    attributes = Attributes(
        **{f.name: found.pop(f.name) for f in fields(Attributes) if f.name in found}
    )
    found.setdefault("opset", opset_for(found.get("dtype", "float32")))
    case = Case(suite=suite, name="", attributes=attributes, **found)
    return replace(case, name=spelled(case))


def parse(case_id: str) -> Case:
    """The case that an id says; its own id is the canonical spelling. Raises NotationError naming
    the part that is none."""
    suite, _, text = case_id.partition("/")
    words = _Words(case_id, text)
    if suite not in CALL_SUITES:
        raise words.wrong(f"suite {suite!r}", f"accepted are {', '.join(CALL_SUITES)}")
    if len(text) > LONGEST:
        raise words.wrong(f"{len(text)} characters", f"accepted are at most {LONGEST}")
    if text.split("_").count("after") > MOST_BEFORE:
        raise words.wrong("part 'after'", f"accepted are at most {MOST_BEFORE} calls in a row")
    if strange := re.search("[^A-Za-z0-9_%-]", text):
        raise words.wrong(
            f"{strange[0]!r}",
            "accepted is a call said in full, in letters, digits, - and _ (and % in auto_pad)",
        )
    return _read(words, suite, text)


def find_call(case_id: str) -> Case:
    """The case that an id says, if it can be asked. Raises NotationError."""
    case = parse(case_id)
    require_askable(case)
    return case


def askable(case: Case) -> bool:
    """Can the case be asked: are its tensors small enough, and are there numbers of its kind?"""
    try:
        require_askable(case)
    except NotationError:
        return False
    return True


def require_askable(case: Case) -> None:
    """Raises NotationError where a tensor is too large to be made, or the kind of numbers is none
    for this call."""
    if case.previous is not None:
        require_askable(case.previous)
    _require_small(case)
    refused = case.refusal()
    if refused is not None and (case.checks == ("gradient",) or case.data != "plain"):
        raise NotationError(
            f"case {case.id}: is a call that the text forbids ({refused}); accepted for it is "
            f"`{CALL}/` with numbers of the kind `plain`"
        )
    try:
        given = tensors(case)
        if case.checks == ("gradient",):
            output_gradient(case, given)
    except ValueError as error:
        raise NotationError(
            f"case {case.id}: there are no {case.data!r} numbers for it: {error}"
        ) from error
    if given.X.integers.shape != case.x_shape:
        raise NotationError(
            f"case {case.id}: X is the output of another shape that comes `after`: "
            f"{list(given.X.integers.shape)}"
        )
    if not all(
        _holds(case.dtype, tensor) for tensor in (given.X, given.W, given.B) if tensor is not None
    ):
        raise NotationError(f"case {case.id}: {case.data!r} numbers are wider than {case.dtype}")


def _require_small(case: Case) -> None:
    """Raises NotationError where the call costs more memory or time than a case may."""
    if case.rank > MOST_AXES:
        raise NotationError(
            f"case {shown(case.id)}: {case.rank} spatial axes; accepted are at most {MOST_AXES}"
        )
    sizes = [(name, "elements", size, LARGEST) for name, size in _elements(case)]
    if case.refusal() is None:
        sizes += [
            ("the kernel", "elements", case.taps, MOST_TAPS),
            ("Y", "products to add up", _products(case), MOST_PRODUCTS),
            ("X", "elements where the kernel lands", _columns(case), MOST_COLUMNS),
        ]
    for name, what, size, most in sizes:
        if size > most:
            raise NotationError(
                f"case {shown(case.id)}: {name} would have {size} {what}; accepted are at most "
                f"{most}"
            )


def _products(case: Case) -> int:
    """How many products a legal call adds up, before anything is cropped."""
    placed = case.x_shape if case.op == "ConvTranspose" else case.y_shape()
    return prod(placed) * prod(case.w_shape[1:])


def _columns(case: Case) -> int:
    """How large the copies of X are that a kernel is multiplied with at once, roughly."""
    taps = prod(-(-axis.kernel // axis.stride) for axis in case.axes)
    places = prod(max(axis.natural, axis.input) // axis.stride + 1 for axis in case.axes)
    return taps * places * case.channels_per_group


def _holds(dtype: str, tensor: Scaled) -> bool:
    """Are the numbers such that the dtype holds them?"""
    exact = np.ldexp(tensor.integers.astype(np.float64), tensor.exponent)
    given = tensor.special if tensor.special is not None else np.zeros(())
    return bool(((tensor.array(dtype).astype(np.float64) == exact) | (given != 0)).all())


def _elements(case: Case) -> Iterator[tuple[str, int]]:
    """How large each tensor is; Y, and Y before it is cropped, of legal calls alone."""
    yield from (
        ("X", prod(case.x_shape)),
        ("W", prod(case.w_shape)),
        ("B", prod(case.bias_shape or ())),
    )
    if case.refusal() is None:
        yield "Y", prod(case.y_shape())
        if case.op == "ConvTranspose":
            yield (
                "Y before it is cropped",
                case.x_shape[0] * case.maps * prod(max(axis.natural, 0) for axis in case.axes),
            )
        else:
            yield (
                "X with its pads",
                prod(case.x_shape[:2])
                * prod(axis.input + sum(conv_pads(axis)) for axis in case.axes),
            )
