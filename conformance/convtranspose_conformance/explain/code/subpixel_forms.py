"""Conv on X's own elements, then a shuffle of its channels into Y's phases, in PyTorch, TensorFlow
and ONNX, each filter the same for all phases (ICNR: Aitken et al., arXiv:1707.02937)."""

from dataclasses import dataclass
from math import prod

from convtranspose_cases import Case

from .resize_forms import odd
from .snippet import Code
from .stride_one import (
    FLAT,
    Filter,
    by_tensorflow,
    by_torch,
    filters_last,
    first_to_last,
    last_to_first,
    onnx_attributes,
)
from .whole_model import NodeRow, of_nodes

SAYS = "ICNR: every filter once for each phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shuffle:
    """The sizes that Conv makes, and what is taken apart of their channels."""

    filter: Filter
    scales: tuple[int, ...]
    low: tuple[int, ...]
    sizes: tuple[int, ...]

    @property
    def is_square(self) -> bool:
        """Do PixelShuffle and DepthToSpace say it?"""
        return len(self.scales) == FLAT and len({*self.scales}) == 1 and self.scales[0] > 1

    @property
    def high(self) -> tuple[int, ...]:
        return tuple(n * s for n, s in zip(self.low, self.scales, strict=True))

    @property
    def is_cut(self) -> bool:
        return self.high != self.sizes

    @property
    def slices(self) -> str:
        return ", ".join(f":{size}" for size in self.sizes)


def low_kernel(kernel: int, stride: int) -> int:
    """The least odd filter on X's own elements whose phases together reach as far as the kernel."""
    return odd(-(-kernel // stride))


def subpixel_forms(case: Case) -> list[Code]:
    """The three, of a legal ConvTranspose of one to three axes with elements; none where Y is
    smaller than a Conv without pads makes it."""
    found = _shuffle(case)
    if found is None:
        return []
    return [_torch(case, found), _tensorflow(case, found), _onnx(case, found)]


def _shuffle(case: Case) -> _Shuffle | None:
    """Conv makes as few elements as cover Y when each becomes a stride of them."""
    sizes, inputs = case.y_shape()[2:], case.x_shape[2:]
    scales = tuple(a.stride for a in case.axes)
    kernel = tuple(low_kernel(a.kernel, a.stride) for a in case.axes)
    low = tuple(-(-n // s) for n, s in zip(sizes, scales, strict=True))
    totals = [n - i + k - 1 for n, i, k in zip(low, inputs, kernel, strict=True)]
    if min(totals) < 0:
        return None
    befores = tuple(min((k - 1) // 2, t) for k, t in zip(kernel, totals, strict=True))
    f = Filter(
        kernel=kernel,
        dilations=(1,) * case.rank,
        befores=befores,
        afters=tuple(t - b for t, b in zip(totals, befores, strict=True)),
        times=prod(scales),
    )
    return _Shuffle(filter=f, scales=scales, low=low, sizes=sizes)


def _apart(case: Case, s: _Shuffle) -> tuple[list[int], list[int], list[int]]:
    """Of N x (M, scales) x low: its shape with the channels taken apart, the order that puts each
    scale behind its axis, and the shape together."""
    n, m, rank = case.x_shape[0], case.maps, case.rank
    order = [0, 1, *(a for axis in range(rank) for a in (2 + rank + axis, 2 + axis))]
    return [n, m, *s.scales, *s.low], order, [n, m, *s.high]


def _torch(case: Case, s: _Shuffle) -> Code:
    names, of = ["x", "v", *["b"] * case.bias], ["X", "V", *["B"] * case.bias]
    shape, order, together = _apart(case, s)
    shuffled = [f"y = F.pixel_shuffle(y, {s.scales[0]})"]
    if not s.is_square:
        shuffled = [f"y = y.reshape({shape}).permute({order})", f"y = y.reshape({together})"]
    lines = (
        "import torch",
        "import torch.nn.functional as F",
        "",
        f"{', '.join(names)} = (torch.from_numpy(a) for a in ({', '.join(of)}))",
        f"v = v.repeat_interleave({s.filter.times}, 0)  # {SAYS}",
        *[f"b = b.repeat_interleave({s.filter.times})"] * case.bias,
        *by_torch(case, s.filter, "x"),
        *shuffled,
        f"Y = y[..., {s.slices}].numpy()" if s.is_cut else "Y = y.numpy()",
    )
    return Code(title="PyTorch", framework="torch", lines=lines)


def _tensorflow(case: Case, s: _Shuffle) -> Code:
    rank, times = case.rank, s.filter.times
    is_one_call = s.is_square and case.group == 1  # it wants the phases outside of the maps
    many = f"np.tile(V, {(times, *(1,) * (rank + 1))})" if is_one_call else f"V.repeat({times}, 0)"
    biases = f"b = np.tile(B, {times})" if is_one_call else f"b = B.repeat({times})"
    to_onnx = f".transpose{last_to_first(rank)}"
    if is_one_call:
        after = [f"y = tf.nn.depth_to_space(y, {s.scales[0]})", f"Y = y.numpy(){to_onnx}"]
    else:
        shape, order, together = _apart(case, s)
        shuffled = [f"Y = Y.reshape({shape}).transpose({order})", f"Y = Y.reshape({together})"]
        after = [f"Y = y.numpy(){to_onnx}", *shuffled]
    lines = (
        "import numpy as np",
        "import tensorflow as tf",
        "",
        f"x = tf.constant(X.transpose{first_to_last(rank)})",
        f"v = {many}  # {SAYS}",
        f"v = v.transpose{filters_last(rank)}  # kernel, C, M",
        *[biases] * case.bias,
        *by_tensorflow(case, s.filter, "x"),
        *after,
        *[f"Y = Y[..., {s.slices}]"] * s.is_cut,
    )
    return Code(title="TensorFlow", framework="tensorflow", lines=lines)


def _onnx(case: Case, s: _Shuffle) -> Code:
    rank, times = case.rank, s.filter.times
    inputs = ["X", "V", *["B"] * case.bias]
    nodes: list[NodeRow] = [("Conv", inputs, "phases", onnx_attributes(case, s.filter))]
    further = {"V": f"V.repeat({times}, 0)"} | ({"B": f"B.repeat({times})"} if case.bias else {})
    last = "whole" if s.is_cut else "Y"
    if s.is_square:
        how = [f"blocksize={s.scales[0]}", 'mode="CRD"']
        nodes.append(("DepthToSpace", ["phases"], last, how))
    else:
        shape, order, together = _apart(case, s)
        nodes += [
            ("Reshape", ["phases", "apart"], "taken", []),
            ("Transpose", ["taken"], "turned", [f"perm={order}"]),
            ("Reshape", ["turned", "together"], last, []),
        ]
        further |= {
            "apart": f"np.array({shape}, np.int64)",
            "together": f"np.array({together}, np.int64)",
        }
    if s.is_cut:
        nodes.append(("Slice", ["whole", "starts", "ends", "axes"], "Y", []))
        further |= {
            "starts": f"np.zeros({rank}, np.int64)",
            "ends": f"np.array({list(s.sizes)}, np.int64)",
            "axes": f"np.arange(2, {rank + 2})",
        }
    return of_nodes(case, nodes, further)
