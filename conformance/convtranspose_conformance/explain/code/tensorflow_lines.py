"""The lines that TensorFlow code is made of, those of tf.nn, Keras and Conv alike: channels last,
weights as kernel sizes, M/group, C."""

from collections.abc import Iterable

from convtranspose_cases import Case

from .snippet import call_source

Pads = tuple[tuple[int, int], ...]


ONEDNN = (
    "# on a CPU {what} work through oneDNN alone, which is off by default below",
    "# AVX512_VNNI; to be set before TensorFlow is imported",
    "import os",
    "",
    'os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"',
)


def tensors(case: Case, maps: str = "M/group, C", through_onednn: str = "") -> list[str]:
    """The imports, x and w; `maps` are the last two axes of w. `through_onednn`: what the call says
    that oneDNN's kernels alone take."""
    spatial = list(range(2, case.rank + 2))
    return [
        *(line.format(what=through_onednn) for line in ONEDNN if through_onednn),
        "import numpy as np",
        "import tensorflow as tf",
        "",
        f"x = tf.constant(X.transpose({listed([0, *spatial, 1])}))  # N, spatial, C",
        f"w = W.transpose({listed([*spatial, 1, 0])})  # kernel, {maps}",
    ]


def holes(case: Case) -> list[str]:
    """Lines that write the dilation into w, as zeros between its taps."""
    sizes = (*(a.effective_kernel for a in case.axes), case.w_shape[1], case.w_shape[0])
    steps = ", ".join(f"::{a.dilation}" for a in case.axes)
    return [f"dilated = np.zeros({sizes}, w.dtype)", f"dilated[{steps}] = w", "w = dilated"]


def split_groups(function: str, given: list[str], group: int) -> list[str]:
    """Lines that call a function once for each group, between a split and a concat."""
    call = call_source(function, ["xg", "wg", *given]).replace("\n", "\n    ")
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


def back(rank: int) -> str:
    """The line that makes Y, N x M x spatial, of y."""
    return f"Y = y.numpy().transpose({listed([0, rank + 1, *range(1, rank + 1)])})"


def listed(numbers: Iterable[int]) -> str:
    """Numbers with commas between them."""
    return ", ".join(map(str, numbers))


def dilation_proof(case: Case) -> str:
    """Why the kernel is written out with the dilation's zeros; "" where an argument says it."""
    if case.dtype == "float32" or all(a.dilation == 1 for a in case.axes):
        return ""
    if case.dtype == "bfloat16":
        return (
            "TensorFlow's CPU kernels of bfloat16 take dilations through oneDNN on AVX-512 alone: "
            "the kernel is written out with the dilation's zeros."
        )
    return (
        f"TensorFlow's CPU kernels of {case.dtype} take no dilations: the kernel is written out "
        "with the dilation's zeros."
    )


def bias_proof(case: Case) -> str:
    """Why a bias is a call of its own; "" where there is none."""
    return "There is no bias argument: tf.nn.bias_add is a second call." if case.bias else ""
