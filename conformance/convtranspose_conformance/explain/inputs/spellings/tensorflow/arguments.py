"""The arguments of `tf.nn.conv{1,2,3}d_transpose`, as its signature and data_format have them."""

from dataclasses import dataclass, replace
from typing import Any

from convtranspose_reference.attributes import Shape
from convtranspose_reference.geometry import Pads

from ...asked import Weights
from ...channels import ASSUMED_CHANNELS
from ...signature import REQUIRED, Bound, Written, bound
from ...size_rule import output_shape_rule
from ...written.fold import NameInText

_SIGNATURE: dict[str, Any] = {
    "input": REQUIRED,
    "filters": REQUIRED,
    "output_shape": REQUIRED,
    "strides": REQUIRED,
    "padding": "SAME",
    "data_format": None,
    "dilations": None,
    "name": None,
}
_ALIASES = {"value": "input", "filter": "filters"}  # as TensorFlow 1 has them
LAYOUTS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorflowCall:
    """What the text says of a call with `rank` spatial axes; `last`: the channels are the last
    axis, so that `output_shape` is N, sizes, M, else N, M, sizes. `pads` is None for SAME."""

    given: Bound
    rank: int
    last: bool
    strides: Shape
    dilations: Shape
    pads: tuple[Pads, ...] | None
    output_shape: tuple[int | None, ...]

    @property
    def sizes(self) -> Shape:
        """The spatial sizes that output_shape asks for."""
        sizes = self.output_shape[1:-1] if self.last else self.output_shape[2:]
        return tuple(size for size in sizes if size is not None)

    @property
    def maps(self) -> int | None:
        """The output channels, M, that output_shape asks for; None where the text leaves them
        open."""
        return self.output_shape[-1] if self.last else self.output_shape[1]

    def filled(self, sizes: Shape) -> "TensorflowCall":
        """With `sizes` for the spatial ones that the text leaves open."""
        own = self.output_shape[1:-1] if self.last else self.output_shape[2:]
        known = tuple(size if old is None else old for old, size in zip(own, sizes, strict=True))
        whole = (self.output_shape[0], *known, self.maps)
        if not self.last:
            whole = (self.output_shape[0], self.maps, *known)
        return replace(self, output_shape=whole)


def read_call(call: Written, rank: int, *, filters: bool) -> TensorflowCall:
    """The call by the signature of `tf.nn`; `filters`: is their shape known? Raises Unreadable, and
    Asked for all that is open."""
    named = {_ALIASES.get(name, name): value for name, value in call.named.items()}
    given = bound(replace(call, named=named), _SIGNATURE)
    last_layout, first_layout = LAYOUTS[rank]
    layout = (given.known("data_format") and given.values["data_format"]) or last_layout
    if layout not in (last_layout, first_layout):
        raise given.wrong("data_format", f'"{last_layout}" or "{first_layout}"')
    last = layout == last_layout
    _require(given, rank, last, filters=filters)
    dilations = (1,) * rank
    if given.values["dilations"] is not None:
        dilations = _per_axis(given, "dilations", rank, last)
    pads = _pads(given, rank, last)
    if not isinstance(given.values["padding"], str) and max(dilations) > 1:
        raise given.wrong("dilations", "1 beside explicit pads, by TensorFlow's own check")
    return TensorflowCall(
        given=given,
        rank=rank,
        last=last,
        strides=_per_axis(given, "strides", rank, last),
        dilations=dilations,
        pads=pads,
        output_shape=_output_shape(given, rank, last),
    )


def _require(given: Bound, rank: int, last: bool, *, filters: bool) -> None:
    """Raises NamesOpen for what the text leaves open."""
    strides, shape = given.values["strides"], given.values["output_shape"]
    each = strides if isinstance(strides, list | tuple) else [strides]
    if len(each) == rank + 2:
        each = each[1:-1] if last else each[2:]
    sizes = (shape[1:-1] if last else shape[2:]) if isinstance(shape, list | tuple) else ()
    rule = output_shape_rule(shape, each, given.values["padding"], sizes)
    maps = shape[-1 if last else 1] if isinstance(shape, list | tuple) and len(shape) > 2 else None
    usual = (ASSUMED_CHANNELS, maps if type(maps) is int and maps > 0 else ASSUMED_CHANNELS)
    kernel = Weights(order="C,M,k1,... in ONNX's order", usual=(*usual, *(4,) * rank))
    given.require(
        {"strides": "2", "dilations": "1", "padding": "SAME"}, rule, None if filters else kernel
    )


def _per_axis(given: Bound, name: str, rank: int, last: bool) -> Shape:
    """One integer for all axes, one for each, or one for each axis of the tensor, where N and C
    have 1."""
    value = given.values[name]
    if not isinstance(value, list | tuple) or len(value) != rank + 2:
        return given.per_axis(name, rank, 1)
    each = given.per_axis(name, rank + 2, 1)
    spatial, outer = (each[1:-1], (each[0], each[-1])) if last else (each[2:], each[:2])
    if outer != (1, 1):
        raise given.wrong(name, "1 for the axes N and C")
    return spatial


def _pads(given: Bound, rank: int, last: bool) -> tuple[Pads, ...] | None:
    """What is cut off each spatial axis, as explicit pads or VALID say it; None under SAME, which
    goes by the sizes."""
    padding = given.values["padding"]
    if isinstance(padding, str) and padding in ("SAME", "VALID"):
        return None if padding == "SAME" else ((0, 0),) * rank
    if rank != 2 or not _is_pairs(padding, rank + 2):
        explicit = ", or [[0, 0], [begin, end], [begin, end], [0, 0]]" * (rank == 2)
        raise given.wrong("padding", '"SAME" or "VALID"' + explicit)
    spatial, outer = (
        (padding[1:-1], (padding[0], padding[-1])) if last else (padding[2:], padding[:2])
    )
    if any(amount for pair in outer for amount in pair):
        raise given.wrong("padding", "[0, 0] for the axes N and C")
    return tuple((begin, end) for begin, end in spatial)


def _is_pairs(value: object, count: int) -> bool:
    return isinstance(value, list | tuple) and len(value) == count and all(map(_is_pair, value))


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(type(each) is int and each >= 0 for each in value)
    )


def _output_shape(given: Bound, rank: int, last: bool) -> tuple[int | None, ...]:
    """The sizes asked for: a batch that the text leaves open is 1, other sizes are None."""
    sizes = given.values["output_shape"]
    order = "N, sizes, M" if last else "N, M, sizes"
    if isinstance(sizes, NameInText):
        return (1, *(None,) * (rank + 1))
    if not isinstance(sizes, list | tuple) or len(sizes) != rank + 2:
        raise given.wrong("output_shape", f"{rank + 2} integers of at least 1: {order}")
    maps = rank + 1 if last else 1
    for number, size in enumerate(sizes):
        open_ = isinstance(size, NameInText) or (number in (0, maps) and size in (None, -1))
        if not open_ and (type(size) is not int or size < 1):
            raise given.wrong(
                "output_shape", f"{rank + 2} integers of at least 1, written out: {order}"
            )
    whole = [size if isinstance(size, int) and size > 0 else None for size in sizes]
    return (whole[0] or 1, *whole[1:])
