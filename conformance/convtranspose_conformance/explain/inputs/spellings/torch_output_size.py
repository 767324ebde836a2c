"""What PyTorch makes of an `output_size` with which a layer is applied, and others of theirs."""

from dataclasses import replace
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import Shape

from ...geometry.window import unless
from ..subject import Unreadable, listed

UNKNOWN = (
    "the layer is applied with an output_size that is not known: the size is what its own "
    "arguments make"
)


def led_back(output_size: Any, case: Case) -> Case | None:
    """The case on the largest input whose output, without output_padding, is not larger than what
    the layer is asked for; None where there is none."""
    sizes = _spatial(output_size, case.rank)
    if sizes is None or len(sizes) != case.rank:
        return None
    inputs = tuple(
        (size - axis.effective_kernel + axis.begin + axis.end) // axis.stride + 1
        for size, axis in zip(sizes, case.axes, strict=True)
    )
    return replace(case, x_shape=(*case.x_shape[:2], *inputs)) if min(inputs) > 0 else None


def of_output_size(
    function: str, output_size: Any, case: Case, framework: str
) -> tuple[Case, tuple[str, ...]]:
    """With the output_padding that makes the size which is asked for, as PyTorch works it out, and
    the note that says so. Raises Unreadable."""
    if output_size is None:
        return case, ()
    rank, sizes = case.rank, _spatial(output_size, case.rank)
    if sizes is None:
        return case, (UNKNOWN,)
    bare = replace(case, attributes=replace(case.attributes, output_padding=None))
    least, strides = bare.y_shape()[2:], bare.attributes.strides or (1,) * rank
    extra = tuple(size - low for size, low in zip(sizes, least, strict=False))
    if len(sizes) != rank or any(not 0 <= o < s for o, s in zip(extra, strides, strict=True)):
        most = [low + s - 1 for low, s in zip(least, strides, strict=True)]
        raise Unreadable(
            f"{function}: output_size {sizes}: accepted is {list(least)} to {most} on X "
            f"{listed(case.x_shape)}{', as PyTorch checks' * (framework == 'torch')}; --x says "
            "another input"
        )
    attributes = replace(case.attributes, output_padding=unless(extra, 0))
    return replace(case, attributes=attributes), (
        f"output_size {list(sizes)} is output_padding {list(extra)} on this input",
    )


def _spatial(output_size: Any, rank: int) -> Shape | None:
    """The sizes without batch and channels; None where one of them is not known."""
    sizes = tuple(output_size) if isinstance(output_size, list | tuple) else ()
    own = sizes[2:] if len(sizes) == rank + 2 else sizes
    return own if own and all(type(size) is int for size in own) else None
