"""A ConvTranspose case as Keras layers, with the weights that `set_weights` takes."""

from collections.abc import Iterator
from dataclasses import dataclass

from convtranspose_cases import Case

from ..geometry.keras_window import KerasAxis
from ..geometry.window import Window, axis_name, unless, windows
from .snippet import MOST_AXES, Code, call_source, keywords
from .tensorflow_lines import (
    Pads,
    back,
    biased,
    cropped,
    dilation_proof,
    holes,
    tensors,
)

PADDINGS = ("valid", "same")
MOST_OFFERED = 6  # output_paddings that a proof tries


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """The layer's `padding` and `output_padding`, the `crop` of its result, whether its kernel has
    the dilation's holes written into it."""

    padding: str
    output_padding: tuple[int, ...] | None
    crop: Pads
    holes: bool
    why: str = ""


def keras_code(case: Case) -> Code:
    """The layer, or as many as there are groups. Raises InvalidInput as the case's geometry
    does."""
    title = "TensorFlow, Keras"
    if case.rank > MOST_AXES:
        return Code(
            title=title,
            framework="tensorflow",
            why=f"Keras has Conv1DTranspose, 2D and 3D; this call has {case.rank} spatial axes",
        )
    plan = _planned(case, windows(case))
    own_bias = case.bias and case.group == 1 and not any(b < 0 or e < 0 for b, e in plan.crop)
    after = [] if own_bias else biased(case)
    lines = (
        *tensors(case, through_onednn="dilations" * (_is_dilated(case) and not plan.holes)),
        *(holes(case) if plan.holes else ()),
        *_layers(case, plan, own_bias),
        *cropped(plan.crop),
        *after,
        back(case.rank),
    )
    return Code(title=title, framework="tensorflow", why=plan.why, lines=lines)


def _planned(case: Case, cut: tuple[Window, ...]) -> _Plan:
    written, uncut = _dilated(case), ((0, 0),) * case.rank
    why = [written] if written else []
    why += [
        f"A layer has no groups: each of the {case.group} is a layer of its own between a split "
        "and a concat."
    ] * (case.group > 1)
    for padding in PADDINGS:
        if (extra := _output_padding(padding, cut)) != ():
            return _Plan(
                padding=padding,
                output_padding=extra,
                crop=uncut,
                holes=bool(written),
                why=" ".join(why),
            )
    return _Plan(
        padding="valid",
        output_padding=None,
        crop=_crop(cut),
        holes=bool(written),
        why=" ".join([_proof(cut), *why]),
    )


def _crop(cut: tuple[Window, ...]) -> Pads:
    """What is left to be cut off a layer that is told nothing."""
    layer = KerasAxis(padding="valid", output_padding=None)
    return tuple((w.begin, layer.size(w.axis) - w.begin - w.size) for w in cut)


def _output_padding(padding: str, cut: tuple[Window, ...]) -> tuple[int, ...] | None:
    """What `output_padding` cuts these windows under `padding`: None is leaving it out, () that
    nothing does."""
    if all(KerasAxis(padding=padding, output_padding=None).window(w.axis) == w for w in cut):
        return None
    extra = [each for w in cut for each in _that_cut(padding, w)]
    return tuple(extra) if len(extra) == len(cut) else ()


def _is_dilated(case: Case) -> bool:
    return any(a.dilation > 1 for a in case.axes)


def _dilated(case: Case) -> str:
    """Why the kernel is written out with the dilation's zeros; "" where dilation_rate says it."""
    if not _is_dilated(case):
        return ""
    if any(a.stride > 1 for a in case.axes):
        return (
            "Keras refuses strides > 1 together with dilation_rate > 1: the kernel is written "
            "out with the dilation's zeros."
        )
    return dilation_proof(case)


def _that_cut(padding: str, w: Window) -> Iterator[int]:
    """The one output_padding that makes the window's size, where it is one that Keras takes and
    cuts this window."""
    extra = w.size - KerasAxis(padding=padding, output_padding=0).size(w.axis)
    layer = KerasAxis(padding=padding, output_padding=extra)
    if 0 <= extra < w.axis.stride and layer.window(w.axis) == w:
        yield extra


def _proof(cut: tuple[Window, ...]) -> str:
    """The axis that no padding and output_padding cut; or that the axes need different ones."""
    for number, w in enumerate(cut):
        if any(_output_padding(padding, (w,)) != () for padding in PADDINGS):
            continue
        offers = [f"{padding!r} cuts (begin, end) = {_offered(padding, w)}" for padding in PADDINGS]
        return (
            f"{axis_name(number)} needs {w.text()}; with every output_padding below stride "
            f"{w.axis.stride}, {' and '.join(offers)}."
        )
    return (
        "The axes need different values of padding, or output_padding on some of them only, and "
        "a layer has one for all."
    )


def _offered(padding: str, w: Window) -> str:
    kept = [
        KerasAxis(padding=padding, output_padding=o).window(w.axis)
        for o in (None, *range(min(w.axis.stride, MOST_OFFERED)))
    ]
    pairs = dict.fromkeys((each.begin, each.end) for each in kept if each is not None)
    listed = ", ".join(f"({b}, {e})" for b, e in pairs)
    return listed + ", ..." * (w.axis.stride > MOST_OFFERED) or "nothing that TensorFlow takes"


def _layers(case: Case, plan: _Plan, own_bias: bool) -> list[str]:
    kernel = tuple(a.effective_kernel if plan.holes else a.kernel for a in case.axes)
    given = keywords(
        strides=unless(tuple(a.stride for a in case.axes), 1),
        padding=plan.padding,
        output_padding=plan.output_padding,
        dilation_rate=None if plan.holes else unless(tuple(a.dilation for a in case.axes), 1),
        use_bias=own_bias,
        dtype=None if case.dtype == "float32" else case.dtype,
    )
    layer = call_source(
        f"tf.keras.layers.Conv{case.rank}DTranspose", [str(case.w_shape[1]), str(kernel), *given]
    )
    if case.group == 1:
        weights = "[w, B]" if own_bias else "[w]"
        return [
            f"layer = {layer}",
            "layer.build(x.shape)",
            f"layer.set_weights({weights})",
            "y = layer(x)",
        ]
    body = [
        f"layer = {layer}",
        "layer.build(xg.shape)",
        "layer.set_weights([wg])",
        "outputs.append(layer(xg))",
    ]
    return [
        "outputs = []",
        f"for xg, wg in zip(tf.split(x, {case.group}, axis=-1), np.split(w, {case.group}, "
        "axis=-1)):",
        *(f"    {line}".replace("\n", "\n    ") for line in body),
        "y = tf.concat(outputs, axis=-1)",
    ]
