"""TensorFlow's functions as text: `tf.nn.conv2d_transpose(x, w, [1, 10, 10, 8], 2)`, whose
output_shape says where the sums are cut."""

import re

from convtranspose_cases import Case
from convtranspose_cases.case import opset_for
from convtranspose_reference.attributes import Shape

from ....geometry.tensorflow_window import same_window
from ....geometry.window import Window, attributes_of, axis_name, bare_axis
from ...channels import ASSUMED, ASSUMED_CHANNELS
from ...options import SUITE
from ...signature import Written
from ...subject import Origin, Subject, Unreadable, listed
from ...written.fold import NameInText
from ..torch_layer import whole
from .arguments import TensorflowCall, read_call

Sizes = tuple[int | None, ...]
FUNCTION = re.compile(r"(?:\w+\.)*nn\.conv(?:(?P<rank>[123])d)?_transpose")


def tensorflow_function(call: Written, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    """The case of a call. `x`, `w`: shapes in ONNX's order; without `x` it is what output_shape
    leads back to. Raises Unreadable."""
    name = FUNCTION.fullmatch(call.function)
    assert name is not None
    return tensorflow_subject(call, int(name["rank"] or _rank(call, x, w)), x, w, dtype)


def _rank(call: Written, x: Shape | None, w: Shape | None) -> int:
    """Of a function that takes any: by the shapes, or by a list of its sizes or strides."""
    lists = [*call.positional[2:4], call.named.get("output_shape"), call.named.get("strides")]
    lengths = [len(each) - 2 for each in (x, w, call.x, call.w) if each]
    lengths += [len(each) - 2 for each in lists if isinstance(each, list | tuple) and len(each) > 2]
    return lengths[0] if lengths and lengths[0] in (1, 2, 3) else 2


def tensorflow_subject(
    call: Written, rank: int, x: Shape | None, w: Shape | None, dtype: str
) -> Subject:
    """The case of a call by the arguments of `tf.nn`. Raises Unreadable."""
    own = call.w is not None and len(call.w) == rank + 2 and None not in call.w[:-2]
    asked = read_call(call, rank, filters=own or w is not None)
    w, channels = (w, ()) if w else _filters(asked, call)
    x = x or _tensor(asked, call, w)
    assert w is not None
    _check(asked, x, w)
    asked, about_size = _sized(asked, call, x, w)
    batch = asked.output_shape[0]
    assert batch is not None
    back = tuple(_inputs(asked, n, kernel) for n, kernel in enumerate(w[2:]))
    shape = x or (batch, w[0], *back)
    kept = [_window(asked, n, *sizes) for n, sizes in enumerate(zip(shape[2:], w[2:], strict=True))]
    case = Case(
        suite=SUITE,
        name="call",
        x_shape=shape,
        w_shape=w,
        attributes=attributes_of(kept),
        dtype=dtype,
        opset=opset_for(dtype),
    )
    return Subject(
        case=case,
        title=call.text,
        notes=(*channels, *about_size, *_notes(asked, shape, x, w)),
        assumed=frozenset(
            ({"C", "M"} if call.w and None in call.w and channels else set())
            | ({"x"} if about_size else set())
        ),
        origin=Origin(framework="tensorflow", function=call.function, line=call.line),
    )


def _filters(asked: TensorflowCall, call: Written) -> tuple[Shape | None, tuple[str, ...]]:
    """W's shape as the text makes the filters, kernel, M, C, with examples for channels."""
    own = call.w
    if own is None or len(own) != asked.rank + 2 or None in own[:-2]:
        return None, ()
    if own[-2] and asked.maps and own[-2] != asked.maps:
        raise _contradiction(asked, "filters", own, f"M = {asked.maps}, as output_shape has it")
    maps, channels = own[-2] or asked.maps or ASSUMED_CHANNELS, own[-1] or ASSUMED_CHANNELS
    kernel = tuple(size for size in own[:-2] if size is not None)
    w = (channels, asked.maps or maps, *kernel)
    note = f"W {listed(w)}, in ONNX's order, is the tensor that the text makes"
    return w, (note + ", with examples for channels that it leaves open" * (None in own),)


def _sized(
    asked: TensorflowCall, call: Written, x: Shape | None, w: Shape
) -> tuple[TensorflowCall, tuple[str, ...]]:
    """With the output that inputs of the size of X, or of an assumed one, lead to where the text
    leaves output_shape open, and the note that says so."""
    if len(asked.sizes) == asked.rank:
        return asked, ()
    own = (
        call.x
        if call.x is not None and len(call.x) == asked.rank + 2
        else (None,) * (asked.rank + 2)
    )
    spatial = x[2:] if x else (own[1:-1] if asked.last else own[2:])
    inputs = tuple(ASSUMED if size is None else size for size in spatial)
    sizes = []
    for number, (size, kernel) in enumerate(zip(inputs, w[2:], strict=True)):
        stride, reach = asked.strides[number], (kernel - 1) * asked.dilations[number] + 1
        cut = None if asked.pads is None else sum(asked.pads[number])
        sizes.append(size * stride if cut is None else (size - 1) * stride + reach - cut)
    if min(sizes) < 1:
        raise asked.given.wrong("output_shape", "sizes, written out or with --set")
    filled = asked.filled(tuple(sizes))
    stated = asked.given.values["output_shape"]
    name = stated.text if isinstance(stated, NameInText) else "a size in it"
    by = "stride * input" if asked.pads is None else "stride * (input - 1) + kernel, less pads"
    note = (
        f"output_shape: the text leaves {name} open: {listed(filled.sizes)} is assumed, {by} of "
        f"inputs {listed(inputs)}; --x or --set says another"
    )
    return filled, (note,)


def _tensor(asked: TensorflowCall, call: Written, w: Shape | None) -> Shape | None:
    """X as the text makes it, where all of it is known and leads to this call."""
    own = whole(call.x)
    if own is None or w is None or len(own) != asked.rank + 2:
        return None
    x = (own[0], own[-1], *own[1:-1]) if asked.last else own
    batch = asked.output_shape[0] or x[0]
    if call.w and call.w[-1] not in (None, x[1]):
        raise _contradiction(asked, "an input", own, f"C = {w[0]}, as the filters have it")
    if x[0] != batch:
        raise _contradiction(asked, "an input", own, f"N = {batch}, as output_shape has it")
    return x if x[1] == w[0] else None


def _contradiction(asked: TensorflowCall, what: str, own: Sizes, accepted: str) -> Unreadable:
    found = ",".join("?" if size is None else str(size) for size in own)
    return Unreadable(
        f"{asked.given.function}: the text gives it {what} of {found}: accepted is {accepted}"
    )


def _check(asked: TensorflowCall, x: Shape | None, w: Shape) -> None:
    """Do the shapes have as many axes as the call, and the sizes that output_shape states?"""
    name, length, batch = asked.given.function, asked.rank + 2, asked.output_shape[0]
    for option, shape in (("--x", x), ("--w", w)):
        if shape is not None and len(shape) != length:
            raise Unreadable(
                f"{name}: {option} {listed(shape)}: accepted are {length} sizes in ONNX's order"
            )
    if asked.maps is not None and w[1] != asked.maps:
        raise Unreadable(
            f"{name}: --w {listed(w)}: accepted is M = {asked.maps} for its second size, as "
            "output_shape has it"
        )
    if x is not None and x[:2] != (batch, w[0]):
        accepted = f"N,C = {batch},{w[0]}, as output_shape and --w have them"
        raise Unreadable(f"{name}: --x {listed(x)}: accepted is {accepted}")


def _inputs(asked: TensorflowCall, number: int, kernel: int) -> int:
    """How many inputs the convolution of an output of that size leads back to, which is how many
    TensorFlow takes."""
    size, stride = asked.sizes[number], asked.strides[number]
    if asked.pads is None:
        return -(-size // stride)
    reach = (kernel - 1) * asked.dilations[number] + 1
    inputs = (size + sum(asked.pads[number]) - reach) // stride + 1
    if inputs < 1:
        raise asked.given.wrong(
            "output_shape",
            f"at least the effective kernel {reach}, less pads, on {axis_name(number)}",
        )
    return inputs


def _window(asked: TensorflowCall, number: int, inputs: int, kernel: int) -> Window:
    """What the call keeps of one axis. Raises Unreadable where TensorFlow refuses so many
    inputs."""
    if (back := _inputs(asked, number, kernel)) != inputs:
        raise asked.given.wrong(
            "output_shape",
            f"one that leads back to {inputs} inputs on {axis_name(number)}, as --x has them, and "
            f"not {back}",
        )
    axis = bare_axis(inputs, kernel, asked.strides[number], asked.dilations[number])
    if asked.pads is not None:
        return Window(axis=axis, begin=asked.pads[number][0], size=asked.sizes[number])
    kept = same_window(axis, asked.sizes[number])
    assert kept is not None
    return kept


def _notes(asked: TensorflowCall, shape: Shape, x: Shape | None, w: Shape) -> tuple[str, ...]:
    """The function's own order of axes, which is not that of the options; and where X comes from,
    if not from --x."""
    given = "--w is" if x is None else "--x and --w are"
    filters, image = listed((*w[2:], w[1], w[0])), listed((shape[0], *shape[2:], shape[1]))
    own = (
        f"the function's own filters are kernel,M,C, here {filters}"
        + f", and its input is N,sizes,C, here {image}" * asked.last
    )
    derived = (
        f"the call does not state the input's size: X {listed(shape)} is the one that "
        "output_shape leads back to under this padding"
    )
    return (f"{given} in ONNX's order; {own}", *([derived] if x is None else []))
