"""Rules that were measured: formulas, as a fault that predicts as exactly as the named ones.

`begin = floor((effective_kernel - 1) / 2), size = natural - effective_kernel + 1` is such a rule;
` on axes with CONDITION` behind it makes it hold on some axes. Its text is its name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from convtranspose_cases import Case
from convtranspose_cases.goldens import Golden, golden
from convtranspose_cases.inputs import Tensors, linear_of
from convtranspose_cases.special import PREFIX as SPECIAL
from convtranspose_reference import InvalidInput
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.geometry import Geometry

from ..predicate import Expression
from .arithmetic import ROUNDINGS, all_rounded, rounded, rounded_before_bias
from .fault import Array, Fault, Types, changed, mixed
from .formula import Formula, FormulaError, formula
from .quantities import AXIS, CHANNEL, IMAGE, ON_AXES, of_axis, on_axis

SPEAKS_OF: dict[str, frozenset[str]] = {
    "begin": AXIS,
    "size": AXIS,
    "stride": AXIS,
    "dilation": AXIS,
    "reversed": AXIS,
    "x_group": CHANNEL,
    "x_index": CHANNEL,
    "w_group": CHANNEL,
    "w_index": CHANNEL,
    "w_map": CHANNEL,
    "b_channel": CHANNEL,
    "b_times": CHANNEL,
    "times": CHANNEL,
    "image": IMAGE,
    "x_bits": frozenset(),
    "w_bits": frozenset(),
}
"""Word -> what its formula may speak of. An output begins at `begin` of the uncropped one and has
`size` elements along an axis; channel `m` sums, for each j, channel `x_index` of group `x_group` of
X with column `w_map` of row `w_index` of group `w_group` of W, each `times`, and B[`b_channel`]
`b_times`; image `n` is made of image `image` of X, or is 0 where that is below 0; X and W are
rounded to so many bits."""
OF_IMAGES = {
    "image = 0": "computes every image of the batch from the first",
    "image = -n": "computes the first image of the batch, and leaves 0 in place of the others",
    "image = N - 1 - n": "computes the images of the batch in reverse order",
}
"""The rules of images that are looked for, in words: a formula of them says little."""
OF_BIAS = {
    "b_times": "multiplies B by {}",
    "b_channel": "adds to output channel m the bias of channel {}",
}
"""What is said of B alone, in words."""
_OF_AXES = ("begin", "size", "stride", "dilation", "reversed")
_OF_SUMS = ("x_group", "x_index", "w_group", "w_index", "w_map")
ON_SOME = " on axes with "
ROUNDING = re.compile(r" rounded (\w[\w ]*)$")
COMPUTED_IN, CAST_TO, BITS_AS = "computed_in", "y_dtype", "y_bits_as"
TYPES = (COMPUTED_IN, CAST_TO, BITS_AS)
"""The words that have an element type for a formula: X, W and B are taken as numbers of the first,
to which each sum is rounded as in a call of that type; the finished Y is cast to the second, and
its bits are returned as if they were the third's. Each is X's own where it is left out."""
B_ADDED, AFTER_ROUNDING = "b_added", "after rounding"
"""The word that says when B is added, and what can be said: to the sum that was rounded to Y's type
already."""
_OF_BITS = ("int16", "uint16", "int32", "uint32", "int64", "uint64")
_WORDS = re.compile(r"(?:^|, )(" + "|".join((*SPEAKS_OF, *TYPES, B_ADDED)) + r") = ")


@dataclass(frozen=True)
class Rule:
    """A measured rule: its formulas by word, on which axes they hold (None: on all), how bits are
    cut where it says how many, and its element types by word."""

    name: str
    formulas: Mapping[str, Formula]
    on: Expression | None
    rounding: str
    types: Mapping[str, str]

    @cached_property
    def sentence(self) -> str:
        """The rule as a sentence's predicate."""
        if self.types and not self.formulas:
            return _of_types(self.types)
        word, _, text = self.name.partition(" = ")
        if word in OF_BIAS and len(self.formulas) == 1 and not self.types:
            return OF_BIAS[word].format(text)
        return OF_IMAGES.get(self.name, f"computes with {self.name}")

    def holds_on(self, case: Case, number: int) -> bool:
        return self.on is None or self.on.holds(on_axis(case, number))

    @property
    def is_of_sums(self) -> bool:
        """Does it say of nothing else than which channels are summed?"""
        return not self.types and self.formulas.keys() <= set(_OF_SUMS)

    def has(self, *words: str) -> bool:
        return any(word in self.formulas for word in words)


def is_measured(name: str) -> bool:
    """Does the name of a fault look like a measured rule, rather than like one of the library?"""
    return _WORDS.match(name) is not None


@lru_cache(maxsize=512)
def rule(name: str) -> Rule:
    """The rule that a text states. Raises FormulaError where it states none."""
    body, _, on = name.partition(ON_SOME)
    cut = ROUNDING.search(body)
    pieces = _WORDS.split(body[: cut.start()] if cut else body)
    words, texts = pieces[1::2], pieces[2::2]
    if pieces[0] or not words or len(set(words)) < len(words):
        known = ", ".join((*SPEAKS_OF, *TYPES, B_ADDED))
        raise FormulaError(
            f"{name!r} is no rule; accepted are WORD = FORMULA, WORD = FORMULA ..., each of "
            f"{known} once"
        )
    assignments = dict(zip(words, texts, strict=True))
    types = {word: assignments.pop(word) for word in (*TYPES, B_ADDED) if word in assignments}
    accepted = dict.fromkeys(TYPES, tuple(FORMATS))
    accepted |= {BITS_AS: (*FORMATS, *_OF_BITS), B_ADDED: (AFTER_ROUNDING,)}
    for word, given in types.items():
        if given not in accepted[word]:
            raise FormulaError(f"{name!r}: accepted for {word} are {', '.join(accepted[word])}")
    formulas = {word: formula(text, SPEAKS_OF[word]) for word, text in assignments.items()}
    if cut and cut[1] not in ROUNDINGS:
        raise FormulaError(f"rounded {cut[1]!r}; accepted: {', '.join(ROUNDINGS)}")
    return Rule(
        name,
        formulas,
        Expression(on, ON_AXES) if on else None,
        cut[1] if cut else "to nearest even",
        types,
    )


def _of_types(types: Mapping[str, str]) -> str:
    """What a backend does whose outputs are of these types."""
    computed, cast, bits = (types.get(word) for word in TYPES)
    phrases = [
        f"computes in {computed}" if computed else "",
        f"returns Y in {cast}" if cast else "casts Y back" if computed else "",
        f"returns the bits of Y as {bits}" if bits else "",
        "adds B after the sum was rounded" if B_ADDED in types else "",
    ]
    return ", and ".join(filter(None, phrases))


def fault_for(name: str, case: Case) -> Fault:
    """The rule as a fault of this call: its formulas speak of the call as it was asked, whatever
    other faults make of it."""
    measured_rule = rule(name)
    if case.op != "ConvTranspose":
        return Fault(name, measured_rule.sentence)
    _check(measured_rule, case)
    types = _types(measured_rule, case)
    return Fault(
        name,
        measured_rule.sentence,
        case=_rewritten(measured_rule, case),
        tensors=_renumbered(measured_rule, case),
        geometry=_placed(measured_rule, case) if measured_rule.has(*_OF_AXES) else None,
        golden=_finished(measured_rule, case),
        types=types if types and set(types) != {case.dtype} else None,
    )


def _types(found: Rule, case: Case) -> Types | None:
    """The types of an output. Raises FormulaError for bits of another width, and for numbers that
    are special in the call's own type, which may be none in another: of these it says nothing."""
    if not found.types.keys() & set(TYPES):
        return None
    computed = found.types.get(COMPUTED_IN, case.dtype)
    if computed != case.dtype and case.data.startswith(SPECIAL):
        raise FormulaError(f"{found.name!r} says nothing of {case.data}")
    cast = found.types.get(CAST_TO, case.dtype)
    bits = found.types.get(BITS_AS, cast)
    if _width(bits) != _width(cast):
        raise FormulaError(f"{found.name!r}: {bits} is not as wide as {cast}")
    return Types(computed, cast, bits)


def _width(name: str) -> int:
    return (FORMATS[name].dtype if name in FORMATS else np.dtype(name)).itemsize


def _check(found: Rule, case: Case) -> None:
    """Raises FormulaError where a formula has no value for this call, or a number that is not
    there."""
    for number in range(case.rank):
        _axis_values(found, case, number)
    if found.has(*_OF_SUMS):
        _picked(found, case)
    if found.has("image"):
        _images(found, case)
    if found.has("b_channel", "b_times"):
        _bias_values(found, case)


def _axis_values(found: Rule, case: Case, number: int) -> dict[str, int]:
    """The formulas of an axis worked out, {} where the rule does not hold on it."""
    if not found.holds_on(case, number):
        return {}
    values = of_axis(case.axes[number], number, case.rank)
    return {word: f(values) for word, f in found.formulas.items() if word in _OF_AXES}


def _placed(found: Rule, case: Case) -> Callable[[Case, Geometry], Geometry]:
    def geometry(_: Case, place: Geometry) -> Geometry:
        begins, ends = list(place.begins), list(place.ends)
        for number, (axis, size) in enumerate(zip(place.axes, place.spatial, strict=True)):
            values = _axis_values(found, case, number)
            begins[number] = values.get("begin", begins[number])
            ends[number] = axis.natural - begins[number] - values.get("size", size)
        moved = replace(place, begins=tuple(begins), ends=tuple(ends))
        if min(moved.spatial) < 0:
            raise InvalidInput("M", "output size", list(moved.spatial), "at least 0")
        return moved

    return geometry


def _rewritten(found: Rule, case: Case) -> Callable[[Case], Case] | None:
    if not found.has("stride", "dilation", *_OF_SUMS):
        return None

    def rewrite(other: Case) -> Case:
        stepped = _stepped(found, case, other) if found.has("stride", "dilation") else other
        return _summed(case, stepped) if found.has(*_OF_SUMS) else stepped

    return rewrite


def _stepped(found: Rule, case: Case, other: Case) -> Case:
    """With other strides and dilations; without what begins and sizes follow from where the rule
    has both."""
    values = [_axis_values(found, case, number) for number in range(case.rank)]
    strides, dilations = (
        tuple(v.get(word, getattr(a, word)) for v, a in zip(values, case.axes, strict=True))
        for word in ("stride", "dilation")
    )
    given = other.attributes
    if all({"begin", "size"} <= v.keys() for v in values):
        given = Attributes(group=given.group)
    return replace(other, attributes=replace(given, strides=strides, dilations=dilations))


def _summed(case: Case, other: Case) -> Case:
    """A call with one group for each output channel, which sums the same products."""
    each = case.channels_per_group
    if other.w_shape != case.w_shape:
        raise FormulaError("two rules at once say which channels are summed")
    return replace(
        other,
        x_shape=(other.x_shape[0], case.maps * each, *other.x_shape[2:]),
        w_shape=(case.maps * each, 1, *other.w_shape[2:]),
        attributes=replace(other.attributes, group=case.maps),
    )


def channel_values(case: Case, m: int, j: int) -> dict[str, int]:
    """What a formula over channels may speak of, of channel `m` and its term `j`."""
    return {
        "m": m,
        "j": j,
        "C": case.x_shape[1],
        "M": case.maps,
        "group": case.group,
        "g": m // (case.maps // case.group),
        "q": m % (case.maps // case.group),
        "channels_per_group": case.channels_per_group,
        "maps_per_group": case.maps // case.group,
    }


def usual_channels(case: Case, m: int, j: int) -> dict[str, int]:
    """What the text takes for channel `m`, term `j`."""
    values = channel_values(case, m, j)
    g = values["g"]
    return {"x_group": g, "x_index": j, "w_group": g, "w_index": j, "w_map": values["q"]}


def _picked(found: Rule, case: Case) -> dict[str, Array]:
    """For each output channel and each of its terms the channels of X, and of W the rows and
    columns. Raises FormulaError for one that is not there."""
    each = case.channels_per_group
    limits = {"x_group": case.group, "x_index": each, "w_group": case.group, "w_index": each}
    limits["w_map"] = case.w_shape[1]
    picked: dict[str, Array] = {}
    for word, limit in limits.items():
        numbers = [
            found.formulas[word](channel_values(case, m, j))
            if word in found.formulas
            else usual_channels(case, m, j)[word]
            for m in range(case.maps)
            for j in range(each)
        ]
        if not all(0 <= number < limit for number in numbers):
            raise FormulaError(f"{word} of {found.name!r} is not in 0 ... {limit - 1}")
        picked[word] = np.array(numbers, np.int64)
    return {
        "x": picked["x_group"] * each + picked["x_index"],
        "w": picked["w_group"] * each + picked["w_index"],
        "map": picked["w_map"],
    }


def _renumbered(found: Rule, case: Case) -> Callable[[Case, Tensors], Tensors] | None:
    numbers = ("times", "reversed", "b_channel", "b_times", "image", "x_bits", "w_bits")
    if not found.has(*numbers, *_OF_SUMS) and COMPUTED_IN not in found.types:
        return None

    def tensors(_: Case, given: Tensors) -> Tensors:
        for change in (_with_types, _with_images, _with_bits, _with_kernel, _with_sums, _with_bias):
            given = change(found, case, given)
        return given

    return tensors


def _with_types(found: Rule, case: Case, given: Tensors) -> Tensors:
    """X, W and B as numbers of the type that is computed in."""
    precision = FORMATS[found.types.get(COMPUTED_IN, case.dtype)].precision
    if precision >= FORMATS[case.dtype].precision:
        return given
    return all_rounded(given, precision, ROUNDINGS[found.rounding])


def _with_images(found: Rule, case: Case, given: Tensors) -> Tensors:
    if not found.has("image"):
        return given
    images = np.maximum(_images(found, case), 0)
    return replace(given, X=changed(given.X, lambda X: X[images]))


def _images(found: Rule, case: Case) -> Array:
    """The image of X that each image of Y is made of. Raises FormulaError for one that is not
    there."""
    count = case.x_shape[0]
    images = [found.formulas["image"]({"n": n, "N": count}) for n in range(count)]
    if images and max(images) >= count:
        raise FormulaError(f"image of {found.name!r} is not in 0 ... {count - 1}")
    return np.array(images, np.int64)


def _with_bits(found: Rule, case: Case, given: Tensors) -> Tensors:
    for word, tensor in (("x_bits", "X"), ("w_bits", "W")):
        if word in found.formulas:
            each = getattr(given, tensor)
            cut = rounded(each.integers, found.formulas[word]({}), ROUNDINGS[found.rounding])
            given = replace(given, **{tensor: replace(each, integers=cut)})
    return given


def _with_kernel(found: Rule, case: Case, given: Tensors) -> Tensors:
    values = [_axis_values(found, case, number) for number in range(case.rank)]
    axes = tuple(2 + i for i, v in enumerate(values) if v.get("reversed"))
    W = changed(given.W, lambda W: np.flip(W, axes)) if axes else given.W
    if "times" in found.formulas:
        times = found.formulas["times"](channel_values(case, 0, 0))
        W = replace(W, integers=W.integers * times)
    return replace(given, W=W)


def _with_sums(found: Rule, case: Case, given: Tensors) -> Tensors:
    if not found.has(*_OF_SUMS):
        return given
    picked = _picked(found, case)
    return replace(
        given,
        X=changed(given.X, lambda X: X[:, picked["x"]]),
        W=changed(given.W, lambda W: W[picked["w"], picked["map"]][:, None]),
    )


def _with_bias(found: Rule, case: Case, given: Tensors) -> Tensors:
    if given.B is None or not found.has("b_channel", "b_times"):
        return given
    numbers, factors = _bias_values(found, case)
    B = changed(given.B, lambda B: B[numbers])
    return replace(given, B=replace(B, integers=B.integers * factors))


def _bias_values(found: Rule, case: Case) -> tuple[Array, Array]:
    """For each output channel the number in B, and how often it is added. Raises FormulaError."""
    values = [channel_values(case, m, 0) for m in range(case.maps)]
    channel, times = found.formulas.get("b_channel"), found.formulas.get("b_times")
    numbers = np.array([channel(v) if channel else v["m"] for v in values], np.int64)
    if ((numbers < 0) | (numbers >= case.maps)).any():
        raise FormulaError(f"b_channel of {found.name!r} is not in 0 ... {case.maps - 1}")
    return numbers, np.array([times(v) if times else 1 for v in values], np.int64)


def _finished(
    found: Rule, case: Case
) -> Callable[[Case, Tensors, Geometry | None, Golden], Golden] | None:
    """What is changed of the finished output."""
    if found.has("image"):
        return _zeroed(found, case)
    return rounded_before_bias if B_ADDED in found.types and case.bias else None


def _zeroed(found: Rule, case: Case) -> Callable[[Case, Tensors, Geometry | None, Golden], Golden]:
    """0 in the images that are made of none."""

    def finished(other: Case, given: Tensors, place: Geometry | None, Y: Golden) -> Golden:
        mask = _images(found, case) >= 0
        if mask.all():
            return Y
        none = replace(
            given,
            X=changed(given.X, np.zeros_like),
            W=changed(given.W, np.zeros_like),
            B=given.B and changed(given.B, np.zeros_like),
        )
        zeros = golden(none, linear_of(other), other.dtype, place)
        return mixed(mask.reshape(-1, *(1,) * (len(Y.shape) - 1)), Y, zeros)

    return finished
