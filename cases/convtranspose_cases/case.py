"""A case: one operator call, written down without arrays."""

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

from convtranspose_reference.attributes import Attributes, InvalidInput, Op, Shape
from convtranspose_reference.conv import conv_geometry
from convtranspose_reference.geometry import (
    TEXT,
    Axis,
    Geometry,
    Pads,
    Rules,
    axes_of,
    placed,
    unplaced,
)
from convtranspose_reference.resize import Resize, resize_axes
from convtranspose_reference.resize.coordinates import Along
from convtranspose_reference.resize.depth_to_space import DepthToSpace, shuffled_shape

from .composed import resize_words, shuffle_words

USUAL_CHECKS = ("output", "output_shape")
# by suite; any other asks the usual ones
CHECKS_OF_SUITE = {
    "gradients": ("gradient",),
    "repeatability": ("repeatability",),
    "invalid": ("rejection",),
    "call-gradient": ("gradient",),
    "call-repeatability": ("repeatability",),
}
# cases that stand in no suite (`notation.py`): asked the usual checks, or `rejection` where the
# text forbids them
CALL = "call"
# suites that hold forbidden calls beside others: of those the check is `rejection`
MIXED = frozenset({CALL, "resize", "subpixel"})
MEASURED = frozenset({"accuracy"})  # suites whose outputs are measured, beside being judged
OLDEST_OPSET = 11
OLDEST_BFLOAT16_OPSET = 22
OPSET_OF_RESIZE = 19
_OWN = (
    "bias", "dtype", "data", "opset", "initializer", "previous", "bias_shape", "resize",
    "depth_to_space",
)  # fmt: skip
_SHORT = {"float16": "f16", "bfloat16": "bf16", "float32": "f32", "float64": "f64"}


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the fields is kept
class Case:
    """One call of `op`. X is `x_shape` (N x C x D1...), W is `w_shape`, B exists where `bias`; all
    of `dtype`.

    `data` is the kind of numbers (`inputs.py`); "previous" and "previous-ones" take the golden of
    `previous` as X, as a stack of layers does. `opset` decides which text holds. `initializer`: W
    is a constant of the ONNX model rather than a graph input. `bias_shape` is B's shape where it is
    not (M,), which the text forbids. A Conv may have a `resize` of X before it and a
    `depth_to_space` of its output after it. Two cases that differ only in name are the same
    question. Raises ValueError for such a ConvTranspose.
    """

    suite: str
    name: str
    op: Op = "ConvTranspose"
    x_shape: Shape
    w_shape: Shape
    attributes: Attributes = field(default_factory=Attributes)
    bias: bool = False
    dtype: str = "float32"
    data: str = "integers"
    opset: int = OLDEST_OPSET
    initializer: bool = True
    previous: "Case | None" = None
    bias_shape: Shape | None = None
    resize: Resize | None = None
    depth_to_space: DepthToSpace | None = None

    def __post_init__(self) -> None:
        if self.op != "Conv" and self.is_composed:
            raise ValueError(f"{self.id}: accepted beside resize and depth_to_space is op = 'Conv'")

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: what follows from them follows anywhere."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __copy__(self) -> "Case":
        """The call alone, to which what follows from it can be added, and goes with it."""
        twin = object.__new__(Case)
        vars(twin).update(self.__getstate__())
        return twin

    @property
    def id(self) -> str:
        """`suite/name`: unique over all suites, and what `--case` matches."""
        return f"{self.suite}/{self.name}"

    @property
    def checks(self) -> tuple[str, ...]:
        """What is asked of the case; a backend is asked those of them that it offers."""
        if self.suite in MIXED and self.refusal() is not None:
            return CHECKS_OF_SUITE["invalid"]
        return CHECKS_OF_SUITE.get(self.suite, USUAL_CHECKS)

    @property
    def rank(self) -> int:
        return len(self.x_shape) - 2

    @property
    def is_composed(self) -> bool:
        """Does something stand before or after the convolution?"""
        return self.resize is not None or self.depth_to_space is not None

    @cached_property
    def resized_axes(self) -> tuple[Along, ...]:
        """The spatial axes of X as they are resized; () where they are not. Raises InvalidInput."""
        return () if self.resize is None else resize_axes(self.x_shape[2:], self.resize, self.opset)

    @property
    def fed_shape(self) -> Shape:
        """The shape of what the convolution is fed: X's, or X's resized. Raises InvalidInput."""
        if self.resize is None:
            return self.x_shape
        return (*self.x_shape[:2], *(along.output for along in self.resized_axes))

    @property
    def group(self) -> int:
        return 1 if self.attributes.group is None else self.attributes.group

    @property
    def maps(self) -> int:
        """M, the output's channels."""
        return self.w_shape[1] * self.group if self.op == "ConvTranspose" else self.w_shape[0]

    @property
    def channels_per_group(self) -> int:
        return self.x_shape[1] // self.group

    @property
    def b_shape(self) -> Shape | None:
        if not self.bias:
            return None
        return (self.maps,) if self.bias_shape is None else self.bias_shape

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        known: Geometry | None = vars(self).get("_unplaced")
        if known is not None:
            return known.axes
        return axes_of(self.fed_shape, self.w_shape, self.attributes, self.opset)

    def geometry(self, rules: Rules = TEXT) -> Geometry:
        """Pads and output shape of a ConvTranspose case. Raises InvalidInput where the rules refuse
        it."""
        return self._by_text if rules is TEXT else placed(self.unplaced(), rules)

    @cached_property
    def _by_text(self) -> Geometry:
        return placed(self.unplaced(), TEXT)

    def unplaced(self) -> Geometry:
        """A ConvTranspose case before any reading. Raises InvalidInput where every reading forbids
        it."""
        return self._unplaced

    @cached_property
    def _unplaced(self) -> Geometry:
        return unplaced(
            self.x_shape, self.w_shape, self.attributes, b_shape=self.b_shape, opset=self.opset
        )

    @cached_property
    def _forward(self) -> tuple[tuple[Axis, ...], tuple[Pads, ...], Shape]:
        return conv_geometry(
            self.fed_shape, self.w_shape, self.attributes, b_shape=self.b_shape, opset=self.opset
        )

    def forward_sizes(self) -> Geometry:
        """A Conv case's sizes, for rules that refuse some: crops at the end make `spatial` Conv's.
        Raises InvalidInput."""
        batch, maps, *sizes = self.conv_shape()
        ends = tuple(axis.natural - size for axis, size in zip(self.axes, sizes, strict=True))
        return Geometry(
            batch=batch,
            channels=self.x_shape[1],
            maps=maps,
            group=self.group,
            axes=self.axes,
            begins=(0,) * self.rank,
            ends=ends,
        )

    def y_shape(self, rules: Rules = TEXT) -> Shape:
        """Shape of Y. Raises InvalidInput where the rules refuse the case."""
        if self.op == "ConvTranspose":
            return self.geometry(rules).y_shape
        shape, shuffle = self.conv_shape(), self.depth_to_space
        return shape if shuffle is None else shuffled_shape(shape, shuffle, self.opset)

    def conv_shape(self) -> Shape:
        """Shape of what a Conv gives, before `depth_to_space`. Raises InvalidInput."""
        return (self.x_shape[0], self.maps, *self._forward[2])

    def refusal(self) -> InvalidInput | None:
        """Why the text forbids the call; None where it allows it."""
        return self._refusal

    @cached_property
    def _refusal(self) -> InvalidInput | None:
        try:
            self.y_shape()
        except InvalidInput as refused:
            return refused.with_traceback(None)
        return None

    @property
    def taps(self) -> int:
        """Elements of one kernel."""
        return prod(self.w_shape[2:])

    def summary(self) -> str:
        """The call on one line."""
        shapes = f"{self.op} X{list(self.x_shape)} W{list(self.w_shape)}" + (
            f" B{list(self.b_shape)}" if self.b_shape is not None else ""
        )
        about = [
            self.dtype,
            self.data,
            f"opset {self.opset}",
            "W constant" if self.initializer else "W graph input",
        ]
        beside = [] if self.resize is None else [f"Resize({self.resize.text()}) before"]
        if self.depth_to_space is not None:
            beside.append(f"DepthToSpace({self.depth_to_space.text()}) after")
        parts = (shapes, self.attributes.text(), ", ".join(beside), f"({', '.join(about)})")
        return " ".join(part for part in parts if part)


def opset_for(dtype: str) -> int:
    """The oldest opset whose text is the current one and that has the dtype: 11, 22 for
    bfloat16."""
    return OLDEST_BFLOAT16_OPSET if dtype == "bfloat16" else OLDEST_OPSET


def usual_opset(dtype: str, resize: Resize | None) -> int:
    """The opset that a case has where none is named: `opset_for` its dtype, but 19 for a resize,
    whose texts before it have less."""
    return opset_for(dtype) if resize is None else max(opset_for(dtype), OPSET_OF_RESIZE)


def make(
    suite: str,
    x: Shape,
    k: Shape,
    *,
    name: str = "",
    n: int = 1,
    c: int = 1,
    m: int = 1,
    op: Op = "ConvTranspose",
    **given: Any,
) -> Case:
    """A case from spatial input sizes `x`, kernel `k`, batch `n`, channels `c`, output channels
    `m`; the rest of `given` are ONNX attributes or fields of Case. Its name, where none is given,
    says each of them that is not a default."""
    own = {key: given.pop(key) for key in _OWN if key in given}
    own.setdefault("opset", usual_opset(own.get("dtype", "float32"), own.get("resize")))
    attributes = Attributes.of(**given)
    group = attributes.group or 1
    w_shape = (c, m // group, *k) if op == "ConvTranspose" else (m, c // group, *k)
    case = Case(
        suite=suite,
        name=name,
        op=op,
        x_shape=(n, c, *x),
        w_shape=w_shape,
        attributes=attributes,
        **own,
    )
    return case if name else _named(case)


def _named(case: Case) -> Case:
    words: list[object] = ["conv"] if case.op == "Conv" and not case.is_composed else []
    words += ["x", *case.x_shape[2:], *resize_words(case.resize), "k", *case.w_shape[2:]]
    words += [f"n{case.x_shape[0]}"] * (case.x_shape[0] != 1)
    words += [f"c{case.x_shape[1]}_m{case.maps}"] * ((case.x_shape[1], case.maps) != (1, 1))
    for name, value in case.attributes.given().items():
        words += [
            name.replace("auto_pad", "auto"),
            *(value if isinstance(value, tuple) else [str(value).lower()]),
        ]
    words += ["bias"] * case.bias + ["w_input"] * (not case.initializer)
    words += [_SHORT[case.dtype]] * (case.dtype != "float32") + [case.data.replace("-", "_")] * (
        case.data != "integers"
    )
    words += [f"opset_{case.opset}"] * (case.opset != usual_opset(case.dtype, case.resize))
    words += shuffle_words(case.depth_to_space)
    fields = {name: getattr(case, name) for name in case.__dataclass_fields__}
    return Case(**fields | {"name": "_".join(map(str, words))})
