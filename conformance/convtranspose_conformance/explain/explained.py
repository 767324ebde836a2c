"""An explanation as an object, for scripts and notebooks."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike, fspath
from typing import Any

from convtranspose_cases import Case
from convtranspose_reference.attributes import InvalidInput, Shape

from ..prediction.predict import predictions
from ..prediction.prediction import Prediction
from ..prediction.runtimes import FollowedByRuntimes, followed
from .code.all_frameworks import codes
from .code.snippet import Code
from .geometry.along_axis import distinct_axes
from .geometry.steps import Step, steps_of
from .inputs.objects import Layer, is_node, layers_in, node_subject
from .inputs.read import subjects
from .inputs.subject import Subject, Unreadable
from .pages.data import data
from .pages.html import page
from .pages.text import explain

HEIGHT = 640  # pixels of a notebook's cell


@dataclass(frozen=True)
class Explained:
    """One call, explained: what `convtranspose explain` prints of it, part by part."""

    subject: Subject

    @property
    def case(self) -> Case:
        """The call in ONNX's words."""
        return self.subject.case

    @cached_property
    def y_shape(self) -> Shape | None:
        """Y's shape by the text; None where the text forbids the call."""
        try:
            return self.case.y_shape()
        except InvalidInput:
            return None

    @cached_property
    def predictions(self) -> tuple[Prediction, ...]:
        """What each backend does with the call."""
        return tuple(predictions(self.case))

    @cached_property
    def runtimes(self) -> FollowedByRuntimes | None:
        """What all runtimes make of it, where they part from the text."""
        return None if self.y_shape is None else followed(self.predictions)

    @cached_property
    def steps(self) -> dict[str, tuple[Step, ...]]:
        """By axis, or several alike, from attributes to the size."""
        if self.y_shape is None:
            return {}
        return {
            name: tuple(steps_of(self.case, axis)) for name, axis, _ in distinct_axes(self.case)
        }

    @cached_property
    def code(self) -> tuple[Code, ...]:
        """The call in each framework, as runtimes take it; () where the text forbids it."""
        if self.y_shape is None:
            return ()
        return tuple(codes(self.case if self.runtimes is None else self.runtimes.case))

    def data(self) -> dict[str, Any]:
        """All of it as plain data, by explain.schema.json in this package."""
        return data(self.subject)

    def __str__(self) -> str:
        return explain(self.subject)

    def _repr_html_(self) -> str:
        whole = html.escape(page([(self.subject, None)]), quote=True)
        style = f"width: 100%; height: {HEIGHT}px; border: 0"
        return f'<iframe srcdoc="{whole}" style="{style}"></iframe>'


def explained(
    what: object,
    x: Sequence[int] | None = None,
    w: Sequence[int] | None = None,
    dtype: str | None = None,
    *,
    names: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
) -> list[Explained]:
    """Every call of `what`: a text or path as `convtranspose explain` takes it, a layer of PyTorch
    or Keras, a model of such layers, a node of an ONNX graph.

    `x`, `w`, `dtype`: shapes as ONNX has them, and element type, where `what` leaves them open;
    `names`: what names in a text stand for; `sizes`: symbolic sizes of a model. Raises Unreadable,
    which is NamesOpen where a text leaves names open, and UnknownName.
    """
    X, W = (None if sizes is None else tuple(sizes) for sizes in (x, w))
    if is_node(what):
        return [Explained(node_subject(what, X, W, dtype))]
    if isinstance(what, str | PathLike):
        read = subjects(fspath(what), X, W, dtype, names=names, sizes=sizes)
        return [Explained(each) for each in read]
    layers = layers_in(what)
    if X is not None and len(layers) > 1:
        raise Unreadable(
            f"{len(layers)} layers, and x speaks of one; accepted is one of them with x"
        )
    return [Explained(_of_layer(each, X, W, dtype)) for each in layers]


def _of_layer(layer: Layer, x: Shape | None, w: Shape | None, dtype: str | None) -> Subject:
    (subject,) = subjects(layer.text, x or layer.built, w, dtype)
    return replace(subject, title=f"{layer.name}: {subject.title}") if layer.name else subject
