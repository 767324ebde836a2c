"""Texts as people paste them: what a call's own text says of its tensors is used, and what its
framework refuses, or nobody can have meant, is no answer."""

from dataclasses import replace

import pytest

from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.subject import Unreadable
from convtranspose_conformance.explain.pages.text import explain
from convtranspose_reference.geometry import geometry

UP = "nn.ConvTranspose2d(4, 8, 4, 2, 1)"
SHAPES = {  # text -> X and Y of each call
    # a container over several lines
    f"net = nn.Sequential(\n    {UP})\ny = net(torch.randn(1, 4, 7, 7))": [(7, 14)],
    f"net = nn.Sequential(\n    {UP},\n    nn.ReLU(),\n    nn.ConvTranspose2d(8, 3, 4, 2, 1),\n)\n"
    "z = torch.randn(1, 4, 7, 7)\ny = net(z)": [(7, 14), (14, 28)],
    f"net = nn.Sequential(\n    {UP}).cuda()\ny = net(torch.randn(1, 4, 7, 7))": [(7, 14)],
    f"net = nn.Sequential(\n  nn.Sequential(\n    {UP},\n    nn.ReLU()),\n  nn.Tanh())\n"
    "y = net(torch.randn(1, 4, 7, 7))": [(7, 14)],
    f"net = nn.Sequential(nn.Sequential({UP}, nn.ReLU()),\n    nn.ConvTranspose2d(8, 2, 4, 2, 1))\n"
    "y = net(torch.randn(1, 4, 7, 7))": [(7, 14), (14, 28)],
    "class G(nn.Module):\n    def __init__(self):\n        self.net = nn.Sequential(\n            "
    f"{UP},\n            nn.ReLU())\n    def forward(self, x):\n"
    "        return self.net(x.view(-1, 4, 7, 7))": [(7, 14)],
    f"net = nn.Sequential(OrderedDict([\n  ('up', {UP}),\n  ('act', nn.ReLU()),\n"
    "  ('out', nn.ConvTranspose2d(8, 2, 4, 2, 1))]))\n"
    "y = net(torch.randn(1, 4, 7, 7))": [(7, 14), (14, 28)],
    # pooling and upsampling, and what is not followed is not made up
    "net = nn.Sequential(OrderedDict([('p', nn.MaxPool2d(2)),\n"
    f"  ('u', {UP})]))\ny = net(torch.randn(1, 4, 32, 32))": [(16, 32)],
    "inputs = Input((128, 128, 4))\np1 = MaxPooling2D((2, 2))(inputs)\n"
    "u3 = Conv2DTranspose(16, 2, strides=2, padding='same')(p1)": [(64, 128)],
    "x = Input((9, 9, 4))\nh = layers.AveragePooling2D(2, padding='same')(x)\n"
    "y = layers.Conv2DTranspose(8, 2, strides=2)(layers.UpSampling2D()(h))": [(10, 20)],
    f"h = F.interpolate(torch.zeros(1, 4, 6, 6), scale_factor=2)\ny = {UP}(h)": [(12, 24)],
    f"h = F.max_pool2d(torch.zeros(1, 4, 9, 9), 3, stride=2, padding=1)\ny = {UP}(h)": [(5, 10)],
    f"h = F.max_pool2d(torch.zeros(1, 4, 9, 9), 2, ceil_mode=True)\ny = {UP}(h)": [(5, 10)],
    f"h = nn.AdaptiveAvgPool2d(7)(torch.zeros(1, 4, 9, 9))\ny = {UP}(h)": [(5, 10)],
    f"h = nn.Upsample((20, 20))(torch.zeros(1, 4, 9, 9))\ny = {UP}(h)": [(5, 10)],
    # one container behind another, and a model's forward
    "enc = nn.Sequential(nn.Conv2d(1, 4, 3, stride=2, padding=1), nn.ReLU(), nn.MaxPool2d(2))\n"
    f"dec = nn.Sequential({UP}, nn.ReLU())\ny = dec(enc(torch.rand(1, 1, 28, 28)))": [(7, 14)],
    # a comment with apostrophes, and a model that calls another of its kind
    f"{UP}  # it's on 1x4x7x7, isn't it": [(7, 14)],
    "class Net(nn.Module):\n    def __init__(self):\n"
    f"        self.up = {UP}\n    def forward(self, x):\n        if self.deep:\n"
    "            return Net()(x)\n        return self.up(x)\nNet()(torch.zeros(1, 4, 7, 7))": [
        (7, 14)
    ],
    f"y = {UP}(F.interpolate(torch.zeros(1, 4, 6, 6), scale_factor=1e999))": [(5, 10)],
    # what runs a model on an example
    f"up = {UP}\ndummy = torch.randn(1, 4, 9, 9)\ntorch.onnx.export(up, dummy, 'up.onnx')": [
        (9, 18)
    ],
    f"up = {UP}\ntorch.onnx.export(up, (torch.randn(1, 4, 9, 9),), 'up.onnx')": [(9, 18)],
    f"up = {UP}\nsummary(up, (4, 8, 8))": [(8, 16)],
    f"up = {UP}\nsummary(up, input_size=(1, 4, 8, 8))": [(8, 16)],
    f"{UP}(Tensor.zeros(1, 4, 9, 9))": [(9, 18)],
    f"up = {UP}\nh = torch.randn(1, 4, 6, 6)\ny = up(h, output_size=torch.Size([1, 8, 13, 13]))": [
        (6, 13)
    ],
    # tensors by name
    "F.conv_transpose2d(input=torch.zeros(1, 3, 5, 5), weight=torch.zeros(3, 2, 4, 4), stride=2, "
    "padding=1)": [(5, 10)],
    "tf.nn.conv2d_transpose(input=tf.zeros([1, 5, 5, 3]), filters=tf.zeros([3, 3, 2, 3]), "
    "output_shape=[1, 10, 10, 2], strides=2)": [(5, 10)],
    "lax.conv_transpose(jnp.zeros((1, 6, 16)), jnp.zeros((4, 16, 8)), (3,), [(2, 1)], "
    "rhs_dilation=(2,), dimension_numbers=('NWC', 'WIO', 'NWC'))": [(6, 13)],
    "lax.conv_transpose(jnp.zeros((1, 16, 5, 5)), jnp.zeros((16, 8, 3, 3)), (2, 2), 'SAME', "
    "dimension_numbers=('NCHW', 'IOHW', 'NCHW'))": [(5, 10)],
    "mx.conv_transpose2d(mx.zeros((1, 6, 6, 16)), mx.zeros((8, 3, 3, 16)), stride=2, padding=1, "
    "output_padding=1)": [(6, 12)],
    # as they are printed
    "LazyConvTranspose2d(0, 8, kernel_size=(3, 3), stride=(2, 2))": [(5, 11)],
    "g (float[1,3,8,8] x) => (float[1,4,32,32] y)\n<float[3,8,2,2] a, float[8,4,2,2] b>\n{\n"
    "   h = ConvTranspose <strides = [2, 2]> (x, a)\n   r = Relu (h)\n"
    "   y = ConvTranspose <strides = [2, 2]> (r, b)\n}": [(8, 16), (16, 32)],
    "graph g (\n  %x[FLOAT, 1x3x8x8]\n) initializers (\n  %a[FLOAT, 3x8x2x2]\n"
    "  %b[FLOAT, 8x4x2x2]\n"
    ") {\n  %h = ConvTranspose[strides = [2, 2]](%x, %a)\n  %r = Relu(%h)\n"
    "  %y = ConvTranspose[strides = [2, 2]](%r, %b)\n  return %y\n}": [(8, 16), (16, 32)],
    "%y : Float(1, 8, 10, 10) = onnx::ConvTranspose[kernel_shape=[4, 4], pads=[1, 1, 1, 1], "
    'strides=[2, 2], onnx_name="/up/ConvTranspose"](%x, %w)': [(5, 10)],
    '%"x"<FLOAT,[1,4,9,9]>\n%"y"<FLOAT,[1,8,18,18]> ⬅️ ::ConvTranspose(%"x", %"w") '
    "{kernel_shape=[4, 4], pads=[1, 1, 1, 1], strides=[2, 2]}": [(9, 18)],
    "class Up(nn.ConvTranspose2d):\n    def __init__(self, c):\n"
    "        super().__init__(c, c, 4, stride=2, padding=1)": [(5, 10)],
    # words
    "ConvTranspose1d kernel 3 stride 2 dilation 2 padding 1 on input 1x4x10": [(10, 21)],
    "in_channels 64, out_channels 32, kernel 4, stride 2, padding 1, input 64x8x8": [(8, 16)],
    "input 7x7, kernel 3x3, stride 2, padding 1, output padding 1": [(7, 14)],
    "input size 7, kernel size 3, stride 2, padding 1, output padding 1": [(7, 14)],
    "input 7x7 kernel 3 stride 2 padding 1": [(7, 13)],
    "7x7 input, 3x3 kernel, 2x2 stride": [(7, 15)],
    "kernel 4x4 stride 2 padding 1": [(5, 10)],
    "kernel size 3x3 stride 2x2 padding 1x1 output padding 1x1": [(5, 10)],
    "kernel 3x3x3 stride 2 padding 1": [(5, 9)],
    "Conv2DTranspose filters 32 kernel 4 strides 2 padding same on 8x8": [(8, 16)],
    "kernel 5 stride 2 padding valid input 1x4x8x8": [(8, 19)],
    "weight 16x8x3x3, input 1x16x7x7, stride 2, pads 1,1,1,1": [(7, 13)],
    "x = np.zeros((1, 4, 3, 3))\nW = np.ones((4, 2, 3, 3))\nhelper.make_node('ConvTranspose', "
    "['X', 'W'], ['Y'], strides=[3, 2])": [(3, 7)],
    "up = eqx.nn.ConvTranspose2d(4, 8, 3, stride=2, key=key)\ny = up(jnp.zeros((4, 9, 9)))": [
        (9, 19)
    ],
    # tables
    '{"class_name": "Conv2DTranspose", "config": {"filters": 16, "kernel_size": [3, 3], "strides": '
    '[2, 2], "padding": "same"}, "build_config": {"input_shape": [null, 8, 8, 32]}}': [(8, 16)],
    "{'kernel_shape': [3, 3], 'strides': [2, 2], 'pads': [0, 0, 1, 1], 'group': 2}": [(5, 10)],
    '{"class_name": "Conv2DTranspose", "config": {"filters": 8, "kernel_size": [3, 3], '
    '"strides": [2, 2], "padding": "same", "use_bias": true}}': [(5, 10)],
    '{"opType": "ConvTranspose", "attribute": [{"name": "strides", "ints": ["2", "2"]}, '
    '{"name": "kernel_shape", "ints": ["3", "3"]}]}': [(5, 11)],
    "nn.ConvTranspose2d(16, 8, kernel_size＝3， stride=2)": [(5, 11)],
    "mx.nd.Deconvolution(x, w, kernel=(4, 4), stride=(2, 2), target_shape=(20, 20), "
    "num_filter=8)": [(9, 20)],
    "paddle.nn.Conv2DTranspose(64, 32, 3, stride=2, padding=[1, 0, 1, 0])": [(5, 10)],
    'mindspore.nn.Conv2dTranspose(16, 8, 3, stride=2, pad_mode="pad", padding=(1, 0, 1, 0))': [
        (5, 10)
    ],
    'model.ConvTranspose("in", "out", dim_in=16, dim_out=8, kernel=4, stride=2, pad=1)': [(5, 10)],
}
FORWARD = """class Up(nn.Module):
    def __init__(self):
        self.pool = nn.MaxPool2d(2)
        self.conv = nn.Conv2d(16, 16, 3)
        self.up = nn.ConvTranspose2d(16, 8, 4, 2, 1)
    def forward(self, x):
        {}
net = Up().cuda()
y = net(torch.randn(1, 16, 8, 8))
"""
BODIES = {  # -> X, 5 where it is assumed
    "return self.up(x)": 8,
    "x = self.up(x)\n        return x": 8,
    "x = self.pool(x)\n        return self.up(x)": 4,
    "return self.up(F.relu(self.pool(x)))": 4,
    "x = self.conv(x)\n        x = self.pool(x)\n        return self.up(x)": 3,
    "x = unknown(x)\n        return self.up(x)": 5,
    "x = x + 1\n        return self.up(x)": 5,
    "x, y = x\n        return self.up(x)": 5,
    "if y:\n            x = self.pool(x)\n        return self.up(x)": 5,
    "for i in range(3):\n            x = self.up(x)\n        return x": 5,
}
REFUSED = {
    "tf.nn.conv2d_transpose(tf.zeros([1, 5, 5, 16]), tf.zeros([3, 3, 16, 8]), "
    "output_shape=[1, 10, 10, 8], strides=2, padding='SAME')": "of 3,3,16,8: accepted is M = 8",
    "tf.nn.conv2d_transpose(tf.zeros([1, 5, 5, 16]), tf.zeros([3, 3, 8, 12]), "
    "output_shape=[1, 10, 10, 8], strides=2, padding='SAME')": "accepted is C = 12",
    "F.conv_transpose2d(torch.randn(1, 16, 5, 5), torch.randn(8, 16, 3, 3))": "8 channels",
    "F.conv_transpose2d(torch.randn(1, 16, 5, 5), torch.randn(16, 8, 3, 3), torch.randn(16))": (
        "a bias of 16: accepted is one of 8"
    ),
    "keras.ops.conv_transpose(np.zeros((1, 5, 5, 8)), np.zeros((3, 3, 8, 16)), strides=2)": (
        "accepted is 16"
    ),
    "lax.conv_transpose(jnp.zeros((1, 5, 5, 8)), jnp.zeros((3, 3, 16, 8)), (2, 2), 'SAME')": (
        "16 channels"
    ),
    "m = nn.ConvTranspose2d(16, 33, 3)\nm(torch.randn(20, 17, 50, 100))": "16 channels",
    "m = nn.ConvTranspose2d(16, 33, 3)\nm(torch.randn(16, 50))": "one with 3 or 4 sizes",
    'x = keras.Input((28, 28, 3))\ny = layers.Conv1DTranspose(8, 3, padding="same")(x)': "3 sizes",
    "nn.ConvTranspose2d(16, 8, 3, stride=2, stride=3)": "stride is given twice",
    "layers.Conv2DTranspose(8, 3, padding='same', padding='valid')": "padding is given twice",
    "nn.Conv2d(16, 8, 4, stride=2, padding='same')": "beside a stride above 1",
    "kernel 4 stride 2 padding 1 output 64x64 why 63": "'output 64x64' is not read",
    'let up = conv_transpose2d(64, 32, 4, cfg, vb.pp("up"))?;': "the text leaves cfg open",
    "F.conv_transpose2d(64, 32, 4)": "input=64: accepted is a tensor",
    "relay.nn.conv2d_transpose(data, weight, strides=(2, 2), kernel_size=(4, 4))": "TVM's relay",
    "paddle.nn.Conv2DTranspose(64, 32, 3, padding='FULL')": 'integers, "SAME" or "VALID"',
    "conv2d_transpose (Conv2DTranspose)  (None, 14, 14, 64)  204864": "a row of a model's summary",
    " conv2d_transpose (Conv2DTr  (None, 14, 14, 64)  204864\n anspose)": "a row of a model's",
    "│    └─ConvTranspose2d: 2-1   [1, 512, 4, 4]   819,200": "a row of a model's summary",
    "up = eqx.nn.ConvTranspose2d(16, 8, 3, key=key)\ny = up(jnp.zeros((1, 16, 9, 9)))": (
        "one image without a batch axis"
    ),
}
_NODE = '{{"op_type": "ConvTranspose", "attribute": [{{"name": "strides", "ints": ["{}", "2"]}}]}}'
REFUSED |= {
    # numbers that are none, or beyond any size
    **{_NODE.format(number): "no call is in it" for number in ("²", "--3", "9" * 5000)},
    "conv2d_transpose (Conv2DTranspose)  (None, 14, 14, 64)\n"
    "up = nn.ConvTranspose2d(16, 8, k, s)": "leaves k, s open",
}
NO_NAME = (  # that looks like a layer's but is another framework's
    "tflearn.conv_2d_transpose(net, 8, 3, [28, 28], strides=2)",
    "network.add_deconvolution_nd(x, 8, (4, 4), k, b)",
    "network->addDeconvolutionNd(*x, 8, dims, k, b)",
    "spconv.SparseConvTranspose3d(16, 8, 3, stride=2)",
    "stablehlo.convolution(x, w)",
    "QuantizedConvTranspose2d(16, 8, 3)",
    "ConvTranspose_3 (ConvTranspose)\nAttributes: OrderedDict([('strides', [2, 2])])",
)


@pytest.mark.parametrize("text", SHAPES)
def test_what_the_text_says_is_used(text: str) -> None:
    found = [
        (read.case.x_shape[-1], read.case.y_shape()[-1]) for read in subjects(text.expandtabs())
    ]
    assert found == SHAPES[text]


@pytest.mark.parametrize("body", BODIES)
def test_a_models_input_is_that_of_its_forward(body: str) -> None:
    (read,) = subjects(FORWARD.format(body))
    assert read.case.x_shape[-1] == BODIES[body]
    assert ("x" in read.assumed) == (BODIES[body] == 5)


def test_of_two_calls_of_a_model_none_is_taken() -> None:
    text = FORWARD.format("return self.up(x)") + "z = net(torch.randn(1, 16, 9, 9))\n"
    (read,) = subjects(text)
    assert "x" in read.assumed


@pytest.mark.parametrize("text", REFUSED)
def test_what_contradicts_itself_is_no_answer(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        subjects(text)
    assert REFUSED[text] in str(error.value)


@pytest.mark.parametrize("text", NO_NAME)
def test_no_name_is_offered_that_nobody_meant(text: str) -> None:
    with pytest.raises(Unreadable) as error:
        subjects(text)
    assert "did you mean" not in str(error.value)


def test_a_layer_of_several_that_does_not_fit_is_left_out() -> None:
    text = (
        f"up = nn.Sequential({UP}, nn.ConvTranspose2d(64, 16, 4))\ny = up(torch.zeros(1, 4, 8, 8))"
    )
    with pytest.warns(match="an input of 1,8,16,16: accepted is one with 64 channels"):
        (first,) = subjects(text)
    assert first.case.y_shape() == (1, 8, 16, 16)


def test_channels_are_those_that_the_texts_own_calls_hand_over() -> None:
    text = (
        "def up(cin, cout):\n    return nn.ConvTranspose2d(cin, cout, 4, 2, 1)\n"
        "a = up(1024, 512)\nb = up(512, 256)\n"
    )
    assert [read.case.w_shape[:2] for read in subjects(text)] == [(1024, 512), (512, 256)]


def test_a_printed_listing_has_its_weights() -> None:
    text = (
        "ConvTranspose\ntype: ConvTranspose\nkernel_shape: 2, 2\nstrides: 2, 2\nINPUTS\n"
        "X: name: /Relu\nW: name: up.weight\ntensor: float32[64,32,2,2]\n"
        "B: name: up.bias\nfloat32[32]"
    )
    (read,) = subjects(text)
    assert read.case.w_shape == (64, 32, 2, 2)
    assert read.case.bias


def test_an_input_of_other_axes_in_a_comment_is_noted() -> None:
    (read,) = subjects("nn.ConvTranspose2d(16, 8, 3)  # input 1x16x7")
    assert any("1, 16, 7, whose axes are not those" in note for note in read.notes)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("nn.Conv2d(16, 8, 4, padding='same')", "PyTorch, CPU"),
        (
            "tf.nn.conv1d_transpose(tf.zeros([1, 5, 3]), tf.zeros([4, 2, 3]), [1, 15, 2], 3)",
            "TensorFlow, CPU",
        ),
    ],
)
def test_a_call_of_a_framework_is_one_call_of_it(text: str, own: str) -> None:
    (read,) = subjects(text)
    said = " ".join(explain(read).split())
    line = said.partition(own)[2].partition(", CPU")[0]
    assert "no one call" in line
    assert "what was pasted is one call of it" in line
    assert said.count("what was pasted") == 1


@pytest.mark.parametrize(
    ("attributes", "worked_out"),
    [
        ("auto_pad=SAME_LOWER", True),
        ("output_shape=[10,10]", True),
        ("pads=[1,0,0,0]", False),
    ],
)
def test_pads_that_follow_are_one_call_when_they_are_worked_out(
    attributes: str, worked_out: bool
) -> None:
    (read,) = subjects(f"kernel_shape=[3,3] strides=[2,2] {attributes}")
    said = " ".join(explain(read).split())
    own = said.partition("PyTorch, CPU")[2].partition("TensorFlow, CPU")[0]
    assert "no one call" in own
    assert worked_out == ("with the pads that this comes to it is one call" in own)


@pytest.mark.parametrize(
    ("output", "makes"),
    [
        ("(N, 8, 16, 16)", True),
        ("16x16", True),
        ("(1, 16, 16, 8)", True),
        ("(N, 8, 17, 17)", False),
        ("17x17", False),
    ],
)
def test_an_output_that_is_not_made_is_noted(output: str, makes: bool) -> None:
    (read,) = subjects(f"up = {UP}  # (N, 4, 8, 8) -> {output}")
    assert read.case.y_shape()[2:] == (16, 16)
    assert makes != any("which this layer does not make" in note for note in read.notes)


@pytest.mark.parametrize(
    ("layer", "sizes", "way"),
    [
        ("nn.ConvTranspose2d(16, 8, 3, 2)", "(1, 16, 8, 8) -> (1, 8, 16, 16)", (1, 1)),
        ("nn.ConvTranspose2d(16, 8, 3, 2, 1)", "16x8x8 -> 8x16x16", (None, 1)),
        ("Conv2DTranspose(8, 3, 2)", "(None, 8, 8, 16) -> (None, 16, 16, 8)", (1, 1)),
        ("nn.ConvTranspose2d(16, 8, 4, 2)", "8x8 -> 16x16", (1, 0)),
        ("nn.ConvTranspose2d(16, 8, 2, 3)", "8x8 -> 25x25", (None, 2)),
        ("nn.ConvTranspose2d(16, 8, 3)", "8x8 -> 40x40", ()),
        ("nn.ConvTranspose2d(16, 8, 4, 2, 1)", "(N, 16, 8, 8) -> (N, 4, 16, 16)", ()),
    ],
)
def test_what_would_make_the_output_is_said(layer: str, sizes: str, way: tuple[int, ...]) -> None:
    """By the operator's own sizes: of the call with these pads and this output_padding."""
    (read,) = subjects(f"up = {layer}  # {sizes}")
    (note,) = (n for n in read.notes if "which this layer does not make" in n)
    pads, extra = way or (None, None)
    phrases = [f"pads {pads}, {pads}, {pads}, {pads}"] * (pads is not None)
    phrases += [f"output_padding {extra}, {extra}"] * bool(extra)
    assert note.partition("make; ")[2] == " and ".join(phrases) + " would" * bool(phrases)
    if phrases:
        changed = {} if pads is None else {"pads": (pads,) * 4}
        attributes = replace(read.case.attributes, output_padding=(extra, extra), **changed)
        spatial = geometry(read.case.x_shape, read.case.w_shape, attributes).spatial
        assert (
            f"{spatial[0]}x{spatial[1]}" in sizes
            or f"{spatial[0]}, {spatial[1]}" in sizes.partition("->")[2]
        )


def test_maps_that_are_said_in_channels_follow_from_those_that_are_assumed() -> None:
    text = (
        "def up(in_channels):\n    return nn.ConvTranspose2d(in_channels, in_channels // 2, 2, 2)"
    )
    (read,) = subjects(text)
    assert read.case.w_shape[:2] == (4, 2)


UP_OF = "nn.ConvTranspose2d(4, 2, 2, 2)"
LEFT_OPEN = (
    f"y = {UP_OF}(torch.zeros(2, 48).view(2, 4, 3, -1))",
    "x = layers.Reshape((-1, 5, 3))(layers.Input((60,)))\n"
    "y = layers.Conv2DTranspose(2, 3, strides=2)(x)",
    f"m = {UP_OF}\nfor s in (4, 7, 9):\n    y = m(torch.randn(1, 4, s, s + 1))",
    f"m = {UP_OF}\nh, w = x.shape[-2:]\ny = m(x.flatten(2).view(1, 4, h, w))",
    f"m = {UP_OF}\ny = m(x.reshape(1, 4, x.shape[3], -1))",
    "y = ConvTranspose(x[1, 4, None, 5], w[4, 2, 2, 2], strides=[2, 2])",
)


@pytest.mark.parametrize("text", LEFT_OPEN)
def test_a_size_that_is_an_example_is_assumed(text: str) -> None:
    for read in subjects(text):
        assert "x" in read.assumed
        assert any("assumed, --x" in note for note in read.notes)


def test_a_batch_that_is_left_open_leaves_no_size_open() -> None:
    (read,) = subjects(f"y = {UP_OF}(x.view(-1, 4, 7, 7))")
    assert "x" not in read.assumed
    assert read.case.x_shape == (1, 4, 7, 7)


MALFORMED = (  # found by changing texts above at random
    "y = nn.ConvTranspose2d(4, 1e999, 4, 2, 1)(torch.zeros(1, 4, 9, 9))",
    "mx.nd.Deconvolution(x, w, kernel=(4, 4), stride=(2, 9999999999999999999999), "
    "target_shape=(20, 20), num_filter=8)",
    "h = F.max_pool2d(x, 2, ceil_mode=True.ConvTranspose2d(4, 8, 4, 2, 1)(h)",
    "helper.make_node('ConvTranspose', torch['X', 'W'], ['Y'], strides=[3, 2])",
    "{'pads': [0, 0, 1, 1], 'strides': [2, 2], 'group': 0}",
    "up = nn.ConvTranspose2d(4, 8, 4, 2, 99)\n"
    "y = up(torch.randn(1, 4, 6, 6), output_size=torch.Size([1, 8, 13, 13]))",
    "lax.conv_transpose(jnp.zeros((1, 5, 5, 8)), jnp.zeros((38)), (2, 2), 'SAME')",
    "X = np.zeros((1))\nW = np.ones((4, 2))\n"
    "helper.make_node('ConvTranspose', ['X', 'W'], ['Y'], strides=[3, 2])",
    "keras.ops.conv_transpose(np.zeros((1, 5, 5, 3)), np.zeros((3, None, 8, 16)), strides=[])",
    "tf.nn.conv2d_transpose(tf.zeros([1, 5, 5, 3]), tf.zeros(), [1, 10, 10, 2], strides=2)",
)


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_malformed_is_unreadable_or_refused(text: str) -> None:
    try:
        found = subjects(text)
    except Unreadable:
        return
    assert all(read.case.refusal() is not None for read in found)
