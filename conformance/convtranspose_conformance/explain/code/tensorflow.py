"""A ConvTranspose case in TensorFlow: `tf.nn.conv{1,2,3}d_transpose`, channels last, weights as
kernel sizes, M/group, C."""

from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.window import Window, axis_name, windows
from .snippet import Code, called, named

MOST_AXES = 3
Pads = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """`padding` as the call spells it, the spatial `sizes` that it is told, and the `crop` of its
    result (begin, end), axis by axis."""

    padding: str | list[list[int]]
    sizes: tuple[int, ...]
    crop: Pads
    why: str = ""


def tensorflow_code(case: Case) -> Code:
    """The call of `tf.nn`. Raises InvalidInput as the case's geometry does."""
    cut = windows(case)
    if case.rank > MOST_AXES:
        return _by_slices(case, cut)
    plan = _planned(case, cut)
    dilated = dilation_proof(case)
    why = " ".join(filter(None, (plan.why, dilated, group_proof(case), bias_proof(case))))
    lines = (
        *tensors(case),
        *(holes(case) if dilated else ()),
        *_call(case, plan),
        *cropped(plan.crop),
        *biased(case),
        back(case.rank),
    )
    return Code(title="TensorFlow, tf.nn", framework="tensorflow", why=why, lines=lines)


def group_proof(case: Case) -> str:
    """Why groups are calls of their own; "" where there is one."""
    if case.group == 1:
        return ""
    return (
        f"There is no group argument for ConvTranspose: the {case.group} groups are calls of "
        "their own between a split and a concat."
    )


def bias_proof(case: Case) -> str:
    """Why a bias is a call of its own; "" where there is none."""
    return "There is no bias argument: tf.nn.bias_add is a second call." if case.bias else ""


def _planned(case: Case, cut: tuple[Window, ...]) -> _Plan:
    """The first of VALID, SAME and explicit pads that cuts the window; else VALID, cropped."""
    sizes, uncut = tuple(w.size for w in cut), ((0, 0),) * len(cut)
    if all(w.begin == 0 and 0 <= -w.end < w.axis.stride for w in cut):
        return _Plan(padding="VALID", sizes=sizes, crop=uncut)
    if all(is_same(w) for w in cut):
        return _Plan(padding="SAME", sizes=sizes, crop=uncut)
    if _explicit(case, cut):
        return _Plan(
            padding=[[0, 0], *([w.begin, max(w.end, 0)] for w in cut), [0, 0]],
            sizes=sizes,
            crop=uncut,
        )
    told = tuple(min(max(w.begin + w.size, w.full), w.full + w.axis.stride - 1) for w in cut)
    crop = tuple((w.begin, size - w.begin - w.size) for w, size in zip(cut, told, strict=True))
    return _Plan(padding="VALID", sizes=told, crop=crop, why=_proof(case, cut))


def is_same(w: Window) -> bool:
    """Does SAME, told the size, cut this window? It cuts max(full - size, 0), the smaller half
    first."""
    back = -(-w.size // w.axis.stride)
    return back == w.axis.input and w.begin == max(w.full - w.size, 0) // 2


def dilation_proof(case: Case) -> str:
    """Why the kernel is written out with the dilation's zeros; "" where an argument says it."""
    if case.dtype not in ("float16", "float64") or all(a.dilation == 1 for a in case.axes):
        return ""
    return (
        f"TensorFlow's CPU kernels of {case.dtype} take no dilations: the kernel is written "
        "out "
        "with the dilation's zeros."
    )


def holes(case: Case) -> list[str]:
    """Lines that write the dilation into w, as zeros between its taps."""
    sizes = (*(a.effective_kernel for a in case.axes), case.w_shape[1], case.w_shape[0])
    steps = ", ".join(f"::{a.dilation}" for a in case.axes)
    return [f"dilated = np.zeros({sizes}, w.dtype)", f"dilated[{steps}] = w", "w = dilated"]


def _explicit(case: Case, cut: tuple[Window, ...]) -> bool:
    plain = all(a.dilation == 1 for a in case.axes)
    return case.rank == 2 and plain and all(w.begin >= 0 and -w.end < w.axis.stride for w in cut)


def _proof(case: Case, cut: tuple[Window, ...]) -> str:
    """Axis by axis, what VALID and SAME would cut; and why explicit pads are no way out."""
    bad = [
        (axis_name(n), w)
        for n, w in enumerate(cut)
        if not (w.begin == 0 and 0 <= -w.end < w.axis.stride)
    ]
    name, w = bad[0]
    total = max(w.full - w.size, 0)
    said = (
        f"{name} needs {w.text()}; VALID cuts nothing at the begin and adds at most stride - 1 "
        f"= {w.axis.stride - 1} at the end"
    )
    if -(-w.size // w.axis.stride) != w.axis.input:
        same = f"SAME needs ceil({w.size} / {w.axis.stride}) = {w.axis.input} inputs"
    elif is_same(w):
        same = "SAME would do here, but it holds for all axes or none"
    else:
        same = (
            f"SAME cuts max({w.full} - {w.size}, 0) = {total}, floor({total} / 2) = "
            f"{total // 2} of it at the begin"
        )
    if case.rank != 2:
        own = "explicit pads are for two spatial axes only"
    elif any(a.dilation > 1 for a in case.axes):
        own = "explicit pads do not go with dilations"
    else:
        own = f"explicit pads are at least 0 and lead back to {w.axis.input} inputs"
    return f"{said}; {same}; {own}."


def tensors(case: Case, maps: str = "M/group, C") -> list[str]:
    """The imports, x and w; `maps` are the last two axes of w."""
    spatial = list(range(2, case.rank + 2))
    return [
        "import numpy as np",
        "import tensorflow as tf",
        "",
        f"x = tf.constant(X.transpose({_list([0, *spatial, 1])}))  # N, spatial, C",
        f"w = W.transpose({_list([*spatial, 1, 0])})  # kernel, {maps}",
    ]


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def back(rank: int) -> str:
    """The line that makes Y, N x M x spatial, of y."""
    return f"Y = y.numpy().transpose({_list([0, rank + 1, *range(1, rank + 1)])})"


def _call(case: Case, plan: _Plan) -> list[str]:
    maps = case.w_shape[1]
    given = named(
        output_shape=[case.x_shape[0], *plan.sizes, maps],
        strides=[a.stride for a in case.axes],
        padding=plan.padding,
        dilations=None
        if dilation_proof(case) or all(a.dilation == 1 for a in case.axes)
        else [a.dilation for a in case.axes],
    )
    function = f"tf.nn.conv{case.rank}d_transpose"
    return (
        [f"y = {called(function, ['x', 'w', *given])}"]
        if case.group == 1
        else split_groups(function, given, case.group)
    )


def split_groups(function: str, given: list[str], group: int) -> list[str]:
    """Lines that call a function once for each group, between a split and a concat."""
    call = called(function, ["xg", "wg", *given]).replace("\n", "\n    ")
    return [
        f"groups = zip(tf.split(x, {group}, axis=-1), np.split(w, {group}, axis=-1))",
        f"outputs = [\n    {call}\n    for xg, wg in groups\n]",
        "y = tf.concat(outputs, axis=-1)",
    ]


def cropped(crop: Pads) -> list[str]:
    """Lines that cut y, spatial axes after the first, and add zeros to it where the crop is
    negative."""
    lines = []
    if any(b > 0 or e > 0 for b, e in crop):
        lines.append(f"y = y[:, {', '.join(_slice(b, e) for b, e in crop)}]")
    if any(b < 0 or e < 0 for b, e in crop):
        lines.append(
            f"y = tf.pad(y, {[[0, 0], *([max(-b, 0), max(-e, 0)] for b, e in crop), [0, 0]]})"
        )
    return lines


def _slice(begin: int, end: int) -> str:
    return f"{begin if begin > 0 else ''}:{-end if end > 0 else ''}"


def biased(case: Case) -> list[str]:
    """The line that adds B to y, where there is one."""
    return ["y = tf.nn.bias_add(y, B)"] if case.bias else []


def _by_slices(case: Case, cut: tuple[Window, ...]) -> Code:
    """Four spatial axes: a sum of calls with three, over the first axis's inputs and taps."""
    title, why = (
        "TensorFlow, tf.nn",
        f"TensorFlow has conv1d_transpose, 2d and 3d; this call has {case.rank} spatial axes",
    )
    if case.rank > MOST_AXES + 1 or case.group > 1:
        return Code(
            title=title,
            framework="tensorflow",
            why=f"{why}, so it takes a loop over each group and each axis beyond the third",
        )
    first, inner = case.axes[0], cut[1:]
    shape = [case.x_shape[0], *(w.full for w in inner), case.maps]
    given = named(
        output_shape=shape,
        strides=[w.axis.stride for w in inner],
        padding="VALID",
        dilations=[w.axis.dilation for w in inner],
    )
    loop = [
        f"rows = [tf.zeros({shape}, x.dtype) for _ in range({cut[0].full})]",
        f"for i in range({first.input}):",
        f"    for t in range({first.kernel}):",
        f"        rows[{first.stride} * i + {first.dilation} * t] += tf.nn.conv3d_transpose(",
        f"            x[:, i], w[t], {', '.join(given)},",
        "        )",
        "y = tf.stack(rows, axis=1)",
    ]
    crop = tuple((w.begin, w.end) for w in cut)
    bias = [f"y = y + B.reshape({_list([1] * (case.rank + 1) + [-1])})"] if case.bias else []
    return Code(
        title=title,
        framework="tensorflow",
        why=why,
        lines=(*tensors(case), *loop, *cropped(crop), *bias, back(case.rank)),
    )
