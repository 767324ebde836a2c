"""Whether a call can be asked: it is small enough, and there are numbers of its kind for it."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil, prod

import numpy as np

from convtranspose_reference.conv import conv_pads

from ..case import CALL, Case
from ..gradients import output_gradient
from ..inputs import Scaled, tensors
from ..limits import shown
from .reading import parse
from .spelling import NotationError

LARGEST = 2**22  # elements of a tensor
MOST_PRODUCTS = 2**31  # that a call adds up
MOST_RANK = 8  # spatial axes
MOST_TAPS = 2**15  # elements of a kernel
MOST_COLUMNS = 2**26  # elements of what is laid out beside one another to be multiplied
MOST_COEFFICIENTS = 2**16  # of a resize, which are fractions
MOST_WEIGHED = 2**31  # products that a resize adds up, axis after axis; zeros are multiplied, too
# of these where numbers are exact, with one denominator, in integers that may be Python's
MOST_EXACT_COEFFICIENTS, MOST_EXACTLY_WEIGHED = 2**14, 2**27
Size = tuple[str, str, int, int]  # of what, its unit, how large it is, and how large it may be


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
    require_small(case)
    refused = case.refusal()
    if refused is None:
        _refuse_larger(case, _of_resize(case, MOST_EXACT_COEFFICIENTS, MOST_EXACTLY_WEIGHED))
    if refused is not None and (case.checks == ("gradient",) or case.data != "plain"):
        raise NotationError(
            f"case {case.id}: is a call that the text forbids ({refused}); accepted for it is "
            f"`{CALL}/` with numbers of the kind `plain`"
        )
    if case.is_composed and "gradient" in case.checks:
        raise NotationError(f"case {case.id}: gradients are asked of a convolution alone")
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


def require_small(case: Case) -> None:
    """Raises NotationError where the call costs more memory or time than a case may."""
    if case.rank > MOST_RANK:
        raise NotationError(
            f"case {shown(case.id)}: {case.rank} spatial axes; accepted are at most {MOST_RANK}"
        )
    sizes = [(name, "elements", size, LARGEST) for name, size in _elements(case)]
    if case.refusal() is None:
        sizes += [
            ("the kernel", "elements", case.taps, MOST_TAPS),
            ("Y", "products to add up", _products(case), MOST_PRODUCTS),
            ("X", "elements where the kernel lands", _columns(case), MOST_COLUMNS),
            *_of_resize(case, MOST_COEFFICIENTS, MOST_WEIGHED),
        ]
    _refuse_larger(case, sizes)


def _refuse_larger(case: Case, sizes: Iterable[Size]) -> None:
    for name, what, size, most in sizes:
        if size > most:
            raise NotationError(
                f"case {shown(case.id)}: {name} would have {size} {what}; accepted are at most "
                f"{most}"
            )


def _products(case: Case) -> int:
    """How many products a legal call adds up, before anything is cropped."""
    placed = case.x_shape if case.op == "ConvTranspose" else case.conv_shape()
    return prod(placed) * prod(case.w_shape[1:])


def _of_resize(case: Case, coefficients: int, products: int) -> Iterator[Size]:
    """What a resize costs, beside what it may."""
    yield "X resized", "coefficients", _coefficients(case), coefficients
    yield "X resized", "products to add up", _weighed(case), products
    for along in case.resized_axes:
        yield "the matrix of an axis", "elements", along.input * along.output, LARGEST


def _coefficients(case: Case) -> int:
    """How many inputs the outputs of a resize look at, over all axes, by whatever reading."""
    if case.resize is None:
        return 0
    reach = {"nearest": 0, "linear": 1, "cubic": 2}[case.resize.mode]
    total = Fraction(0)
    for along in case.resized_axes:
        scales = (Fraction(1), along.asked, Fraction(along.output, along.input or 1))
        stretch = min(scales) if case.resize.antialias else Fraction(1)
        total += along.output * (2 * reach / stretch + 1) if along.output else 0
    return ceil(total)


def _weighed(case: Case) -> int:
    """How many products a resize adds up, one axis after another."""
    sizes, total = list(case.x_shape), 0
    for axis, along in enumerate(case.resized_axes, 2):
        sizes[axis] = along.output
        total += prod(sizes) * along.input
    return total


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
        yield "X resized", prod(case.fed_shape)
        if case.op == "ConvTranspose":
            yield (
                "Y before it is cropped",
                case.x_shape[0] * case.maps * prod(max(axis.natural, 0) for axis in case.axes),
            )
        else:
            yield (
                "X with its pads",
                prod(case.fed_shape[:2])
                * prod(axis.input + sum(conv_pads(axis)) for axis in case.axes),
            )
