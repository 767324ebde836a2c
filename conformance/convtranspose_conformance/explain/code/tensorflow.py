"""A ConvTranspose case in TensorFlow: `tf.nn.conv{1,2,3}d_transpose`, channels last, weights as
kernel sizes, M/group, C."""

from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.tensorflow_window import is_same, is_valid
from ..geometry.window import Window, axis_name, windows
from .snippet import MOST_AXES, Code, call_source, keywords
from .tensorflow_lines import (
    Pads,
    back,
    bias_proof,
    biased,
    cropped,
    dilation_proof,
    holes,
    listed,
    split_groups,
    tensors,
)


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
    if is_depthwise(case):
        return _depthwise(case, plan)
    dilated, apart = dilation_proof(case), group_proof(case, plan.padding)
    why = " ".join(filter(None, (plan.why, dilated, apart, bias_proof(case))))
    lines = (
        *tensors(case, through_onednn=_through_onednn(case, plan, bool(apart))),
        *(holes(case) if dilated else ()),
        *_call(case, plan, apart=bool(apart)),
        *cropped(plan.crop),
        *biased(case),
        back(case.rank),
    )
    return Code(title="TensorFlow, tf.nn", framework="tensorflow", why=why, lines=lines)


def is_depthwise(case: Case) -> bool:
    """Is it the gradient of a depthwise convolution as the CPU has it: one map a group, two axes of
    one stride, no dilations?"""
    one_map = case.group > 1 and case.w_shape[1] == 1 and case.rank == 2
    return (
        one_map
        and len({a.stride for a in case.axes}) == 1
        and all(a.dilation == 1 for a in case.axes)
    )


def _depthwise(case: Case, plan: _Plan) -> Code:
    """`depthwise_conv2d_backprop_input`, which takes every dtype, and explicit pads too."""
    g, multiplier, stride = case.group, case.channels_per_group, case.axes[0].stride
    kernel = tuple(a.kernel for a in case.axes)
    given = [
        *keywords(
            input_sizes=[case.x_shape[0], *plan.sizes, case.maps],
        ),
        "filter=w",
        "out_backprop=x",
        *keywords(strides=[1, stride, stride, 1], padding=plan.padding),
    ]
    start = [
        line
        if not line.startswith("w = ")
        else f"w = W.reshape{(g, multiplier, *kernel)}.transpose(2, 3, 0, 1)  # kernel, M, C/group"
        for line in tensors(case)
    ]
    return Code(
        title="TensorFlow, tf.nn",
        framework="tensorflow",
        why=" ".join(filter(None, (plan.why, bias_proof(case)))),
        lines=(
            *start,
            f"y = {call_source('tf.nn.depthwise_conv2d_backprop_input', given)}",
            *cropped(plan.crop),
            *biased(case),
            back(case.rank),
        ),
    )


def _through_onednn(case: Case, plan: _Plan, apart: bool) -> str:
    """What the call is told that oneDNN's kernels alone take; "" for nothing."""
    dilated = max(a.dilation for a in case.axes) > 1 and not dilation_proof(case)
    grouped = case.group > 1 and not apart
    return " and ".join(["dilations"] * dilated + ["groups"] * grouped)


def group_proof(case: Case, padding: str | list[list[int]]) -> str:
    """Why groups are calls of their own; "" where one call takes them."""
    if case.group == 1:
        return ""
    why = ""
    if case.rank == MOST_AXES:
        why = "The CPU kernel for three axes takes no groups"
    elif case.dtype == "bfloat16":
        why = "The CPU kernels of bfloat16 take groups through oneDNN on AVX-512 alone"
    elif case.dtype != "float32":
        why = f"The CPU kernels of {case.dtype} take no groups"
    elif not isinstance(padding, str):
        why = "Beside explicit pads the CPU kernels take no groups"
    return why and (
        f"{why}: the {case.group} groups are calls of their own between a split and a concat."
    )


def _planned(case: Case, cut: tuple[Window, ...]) -> _Plan:
    """The first of VALID, SAME and explicit pads that cuts the window; else VALID, cropped."""
    sizes, uncut = tuple(w.size for w in cut), ((0, 0),) * len(cut)
    if all(map(is_valid, cut)):
        return _Plan(padding="VALID", sizes=sizes, crop=uncut)
    if all(map(is_same, cut)):
        return _Plan(padding="SAME", sizes=sizes, crop=uncut)
    if _explicit(case, cut):
        pads = [[0, 0], *([w.begin, max(w.end, 0)] for w in cut), [0, 0]]
        return _Plan(padding=pads, sizes=sizes, crop=uncut)
    asked = tuple(min(max(w.begin + w.size, w.full), w.full + w.axis.stride - 1) for w in cut)
    crop = tuple((w.begin, size - w.begin - w.size) for w, size in zip(cut, asked, strict=True))
    return _Plan(padding="VALID", sizes=asked, crop=crop, why=_proof(case, cut))


def _explicit(case: Case, cut: tuple[Window, ...]) -> bool:
    plain = all(a.dilation == 1 for a in case.axes)
    return case.rank == 2 and plain and all(w.begin >= 0 and -w.end < w.axis.stride for w in cut)


def _proof(case: Case, cut: tuple[Window, ...]) -> str:
    """What the first axis that VALID does not cut would get from each padding."""
    number, w = next((n, w) for n, w in enumerate(cut) if not is_valid(w))
    valid = (
        f"VALID cuts nothing at the begin and adds at most stride - 1 = {w.axis.stride - 1} at the "
        "end"
    )
    needs = f"{axis_name(number)} needs {w.text()}"
    return f"{needs}; {valid}; {_same_proof(w)}; {_explicit_proof(case, w)}."


def _same_proof(w: Window) -> str:
    if -(-w.size // w.axis.stride) != w.axis.input:
        return f"SAME needs ceil({w.size} / {w.axis.stride}) = {w.axis.input} inputs"
    if is_same(w):
        return "SAME would do here, but it holds for all axes or none"
    total = max(w.full - w.size, 0)
    return (
        f"SAME cuts max({w.full} - {w.size}, 0) = {total}, floor({total} / 2) = {total // 2} of it "
        "at the begin"
    )


def _explicit_proof(case: Case, w: Window) -> str:
    if case.rank != 2:
        return "explicit pads are for two spatial axes only"
    if any(a.dilation > 1 for a in case.axes):
        return "explicit pads do not go with dilations"
    return f"explicit pads are at least 0 and lead back to {w.axis.input} inputs"


def _call(case: Case, plan: _Plan, *, apart: bool) -> list[str]:
    """`apart`: each group by itself."""
    maps = case.w_shape[1] if apart else case.maps
    dilations = [a.dilation for a in case.axes]
    told = max(dilations) > 1 and not dilation_proof(case)
    given = keywords(
        output_shape=[case.x_shape[0], *plan.sizes, maps],
        strides=[a.stride for a in case.axes],
        padding=plan.padding,
        dilations=dilations if told else None,
    )
    function = f"tf.nn.conv{case.rank}d_transpose"
    if apart:
        return split_groups(function, given, case.group)
    return [f"y = {call_source(function, ['x', 'w', *given])}"]


def _by_slices(case: Case, cut: tuple[Window, ...]) -> Code:
    """Four spatial axes: a sum of calls with three, over the first axis's inputs and taps."""
    title = "TensorFlow, tf.nn"
    why = f"TensorFlow has conv1d_transpose, 2d and 3d; this call has {case.rank} spatial axes"
    if case.rank > MOST_AXES + 1 or case.group > 1:
        return Code(
            title=title,
            framework="tensorflow",
            why=f"{why}, so it takes a loop over each group and each axis beyond the third",
        )
    first, inner = case.axes[0], cut[1:]
    shape = [case.x_shape[0], *(w.full for w in inner), case.maps]
    given = keywords(
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
    bias = [f"y = y + B.reshape({listed([1] * (case.rank + 1) + [-1])})"] if case.bias else []
    return Code(
        title=title,
        framework="tensorflow",
        why=why,
        lines=(*tensors(case), *loop, *cropped(crop), *bias, back(case.rank)),
    )
