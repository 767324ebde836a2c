"""Keras 1's layers as text: `Deconvolution2D(8, 3, 3, output_shape=(None, 10, 10, 8))`."""

from dataclasses import replace
from typing import Any

from convtranspose_reference.attributes import Shape

from ...channels import bias_of
from ...signature import Bound, Written, bound
from ...size_rule import output_shape_rule
from ...subject import Origin, Subject
from ...written.fold import NameInText
from ..tensorflow.arguments import LAYOUTS
from ..tensorflow.call import tensorflow_subject
from .activation import activation_note
from .layer import BASE, IRRELEVANT, KERAS_1, SIGNATURE, SIZES, keras_subject

FIRST_VERSION = {"nb_filter", "nb_row", "output_shape", "subsample", "border_mode"}


def first_version(call: Written, rank: int, x: Shape | None) -> Subject:
    """The case of Keras 1's `Deconvolution2D(8, 3, 3, output_shape)`, whose arguments are those of
    today but for each size of its kernel, and an output_shape, which is handed to TensorFlow's
    function as it stands. Raises Unreadable."""
    names = ("nb_filter", *("nb_row", "nb_col", "nb_dim3")[:rank], "output_shape")
    named = {**dict(zip(names, call.positional, strict=False)), **call.named}
    kernel = tuple(named.pop(name) for name in names[1:-1] if name in named)
    stated, order = named.pop("output_shape", None), named.pop("dim_ordering", None)
    named.pop("weights", None)  # the values that the layer begins with
    named |= {"kernel_size": kernel} if kernel else {}
    named = {KERAS_1.get(key, key): value for key, value in named.items()}
    layer = replace(call, positional=(), named=named)
    if stated is None:
        return keras_subject(replace(layer, function=f"Conv{rank}DTranspose"), x)
    return _as_stated(layer, bound(layer, SIGNATURE | IRRELEVANT, BASE), stated, order, rank, x)


def _channels(given: Bound, rank: int, *, first: bool) -> int | None:
    """Those of the input that the layer states."""
    stated = given.values.get("input_shape")
    if not isinstance(stated, list | tuple) or len(stated) != rank + 1:
        return None
    channels = stated[0 if first else -1]
    return channels if type(channels) is int else None


def _as_stated(
    call: Written, given: Bound, stated: Any, order: Any, rank: int, x: Shape | None
) -> Subject:
    """The case of a layer that is told the size of its output."""
    strides, padding = given.values["strides"], given.values["padding"]
    each = strides if isinstance(strides, list | tuple) else [strides]
    maps = given.values["filters"]
    sizes = list(stated) if isinstance(stated, list | tuple) else []
    first = order == "th" or (
        order is None and len(sizes) == rank + 2 and maps == sizes[1] != sizes[-1]
    )
    rule = output_shape_rule(stated, each, padding, sizes[2:] if first else sizes[1:-1])
    given.require(SIZES, rule)
    function = replace(
        call,
        positional=(NameInText("x"), NameInText("w"), stated, given.per_axis("strides", rank, 1)),
        named={
            "padding": given.word("padding", ("valid", "same")).upper(),
            "data_format": LAYOUTS[rank][first],
        },
        w=(
            *given.per_axis("kernel_size", rank, 1),
            maps if type(maps) is int else None,
            x[1] if x else _channels(given, rank, first=first),
        ),
    )
    subject = tensorflow_subject(function, rank, x, None, "float32")
    bias, about_bias = bias_of(given, "use_bias")
    # what is said of filters and --w is said of the function
    notes = [note for note in subject.notes if not note.startswith(("W ", "--"))]
    if x is None and _channels(given, rank, first=first) is None:
        notes.append(f"C {subject.case.w_shape[0]} is assumed, --x N,C,D1,... says another")
    return replace(
        subject,
        case=replace(subject.case, bias=bias),
        notes=(*notes, *about_bias, *activation_note(given)),
        origin=Origin(framework="keras", function=call.function, line=call.line),
    )
