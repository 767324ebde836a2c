"""How sums are rounded, read off calls whose exact answers are simple: a fingerprint for each dtype
and route."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from convtranspose_cases import Case, make
from convtranspose_cases.measuring.witness import PREFIX, TERMS
from convtranspose_reference.formats import FORMATS

from ..rules.accuracy_classes import FLUSHES, IN_DTYPE, IN_FLOAT16
from ..rules.answers import Explanation
from ..rules.explanation import BY_TEXT
from ..verdict.reply import Ask
from ..worker.observation import Seen

UNKNOWN, NO_MATTER = "not read", "no matter here"
IN_9_BITS = "rounded to 9 bits or fewer, as bfloat16 has 8"
IN_12_BITS = "rounded to 12 bits or fewer, as TF32 has 11"
TAKEN_FOR_0 = "taken for 0: "
Call = Callable[[str, int, bool], Case]  # dtype, number of terms, with B?


def _channels(dtype: str, terms: int, bias: bool) -> Case:
    return make("measured", (1,), (1,), c=terms, m=1, bias=bias, dtype=dtype)


def _taps(dtype: str, terms: int, bias: bool) -> Case:
    return make("measured", (terms,), (terms,), bias=bias, dtype=dtype)


def _grid(dtype: str, terms: int, bias: bool) -> Case:
    return make("measured", (1, terms), (1, terms), bias=bias, dtype=dtype)


def _groups(dtype: str, terms: int, bias: bool) -> Case:
    return make("measured", (1,), (1,), c=2 * terms, m=2, group=2, bias=bias, dtype=dtype)


ROUTES: Mapping[str, Call] = {
    "channels": _channels,
    "taps": _taps,
    "taps of a grid": _grid,
    "channels of two groups": _groups,
}
"""What the summed products lie along: libraries take another kernel for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """How a backend rounds, along one route and in one dtype. Each is said in words, UNKNOWN where
    nothing could be read."""

    dtype: str
    route: str
    width: str
    order: str
    bias: str
    fused: str
    inputs: str
    subnormals: str

    @property
    def is_read(self) -> bool:
        return any(
            word not in (UNKNOWN, NO_MATTER)
            for word in (self.width, self.bias, self.fused, self.inputs, self.subnormals)
        )


def fingerprint(dtype: str, route: str, ask: Ask, rule: Explanation = BY_TEXT) -> Fingerprint:
    """Asks some twenty small calls. `rule`: what the backend is known to do; the sums are looked
    for where it puts them."""

    def value(name: str, terms: int, bias: bool = False) -> float | None:
        """The output that sums all terms; None where the call stops, or has another shape."""
        case = ROUTES[route](dtype, terms, bias)
        data = f"{PREFIX}{name}"
        case = replace(case, data=data, name=f"{case.name}_{data.replace('-', '_')}")
        for reply in ask([case]):
            answer = reply.asked.answer(rule)
            if reply.seen.seen is Seen.RETURNED and reply.seen.shape == answer.shape:
                row = reply.seen.array().astype(np.float64)
                whole = np.flatnonzero(answer.golden.sums.n[0, 0] == terms)
                at = terms - 1 if "taps" in route else 0
                if rule != BY_TEXT:
                    at = int(whole[0]) if len(whole) else -1
                seen = float(row[0, 0].ravel()[at]) if at >= 0 else np.nan
                return seen if np.isfinite(seen) else None
        return None

    kept = [value(f"order-{j}", TERMS) for j in range(1, TERMS)]
    width, order = _sums(kept, dtype)
    return Fingerprint(
        dtype=dtype,
        route=route,
        width=width,
        order=order,
        bias=_bias(value("bias-last", 2, True), value("bias-first", 2, True), dtype, width),
        fused=_fused(value("fused", 2), dtype),
        inputs=_inputs(value("bits-12", 1), value("bits-9", 1), dtype),
        subnormals=_subnormals(
            {
                "input": value("subnormal-input", 1),
                "product": value("subnormal-product", 1),
                "sum": value("subnormal-sum", 2),
            }
        ),
    )


def _sums(kept: list[float | None], dtype: str) -> tuple[str, str]:
    """Width and order, from how many of the ones are left beside a large number and its negative:
    those that are not added between the two."""
    if any(each is None for each in kept):
        return UNKNOWN, UNKNOWN
    left = [int(each or 0) for each in kept]
    if all(each == TERMS - 2 for each in left):
        return f"wider than {dtype}", NO_MATTER
    together = [TERMS - each for each in left]  # terms that are added up before the two have met
    if together == list(range(2, TERMS + 1)):
        return dtype, "one after the other"
    if all(each == TERMS for each in together):
        return dtype, "the first one last"
    return dtype, f"the first and the j-th meet with {', '.join(map(str, together))} terms"


def _bias(last: float | None, first: float | None, dtype: str, width: str) -> str:
    """Of wider sums, 2**p + 1 + 1: the first sum, rounded, is a tie that goes down. Of others, B
    and a large number against it, and 1."""
    if last is None or first is None or width == UNKNOWN:
        return UNKNOWN
    if width == dtype:
        return "added to the sum at its end" if first == 0 else "added before the last term"
    p = FORMATS[dtype].precision
    words = {
        2.0**p + 2: "added before the sum is rounded",
        2.0**p: "added after the sum was rounded",
    }
    return words.get(last, UNKNOWN)


def _fused(value: float | None, dtype: str) -> str:
    """(1 + e) * (1 + e) - (1 + 2 e), where only e * e is left, which is below the format's bits."""
    if value is None:
        return UNKNOWN
    return "no" if value == 0 else "yes, or in a wider format"


def _inputs(twelve: float | None, nine: float | None, dtype: str) -> str:
    if FORMATS[dtype].precision < 13:
        return NO_MATTER
    if twelve is None or nine is None:
        return UNKNOWN
    if nine != 1 + 2.0**-9:
        return IN_9_BITS
    return "as they are" if twelve == 1 + 2.0**-12 else IN_12_BITS


def _subnormals(values: Mapping[str, float | None]) -> str:
    if any(value is None for value in values.values()):
        return UNKNOWN
    lost = [name for name, value in values.items() if value == 0]
    return f"{TAKEN_FOR_0}{', '.join(lost)}" if lost else "kept"


def fingerprints(
    dtypes: Iterable[str], ask: Ask, rule: Explanation = BY_TEXT
) -> Iterator[Fingerprint]:
    """Those of each dtype and route of which something could be read, on top of a rule."""
    for dtype in dtypes:
        for route in ROUTES:
            found = fingerprint(dtype, route, ask, rule)
            if found.is_read:
                yield found


def speaks_against(name: str, found: Fingerprint) -> bool:
    """Does it show that the arithmetic is not of an accuracy class? What it did not read speaks
    against none."""
    shown = {
        IN_DTYPE: (found.width, found.width == found.dtype),
        IN_FLOAT16: (found.width, False),  # what it is read off overflows there
        "TF32 inputs": (found.inputs, found.inputs in (IN_9_BITS, IN_12_BITS)),
        "bfloat16 inputs": (found.inputs, found.inputs == IN_9_BITS),
        FLUSHES: (found.subnormals, found.subnormals.startswith(TAKEN_FOR_0)),
    }
    word, is_of_class = shown.get(name, (UNKNOWN, True))
    return word not in (UNKNOWN, NO_MATTER) and not is_of_class
