"""From what a person has to what is explained: a case id, an ONNX file, a layer as text."""

import os.path
from collections.abc import Callable, Iterable

from convtranspose_cases import find_case
from convtranspose_reference.attributes import Shape

from . import keras_layer, tensorflow_call, torch_layer
from .onnx_file import onnx_subjects
from .signature import Written, written
from .subject import Subject, Unreadable

ACCEPTED = (
    "accepted are a case id such as seeds/stride_2_filter_3, model.onnx or model.onnx#NODE, and a "
    "layer as text such as 'nn.ConvTranspose2d(16, 8, 3, stride=2)' or "
    "'keras.layers.Conv2DTranspose(8, 3)'"
)
KNOWN = (
    "nn.ConvTranspose1d, 2d, 3d, nn.LazyConvTranspose1d, 2d, 3d, F.conv_transpose1d, 2d, 3d, "
    "keras.layers.Conv1DTranspose, 2D, 3D, tf.nn.conv1d_transpose, conv2d_transpose, "
    "conv3d_transpose"
)

# what each leaves to options
OPEN: dict[str, tuple[str, ...]] = {
    "a case id": (),
    "a model": ("x", "w"),
    "a layer": ("x",),
    "a function's call": ("x", "w", "dtype"),
}


def subjects(
    what: str, x: Shape | None = None, w: Shape | None = None, dtype: str | None = None
) -> list[Subject]:
    """What is explained, in order. `x`, `w`, `dtype`: shapes and element type where `what` leaves
    them open.

    Warns with LeftOutWarning as `onnx_subjects` does. Raises Unreadable for what is none of these,
    UnknownName for a case that is none.
    """
    refuse_beside(what, [name for name, value in (("x", x), ("w", w), ("dtype", dtype)) if value])
    kind = kind_of(what)
    if kind == "a model":
        return onnx_subjects(what, x, w)
    if kind != "a case id":
        return [_layer(what, x, w, dtype or "float32")]
    if "/" not in what:
        raise Unreadable(
            f"{what!r} is no case id (SUITE/NAME), no ONNX file and no layer; {ACCEPTED}"
        )
    return [Subject(case=find_case(what))]


def kind_of(what: str) -> str:
    """What a text is, to be read: a file before anything else, since a path may hold a
    parenthesis."""
    if _is_file(what):
        return "a model"
    if "(" not in what:
        return "a case id"
    name = what.partition("(")[0].rpartition("=")[2].strip()
    return "a function's call" if _function(name) else "a layer"


def refuse_beside(what: str, options: Iterable[str]) -> None:
    """Raises Unreadable where one of the `options`, by their names, says what `what` says by
    itself."""
    kind = kind_of(what)
    but = f" but {' and '.join(f'--{name}' for name in OPEN[kind])}" if OPEN[kind] else ""
    if beside := [f"--{name.replace('_', '-')}" for name in options if name not in OPEN[kind]]:
        raise Unreadable(f"{kind} says everything{but}: leave out {', '.join(beside)}")


def _is_file(what: str) -> bool:
    """Does the text name an ONNX file, or at least a file?"""
    name = what.partition("#")[0]
    return (
        name.endswith(".onnx") or ".onnx#" in what or os.path.isfile(what) or os.path.isfile(name)
    )


def _layer(text: str, x: Shape | None, w: Shape | None, dtype: str) -> Subject:
    call = written(text)
    if keras_layer.LAYER.fullmatch(call.function):
        return keras_layer.keras_subject(call, x)
    if torch_layer.MODULE.fullmatch(call.function):
        return torch_layer.torch_module(call, x)
    function = _function(call.function)
    if function is None:
        raise Unreadable(f"{call.function}: no layer that is known here; accepted are {KNOWN}")
    if call.applied:
        raise Unreadable(
            f"{call.function}(...)(...): a function makes no layer that is called in turn; "
            "accepted is the first call"
        )
    return function(call, x, w, dtype)


def _function(name: str) -> Callable[[Written, Shape | None, Shape | None, str], Subject] | None:
    """What reads the calls of the function with that name."""
    if torch_layer.FUNCTION.fullmatch(name):
        return torch_layer.torch_function
    return tensorflow_call.tensorflow_function if tensorflow_call.FUNCTION.fullmatch(name) else None
