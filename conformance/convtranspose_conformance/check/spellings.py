"""Other spellings of a node's call, for a backend whose API has no word for something in it: the
same padding as plain pads, the same nearest elements, and no bias."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from convtranspose_cases import Case
from convtranspose_cases.inputs import matrices
from convtranspose_reference.conv import conv_geometry

from .node_call import NodeCall

# how frameworks without these words look for the nearest
NEAREST = (("asymmetric", "floor"), ("half_pixel", "round_prefer_ceil"))
WITHOUT_BIAS = "without B"
SAME = ("SAME_UPPER", "SAME_LOWER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """A node's call as it is put to a backend, and in `how` what is another than in the file; ""
    for nothing."""

    node: NodeCall
    how: str = ""


def spellings(node: NodeCall) -> Iterator[Spelling]:
    """The call as it stands, then others with the same answer, or with the same but for B."""
    yield Spelling(node=node)
    if node.refused:
        return
    alike = _resized_alike if node.case.resize is not None else _padded_alike
    others = [(how, _with_case(node, case)) for how, case in alike(node.case)]
    yield from (Spelling(node=other, how=how) for how, other in others)
    if node.B is not None:
        for how, other in (("", node), *others):
            words = ", ".join(filter(None, (how, WITHOUT_BIAS)))
            yield Spelling(node=_without_bias(other), how=words)


def _with_case(node: NodeCall, case: Case) -> NodeCall:
    return NodeCall(step=node.step, case=case, X=node.X, W=node.W, B=node.B)


def _without_bias(node: NodeCall) -> NodeCall:
    case = replace(node.case, bias=False)
    return NodeCall(step=node.step, case=case, X=node.X, W=node.W, B=None)


def _padded_alike(case: Case) -> Iterator[tuple[str, Case]]:
    """The call with other words for its padding: as plain pads, where it has none, or as SAME,
    where pads are what that comes to."""
    given = case.attributes
    bare = replace(given, auto_pad=None, output_shape=None, pads=None)
    padding, is_plain = _padding(case), given.auto_pad in (None, "NOTSET")
    if is_plain and given.output_shape is None:
        words = [(f"as {name}", replace(bare, auto_pad=name)) for name in SAME]
    else:
        words = [("as pads", replace(bare, pads=padding))]
    for how, attributes in words if min(padding, default=0) >= 0 else ():
        other = replace(case, attributes=attributes)
        if other.refusal() is None and (other.y_shape(), _padding(other)) == (
            case.y_shape(),
            padding,
        ):
            yield how, other


def _resized_alike(case: Case) -> Iterator[tuple[str, Case]]:
    """The call with other words for where nearest looks, which come to the same inputs."""
    asked = case.resize
    if asked is None or asked.mode != "nearest" or "tf" in asked.coordinate_transformation_mode:
        return
    for coordinates, rounding in NEAREST:
        resize = replace(asked, coordinate_transformation_mode=coordinates, nearest_mode=rounding)
        other = replace(case, resize=resize)
        if other != case and matrices(other) == matrices(case):
            yield f"as {coordinates}, {rounding}", other


def _padding(case: Case) -> tuple[int, ...]:
    """What is cut off the sums, or put around X, as ONNX lists pads."""
    if case.op == "ConvTranspose":
        placed = case.geometry()
        return (*placed.begins, *placed.ends)
    _, pads, _ = conv_geometry(case.x_shape, case.w_shape, case.attributes, opset=case.opset)
    return (*(begin for begin, _ in pads), *(end for _, end in pads))
