"""A Conv of stride 1 as a part of other code: its weights V are trained anew, and stand in ONNX
layout."""

from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.window import unless
from .snippet import call_source, keywords

FLAT = 2  # axes that PixelShuffle, DepthToSpace and tf.image.resize are made for


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """V is M x C/group x `kernel`, each of its filters `times` in turn (ICNR); `befores` and
    `afters` are the zeros around the input."""

    kernel: tuple[int, ...]
    dilations: tuple[int, ...]
    befores: tuple[int, ...]
    afters: tuple[int, ...]
    times: int = 1


def middle(size: int, kernel: int, dilation: int) -> tuple[int, int]:
    """The zeros before and after `size` elements that keep their number."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def arrays(case: Case, kernel: tuple[int, ...]) -> list[str]:
    """Lines that make X, V and, where the case has one, B, in float32."""
    v_shape = (case.maps, case.x_shape[1] // case.group, *kernel)
    shapes = {"X": case.x_shape, "V": v_shape} | ({"B": case.b_shape} if case.bias else {})
    made = [
        f"{name} = rng.integers(-4, 5, {shape}).astype(np.float32)"
        for name, shape in shapes.items()
    ]
    return ["import numpy as np", "", "rng = np.random.default_rng(0)", *made]


def by_torch(case: Case, f: Filter, source: str) -> list[str]:
    """`y`, of tensors `v`, `b` and `source`."""
    alike = f.befores == f.afters
    if not alike:
        ends = [n for pair in zip(f.befores[::-1], f.afters[::-1], strict=True) for n in pair]
        source = f"F.pad({source}, {tuple(ends)})"
    given = keywords(
        padding=unless(f.befores, 0) if alike else None,
        dilation=unless(f.dilations, 1),
        groups=case.group if case.group > 1 else None,
    )
    inputs = [source, "v", *["b"] * case.bias]
    return [f"y = {call_source(f'F.conv{case.rank}d', [*inputs, *given])}"]


def by_tensorflow(case: Case, f: Filter, source: str) -> list[str]:
    """`y`, channels last, of tensors `v` and `source` and an array `b`; a group at a time."""
    pads = [[0, 0], *([b, e] for b, e in zip(f.befores, f.afters, strict=True)), [0, 0]]
    lines = [f"padded = tf.pad({source}, {pads})"]
    dilations = keywords(dilations=unless(f.dilations, 1))
    if case.group == 1:
        call = call_source("tf.nn.convolution", ["padded", "v", 'padding="VALID"', *dilations])
        lines.append(f"y = {call}")
    else:
        call = ", ".join(["a", "k", 'padding="VALID"', *dilations])
        lines += [
            f"groups = zip(tf.split(padded, {case.group}, -1), tf.split(v, {case.group}, -1))",
            f"parts = [tf.nn.convolution({call}) for a, k in groups]",
            "y = tf.concat(parts, -1)",
        ]
    return [*lines, *["y = y + b"] * case.bias]


def onnx_attributes(case: Case, f: Filter) -> list[str]:
    """What the node Conv is given."""
    pads = unless((*f.befores, *f.afters), 0)
    dilations = unless(f.dilations, 1)
    return keywords(
        pads=None if pads is None else list(pads),
        dilations=None if dilations is None else list(dilations),
        group=case.group if case.group > 1 else None,
    )


def last_to_first(rank: int) -> tuple[int, ...]:
    """The order of axes that leads from channels last to ONNX's."""
    return (0, rank + 1, *range(1, rank + 1))


def first_to_last(rank: int) -> tuple[int, ...]:
    """The order of axes that leads from ONNX's to channels last."""
    return (0, *range(2, rank + 2), 1)


def filters_last(rank: int) -> tuple[int, ...]:
    """The order of axes that leads from V to TensorFlow's filters: kernel, C/group, M."""
    return (*range(2, rank + 2), 1, 0)
