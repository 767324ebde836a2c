"""A judged node as a call with its numbers, and what the reference makes of it."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from convtranspose_cases import Case
from convtranspose_cases.case import CALL, OLDEST_BFLOAT16_OPSET
from convtranspose_cases.inputs import matrices
from convtranspose_cases.notation import NotationError, require_small
from convtranspose_reference.attributes import Attributes, Op
from convtranspose_reference.formats import FORMATS
from convtranspose_reference.resize import Undefined

from ..backends.api import Call
from ..explain.geometry.other_readings import too_large
from ..explain.inputs.onnx_model.attributes import node_attributes
from ..rules.answers import Answer
from .enclosed_pixels import enclosed_pixels
from .enclosure import Enclosure, can_enclose, enclosure
from .model.graph import Model
from .model.step import GraphStep, NotReached, TooLarge
from .numbers import Array, AskedOfNode, kind_of_numbers
from .pixels import PIXELS, depth_to_space_of, require_affordable, resize_of

MOST_PRODUCTS_WITH_ZEROS = 2**28
LEAST_AXES = 3  # N, C and one that is convolved


@dataclass(frozen=True, kw_only=True)  # no slots: what follows from the fields is kept
class NodeCall:
    """A node and the numbers that it is fed."""

    step: GraphStep
    case: Case
    X: Array
    W: Array
    B: Array | None

    @cached_property
    def asked(self) -> AskedOfNode:
        return AskedOfNode(self.case, self.X, self.W, self.B)

    @property
    def call(self) -> Call:
        """What a backend is told."""
        return Call.of(self.case, self.X, self.W, self.B)

    @property
    def refused(self) -> str:
        """Why the text forbids it; "" where it allows it."""
        return str(self.case.refusal() or "")

    @property
    def forbidden(self) -> str:
        """`refused`, or why the text of the file's opset does not have its element type: then the
        sums are still those of a later text."""
        return self.refused or _of_a_later_text(self.case)

    @cached_property
    def enclosure(self) -> Enclosure | None:
        """Of the text's answer; None in float64, whose sums float64 does not enclose."""
        return self.enclosed(self.asked.answer()) if can_enclose(self.case) else None

    @cached_property
    def Y(self) -> Array:
        """The exact sums rounded once: in 32 bits or less by way of float64, which differs where
        that is within its error of half way between two numbers. Only for a call that the text
        allows."""
        if self.enclosure is not None and self.enclosure.is_finite:
            return self.enclosure.expected
        return self.asked.answer().golden.expected()

    @property
    def bound(self) -> NDArray[np.float64]:
        """The proved bound on the distance of a right answer, for each element of Y."""
        if self.enclosure is not None and self.enclosure.is_finite:
            return self.enclosure.bound
        return self.asked.answer().golden.bound()

    def overflown(self, Y: Array) -> NDArray[np.bool_]:
        """Where an answer is another than finite or than it is owed, and a partial sum in some
        order, of float32 for 32 bits or less, is not finite either: that of all positive terms,
        that of all negative ones, or for NaN both."""
        with np.errstate(over="ignore", invalid="ignore"):
            found, owed = Y.astype(np.float64), self.Y.astype(np.float64)
            up, down = self._largest_partial_sums()
        most = FORMATS["float64" if self.case.dtype == "float64" else "float32"].largest
        may = np.where(np.isnan(found), np.minimum(up, down), np.where(found > 0, up, down)) >= most
        same = (found == owed) | (np.isnan(found) & np.isnan(owed))
        return np.asarray(may & ~np.isfinite(found) & ~same & self._is_finite)

    @property
    def _is_finite(self) -> bool:
        return not self.case.data.startswith("special-nan")

    def _largest_partial_sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each element how far up and how far down a sum may get, in bad order."""
        if self.enclosure is not None:
            Y, S, bound = self.enclosure.Y, self.enclosure.sums.S, self.enclosure.bound
        else:
            golden = self.asked.answer().golden
            Y, S, bound = self.Y.astype(np.float64), golden.sums.S, golden.bound()
        return S / 2 + Y / 2 + bound, S / 2 - Y / 2 + bound

    def enclosed(self, answer: Answer) -> Enclosure:
        """What readings alone come to, where they refuse nothing."""
        numbers = self.asked.tensors
        if self.case.is_composed:
            return enclosed_pixels(self.case, self.X, numbers.X.exponent)
        ulp = 2.0 ** (numbers.X.exponent + numbers.W.exponent)
        return enclosure(self.case, self.X, self.W, self.B, answer.geometry, ulp)


def node_call(model: Model, step: GraphStep, taken: list[Array | None]) -> NodeCall:
    """The call of a judged step on what it takes. Raises NotReached for one of which there is no
    case: other element types than the operator's, several of them, a tensor that is too large or
    has too few axes, coefficients that are no numbers, no output; Unreadable for attributes that
    are none of the operator's."""
    if not step.outputs or not step.outputs[0]:
        raise NotReached("makes no output; accepted is a node that makes Y")
    node = _of_pixels(model, step, taken) if step.op in PIXELS else _of_weights(model, step, taken)
    refusal = node.case.refusal()
    if refusal is not None and too_large(refusal):
        raise TooLarge(f"{refusal.attribute} = {refusal.found}: accepted is {refusal.accepted}")
    try:
        require_small(node.case)
        if not node.refused:
            matrices(node.case)
    except NotationError as error:
        raise NotReached(str(error).partition(": ")[2]) from None
    except Undefined as error:
        raise NotReached(f"has no numbers by the text: {error}") from None
    return node


def _of_weights(model: Model, step: GraphStep, taken: list[Array | None]) -> NodeCall:
    X, W, B = (*taken, None, None, None)[:3]
    if X is None or W is None:
        raise NotReached(f"{len(taken)} inputs; accepted are X, W and, where there is a bias, B")
    _check_types(X, W, B)
    if min(X.ndim, W.ndim) < LEAST_AXES:
        raise NotReached(
            f"takes X {list(X.shape)} and W {list(W.shape)}; accepted are two axes and one for "
            "each spatial axis"
        )
    op: Op = "Conv" if step.op == "Conv" else "ConvTranspose"
    case = Case(
        suite=CALL,
        name=step.name,
        op=op,
        x_shape=X.shape,
        w_shape=W.shape,
        attributes=node_attributes(model.title(step), step.proto.attribute, op),
        bias=B is not None,
        bias_shape=None if B is None else B.shape,
        dtype=X.dtype.name,
        data=kind_of_numbers(X, W, B),
        opset=model.opset,
        initializer=step.inputs[1] in model.fixed,
    )
    if case.bias_shape == (case.maps,):
        case = replace(case, bias_shape=None)
    return NodeCall(step=step, case=case, X=X, W=W, B=B)


def _of_pixels(model: Model, step: GraphStep, taken: list[Array | None]) -> NodeCall:
    """A Resize or DepthToSpace, which the suite knows beside a convolution: with one that leaves
    everything as it is, exactly, in whatever order."""
    X, title = next(iter(taken), None), model.title(step)
    if X is None or X.ndim < LEAST_AXES or not X.shape[1]:
        raise NotReached("takes no X with channels and spatial axes")
    _check_types(X)
    channels, ones = X.shape[1], (1,) * (X.ndim - 2)
    case = Case(
        suite=CALL,
        name=step.name,
        op="Conv",
        x_shape=X.shape,
        w_shape=(channels, channels, *ones),
        dtype=X.dtype.name,
        data=kind_of_numbers(X),
        opset=model.opset,
        resize=resize_of(title, step, taken) if step.op == "Resize" else None,
        depth_to_space=depth_to_space_of(title, step) if step.op == "DepthToSpace" else None,
    )
    if case.resize is not None and case.refusal() is None:
        require_affordable(case.resize, X.shape, model.opset)
    if case.data.startswith("special-nan") or _is_costly(case):  # 0 * Inf is NaN
        case = replace(case, w_shape=(channels, 1, *ones), attributes=Attributes(group=channels))
        W = np.ones(case.w_shape, X.dtype)
    else:
        W = np.eye(channels).astype(X.dtype).reshape(case.w_shape)
    return NodeCall(step=step, case=case, X=X, W=W, B=None)


def _is_costly(case: Case) -> bool:
    """Are there so many weights or outputs that products with zeros take seconds?"""
    channels = case.x_shape[1]
    outputs = 0 if case.refusal() is not None else prod(case.y_shape())
    return max(channels, outputs) * channels > MOST_PRODUCTS_WITH_ZEROS


def require_type_of_opset(node: NodeCall) -> None:
    """Raises NotReached for a Resize or DepthToSpace of an element type that the convolution beside
    it does not take in the file's opset: whoever refuses it may refuse that."""
    if node.case.is_composed and (later := _of_a_later_text(node.case)):
        raise NotReached(f"is asked beside a Conv, whose text forbids it: {later}")


def _of_a_later_text(case: Case) -> str:
    """Why a call's element type is none of its opset's; "" where it is one."""
    if case.dtype != "bfloat16" or case.opset >= OLDEST_BFLOAT16_OPSET:
        return ""
    others = ", ".join(name for name in FORMATS if name != case.dtype)
    return (
        f"element type = bfloat16: accepted is one of {others} in opset {case.opset}; bfloat16 "
        f"comes with opset {OLDEST_BFLOAT16_OPSET}"
    )


def _check_types(X: Array, *others: Array | None) -> None:
    types = dict.fromkeys(each.dtype.name for each in (X, *others) if each is not None)
    if len(types) > 1 or X.dtype.name not in FORMATS:
        raise NotReached(f"takes {' and '.join(types)}; accepted is one of {', '.join(FORMATS)}")
