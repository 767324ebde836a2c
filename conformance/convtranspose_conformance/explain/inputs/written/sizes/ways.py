"""The pads and output_padding with which a layer would make an output of other sizes."""

from convtranspose_cases import Case
from convtranspose_reference.geometry import Axis, axes_of

from ...subject import Subject
from .outputs import channels_last


def way_to(sizes: tuple[int | None, ...], subject: Subject) -> str:
    """`pads 1, 1, 1, 1 and output_padding 1, 1`: what of its kernel, strides and dilations makes
    an output of these sizes, channels and batch among them or not; the output_padding alone, where
    that is enough. Empty where nothing does, or other attributes decide."""
    case = subject.case
    wanted = _spatial(sizes, subject)
    if case.op != "ConvTranspose" or not wanted or not _is_padded_by_hand(case):
        return ""
    if tuple(wanted) == case.y_shape()[2:]:
        return ""
    axes = axes_of(case.x_shape, case.w_shape, case.attributes)
    beside = [
        size - (axis.natural - axis.begin - axis.end) + axis.output_padding
        for size, axis in zip(wanted, axes, strict=True)
    ]
    if _are_legal(beside, axes):
        return f"output_padding {_listed(beside)}"
    cuts = [axis.natural - axis.output_padding - s for s, axis in zip(wanted, axes, strict=True)]
    extra = [
        -cut if cut < 0 else cut % 2 and min(_most(axis), 1)
        for cut, axis in zip(cuts, axes, strict=True)
    ]
    if not _are_legal(extra, axes):
        return ""
    totals = [max(cut + more, 0) for cut, more in zip(cuts, extra, strict=True)]
    pads = [*(total // 2 for total in totals), *((total + 1) // 2 for total in totals)]
    more = f" and output_padding {_listed(extra)}" if any(extra) else ""
    return f"pads {_listed(pads)}{more}"


def _spatial(sizes: tuple[int | None, ...], subject: Subject) -> list[int]:
    """Those of the spatial axes, in the order that has the layer's channels in their place, its
    framework's first; empty where there is none, or one of them is not said."""
    rank = len(subject.case.x_shape) - 2
    maps = {None, subject.case.y_shape()[1]}
    for last in (channels_last(subject), not channels_last(subject)):
        before = len(sizes) - rank - last
        channels = sizes[-1 if last else before - 1] if before > 0 or last else None
        spatial = [size for size in sizes[before : before + rank] if size is not None]
        if len(sizes) == rank:
            return spatial if len(spatial) == rank else []
        if before >= 0 and len(spatial) == rank and ("M" in subject.assumed or channels in maps):
            return spatial
    return []


def _is_padded_by_hand(case: Case) -> bool:
    given = case.attributes
    return given.output_shape is None and given.auto_pad in (None, "NOTSET")


def _are_legal(extra: list[int], axes: tuple[Axis, ...]) -> bool:
    return all(0 <= each <= _most(axis) for each, axis in zip(extra, axes, strict=True))


def _most(axis: Axis) -> int:
    """The largest output_padding below stride or dilation (clause K)."""
    return max(axis.stride, axis.dilation) - 1


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))
