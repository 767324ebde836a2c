"""The input that a Keras layer states: `input_shape=(28, 28, 1)`, `batch_input_shape` or
`batch_shape`, in the layer's data_format."""

from convtranspose_reference.attributes import Shape

from ...channels import ASSUMED, ASSUMED_CHANNELS, in_text, input_shape
from ...signature import Bound, Written
from ...subject import Unreadable, listed
from ...written.fold import NameInText

STATED = ("input_shape", "batch_input_shape", "batch_shape")
Sizes = tuple[int | None, ...]


def keras_input(
    given: Bound, rank: int, x: Shape | None, call: Written
) -> tuple[Shape, tuple[str, ...]]:
    """X's shape as ONNX has it, N,C,D1,...: `x`, what the layer states, or what is assumed, with
    the note that says so.

    Raises Unreadable where two of these contradict each other.
    """
    names = [name for name in STATED if given.values.get(name) is not None and given.known(name)]
    if not names:
        tensor = in_text(given.function, call.x, rank, None, last=not channels_first(given))
        if x is None and tensor[0] is not None:
            return tensor[0], tensor[1]
        return input_shape(
            given.function, rank, x[1] if x and len(x) > 1 else ASSUMED_CHANNELS, x, known=False
        )
    if len(names) > 1:
        raise Unreadable(
            f"{given.function}: {' and '.join(names)} say the same: accepted is one of them"
        )
    sizes = _stated(given, names[0], rank)
    if x is not None:
        return _checked(given, names[0], sizes, x), ()
    usual = (1, ASSUMED_CHANNELS, *(ASSUMED,) * rank)
    shape = tuple(
        example if size is None else size for size, example in zip(sizes, usual, strict=True)
    )
    if None not in sizes[1:]:
        return shape, ()
    note = f"{names[0]} leaves sizes open: X {listed(shape)} is an example"
    return shape, (f"{note}, --x N,C,D1,... says another",)


def _stated(given: Bound, name: str, rank: int) -> Sizes:
    """The sizes in ONNX's order, None where they are left open."""
    stated, batch = given.values[name], name != "input_shape"
    length = rank + 1 + batch
    if isinstance(stated, tuple | list):
        stated = [None if isinstance(size, NameInText) else size for size in stated]
    whole = isinstance(stated, tuple | list) and all(
        size is None or (type(size) is int and size >= 0) for size in stated
    )
    if not whole or len(stated) != length:
        raise given.wrong(
            name,
            f"{length} sizes, {'the batch, ' * batch}one for each axis and the channels, or give "
            "--x N,C,D1,...",
        )
    sizes = tuple(stated) if batch else (None, *stated)
    if channels_first(given):
        return sizes
    return (sizes[0], sizes[-1], *sizes[1:-1])


def _checked(given: Bound, name: str, sizes: Sizes, x: Shape) -> Shape:
    if len(x) != len(sizes) or any(
        size not in (None, own) for size, own in zip(sizes, x, strict=True)
    ):
        text = ",".join("?" if size is None else str(size) for size in sizes)
        raise Unreadable(
            f"{given.function}: --x {listed(x)}: accepted is {text}, as {name} has it "
            "in ONNX's order"
        )
    return x


def channels_first(given: Bound) -> bool:
    """Does the layer put the channels before the spatial axes?"""
    if given.values["data_format"] is None or not given.known("data_format"):
        return False
    return given.word("data_format", ("channels_last", "channels_first")) == "channels_first"
