"""The accuracy class of each backend in each dtype: what the probes of precision add up to, never
the largest bound that fits."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from convtranspose_reports.runs.record import Measured, Outcome, Record
from convtranspose_reports.runs.store import Run
from convtranspose_reports.runs.summary import answering

PROBES = {
    "integers": "small integers, every partial sum exact in the dtype",
    "narrow-8": "both operands of 8 bits",
    "narrow-11": "both operands of 11 bits",
    "wide": "wider than the dtype, exact in float32 sums",
    "wide-x": "X of 12 bits",
    "wide-w": "W of 12 bits",
    "sparse": "whole significands, at most 8 products",
    "dense": "whole significands, every product",
}
ROUNDING = ("sparse", "dense")  # the others owe equality
DTYPES = ("float32", "float64", "float16", "bfloat16")
HALF = ("float16", "bfloat16")
LARGEST_R, LARGEST_Z = 2.0, 6.0
# cut off instead of rounded once, the rms error is at most twice as large
LARGEST_R_OF_ONE_CUT = 2.5

EXACT, ROUNDED, BEYOND, UNKNOWN = "exact", "correctly rounded", "beyond", "not known"
TF32, BFLOAT16 = "TF32 inputs", "bfloat16 inputs"
IN_DTYPE, TRUNCATING = "accumulates in dtype", "truncating"
CLASSES = {
    EXACT: "every probe that owes equality has it; none that rounds was answered",
    ROUNDED: "every result is the exact one, rounded once",
    "float64 accumulation": "every probe passes: float64 sums, or better",
    "float32 accumulation": "every probe passes: float32 sums, or better",
    TF32: "right for 11-bit operands, not for 12-bit ones",
    BFLOAT16: "right for 8-bit operands, not for 11-bit ones",
    IN_DTYPE: "right for one product an output; sums of more are rounded to the 16-bit dtype",
    TRUNCATING: "errs toward zero, by less than a unit of the last place: sums are cut off, not "
    "rounded",
    BEYOND: "none of these",
    UNKNOWN: "too few probes were answered to tell",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A probe at one number of products. `rounded`: every output is the exact one, rounded once.
    `worst`, `r`, `z` as of `Measured`; where several cases have that number of products, the worst
    of each."""

    passed: bool
    rounded: bool
    worst: float | None = None
    r: float | None = None
    z: float | None = None


Vector = Mapping[str, Mapping[int, Result]]  # probe -> products an output -> result, both in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """A backend's arithmetic in one dtype: the vector of probe results, and the class that it
    is."""

    backend: str
    dtype: str
    name: str
    vector: Vector

    @property
    def sentence(self) -> str:
        return CLASSES[self.name]

    def largest(self, figure: str) -> float | None:
        """The largest `r`, |`z`| or `worst` over all sizes of `dense`; None where there is none."""
        values = (getattr(each, figure) for each in self.vector.get("dense", {}).values())
        return max((abs(value) for value in values if value is not None), default=None)


def accuracies(run: Run) -> list[Accuracy]:
    """By dtype, then in the header's order of backends: what the records with figures add up to.
    Empty where no record has any."""
    probes: defaultdict[tuple[str, str], list[tuple[Measured, Record]]] = defaultdict(list)
    for kind in run.records.kinds.where(_has_figures):
        if isinstance(kind.measured, Measured):
            probes[kind.measured.dtype, kind.backend].append((kind.measured, kind))
    order = [(dtype, backend.name) for dtype in DTYPES for backend in answering(run)]
    vectors = {key: _vector(probes[key]) for key in order if key in probes}
    return [
        Accuracy(backend=b, dtype=d, name=class_of(d, vector), vector=vector)
        for (d, b), vector in vectors.items()
    ]


def _has_figures(kind: Record) -> bool:
    return isinstance(kind.measured, Measured)


def in_words(classes: Sequence[Accuracy]) -> dict[str, str]:
    """dtype -> who is of which class."""
    by_dtype = defaultdict[str, dict[str, list[str]]](dict)
    for each in classes:
        by_dtype[each.dtype].setdefault(each.name, []).append(each.backend)
    return {
        dtype: "; ".join(
            f"{', '.join(backends)}: {name.replace('in dtype', f'in {dtype}')}"
            for name, backends in names.items()
        )
        for dtype, names in by_dtype.items()
    }


def _vector(answers: list[tuple[Measured, Record]]) -> Vector:
    results: defaultdict[tuple[str, int], list[Result]] = defaultdict(list)
    for measured, record in answers:
        rounded, passed = measured.rounded == measured.outputs, record.outcome is Outcome.AGREES
        results[measured.data, measured.products].append(
            Result(passed=passed, rounded=rounded, worst=measured.worst, r=measured.r, z=measured.z)
        )
    kinds = [kind for kind in PROBES if any(data == kind for data, _ in results)]
    return {
        kind: {n: _worst(results[kind, n]) for data, n in sorted(results) if data == kind}
        for kind in kinds
    }


def _worst(results: list[Result]) -> Result:
    return Result(
        passed=all(each.passed for each in results),
        rounded=all(each.rounded for each in results),
        worst=max((each.worst for each in results if each.worst is not None), default=None),
        r=max((each.r for each in results if each.r is not None), default=None),
        z=max((each.z for each in results if each.z is not None), default=None, key=abs),
    )


def class_of(dtype: str, vector: Vector) -> str:
    """The class of a vector of probe results.

    What passes every probe, with r at most 2 and no slope of error on result, is right; only then
    do classes of right arithmetic come into question. What fails is of a class whose signature it
    has as a whole, else `beyond`.
    """
    if 1 not in vector.get("integers", {}):
        return UNKNOWN
    if not _suspect(vector):
        return _right(dtype, vector)
    return next((name for name, has in _SIGNATURES.items() if has(dtype, vector)), BEYOND)


def _suspect(vector: Vector) -> bool:
    results = [result for sizes in vector.values() for result in sizes.values()]
    noisy = any(each.r is not None and each.r > LARGEST_R for each in results)
    return noisy or any(not each.passed or abs(each.z or 0) > LARGEST_Z for each in results)


def _right(dtype: str, vector: Vector) -> str:
    answered = [kind for kind in ROUNDING if kind in vector]
    if not answered:
        return EXACT
    if len(answered) < len(ROUNDING):
        return UNKNOWN
    rounded = all(each.rounded for sizes in vector.values() for each in sizes.values())
    return (
        ROUNDED
        if rounded
        else "float64 accumulation"
        if dtype == "float64"
        else "float32 accumulation"
    )


def _passes(vector: Vector, *kinds: str) -> bool:
    """Does it pass these probes at every size? Not where one was not answered."""
    return all(
        kind in vector and all(each.passed for each in vector[kind].values()) for kind in kinds
    )


def _never_passes(vector: Vector, kind: str) -> bool:
    return kind in vector and not any(each.passed for each in vector[kind].values())


def _is_tf32(dtype: str, vector: Vector) -> bool:
    narrow = _passes(vector, "integers", "narrow-8", "narrow-11")
    return narrow and _never_passes(vector, "wide-x") and _never_passes(vector, "wide-w")


def _is_bfloat16(dtype: str, vector: Vector) -> bool:
    return (
        dtype != "bfloat16"
        and _passes(vector, "integers", "narrow-8")
        and _never_passes(vector, "narrow-11")
    )


def _is_truncating(dtype: str, vector: Vector) -> bool:
    """A single product leans toward zero, and is off by no more than a cut; small integers are
    right."""
    single = vector.get("dense", {}).get(1)
    if single is None or single.z is None or single.r is None:
        return False
    return (
        single.z < -LARGEST_Z and single.r <= LARGEST_R_OF_ONE_CUT and _passes(vector, "integers")
    )


def _is_in_dtype(dtype: str, vector: Vector) -> bool:
    single = [sizes[1] for sizes in vector.values() if 1 in sizes]
    return (
        dtype in HALF
        and _passes(vector, "integers")
        and all(each.passed and abs(each.z or 0) <= LARGEST_Z for each in single)
    )


_SIGNATURES: dict[str, Callable[[str, Vector], bool]] = {
    TF32: _is_tf32,
    BFLOAT16: _is_bfloat16,
    TRUNCATING: _is_truncating,
    IN_DTYPE: _is_in_dtype,
}
