"""What a refusal owes before a reading of an open clause may excuse it: the backend has to answer
the same call without what the clause is about. One that refuses a dtype altogether follows no
reading of output_padding."""

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache

from convtranspose_cases import Case
from convtranspose_cases.notation import called


@lru_cache(maxsize=16)  # the checks of a case ask for one call
def plainer_call(case: Case, clauses: tuple[str, ...]) -> Case:
    """The call without what open clauses that allow a refusal are about: without output_padding
    (K), with no size of 0 (R), and without what then crops its output to nothing. Its numbers are
    integers."""
    if "K" in clauses:
        case = _unpadded(case)
    if "R" in clauses:
        case = _filled(case)
    if case.refusal() is not None or 0 in case.y_shape():  # cropped to nothing
        uncropped = replace(case.attributes, pads=None, output_shape=None, auto_pad=None)
        case = replace(case, attributes=uncropped)
    return called(replace(case, data="integers", previous=None))


def _unpadded(case: Case) -> Case:
    """The call without output_padding; a given output_shape smaller by as much, so that the same
    padding is left to split."""
    given = case.attributes
    sizes, padding = given.output_shape, given.output_padding or ()
    if sizes is not None and len(sizes) == len(padding):
        sizes = tuple(size - more for size, more in zip(sizes, padding, strict=True))
        sizes = sizes if min(sizes) > 0 else None
    return replace(case, attributes=replace(given, output_padding=None, output_shape=sizes))


def _filled(case: Case) -> Case:
    """The call with 1 for each size of 0, the channels of each group included; a given output_shape
    is longer by as much as the natural size; under Conv an input that holds the kernel."""
    group = max(case.group, 1)
    x, w = (list(shape) for shape in (case.x_shape, case.w_shape))
    x[0], x[2:], w[2:] = x[0] or 1, [size or 1 for size in x[2:]], [size or 1 for size in w[2:]]
    if case.op == "ConvTranspose":
        x[1] = w[0] = x[1] or group
        w[1] = w[1] or 1
    else:
        w[0] = w[0] or group
        x[1], w[1] = x[1] or group, w[1] or 1
        x[2:] = [max(a.input, a.effective_kernel) for a in case.axes]
    filled = replace(case, x_shape=tuple(x), w_shape=tuple(w))
    if (sizes := case.attributes.output_shape) is None:
        return filled
    longer = (new.natural - old.natural for new, old in zip(filled.axes, case.axes, strict=True))
    alike = tuple(size + more for size, more in zip(sizes, longer, strict=True))
    return replace(filled, attributes=replace(case.attributes, output_shape=alike))


def same_question(case: Case) -> Hashable:
    """Equal for two cases that ask the same call, whatever the numbers."""
    return (
        case.op,
        case.x_shape,
        case.w_shape,
        case.attributes,
        case.b_shape,
        case.dtype,
        case.opset,
        case.initializer,
        case.resize,
        case.depth_to_space,
    )
