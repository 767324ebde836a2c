"""Does every output add equally many taps, and under which kernel near by would it? (Odena et al.,
"Deconvolution and Checkerboard Artifacts", 2016.)"""

from dataclasses import replace
from math import gcd

from convtranspose_cases import Case
from convtranspose_reference.artifacts import interior, is_even, overlap_along, taps_at
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.geometry import Axis

from .window import Window, axis_name, unless, windows

MOST_PHASES = 16  # outputs in turn that a sentence counts


def counts(w: Window) -> list[int]:
    """The taps that each output of the window adds."""
    return [int(each) for each in overlap_along(w.axis, w.begin, w.size)]


def inside(w: Window) -> int:
    """Outputs of the window that are away from the borders."""
    away = interior(w.axis, w.begin, w.size)
    return int(away.stop - away.start)


def is_large(w: Window) -> bool:
    """Are there outputs away from the borders, and where they differ, one of each kind?"""
    return inside(w) >= (1 if is_even(w.axis) else w.axis.stride)


def is_even_along(w: Window) -> bool:
    """Do the outputs of this very window that are away from the borders all add equally many taps;
    where there are none, do all outputs?"""
    return is_even(w.axis) or (not is_large(w) and len(set(counts(w))) < 2)


def overlap(w: Window, bias: bool) -> str:
    """Whether outputs away from the borders all add equally many taps of ConvTranspose, and if not,
    how many; what every output adds where none is away from them. `bias`: is there a B?"""
    if not is_large(w):
        return _of_few(w)
    if not is_even(w.axis):
        return _uneven(w.axis, bias)
    return f"even: every output away from the borders adds {_taps(w.axis.kernel // w.axis.stride)}"


def _taps(count: int) -> str:
    return f"{count} tap{'s' * (count != 1)}"


def _of_few(w: Window) -> str:
    """With few inputs, or a crop that leaves few outputs, borders are everywhere."""
    each = counts(w)
    if len(set(each)) < 2:
        return f"even: every output adds {_taps(each[0] if each else 0)}"
    turns = ", ".join(map(str, each[:MOST_PHASES])) + ", ..." * (len(each) > MOST_PHASES)
    few = f"with input {w.axis.input} too few outputs are away from the borders to tell"
    kind = "even with more inputs" if is_even(w.axis) else "uneven"
    return f"{kind}: {few}; outputs add {turns} taps"


def _uneven(axis: Axis, bias: bool) -> str:
    why = f"kernel {axis.kernel} is no multiple of stride {axis.stride}"
    if not axis.kernel % axis.stride:
        why = f"taps {axis.dilation} apart do not fall evenly into stride {axis.stride}"
    turns = [str(taps_at(axis, phase)) for phase in range(min(axis.stride, MOST_PHASES))]
    counts = ", ".join(turns) + ", ..." * (axis.stride > MOST_PHASES)
    sentence = (
        f"uneven, a checkerboard: {why}, so outputs away from the borders add {counts} taps in turn"
    )
    if axis.kernel < axis.stride or gcd(axis.dilation, axis.stride) > 1:
        holds = "hold the bias alone" if bias else "stay 0"
        sentence += f"; outputs that no tap reaches {holds}"
    return sentence


def is_uneven(case: Case) -> bool:
    """Do outputs along some axis of the call add different numbers of taps, though no border is
    near?"""
    return not all(map(is_even_along, windows(case)))


def even_nearby(case: Case) -> Case | None:
    """The call with kernels that are a multiple of the stride, and pads that keep the output's
    size; None where even or none is near.

    A dilation that shares a factor with the stride never reaches some outputs: it becomes 1. A
    kernel grows until no more zeros are left to be added at the end than output_padding adds.
    """
    if not is_uneven(case) or none_nearby(case):
        return None
    dilation = _coprime(case)
    kernel = tuple(_grown(w, d) for w, d in zip(windows(case), dilation, strict=True))
    return _of_same_size(case, kernel, dilation)


def none_nearby(case: Case) -> str:
    """The axis whose kernel would grow by more than a stride, as a sentence; "" where none would.

    Only an output beyond the full one asks for that: the taps that are added would reach what is
    zeros here.
    """
    for n, (w, d) in enumerate(zip(windows(case), _coprime(case), strict=True)):
        own, grown = w.axis.kernel, _grown(w, d)
        if grown - own > w.axis.stride:
            return (
                f"no nearby configuration is even: on {axis_name(n)} all products reach {w.full} "
                f"outputs, and to fill {w.size} of them kernel {own} would become {grown}, which "
                f"is more than stride {w.axis.stride} larger"
            )
    return ""


def _coprime(case: Case) -> tuple[int, ...]:
    """The dilation of each axis, 1 where it shares a factor with the stride of an uneven one."""
    return tuple(
        a.dilation if is_even(a) or gcd(a.dilation, a.stride) == 1 else 1 for a in case.axes
    )


def _grown(w: Window, dilation: int) -> int:
    """The least multiple of the stride, or the kernel itself on an even axis, that leaves an
    output_padding below the stride."""
    a = w.axis
    kernel = a.kernel if is_even(a) else -(-a.kernel // a.stride) * a.stride
    missing = w.size - a.stride * (a.input - 1) - (kernel - 1) * dilation - 1
    if missing < a.stride:
        return kernel
    return kernel + -(-(missing - a.stride + 1) // (a.stride * dilation)) * a.stride


def _of_same_size(case: Case, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Case:
    begins, ends, extra = [], [], []
    for w, k, d in zip(windows(case), kernel, dilation, strict=True):
        total = w.axis.stride * (w.axis.input - 1) + (k - 1) * d + 1 - w.size
        begins.append(max(total, 0) // 2)
        ends.append(max(total, 0) - begins[-1])
        extra.append(max(-total, 0))
    given = {
        "pads": unless((*begins, *ends), 0),
        "output_padding": unless(tuple(extra), 0),
        "dilations": unless(dilation, 1),
    }
    absent = {"auto_pad": None, "output_shape": None, "kernel_shape": None}
    attributes = Attributes.of(**case.attributes.given() | absent | given)
    return replace(case, name="even", w_shape=(*case.w_shape[:2], *kernel), attributes=attributes)
