"""What was seen of one check, held against answers: is it this one, or off by no more than an
accuracy class allows?"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from convtranspose_cases.goldens import Golden
from convtranspose_reference.attributes import PartialShape
from convtranspose_reports import Check

from ..rules.accuracy_classes import within
from ..rules.answers import Answer
from ..rules.comparison import Comparison
from ..worker.observation import Observation, Seen

KEPT = 8  # comparisons of one observation: with the answers that conform there are seldom more


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """One check, what was seen of it, and how that compares with the goldens that it was last held
    against: each is compared once."""

    check: Check
    seen: Observation
    _kept: dict[tuple[str, int], Comparison] = field(default_factory=dict, repr=False)

    def part(self, name: str = "") -> Observation:
        """The output, or one of several: a gradient, another form of a repeated call."""
        return self.seen.parts[name] if name else self.seen

    def of(self, golden: Golden, name: str = "") -> Comparison:
        """The comparison of a part with a golden of its shape and dtype."""
        key = name, id(golden)  # a kept comparison keeps its golden: no other one has its id
        if key not in self._kept:
            if len(self._kept) == KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = Comparison(golden, golden.numbers(self.part(name).array()))
        return self._kept[key]


def matches(answer: Answer, compared: Comparisons) -> bool:
    """Is what was seen this answer?"""
    check, seen = compared.check, compared.seen
    if answer.refused or seen.seen is not Seen.RETURNED:
        return bool(answer.refused) and seen.refuses
    if check is Check.REPEATABILITY:
        return True
    if check is Check.GRADIENT:
        return all_gradients_there(answer, seen) and all(
            part.shape == golden.shape and is_golden(golden, compared, name)
            for name, golden, part in gradient_pairs(answer, seen)
        )
    if not shapes_agree(answer.shape, seen.shape):
        return False
    if check is Check.OUTPUT_SHAPE:
        return True
    if 0 in answer.shape:
        return seen.dtype == answer.dtype
    return _has_numbers(answer, seen) and is_golden(answer.golden, compared)


def _has_numbers(answer: Answer, seen: Observation) -> bool:
    """Are the answer's numbers of the shape that was seen? A fault of what is stated cuts the shape
    alone."""
    return answer.golden.shape == seen.shape


def is_golden(golden: Golden, compared: Comparisons, name: str = "") -> bool:
    """Is a part, of a golden's shape, right?"""
    part = compared.part(name)
    return (
        part.dtype == golden.returned
        and compared.of(golden, name).agrees
        and (not golden.cast_to or golden.may_be_cast(part.array()))
    )


def shapes_agree(expected: PartialShape, shape: PartialShape | None) -> bool:
    """Do two shapes agree, an unknown size (None) with any?"""
    return shape == expected or (
        shape is not None
        and len(shape) == len(expected)
        and all(size in (None, owed) for owed, size in zip(expected, shape, strict=True))
    )


def all_gradients_there(answer: Answer, seen: Observation) -> bool:
    """Are those of dX, dW and dB there that the answer has, and no other ones?"""
    return set(answer.gradients) == set(seen.parts)


def gradient_pairs(answer: Answer, seen: Observation) -> Iterator[tuple[str, Golden, Observation]]:
    """Each gradient's name, golden and observation. Only where all are there."""
    return ((name, golden, seen.parts[name]) for name, golden in answer.gradients.items())


def is_of_class(name: str, answer: Answer, compared: Comparisons) -> bool:
    """Is what was seen off by no more than an accuracy class allows?"""
    seen = compared.seen
    if seen.seen is not Seen.RETURNED or answer.refused:
        return False
    if compared.check is Check.GRADIENT:
        return all_gradients_there(answer, seen) and all(
            _is_gradient_of_class(name, golden, compared, part)
            for part, golden, _ in gradient_pairs(answer, seen)
        )
    if compared.check is not Check.OUTPUT or not shapes_agree(answer.shape, seen.shape):
        return False
    return (
        _has_numbers(answer, seen)
        and seen.dtype == answer.golden.returned
        and answer.rounds
        and within(name, compared.of(answer.golden))
    )


def _is_gradient_of_class(name: str, golden: Golden, compared: Comparisons, part: str) -> bool:
    """Is one gradient right, or off by what the class allows?"""
    seen = compared.part(part)
    if (seen.shape, seen.dtype) != (golden.shape, golden.dtype):
        return False
    comparison = compared.of(golden, part)
    return comparison.agrees or within(name, comparison)
