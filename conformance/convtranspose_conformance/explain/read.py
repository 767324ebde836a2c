"""From what a person has to what is explained: a case id, an ONNX file, a layer as text."""

from pathlib import Path

from convtranspose_cases import find_case
from convtranspose_reference.attributes import Shape

from . import keras_layer, torch_layer
from .onnx_file import onnx_subjects
from .signature import written
from .subject import Subject, Unreadable

ACCEPTED = (
    "accepted are a case id such as seeds/stride_2_filter_3, model.onnx or model.onnx#NODE, and a layer as text such as "
    "'nn.ConvTranspose2d(16, 8, 3, stride=2)' or 'keras.layers.Conv2DTranspose(8, 3)'"
)


def subjects(what: str, x: Shape | None = None, w: Shape | None = None) -> list[Subject]:
    """What is explained, in order. `x`, `w`: shapes where `what` leaves them open.

    Raises Unreadable for what is none of these, UnknownName for a case that is none.
    """
    if "(" in what:
        return [_layer(what, x, w)]
    if is_file(what):
        return onnx_subjects(what, x, w)
    if "/" not in what:
        raise Unreadable(f"{what!r} is no case id (SUITE/NAME), no ONNX file and no layer; {ACCEPTED}")
    if x or w:
        raise Unreadable(f"a case id says everything: leave out {' and '.join(f'--{n}' for n, s in (('x', x), ('w', w)) if s)}")
    return [Subject(case=find_case(what))]


def is_file(what: str) -> bool:
    """Does the text name an ONNX file, or at least a file?"""
    return what.partition("#")[0].endswith(".onnx") or ".onnx#" in what or Path(what.partition("#")[0]).is_file()


def _layer(text: str, x: Shape | None, w: Shape | None) -> Subject:
    call = written(text)
    if keras_layer.LAYER.fullmatch(call.function):
        if w is not None:
            raise Unreadable(f"{call.function}: the layer says its weights: leave out --w")
        return keras_layer.keras_subject(call, x)
    if torch_layer.MODULE.fullmatch(call.function) or torch_layer.FUNCTION.fullmatch(call.function):
        return torch_layer.torch_subject(call, x, w)
    known = "nn.ConvTranspose1d, 2d, 3d, nn.LazyConvTranspose1d, 2d, 3d, F.conv_transpose1d, 2d, 3d, keras.layers.Conv1DTranspose, 2D, 3D"
    raise Unreadable(f"{call.function}: no layer that is known here; accepted are {known}")
