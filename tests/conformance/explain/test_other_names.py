"""Calls by another name than their own, printed nodes, and what a text's own calls hand on."""

import pytest

from convtranspose_conformance.explain.inputs.read import subjects

UP = "nn.ConvTranspose2d(6, 3, 4, 2, 1)"


@pytest.mark.parametrize(
    "text",
    [
        "from torch.nn import Module, ConvTranspose2d as Up\nself.up = Up(6, 3, 4, 2, 1)",
        "layer = nn.ConvTranspose2d\nself.up = layer(6, 3, 4, 2, 1)",
        "up = functools.partial(nn.ConvTranspose2d, kernel_size=4, stride=2)\nup(6, 3, padding=1)",
        "up = partial(nn.ConvTranspose2d, stride=1, padding=1)\nup(6, 3, 4, stride=2)",
        "def up(*args, **kwargs):\n    return nn.ConvTranspose2d(*args, **kwargs)\n"
        "up(6, 3, 4, stride=2, padding=1)",
        "class Up:\n    def __init__(self, c, *more, **named):\n"
        "        self.up = nn.ConvTranspose2d(c, *more, **named)\nUp(6, 3, 4, padding=1, stride=2)",
        "k = 4\ndef __init__(self, s=2):\n    self.up = nn.ConvTranspose2d(6, 3, self.k, s, 1)",
        "def __init__(self):\n    self.k = 4\ndef build(self):\n"
        "    self.up = nn.ConvTranspose2d(6, 3, self.k, 2, 1)",
    ],
)
def test_a_call_by_another_name_is_the_call(text: str) -> None:
    (subject,) = subjects(text)
    assert subject.case == subjects(UP)[0].case


@pytest.mark.parametrize(
    "text",
    [
        f"Up = nn.ConvTranspose2d if deep else nn.ConvTranspose1d\n{UP}\nUp(6, 3, 2)",
        "def a():\n    up = nn.ConvTranspose2d\ndef b():\n    up = nn.ConvTranspose1d\n"
        f"up(1, 2, 3)\n{UP}",
        f"{UP}\nrelu = partial(F.leaky_relu, 0.2)\nrelu(x)",
    ],
)
def test_a_name_that_may_be_several_layers_is_none(text: str) -> None:
    (subject,) = subjects(text)
    assert subject.case == subjects(UP)[0].case


@pytest.mark.parametrize(
    "text",
    [
        "%7 = ConvTranspose[kernel_shape = [4, 4], pads = [1, 1, 1, 1], strides = [2, 2]]"
        "(%x, %up.w, %b)",
        "%7 : Float(1, 3, strides=[3, 1]) = onnx::ConvTranspose[dilations=[1, 1], group=1, "
        "kernel_shape=[4, 4], pads=[1, 1, 1, 1], strides=[2, 2]](%4, %onnx::ConvTranspose_9, %b)",
        "[up] Y = ConvTranspose <kernel_shape: ints = [4, 4], pads: ints = [1, 1, 1, 1], "
        "strides: ints = [2, 2]> (X, W, B)",
        'Y = ConvTranspose <auto_pad = "NOTSET", kernel_shape = [4, 4], pads = [1, 1, 1, 1],'
        " strides = [2, 2]> (X, W, B)",
    ],
)
def test_a_node_as_onnx_prints_it_is_a_call(text: str) -> None:
    (subject,) = subjects(text, w=(6, 3, 4, 4))
    assert subject.case.y_shape() == (1, 3, 10, 10)
    assert subject.case.bias


@pytest.mark.parametrize(
    ("text", "y"),
    [
        (
            "fluid.layers.conv2d_transpose(input=x, num_filters=3, filter_size=4, stride=2, "
            "padding=1)",
            10,
        ),
        ("paddle.static.nn.conv2d_transpose(x, 3, None, 4, 1, 2, bias_attr=False)", 10),
        ("static.nn.conv2d_transpose(x, 3, [11, 11], filter_size=4, stride=2, padding=1)", 11),
        ("static.nn.conv3d_transpose(x, num_filters=4, filter_size=3, stride=3, groups=2)", 15),
    ],
)
def test_paddles_functions_that_make_their_weights(text: str, y: int) -> None:
    (subject,) = subjects(text)
    assert set(subject.case.y_shape()[2:]) == {y}


def test_a_size_that_stands_beside_names_in_a_list_is_used() -> None:
    text = (
        "shape = [tf.shape(x)[0], 12, 14, w.shape[2]]\n"
        "y = tf.nn.conv2d_transpose(x, w, shape, strides=[1, 2, 2, 1])"
    )
    (subject,) = subjects(text, w=(6, 3, 4, 4))
    assert subject.case.y_shape() == (1, 3, 12, 14)


def test_flax_takes_an_integer_for_a_kernel_along_one_axis() -> None:
    (subject,) = subjects("nn.ConvTranspose(8, kernel_size=4, strides=2)")
    assert subject.case.w_shape == (4, 8, 4)
    assert subject.case.y_shape() == (1, 8, 10)
