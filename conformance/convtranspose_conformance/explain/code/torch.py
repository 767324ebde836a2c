"""A ConvTranspose case in PyTorch: `torch.nn.functional` and `torch.nn`, weights as ONNX has
them."""

from dataclasses import dataclass

from convtranspose_cases import Case

from ...backends.script import Name
from ..geometry.window import Window, axis_name, subtracted, unless, windows
from .snippet import MOST_AXES, Code, call_source, keywords


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """`padding` and `output_padding` of the call, then `crop` (begin, end) of its result, axis by
    axis; None where the call says it all."""

    padding: tuple[int, ...]
    output_padding: tuple[int, ...]
    crop: tuple[tuple[int, int], ...] | None
    bias_after: bool
    why: str = ""


def torch_codes(case: Case) -> list[Code]:
    """The functional call and the module. Raises InvalidInput as the case's geometry does."""
    cut = windows(case)
    if case.rank > MOST_AXES:
        return [_by_slices(case, cut)]
    plan = _planned(case, cut)
    end = _finished(case, plan)
    cropped = any("F.pad" in line for line in end)
    return [
        Code(
            title="PyTorch, functional",
            framework="torch",
            why=plan.why,
            lines=(*to_torch(case), *_functional(case, plan), *end),
        ),
        Code(
            title="PyTorch, module",
            framework="torch",
            why=plan.why,
            lines=(*to_torch(case, functional=cropped), *_module(case, plan), *end),
        ),
    ]


def _planned(case: Case, cut: tuple[Window, ...]) -> _Plan:
    """In one call where padding = begin and output_padding = begin - end is one that PyTorch
    takes."""
    if why := _proof(cut):
        padding = tuple(max(min(w.begin, w.end), 0) for w in cut)
        crop = tuple((w.begin - p, w.end - p) for w, p in zip(cut, padding, strict=True))
        return _Plan(
            padding=padding,
            output_padding=(0,) * len(cut),
            crop=crop,
            bias_after=case.bias and any(w.sticks_out for w in cut),
            why=why,
        )
    padding, extra = tuple(w.begin for w in cut), tuple(w.begin - w.end for w in cut)
    return _Plan(padding=padding, output_padding=extra, crop=None, bias_after=False)


def _proof(cut: tuple[Window, ...]) -> str:
    """Why no padding and output_padding cut this window; "" where some do."""
    for number, w in enumerate(cut):
        if why := _refused(w):
            return (
                "PyTorch cuts `padding` off both ends and puts `output_padding` back at the end. "
                f"{axis_name(number)} needs {w.text()}: {why}"
            )
    return ""


def _refused(w: Window) -> str:
    """Why PyTorch takes no padding and output_padding that cut the window; "" where it does."""
    if w.begin < 0:
        return f"padding would be {w.begin}, and it is at least 0"
    extra, limit = w.begin - w.end, max(w.axis.stride, w.axis.dilation)
    would = (
        f"padding = {w.begin}, so output_padding would be {w.begin} - {subtracted(w.end)} = {extra}"
    )
    if extra < 0:
        return f"{would}, and it is at least 0"
    if extra >= limit:
        return f"{would}, and it is less than max(stride, dilation) = {limit}"
    return ""


def _arguments(case: Case, plan: _Plan) -> list[str]:
    axes = case.axes
    return keywords(
        stride=unless(tuple(a.stride for a in axes), 1),
        padding=unless(plan.padding, 0),
        output_padding=unless(plan.output_padding, 0),
        groups=case.group if case.group > 1 else None,
        dilation=unless(tuple(a.dilation for a in axes), 1),
    )


def to_torch(case: Case, layout: str = "C, M/group, kernel", functional: bool = True) -> list[str]:
    """The imports, x, w and b; `layout` is that of the weights."""
    names = ["X", "W", *["B"] * case.bias]
    read = "torch.from_numpy(a)"
    if case.dtype == "bfloat16":
        read = "torch.from_numpy(a.view(np.int16)).view(torch.bfloat16)"
    first = ["import ml_dtypes", "import numpy as np"] if case.dtype == "bfloat16" else []
    return [
        *first,
        "import torch",
        *["import torch.nn.functional as F"] * functional,
        "",
        f"# weights stay as they are: {layout}",
        f"{', '.join(names).lower()} = ({read} for a in ({', '.join(names)}))",
    ]


def _functional(case: Case, plan: _Plan) -> list[str]:
    given = ["x", "w", *["b"] * (case.bias and not plan.bias_after)]
    return [
        f"y = {call_source(f'F.conv_transpose{case.rank}d', [*given, *_arguments(case, plan)])}"
    ]


def _module(case: Case, plan: _Plan) -> list[str]:
    own_bias = case.bias and not plan.bias_after
    sizes = [str(case.x_shape[1]), str(case.maps), str(case.w_shape[2:])]
    rest = keywords(
        bias=None if own_bias else False,
        dtype=None if case.dtype == "float32" else Name(f"torch.{case.dtype}"),
    )
    given = [*sizes, *_arguments(case, plan), *rest]
    state = '{"weight": w, "bias": b}' if own_bias else '{"weight": w}'
    return [
        f"layer = {call_source(f'torch.nn.ConvTranspose{case.rank}d', given)}",
        f"layer.load_state_dict({state})",
        "y = layer(x).detach()",
    ]


def _finished(case: Case, plan: _Plan) -> list[str]:
    return [*_cropped(plan.crop), *_bias(case, plan.bias_after), from_torch(case)]


def from_torch(case: Case) -> str:
    """The line that makes Y of y."""
    return "Y = " + (
        "y.view(torch.int16).numpy().view(ml_dtypes.bfloat16)"
        if case.dtype == "bfloat16"
        else "y.numpy()"
    )


def _cropped(crop: tuple[tuple[int, int], ...] | None) -> list[str]:
    if crop is None or not any(b or e for b, e in crop):
        return []
    flat = tuple(-amount for pair in reversed(crop) for amount in pair)
    return [
        "# last axis first, begin and end: below 0 cuts, above 0 adds zeros",
        f"y = F.pad(y, {flat})",
    ]


def _bias(case: Case, after: bool) -> list[str]:
    return (
        ["# after the zeros, which get it too", f"y = y + b.view{(1, -1, *(1,) * case.rank)}"]
        if after
        else []
    )


def _by_slices(case: Case, cut: tuple[Window, ...]) -> Code:
    """Four spatial axes: a sum of calls with three, over the first axis's inputs and taps."""
    title = "PyTorch, functional"
    why = f"PyTorch has conv_transpose1d, 2d and 3d; this call has {case.rank} spatial axes"
    if case.rank > MOST_AXES + 1:
        return Code(
            title=title,
            framework="torch",
            why=f"{why}, so it takes a loop over each axis beyond the third",
        )
    first, inner = case.axes[0], case.axes[1:]
    given = keywords(
        stride=unless(tuple(a.stride for a in inner), 1),
        groups=case.group if case.group > 1 else None,
        dilation=unless(tuple(a.dilation for a in inner), 1),
    )
    product = call_source("F.conv_transpose3d", ["x[:, :, i]", "w[:, :, t]", *given])
    full = (case.x_shape[0], case.maps, *(w.full for w in cut))
    loop = [
        f"y = torch.zeros({full}, dtype=x.dtype)",
        f"for i in range({first.input}):",
        f"    for t in range({first.kernel}):",
        f"        y[:, :, {first.stride} * i + {first.dilation} * t] += {product}",
    ]
    plan = _Plan(
        padding=(),
        output_padding=(),
        crop=tuple((w.begin, w.end) for w in cut),
        bias_after=case.bias,
    )
    return Code(
        title=title,
        framework="torch",
        why=why,
        lines=(*to_torch(case), *loop, *_finished(case, plan)),
    )
