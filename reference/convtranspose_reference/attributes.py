"""The attributes of ConvTranspose and Conv in ONNX spelling, and what the operator text forbids."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import index
from typing import Any, Literal, Self

Op = Literal["ConvTranspose", "Conv"]
Shape = tuple[int, ...]
PartialShape = tuple[int | None, ...]  # None: a size that is left open

AUTO_PADS = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")
_LEAST = {
    "strides": 1,
    "dilations": 1,
    "kernel_shape": 1,
    "output_padding": 0,
    "output_shape": 0,
    "pads": 0,
}


class InvalidInput(ValueError):
    """A call that the operator text forbids.

    `clause` is the label of the sentence (see `convtranspose list clauses`), `attribute` what broke
    it, `found` the value and `accepted` what would have been right.
    """

    def __init__(self, clause: str, attribute: str, found: object, accepted: str) -> None:
        self.clause, self.attribute, self.found, self.accepted = clause, attribute, found, accepted
        shown = found if found != "" else repr(found)
        super().__init__(f"{attribute} = {shown}: accepted is {accepted} (clause {clause})")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.clause, self.attribute, self.found, self.accepted)


def _tuple(values: Sequence[int] | None) -> Shape | None:
    if isinstance(values, str):
        raise TypeError(f"found {values!r}, accepted is a list of integers")
    return None if values is None else tuple(index(v) for v in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Attributes as a node carries them; None = absent. `pads` is (x1_begin, x2_begin, ..., x1_end,
    x2_end, ...)."""

    auto_pad: str | None = None
    dilations: Shape | None = None
    group: int | None = None
    kernel_shape: Shape | None = None
    output_padding: Shape | None = None
    output_shape: Shape | None = None
    pads: Shape | None = None
    strides: Shape | None = None

    @classmethod
    def of(cls, **given: Any) -> Self:
        """Attributes from lists, tuples or arrays of ints. Raises TypeError on an unknown name, and
        on a value that is no integer."""
        plain: dict[str, Any] = {
            k: v if k in ("auto_pad", "group") else _tuple(v) for k, v in given.items()
        }
        return cls(**plain)

    def given(self) -> dict[str, Any]:
        """The attributes that are present, by name, in alphabetical order."""
        return {name: v for name in self.__slots__ if (v := getattr(self, name)) is not None}

    def text(self) -> str:
        """The attributes that are present on one line, as Python would spell the call."""
        return ", ".join(
            f"{k}={list(v) if isinstance(v, tuple) else repr(v)}" for k, v in self.given().items()
        )


def check(
    op: Op, x_shape: Shape, w_shape: Shape, b_shape: Shape | None, attributes: Attributes
) -> None:
    """Refuse what the text forbids whatever the geometry: ranks, channels, list lengths, ranges.

    `x_shape` is N x C x D1..., `w_shape` C x M/group x k1... (Conv: M x C/group x k1...), `b_shape`
    (M,). Raises InvalidInput (clauses H, L, N, O and the schema's own attribute sentences).
    """
    rank = len(x_shape) - 2
    if rank < 1:
        raise InvalidInput("O", "rank of X", len(x_shape), "at least 3: N x C x D1 ...")
    if len(w_shape) != len(x_shape):
        raise InvalidInput("O", "rank of W", len(w_shape), f"{len(x_shape)}, the rank of X")
    _check_channels(
        op, x_shape, w_shape, b_shape, 1 if attributes.group is None else attributes.group
    )
    _check_lists(rank, attributes)
    if attributes.kernel_shape not in (None, w_shape[2:]):
        raise InvalidInput(
            "O",
            "kernel_shape",
            list(attributes.kernel_shape or ()),
            f"{list(w_shape[2:])}, as W has it",
        )
    if attributes.auto_pad not in (None, *AUTO_PADS):
        raise InvalidInput("N", "auto_pad", attributes.auto_pad, f"one of {', '.join(AUTO_PADS)}")
    if attributes.pads is not None and attributes.auto_pad not in (None, "NOTSET"):
        raise InvalidInput(
            "H", "pads", list(attributes.pads), f"none beside auto_pad = {attributes.auto_pad}"
        )


def _check_channels(
    op: Op, x_shape: Shape, w_shape: Shape, b_shape: Shape | None, group: int
) -> None:
    if group < 1:
        raise InvalidInput("O", "group", group, "at least 1")
    if op == "ConvTranspose":
        if x_shape[1] % group:
            raise InvalidInput("O", "group", group, f"a divisor of C = {x_shape[1]}")
        if w_shape[0] != x_shape[1]:
            raise InvalidInput(
                "O", "W.shape[0]", w_shape[0], f"C = {x_shape[1]}, the channels of X"
            )
        maps = w_shape[1] * group
    else:
        if w_shape[0] % group:
            raise InvalidInput("O", "group", group, f"a divisor of M = {w_shape[0]}")
        if w_shape[1] * group != x_shape[1]:
            raise InvalidInput("O", "W.shape[1]", w_shape[1], f"C/group = {x_shape[1]}/{group}")
        maps = w_shape[0]
    if any(size < 1 for size in w_shape[2:]):
        raise InvalidInput("O", "W.shape", list(w_shape), "a kernel of at least 1 along each axis")
    if b_shape not in (None, (maps,)):
        raise InvalidInput(
            "O",
            "B.shape",
            list(b_shape or ()),
            f"[{maps}], one value for each of the M output channels",
        )


def _check_lists(rank: int, attributes: Attributes) -> None:
    for name, least in _LEAST.items():
        values: Shape | None = getattr(attributes, name)
        if values is None:
            continue
        length = 2 * rank if name == "pads" else rank
        if len(values) != length:
            clause = "L" if name == "output_shape" else "O"
            raise InvalidInput(
                clause, name, list(values), f"{length} values for {rank} spatial axes"
            )
        if values and min(values) < least:
            clause = "M" if name == "output_shape" else "O"
            raise InvalidInput(clause, name, list(values), f"values of at least {least}")
