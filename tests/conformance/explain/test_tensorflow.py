"""Calls of `tf.nn` as text: the case that comes out is what TensorFlow computes, and what it
refuses is refused."""

import pytest

from convtranspose_cases import make
from convtranspose_conformance.explain import Subject, Unreadable, codes
from convtranspose_conformance.explain.code.snippet import arrays
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reference.attributes import Shape
from support.snippets import answers, expected

CALLS: list[tuple[str, Shape | None, Shape]] = [
    ("tf.nn.conv2d_transpose(x, w, [1, 10, 10, 8], 2)", None, (3, 8, 3, 3)),
    (
        "tf.nn.conv2d_transpose(x, w, [1, 10, 9, 2], [1, 2, 3, 1], padding='SAME')",
        (1, 3, 5, 3),
        (3, 2, 3, 5),
    ),
    ("tf.nn.conv2d_transpose(x, w, (2, 10, 11, 2), (2, 3), 'VALID')", None, (3, 2, 3, 4)),
    (
        "tf.nn.conv2d_transpose(x, w, [1, 9, 10, 2], 2, [[0, 0], [1, 1], [0, 1], [0, 0]])",
        None,
        (2, 2, 3, 4),
    ),
    (
        "tf.nn.conv1d_transpose(x, w, output_shape=[2, 11, 3], strides=3, padding='SAME')",
        None,
        (2, 3, 2),
    ),
    ("tf.nn.conv1d_transpose(x, w, [2, 12, 3], [2], 'VALID', 'NWC', [2])", (2, 1, 4), (1, 3, 3)),
    ("tf.nn.conv3d_transpose(x, w, [1, 4, 6, 5, 2], [1, 2, 2, 1, 1])", None, (3, 2, 3, 2, 3)),
]
REFUSED: list[tuple[str, Shape, Shape]] = [
    ("tf.nn.conv1d_transpose(x, w, [1, 11, 3], 2)", (1, 2, 5), (2, 3, 3)),
    ("tf.nn.conv1d_transpose(x, w, [1, 13, 3], 2, 'VALID')", (1, 2, 5), (2, 3, 3)),
    ("tf.nn.conv1d_transpose(x, w, [1, 10, 4], 2)", (1, 2, 5), (2, 3, 3)),
    ("tf.nn.conv1d_transpose(x, w, [2, 10, 3], 2)", (1, 2, 5), (2, 3, 3)),
    ("tf.nn.conv1d_transpose(x, w, [1, 10, 3], 2)", (1, 4, 5), (2, 3, 3)),
    ("tf.nn.conv1d_transpose(x, w, [1, 10, 3], 2, [[0, 0], [1, 0], [0, 0]])", (1, 2, 5), (2, 3, 3)),
    (
        "tf.nn.conv2d_transpose(x, w, [1, 6, 6, 3], 1, [[0, 0], [1, 1], [1, 1], [0, 0]], "
        "dilations=2)",
        (1, 2, 4, 4),
        (2, 3, 3, 3),
    ),
]


def _read(text: str, x: Shape | None, w: Shape) -> Subject:
    (subject,) = subjects(text, x, w)
    return subject


def _run(text: str, x: Shape, w: Shape) -> str:
    """The call itself, on the arrays X and W that are there."""
    spatial = list(range(2, len(x)))
    return "\n".join(
        [
            "import tensorflow as tf",
            f"x, w = X.transpose({[0, *spatial, 1]}), W.transpose({[*spatial, 1, 0]})",
            f"Y = {text}.numpy().transpose({[0, len(x) - 1, *range(1, len(x) - 1)]})",
        ]
    )


def test_a_call_computes_its_case() -> None:
    found = [_read(*call) for call in CALLS]
    scripts = [
        "\n".join([*arrays(each.case), _run(each.title, each.case.x_shape, each.case.w_shape)])
        for each in found
    ]
    assert answers(scripts) == [expected(each.case) for each in found]


def test_what_tensorflow_refuses_is_refused_in_one_line() -> None:
    template = "import numpy as np\nX, W = np.ones({}, 'float32'), np.ones({}, 'float32')\n{}"
    outputs = answers([template.format(x, w, _run(text, x, w)) for text, x, w in REFUSED])
    assert [each for each in outputs if not isinstance(each, str)] == []
    for call in REFUSED:
        with pytest.raises(Unreadable, match="accepted") as caught:
            _read(*call)
        assert "\n" not in str(caught.value)


def test_what_is_printed_can_be_read() -> None:
    case = make("mine", (5, 4), (3, 4), strides=(2, 3), c=2, m=3, auto_pad="SAME_UPPER")
    (printed,) = (code for code in codes(case) if code.title == "TensorFlow, tf.nn")
    text = printed.source[printed.source.index("y = ") : printed.source.index("Y = ")]
    found = _read(text, None, case.w_shape)
    assert (found.case.x_shape, found.case.geometry().key) == (case.x_shape, case.geometry().key)


def test_without_x_its_size_is_derived_and_told() -> None:
    found = _read(*CALLS[0])
    assert found.case.x_shape == (1, 3, 5, 5)
    assert found.notes == (
        "--w is in ONNX's order; the function's own filters are kernel,M,C, here 3,3,8,3, and its "
        "input is N,sizes,C, here 1,5,5,3",
        "the call does not state the input's size: X 1,3,5,5 is the one that output_shape leads "
        "back to under this padding",
    )


def test_channels_first_is_read_in_its_own_order() -> None:
    first = _read(
        "tf.nn.conv2d_transpose(x, w, [1, 8, 10, 9], [1, 1, 2, 3], 'SAME', 'NCHW')",
        None,
        (3, 8, 3, 5),
    )
    last = _read(
        "tf.nn.conv2d_transpose(x, w, [1, 10, 9, 8], [1, 2, 3, 1], 'SAME', 'NHWC')",
        None,
        (3, 8, 3, 5),
    )
    assert first.case == last.case


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tf.nn.conv1d_transpose(x, w, [1, 10, 3])", "strides missing"),
        (
            "tf.nn.conv1d_transpose(x, w, [1, 10, 3], [2, 2, 1])",
            "strides=[2, 2, 1]: accepted is 1 for the axes N and C",
        ),
        (
            "tf.nn.conv1d_transpose(x, w, [1, 10, 3], 2, 'same')",
            'padding=\'same\': accepted is "SAME" or "VALID"',
        ),
        (
            "tf.nn.conv1d_transpose(x, w, [1, 10, 3], 2, data_format='NHWC')",
            'data_format=\'NHWC\': accepted is "NWC" or "NCW"',
        ),
        (
            "tf.nn.conv1d_transpose(x, w, [1, 1, 3], 2, 'VALID')",
            "accepted is at least the effective kernel 3, less pads, on D1",
        ),
        (
            "tf.nn.conv2d_transpose(x, w, [1, 4, 4, 3], 2)",
            "--w 2,3,3: accepted are 4 sizes in ONNX's order",
        ),
    ],
)
def test_an_unreadable_call_says_why(text: str, said: str) -> None:
    with pytest.raises(Unreadable) as found:
        _read(text, None, (2, 3, 3))
    assert said in str(found.value)


def test_the_shape_of_the_filters_is_asked_for() -> None:
    with pytest.raises(Unreadable, match=r"\(C,M,k1,\.\.\. in ONNX's order\): .* --w 4,3,4,"):
        subjects("tf.nn.conv1d_transpose(x, w, [1, 10, 3], 2)")
