"""How even a call's overlap is, as a spectrum, and what else makes a Y of its size: how even that
is, what it costs, and its code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from convtranspose_cases import Case
from convtranspose_reference.artifacts import phases, spectrum, unevenness, unevenness_of
from convtranspose_reference.remedies import expected_unevenness

from ..code.all_frameworks import codes
from ..code.resize_forms import odd, resize_forms
from ..code.snippet import MOST_AXES, Code
from ..code.snippet import arrays as arrays_of
from ..code.stride_one import arrays
from ..code.subpixel_forms import low_kernel, subpixel_forms
from ..geometry.along_axis import distinct_axes
from ..geometry.evenness import even_nearby
from ..inputs.options import command_line

MOST_BARS = 32  # frequencies of an axis: more are no picture
TALLEST = 64  # of a bar, in pixels
TITLES_SHOWN = ("PyTorch, functional", "TensorFlow, tf.nn", "ONNX, with ONNX Runtime")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectrum:
    """The shares of the overlap's energy along an axis at 0, 1 / stride, ..., away from the
    borders; those beside the first sum to the unevenness."""

    axes: str
    shares: tuple[float, ...]
    unevenness: Fraction

    @property
    def bars(self) -> Iterator[tuple[str, float, float]]:
        """Of every frequency but 0: its name, share, and a bar's height, the highest TALLEST."""
        most = max(self.shares[1:], default=0.0)
        for number, share in enumerate(self.shares[1:], 1):
            named = Fraction(number, len(self.shares))
            yield f"{named.numerator}/{named.denominator}", share, TALLEST * share / (most or 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A way to make a Y of this size: its filter, its unevenness with weights of one and, on
    average, with random weights around 0, the products of a pair of channels in each output away
    from the borders, and code, with the arrays that it starts from."""

    name: str
    filter: tuple[int, ...]
    ones: Fraction
    random: Fraction
    products: Fraction
    command: str = ""
    arrays: str = ""
    codes: Sequence[Code] = ()


def spectra(case: Case) -> list[Spectrum]:
    """Of the axes of a ConvTranspose that have a stride and not too long a one; alike ones once."""
    return [
        Spectrum(
            axes=name,
            shares=tuple(spectrum(phases(axis), axis.stride).tolist()),
            unevenness=unevenness(phases(axis)),
        )
        for name, axis, _ in distinct_axes(case)
        if 1 < axis.stride <= MOST_BARS
    ]


def remedies(case: Case) -> list[Remedy]:
    """The call itself, and what stands in its place; none where no axis has a stride, or nothing is
    computed."""
    if all(a.stride == 1 for a in case.axes) or not has_elements(case):
        return []
    here = _transposed("this call", case)
    even = even_nearby(case)
    return [
        here,
        *([] if even is None else [_even(even)]),
        *(_composed(case) if case.rank <= MOST_AXES else []),
    ]


def _transposed(name: str, case: Case) -> Remedy:
    kernel, strides = tuple(a.kernel for a in case.axes), [a.stride for a in case.axes]
    return Remedy(
        name=name,
        filter=kernel,
        ones=unevenness_of(case.axes),
        random=expected_unevenness(strides),
        products=Fraction(prod(kernel), prod(strides)),
    )


def _even(even: Case) -> Remedy:
    remedy = _transposed("a kernel that the stride divides", even)
    return Remedy(
        name=remedy.name,
        filter=remedy.filter,
        ones=remedy.ones,
        random=remedy.random,
        products=remedy.products,
        command=command_line(even),
        arrays="\n".join(arrays_of(even)),
        codes=[each for each in codes(even) if each.title in TITLES_SHOWN],
    )


def has_elements(case: Case) -> bool:
    """Is there anything in X and Y of a legal call?"""
    return 0 not in case.y_shape() and 0 not in case.x_shape


def resized(case: Case) -> Remedy | None:
    """Resize-convolution; None beyond the axes of the frameworks' own Conv, and where there are no
    elements."""
    if case.rank > MOST_AXES or not has_elements(case):
        return None
    kernel = tuple(odd(a.kernel) for a in case.axes)
    return _even_always("Resize (nearest), then Conv", case, kernel, resize_forms(case))


def _composed(case: Case) -> Iterator[Remedy]:
    larger = resized(case)
    yield from [] if larger is None else [larger]
    low = tuple(low_kernel(a.kernel, a.stride) for a in case.axes)
    snippets = subpixel_forms(case)
    if snippets:
        yield Remedy(
            name="sub-pixel convolution",
            filter=low,
            ones=Fraction(0),
            random=expected_unevenness([a.stride for a in case.axes]),
            products=Fraction(prod(low)),
        )
        yield _even_always("sub-pixel convolution with ICNR", case, low, snippets)


def _even_always(name: str, case: Case, kernel: tuple[int, ...], made: list[Code]) -> Remedy:
    """Of which every phase has the same gain, whatever the weights."""
    return Remedy(
        name=name,
        filter=kernel,
        ones=Fraction(0),
        random=Fraction(0),
        products=Fraction(prod(kernel)),
        arrays="\n".join(arrays(case, kernel)),
        codes=made,
    )
