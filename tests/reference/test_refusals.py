"""Every call that the operator text forbids is refused, naming the clause and the attribute."""

import pickle
from typing import Any

import numpy as np
import pytest

from convtranspose_reference import InvalidInput, conv, conv_transpose, output_shape_of
from convtranspose_reference.attributes import Attributes
from convtranspose_reference.conv import conv_geometry

X, W = (1, 2, 4), (2, 3, 3)  # C = 2, M = 3, one axis
X2, W2 = (1, 4, 4, 5), (4, 3, 3, 2)  # C = 4, M = 3, two axes

# x_shape, w_shape, b_shape, attributes, clause, attribute
ILLEGAL: list[tuple[Any, Any, Any, dict[str, Any], str, str]] = [
    (X, W, None, {"auto_pad": "SAME_UPPER", "pads": [1, 1]}, "H", "pads"),
    (X, W, None, {"auto_pad": "SAME_LOWER", "pads": [0, 0]}, "H", "pads"),
    (X, W, None, {"auto_pad": "VALID", "pads": [1, 1]}, "H", "pads"),
    (X, W, None, {"auto_pad": "SAME"}, "N", "auto_pad"),
    (X, W, None, {"auto_pad": "same_upper"}, "N", "auto_pad"),
    (X, W, None, {"auto_pad": ""}, "N", "auto_pad"),
    (X, W, None, {"output_padding": [1]}, "K", "output_padding"),
    (X, W, None, {"output_padding": [2], "strides": [2]}, "K", "output_padding"),
    (X, W, None, {"output_padding": [3], "dilations": [3], "strides": [2]}, "K", "output_padding"),
    (X2, W2, None, {"output_padding": [1, 2], "strides": [2, 2]}, "K", "output_padding"),
    (
        X,
        W,
        None,
        {"output_padding": [2], "strides": [2], "auto_pad": "SAME_UPPER"},
        "K",
        "output_padding",
    ),
    (
        X,
        W,
        None,
        {"output_padding": [2], "strides": [2], "output_shape": [9]},
        "K",
        "output_padding",
    ),
    (X, W, None, {"output_shape": [1, 3, 6]}, "L", "output_shape"),
    (X2, W2, None, {"output_shape": [6]}, "L", "output_shape"),
    (X, W, None, {"output_shape": []}, "L", "output_shape"),
    (X, W, None, {"output_shape": [-1]}, "M", "output_shape"),
    (X, W, None, {"pads": [4, 3]}, "M", "output size"),
    (X2, W2, None, {"pads": [0, 4, 0, 3]}, "M", "output size"),
    ((1, 2, 0), W, None, {"strides": [4]}, "M", "output size"),
    (X, W, None, {"output_shape": [2**62 + 1]}, "M", "output size"),
    (X, W, None, {"dilations": [2**70]}, "M", "output size"),
    (X, W, None, {"pads": [-1, 0]}, "O", "pads"),
    (X, W, None, {"pads": [1]}, "O", "pads"),
    (X, W, None, {"pads": [1, 1, 1, 1]}, "O", "pads"),
    (X, W, None, {"strides": [0]}, "O", "strides"),
    (X, W, None, {"strides": [-2]}, "O", "strides"),
    (X2, W2, None, {"strides": [2]}, "O", "strides"),
    (X, W, None, {"dilations": [0]}, "O", "dilations"),
    (X2, W2, None, {"dilations": [1, 1, 1]}, "O", "dilations"),
    (X, W, None, {"output_padding": [-1]}, "O", "output_padding"),
    (X, W, None, {"output_padding": [0, 0]}, "O", "output_padding"),
    (X, W, None, {"kernel_shape": [2]}, "O", "kernel_shape"),
    (X2, W2, None, {"kernel_shape": [2, 3]}, "O", "kernel_shape"),
    (X2, W2, None, {"kernel_shape": [3]}, "O", "kernel_shape"),
    (X, W, None, {"kernel_shape": [0]}, "O", "kernel_shape"),
    (X, W, None, {"group": 0}, "O", "group"),
    (X, W, None, {"group": -1}, "O", "group"),
    (X2, W2, None, {"group": 3}, "O", "group"),
    (X, (3, 3, 3), None, {}, "O", "W.shape[0]"),
    (X2, (2, 3, 3, 2), None, {"group": 2}, "O", "W.shape[0]"),
    (X, (2, 3, 0), None, {}, "O", "W.shape"),
    (X, W, (2,), {}, "O", "B.shape"),
    (X, W, (4,), {}, "O", "B.shape"),
    (X, W, (), {}, "O", "B.shape"),
    (X, W, (1, 3), {}, "O", "B.shape"),
    (X2, W2, (3,), {"group": 2}, "O", "B.shape"),
    (X, (2, 3, 3, 3), None, {}, "O", "rank of W"),
    (X2, (4, 3, 3), None, {}, "O", "rank of W"),
    ((1, 2), (2, 3), None, {}, "O", "rank of X"),
    ((), (), None, {}, "O", "rank of X"),
]

CONV_ILLEGAL: list[tuple[Any, Any, Any, dict[str, Any], str, str]] = [
    ((1, 2, 4), (3, 2, 3), None, {"pads": [1, 1], "auto_pad": "VALID"}, "H", "pads"),
    ((1, 2, 4), (3, 2, 3), None, {"auto_pad": "FULL"}, "N", "auto_pad"),
    ((1, 2, 4), (3, 3, 3), None, {}, "O", "W.shape[1]"),
    ((1, 4, 4), (3, 2, 3), None, {"group": 2}, "O", "group"),
    ((1, 2, 4), (3, 2, 3), None, {"group": 0}, "O", "group"),
    ((1, 2, 4), (3, 2, 3), (2,), {}, "O", "B.shape"),
    ((1, 2, 4), (3, 2, 3), None, {"kernel_shape": [2]}, "O", "kernel_shape"),
    ((1, 2, 4), (3, 2, 3), None, {"strides": [0]}, "O", "strides"),
    ((1, 2, 4), (3, 2, 3), None, {"pads": [-1, 0]}, "O", "pads"),
    ((1, 2, 1), (3, 2, 3), None, {}, "M", "output size"),
]


def _ids(rows: list[Any]) -> list[str]:
    return [f"{clause}-{attribute}-{number}" for number, (*_, clause, attribute) in enumerate(rows)]


def _arrays(*shapes: Any) -> list[Any]:
    return [None if s is None else np.ones(s, np.float32) for s in shapes]


@pytest.mark.parametrize(
    ("x", "w", "b", "given", "clause", "attribute"), ILLEGAL, ids=_ids(ILLEGAL)
)
def test_refused_by_clause_and_attribute(
    x: Any, w: Any, b: Any, given: dict[str, Any], clause: str, attribute: str
) -> None:
    with pytest.raises(InvalidInput) as of_shape:
        output_shape_of(x, w, b, **given)
    with pytest.raises(InvalidInput) as of_call:
        conv_transpose(*_arrays(x, w, b), **given)
    for error in (of_shape.value, of_call.value):
        assert (error.clause, error.attribute) == (clause, attribute)
        message = str(error)
        assert message.startswith(f"{attribute} = ")
        assert f"(clause {clause})" in message
        assert "\n" not in message
        assert str(error.found) in message
        assert error.accepted in message
    if attribute in given and clause != "K":  # K speaks of one axis
        assert str(given[attribute]) in str(of_call.value)


@pytest.mark.parametrize(
    ("x", "w", "b", "given", "clause", "attribute"), CONV_ILLEGAL, ids=_ids(CONV_ILLEGAL)
)
def test_conv_refuses_by_clause_and_attribute(
    x: Any, w: Any, b: Any, given: dict[str, Any], clause: str, attribute: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        conv(*_arrays(x, w, b), **given)
    assert (error.value.clause, error.value.attribute) == (clause, attribute)


@pytest.mark.parametrize("name", ["output_shape", "output_padding"])
def test_conv_geometry_refuses_attributes_of_the_other_operator(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        conv_geometry((1, 1, 4), (1, 1, 3), Attributes.of(**{name: [1]}))


LEGAL_NEIGHBOURS: list[tuple[Any, Any, Any, dict[str, Any], Any]] = [
    (X, W, None, {"auto_pad": "NOTSET", "pads": [1, 1]}, (1, 3, 4)),
    (X, W, None, {"output_padding": [1], "strides": [2]}, (1, 3, 10)),
    (X, W, None, {"output_padding": [2], "dilations": [3], "strides": [2]}, (1, 3, 15)),
    (X, W, None, {"output_shape": [0]}, (1, 3, 0)),
    (X, W, None, {"output_shape": [7], "pads": [9, 9]}, (1, 3, 7)),
    (X, W, None, {"pads": [3, 3]}, (1, 3, 0)),
    (X, W, None, {"kernel_shape": [3]}, (1, 3, 6)),
    (X2, W2, (6,), {"group": 2}, (1, 6, 6, 6)),
    ((1, 0, 4), (0, 3, 3), None, {}, (1, 3, 6)),
    (X, (2, 0, 3), (0,), {}, (1, 0, 6)),
    ((1, 2, 0), W, None, {"strides": [3]}, (1, 3, 0)),
]


@pytest.mark.parametrize(("x", "w", "b", "given", "shape"), LEGAL_NEIGHBOURS)
def test_the_nearest_legal_call_is_accepted(
    x: Any, w: Any, b: Any, given: dict[str, Any], shape: Any
) -> None:
    assert output_shape_of(x, w, b, **given) == shape
    assert conv_transpose(*_arrays(x, w, b), **given).shape == shape


def test_huge_shapes_are_worked_out_without_memory() -> None:
    assert output_shape_of((1, 1, 2**20, 2**20), (1, 1, 3, 3), strides=[2, 2]) == (
        1,
        1,
        2**21 + 1,
        2**21 + 1,
    )
    assert output_shape_of((2**40, 1, 1), (1, 1, 1), dilations=[2**50]) == (2**40, 1, 1)
    with pytest.raises(InvalidInput, match=r"2\*\*62"):
        output_shape_of((2**40, 1, 1), (1, 1, 2**40))


def test_refusals_survive_a_pipe() -> None:
    with pytest.raises(InvalidInput) as caught:
        output_shape_of(X, W, strides=[0])
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(caught.value, protocol))
        assert type(again) is InvalidInput
        assert (again.clause, again.attribute, again.found, again.accepted) == (
            "O",
            "strides",
            [0],
            "values of at least 1",
        )
        assert str(again) == str(caught.value)


def test_an_unknown_attribute_is_no_attribute() -> None:
    with pytest.raises(TypeError, match="padding"):
        output_shape_of(X, W, padding=[1])


@pytest.mark.parametrize("strides", [[1.5], "2"])
def test_lists_that_hold_no_integers_are_not_truncated(strides: Any) -> None:
    with pytest.raises(TypeError):
        output_shape_of(X, W, strides=strides)


def test_one_type_for_all_tensors() -> None:
    # The operator text constrains X, W, B and Y to one type T.
    x, w, b = _arrays(X, W, (3,))
    with pytest.raises((InvalidInput, TypeError)):
        conv_transpose(x, w.astype(np.float64))
    with pytest.raises((InvalidInput, TypeError)):
        conv_transpose(x, w, b.astype(np.float16))


def test_a_type_that_the_operator_does_not_take_is_refused() -> None:
    with pytest.raises(TypeError, match="accepted are float16, bfloat16, float32, float64"):
        conv_transpose(np.ones((1, 1, 2), np.int32), np.ones((1, 1, 1), np.int32))
