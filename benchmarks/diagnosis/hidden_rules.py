"""Wrong backends drawn at random: an expression for where outputs begin, for their size, for steps,
grouping, bias or rounding, under a condition; one to three at once.

They share no code with the rules that diagnosis makes: what is computed here is plain NumPy in
float64.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from convtranspose_cases import Case
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.worker.observation import Observation, Seen, returned, stopped
from convtranspose_reference.formats import FORMATS, round_to

Array = Any
Quantities = dict[str, int]
KINDS = ("begin", "begin", "size", "size", "both", "steps", "group", "group", "bias", "rounding")


@dataclass(slots=True)
class Plan:
    """What a call is computed with; rules change it. Lists have an item for each axis; `maps` and
    `bias` one for each output channel."""

    stride: list[int]
    dilation: list[int]
    begin: list[int]
    size: list[int]
    maps: list[tuple[list[tuple[int, int]], int]]
    bias: list[tuple[int, int]]
    x_bits: int = 0
    w_bits: int = 0
    flipped: bool = False
    images: int = 2**30


@dataclass(frozen=True, slots=True)
class Hidden:
    """A rule: `says` what it is, in Python; where `holds`, it `changes` the plan of a call."""

    says: str
    holds: Callable[[Case], bool]
    changes: Callable[[Case, Plan], None]


def drawn(seed: int) -> list[Hidden]:
    """One to three rules."""
    draw = Random(f"hidden/{seed}")
    count = draw.choice((1, 1, 2, 3))
    return [_rule(draw, kind) for kind in draw.sample(KINDS, count)]


def answer(asked: Asked, rules: Sequence[Hidden]) -> Observation:
    """What a backend with these rules returns."""
    case = asked.case
    plan = _plan(case)
    for rule in rules:
        if rule.holds(case):
            rule.changes(case, plan)
    if min(plan.size) < 0:
        return stopped(Seen.REFUSED, "run", "ValueError", "an output has no such size")
    return returned(round_to(_computed(asked, plan), FORMATS[case.dtype].dtype))


def _plan(case: Case) -> Plan:
    place, each = case.geometry(), case.channels_per_group
    maps = [
        (
            [(m // (case.maps // case.group) * each + j,) * 2 for j in range(each)],
            m % (case.maps // case.group),
        )
        for m in range(case.maps)
    ]
    return Plan(
        [a.stride for a in case.axes],
        [a.dilation for a in case.axes],
        list(place.begins),
        list(place.spatial),
        maps,
        [(m, 1) for m in range(case.maps)],
    )


def _computed(asked: Asked, plan: Plan) -> Array:
    X, W, B = (
        None if t is None else np.ldexp(t.integers.astype(np.float64), t.exponent)
        for t in (asked.tensors.X, asked.tensors.W, asked.tensors.B)
    )
    X, W = _rounded(X, plan.x_bits), _rounded(W, plan.w_bits)
    if plan.flipped:
        W = np.flip(W, tuple(range(2, W.ndim)))
    Y = np.zeros((X.shape[0], len(plan.maps), *plan.size))
    for m, (pairs, column) in enumerate(plan.maps):
        for x, w in pairs:
            for tap in np.ndindex(*W.shape[2:]):
                _add(Y[:, m], X[:, x] * W[(w, column, *tap)], tap, plan)
        if B is not None:
            Y[:, m] += B[plan.bias[m][0]] * plan.bias[m][1]
    Y[plan.images :] = 0
    return Y


def _add(Y: Array, products: Array, tap: tuple[int, ...], plan: Plan) -> None:
    """Adds the products of one tap where they land."""
    target, source = [slice(None)], [slice(None)]
    for axis, t in enumerate(tap):
        first, step = plan.dilation[axis] * t - plan.begin[axis], plan.stride[axis]
        skip = max(-(first // step), 0) if first < 0 else 0
        count = products.shape[1 + axis]
        last = min(count, -(-(plan.size[axis] - first) // step)) if plan.size[axis] > first else 0
        if skip >= last:
            return
        source.append(slice(skip, last))
        target.append(slice(first + skip * step, first + (last - 1) * step + 1, step))
    Y[tuple(target)] += products[tuple(source)]


def _rounded(numbers: Array, bits: int) -> Array:
    if not bits:
        return numbers
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.rint(mantissa * 2.0**bits), exponent - bits)


def _rule(draw: Random, kind: str) -> Hidden:
    where, holds = _condition(draw)
    says, changes = _CHANGES[kind](draw)
    return Hidden(f"{says} where {where}", holds, changes)


# Conditions.

_STATEMENTS = (
    "True",
    "True",
    "pad == 'VALID'",
    "pad == 'SAME_UPPER'",
    "pad == 'SAME_LOWER'",
    "pad.startswith('SAME')",
    "pad == 'NOTSET'",
    "shaped",
    "not shaped",
    "rank == 1",
    "rank == 2",
    "rank == 3",
    "rank > 1",
    "group > 1",
    "group == 1",
    "group == 2",
    "bias",
    "dtype == 'float16'",
    "dtype == 'float64'",
    "dtype != 'float32'",
    "N > 1",
    "max(s) > 1",
    "max(d) > 1",
    "s[-1] > d[-1]",
    "max(k) > 3",
    "C > M",
    "max(p) > 0",
)


def _condition(draw: Random) -> tuple[str, Callable[[Case], bool]]:
    texts = [draw.choice(_STATEMENTS) for _ in range(draw.choice((1, 1, 2)))]
    text = " and ".join(sorted(set(texts)))
    code = compile(text, "<hidden>", "eval")

    def holds(case: Case) -> bool:
        given = case.attributes
        known = {
            "pad": given.auto_pad or "NOTSET",
            "shaped": given.output_shape is not None,
            "rank": case.rank,
            "group": case.group,
            "bias": case.bias,
            "dtype": case.dtype,
            "N": case.x_shape[0],
            "C": case.x_shape[1],
            "M": case.maps,
            "s": [a.stride for a in case.axes],
            "d": [a.dilation for a in case.axes],
            "k": [a.kernel for a in case.axes],
            "p": given.pads or (0,),
        }
        return bool(eval(code, {"max": max}, known))

    return text, holds


# Expressions.

_QUANTITIES = ("i", "k", "s", "d", "o", "e", "n", "b", "f", "i * s")


def _quantities(case: Case, axis: int) -> Quantities:
    a, place = case.axes[axis], case.geometry()
    return {
        "i": a.input,
        "k": a.kernel,
        "s": a.stride,
        "d": a.dilation,
        "o": a.output_padding,
        "e": a.effective_kernel,
        "n": a.natural,
        "b": a.begin,
        "f": a.end,
        "begin": place.begins[axis],
        "size": place.spatial[axis],
    }


def _sum(draw: Random, most: int) -> str:
    words = draw.sample(_QUANTITIES, draw.randint(1, most))
    signs = ["", *(draw.choice(("+", "-")) for _ in words[1:])]
    text = " ".join(f"{sign} {word}".strip() for sign, word in zip(signs, words, strict=True))
    return text + draw.choice(("", "", " + 1", " - 1"))


def _begin(draw: Random) -> str:
    return draw.choice(
        (
            f"({_sum(draw, 3)}) // 2",
            f"max(({_sum(draw, 2)}) // 2, 0)",
            f"begin + {draw.choice(('1', 'o', 'd - 1', 's - 1', 'k % 2'))}",
            f"begin - {draw.choice(('1', 'o', 'd - 1'))}",
            f"min(begin, {draw.choice(('f', 'k - 1', 'e - 1', '1'))})",
            draw.choice(("f", "b + f", "0", "e - 1", "k - 1")),
            "-(-(n - i * s) // 2)",
        )
    )


def _size(draw: Random) -> str:
    return draw.choice(
        (
            f"size + {draw.choice(('1', 'o', 'd - 1', 's', 'k % 2'))}",
            f"max(size - {draw.choice(('1', 'o', 'd', 's - 1'))}, 0)",
            f"max(i * s, {draw.choice(('e', 'n - 1', 'size'))})",
            f"min(n, {draw.choice(('i * s + 1', 'size + s', 'i + e'))})",
            f"max({_sum(draw, 3)}, 1)",
            "n",
            "i * s",
        )
    )


def _value(code: Any, case: Case, axis: int) -> int:
    return int(eval(code, {"max": max, "min": min}, _quantities(case, axis)))


def _changes_axes(**texts: str) -> tuple[str, Callable[[Case, Plan], None]]:
    codes = {word: compile(text, "<hidden>", "eval") for word, text in texts.items()}

    def changes(case: Case, plan: Plan) -> None:
        for axis in range(case.rank):
            for word, code in codes.items():
                getattr(plan, word)[axis] = _value(code, case, axis)

    return ", ".join(f"{word} = {text}" for word, text in texts.items()), changes


def _changes_steps(draw: Random) -> tuple[str, Callable[[Case, Plan], None]]:
    """Other strides or dilations, under which the text's own sizes hold."""
    word = draw.choice(("stride", "dilation"))
    text = draw.choice(("max(s, d)", "1", f"{word[0]} + 1", "min(s, d)", "s if d == 1 else d"))
    code = compile(text, "<hidden>", "eval")

    def changes(case: Case, plan: Plan) -> None:
        for axis in range(case.rank):
            getattr(plan, word)[axis] = _value(code, case, axis)

    return f"{word} = {text}", changes


def _changes_groups(draw: Random) -> tuple[str, Callable[[Case, Plan], None]]:
    """Of an output channel m (in a group g of G, number q of Q in it) other filters, or other input
    channels."""
    word = draw.choice(("column", "group", "group of X"))
    text = {
        "column": draw.choice(
            ("0", "Q - 1 - q", "(q + 1) % Q", "m % Q // 2", "q // 2", "(q + g) % Q")
        ),
        "group": draw.choice(("0", "(g + 1) % G", "m % G", "G - 1 - g")),
        "group of X": draw.choice(("0", "(g + 1) % G", "m % G", "G - 1 - g")),
    }[word]
    code = compile(text, "<hidden>", "eval")

    def changes(case: Case, plan: Plan) -> None:
        G, Q, each = case.group, case.maps // case.group, case.channels_per_group
        for m in range(case.maps):
            value = eval(code, {}, {"m": m, "g": m // Q, "G": G, "q": m % Q, "Q": Q})
            pairs, column = plan.maps[m]
            moved = [(value * each + j) for j in range(each)]
            if word == "column":
                column = value
            elif word == "group":
                pairs = [(x, w) for (x, _), w in zip(pairs, moved, strict=True)]
            else:
                pairs = [(x, w) for x, (_, w) in zip(moved, pairs, strict=True)]
            plan.maps[m] = pairs, column

    return f"{word} = {text}", changes


def _changes_bias(draw: Random) -> tuple[str, Callable[[Case, Plan], None]]:
    index = draw.choice(("m", "m // 2", "(m + 2) % M", "M - 1 - m", "m % G", "0"))
    times = "1" if index != "m" else draw.choice(("G", "C // G", "2", "0", "3"))
    codes = [compile(text, "<hidden>", "eval") for text in (index, times)]

    def changes(case: Case, plan: Plan) -> None:
        for m in range(case.maps):
            known = {"m": m, "M": case.maps, "G": case.group, "C": case.x_shape[1]}
            chosen, often = (int(eval(code, {}, known)) for code in codes)
            plan.bias[m] = chosen, often

    return f"bias of m = {times} * B[{index}]", changes


def _changes_rounding(draw: Random) -> tuple[str, Callable[[Case, Plan], None]]:
    x, w = draw.choice(((1, 1), (1, 0), (0, 1)))
    bits = draw.randint(3, 10)
    what = draw.choice(("bits", "bits", "images", "flipped"))

    def changes(case: Case, plan: Plan) -> None:
        if what == "bits":
            plan.x_bits, plan.w_bits = x * bits, w * bits
        elif what == "images":
            plan.images = 1
        else:
            plan.flipped = True

    says = {
        "bits": f"X {x} W {w} in {bits} bits",
        "images": "one image",
        "flipped": "kernel reversed",
    }
    return says[what], changes


_CHANGES: dict[str, Callable[[Random], tuple[str, Callable[[Case, Plan], None]]]] = {
    "begin": lambda draw: _changes_axes(begin=_begin(draw)),
    "size": lambda draw: _changes_axes(size=_size(draw)),
    "both": lambda draw: _changes_axes(begin=_begin(draw), size=_size(draw)),
    "steps": _changes_steps,
    "group": _changes_groups,
    "bias": _changes_bias,
    "rounding": _changes_rounding,
}
