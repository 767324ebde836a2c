"""Calls by another name than their own, printed nodes, and what a text's own calls hand on."""

import pytest

from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.subject import Unreadable

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
        "def a():\n    up = nn.ConvTranspose2d\ndef b():\n    up = nn.ConvTranspose1d\n"
        f"up(1, 2, 3)\n{UP}",
        f"{UP}\nrelu = partial(F.leaky_relu, 0.2)\nrelu(x)",
    ],
)
def test_a_name_of_two_functions_or_of_no_layer_is_none(text: str) -> None:
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


@pytest.mark.parametrize(
    ("text", "y"),
    [
        ("L.Deconvolution2D(8, 4, 3, stride=2, pad=1, outsize=(8, 7))", (8, 7)),
        ("L.Deconvolution2D(8, 4, 3, 2, 1, outsize=12)", (12, 12)),
        (
            "Deconvolution2D(4, 3, 5, (None, 4, 9, 9), subsample=(2, 2), border_mode='same')",
            (9, 9),
        ),
        (
            "Deconvolution2D(4, 3, 5, output_shape=(None, 10, 9, 4), subsample=(2, 2), "
            "border_mode='same', dim_ordering='tf')",
            (10, 9),
        ),
        ("Deconvolution2D(4, 3, 3, (None, 12, 12, 4), subsample=(2, 2), bias=False)", (12, 12)),
        ("Deconvolution2D(nb_filter=4, nb_row=3, nb_col=5, output_shape=shape)", (7, 9)),
    ],
)
def test_the_first_deconvolutions(text: str, y: tuple[int, ...]) -> None:
    (subject,) = subjects(text)
    assert subject.case.y_shape()[2:] == y
    assert subject.case.bias == ("bias=False" not in text)


def test_a_first_deconvolution_is_told_its_size() -> None:
    text = "Deconvolution2D(4, k, k, output_shape=(None, 4, 9, 9), subsample=s)"
    with pytest.raises(NamesOpen, match=r"^Deconvolution2D: Y is 9x9, as output_shape"):
        subjects(text)
    with pytest.raises(Unreadable, match="leads back to 6 inputs on D1"):
        subjects(text.replace("k", "3").replace("=s)", "=2)"), x=(1, 2, 6, 6))


def test_a_nodes_shapes_are_those_that_its_graph_states() -> None:
    info = "h.make_tensor_value_info({}, FLOAT, {})\n"
    text = (
        info.format("'x'", [2, 6, 7, 8])
        + "h.make_tensor('w', FLOAT, dims, values)\ndims = [6, 3, 4, 4]\n"
        + "h.make_node('ConvTranspose', ['x', 'w', 'b'], ['y'], strides=[2, 2])"
    )
    (subject,) = subjects(text)
    assert (subject.case.x_shape, subject.case.w_shape) == ((2, 6, 7, 8), (6, 3, 4, 4))
    assert "x" not in subject.assumed
    (twice,) = subjects(text + "\n" + info.format("'x'", [1, 6, 9, 9]))
    assert "x" in twice.assumed


def test_jax_says_its_size_by_a_padding_of_pairs() -> None:
    text = "jax.lax.conv_transpose(x, w, (2, s), [(1, 2), (0, 3)])"
    with pytest.raises(NamesOpen) as asked:
        subjects(text)
    assert asked.value.rule == (
        "Y is (input - 1) * 2 + 2 + 1 + 2 - kernel on D1, "
        "(input - 1) * s + 2 + 0 + 3 - kernel on D2"
    )
    (subject,) = subjects(text, w=(4, 3, 3, 4), names={"s": 3})
    assert subject.case.y_shape()[2:] == (4 * 2 + 2 + 1 + 2 - 3, 4 * 3 + 2 + 0 + 3 - 4)


@pytest.mark.parametrize(
    "text",
    [
        "hk.Conv2DTranspose(8, 4, stride=2)",
        "stax.ConvTranspose(8, (4, 4), strides=(2, 2))",
        "nn.ConvTranspose(8, (4, 4), strides=(2, 2))",
    ],
)
def test_only_flax_is_told_of_transpose_kernel(text: str) -> None:
    (subject,) = subjects(text)
    (mirrored,) = (note for note in subject.notes if "does not mirror" in note)
    assert ("transpose_kernel" in mirrored) == text.startswith("nn.")


def test_open_groups_are_said_to_be_assumed() -> None:
    text = "F.conv_transpose2d(x, weight, stride=2, groups=n)"
    (subject,) = subjects(text, w=(4, 2, 3, 3))
    assert subject.case.group == 1
    assert any("groups = n" in note and "group 1 is assumed" in note for note in subject.notes)
    (deep,) = subjects("F.conv_transpose1d(x, w.expand(c, 1, 12), stride=2, groups=c)")
    assert (deep.case.group, deep.case.y_shape()) == (4, (1, 4, 20))
    assert any("groups = c is taken for the channels" in note for note in deep.notes)


def test_a_size_that_is_told_has_bounds() -> None:
    same = "tf.nn.conv2d_transpose(x, w, shape, strides={}, padding='SAME')"
    with pytest.raises(NamesOpen, match="Y is what shape says, which has to be input;"):
        subjects(same.format("[1, 1, 1, 1]"))
    with pytest.raises(NamesOpen, match=r"at most input \* 3 and more than \(input - 1\) \* 3;"):
        subjects(same.format(3))


@pytest.mark.parametrize(
    "text",
    [
        "up = partial(nn.ConvTranspose2d, kernel_size=4, stride=2, padding=1)",
        "layers.append(partial(nn.ConvTranspose2d, 4, kernel_size=4, stride=2, padding=1))",
        "k = 4\nup = partial(Conv2DTranspose, kernel_size=k, strides=2, padding='same')",
        "ConvTranspose2d(4, 4, kernel size=(4, 4), stride=(2, 2), padding=1)",
    ],
)
def test_a_partial_that_nothing_calls_and_names_with_spaces_are_read(text: str) -> None:
    (subject,) = subjects(text)
    assert (subject.case.w_shape, subject.case.y_shape()) == ((4, 4, 4, 4), (1, 4, 10, 10))
