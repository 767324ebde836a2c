"""A Conv case in PyTorch, TensorFlow and ONNX: pads that a call cannot say are zeros put around X
first."""

from collections.abc import Sequence
from dataclasses import replace

from convtranspose_cases import Case
from convtranspose_cases.case import OLDEST_OPSET
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_pads
from convtranspose_reference.geometry import Pads

from ..geometry.window import axis_name, unless
from .onnx import of_model
from .snippet import MOST_AXES, Code, call_source, keywords
from .tensorflow_lines import (
    back,
    bias_proof,
    biased,
    dilation_proof,
    holes,
    split_groups,
    tensors,
)
from .torch import from_torch, to_torch


def conv_codes(case: Case) -> list[Code]:
    """Code in each framework for a Conv that the text allows."""
    pads = [conv_pads(axis) for axis in case.axes]
    return [_torch(case, pads), _tensorflow(case, pads), _onnx(case, pads)]


def _beyond(case: Case, framework: str) -> str:
    return f"{framework} has convolutions along one, two and three axes; this call has {case.rank}"


def _torch(case: Case, pads: Sequence[Pads]) -> Code:
    title = "PyTorch, functional"
    if case.rank > MOST_AXES:
        return Code(title=title, framework="torch", why=_beyond(case, "PyTorch"))
    uneven = next((n for n, (begin, end) in enumerate(pads) if begin != end), None)
    settings = keywords(
        stride=unless(tuple(a.stride for a in case.axes), 1),
        padding=unless(tuple(begin for begin, _ in pads), 0) if uneven is None else None,
        dilation=unless(tuple(a.dilation for a in case.axes), 1),
        groups=case.group if case.group > 1 else None,
    )
    call = [f"y = {call_source(f'F.conv{case.rank}d', ['x', 'w', *['b'] * case.bias, *settings])}"]
    why = ""
    if uneven is not None:
        begin, end = pads[uneven]
        why = (
            f"PyTorch's `padding` is the same at both ends of an axis, and {axis_name(uneven)} "
            f"needs begin = {begin}, end = {end}"
        )
        flat = tuple(amount for pair in reversed(pads) for amount in pair)
        call = ["# last axis first, begin and end", f"x = F.pad(x, {flat})", *call]
    return Code(
        title=title,
        framework="torch",
        why=why,
        lines=(*to_torch(case, "M, C/group, kernel"), *call, from_torch(case)),
    )


def _tensorflow(case: Case, pads: Sequence[Pads]) -> Code:
    title = "TensorFlow, tf.nn"
    if case.rank > MOST_AXES:
        return Code(title=title, framework="tensorflow", why=_beyond(case, "TensorFlow"))
    padding = _padding(case, pads)
    before, why = [], []
    if padding is None:
        padding = "VALID"
        before.append(f"x = tf.pad(x, {[[0, 0], *map(list, pads), [0, 0]]})")
        why.append(
            "VALID and SAME have other pads, and explicit ones are for two spatial axes only."
        )
    written = case.rank == MOST_AXES and bool(dilation_proof(case))
    if written:
        before += holes(case)
        why.append(
            f"The CPU kernel for three axes takes no dilations in {case.dtype}: the kernel is "
            "written out with the dilation's zeros."
        )
    apart = case.group > 1 and case.rank == MOST_AXES
    if apart:
        why.append(
            "The CPU kernel for three axes takes no groups: each is a call of its own between a "
            "split and a concat."
        )
    why.append(bias_proof(case))
    calls = _calls(case, padding, apart=apart, dilated=not written)
    dilated = any(a.dilation > 1 for a in case.axes)
    onednn = "dilations" * (dilated and case.rank == MOST_AXES and not written)
    lines = (*tensors(case, "C/group, M", onednn), *before, *calls, *biased(case), back(case.rank))
    return Code(title=title, framework="tensorflow", why=" ".join(filter(None, why)), lines=lines)


def _padding(case: Case, pads: Sequence[Pads]) -> str | list[list[int]] | None:
    """How the call spells these pads; None where it cannot."""
    if not any(map(any, pads)):
        return "VALID"
    sizes = case.y_shape()[2:]
    upper = [
        conv_pads(replace(axis, auto_pad="SAME_UPPER", opset=OLDEST_OPSET)) for axis in case.axes
    ]
    if list(pads) == upper and all(
        size == -(-a.input // a.stride) for size, a in zip(sizes, case.axes, strict=True)
    ):
        return "SAME"
    return [[0, 0], *map(list, pads), [0, 0]] if case.rank == 2 else None


def _calls(case: Case, padding: str | list[list[int]], *, apart: bool, dilated: bool) -> list[str]:
    """`apart`: each group by itself. `dilated`: the call is told the dilations."""
    strides, dilations = (
        [getattr(axis, name) for axis in case.axes] for name in ("stride", "dilation")
    )
    if case.rank == MOST_AXES:
        strides, dilations = [1, *strides, 1], [1, *dilations, 1]
    steps = keywords(stride=strides) if case.rank == 1 else keywords(strides=strides)
    given = [
        *steps,
        *keywords(padding=padding, dilations=dilations if dilated and max(dilations) > 1 else None),
    ]
    function = f"tf.nn.conv{case.rank}d"
    return (
        split_groups(function, given, case.group)
        if apart
        else [f"y = {call_source(function, ['x', 'w', *given])}"]
    )


def _onnx(case: Case, pads: Sequence[Pads]) -> Code:
    """The node as it is called; with pads written out where ONNX Runtime has no SAME for it."""
    why = []
    if case.axes[0].same and (
        case.opset < OLDEST_OPSET or any(axis.dilation > 1 for axis in case.axes)
    ):
        why = [
            "ONNX Runtime's SAME takes no dilations, and follows the text of opset 11 at every "
            "opset: the pads are written out."
        ]
        flat = (*(begin for begin, _ in pads), *(end for _, end in pads))
        case = replace(
            case,
            attributes=Attributes.of(
                **case.attributes.given() | {"auto_pad": None, "pads": unless(flat, 0)}
            ),
        )
    return of_model(case, None, why)
