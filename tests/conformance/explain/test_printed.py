"""Nodes and layers in words that are no Python: ONNX's printers, protobuf's text, C++, Caffe,
attributes without a call."""

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper, printer

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.asked import NamesOpen
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.spellings.known import NEWEST_OPSET
from convtranspose_reference.attributes import Shape

UP = "nn.ConvTranspose2d(16, 8, 4, stride=2, padding=1)"
OPTIONS = "torch::nn::ConvTranspose2dOptions(16, 8, 4).stride(2).padding(1)"
NODE = helper.make_node(
    "ConvTranspose", ["X", "W", "B"], ["Y"], name="up", strides=[2, 1], auto_pad="SAME_UPPER"
)


def _one(text: str, **options: object) -> Subject:
    (subject,) = subjects(text, **options)  # type: ignore[arg-type]
    return subject


def _model(batch: int | str, dtype: type[np.floating]) -> onnx.ModelProto:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    graph = helper.make_graph(
        [NODE],
        "g",
        [helper.make_tensor_value_info("X", kind, [batch, 4, 5, 6])],
        [helper.make_tensor_value_info("Y", kind, None)],
        [
            numpy_helper.from_array(np.ones((4, 6, 3, 2), dtype), "W"),
            numpy_helper.from_array(np.ones(6, dtype), "B"),
        ],
    )
    opsets = [helper.make_opsetid("com.microsoft", 1), helper.make_opsetid("", 17)]
    return helper.make_model(graph, opset_imports=opsets)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
@pytest.mark.parametrize("batch", [3, "N"])
def test_a_printed_model_says_shapes_types_and_opset(
    batch: int | str, dtype: type[np.floating]
) -> None:
    model = _model(batch, dtype)
    for text in (printer.to_text(model), str(model)):
        read = _one(text)
        assert read.case.x_shape == (3 if batch == 3 else 1, 4, 5, 6)
        assert (read.case.w_shape, read.case.bias) == ((4, 6, 3, 2), True)
        assert (read.case.dtype, read.case.opset) == (np.dtype(dtype).name, 17)
        assert read.case.attributes.given() == {"auto_pad": "SAME_UPPER", "strides": (2, 1)}
        assert (read.assumed, bool(read.notes)) == (frozenset(), batch == "N")


@pytest.mark.parametrize(
    "text",
    [
        "graph g (\n  %X[FLOAT, 1x4x5x6]\n) initializers (\n  %W[FLOAT, 4x6x3x2]\n"
        "  %B[FLOAT, 6]\n) {\n  %Y = ConvTranspose[strides = [2, 1]](%X, %W, %B)\n  return %Y\n}",
        "graph(%x.1 : Float(1, 4, 5, 6, strides=[120, 30, 6, 1], requires_grad=0, device=cpu),\n"
        "      %up.weight : Float(4, 6, 3, 2, strides=[36, 6, 2, 1]),\n"
        "      %b : Float(6, strides=[1])):\n  %4 : Float(1, 6, 11, 7, strides=[1, 1, 1, 1]) = "
        "onnx::ConvTranspose[strides=[2, 1]](%x.1, %up.weight, %b)",
        "g (float[1,4,5,6] X, float[4,6,3,2] W, float[6] B) => (float[] Y) {\n"
        "   Y = ConvTranspose <strides: ints = [2, 1]> (X, W, B)\n}",
    ],
)
def test_shapes_that_stand_beside_a_printed_node_are_used(text: str) -> None:
    read = _one(text)
    assert (read.case.x_shape, read.case.w_shape) == ((1, 4, 5, 6), (4, 6, 3, 2))
    assert (read.case.bias, read.assumed, read.notes) == (True, frozenset(), ())


@pytest.mark.parametrize(
    ("text", "w"),
    [
        (
            "%1 : Float(1, 4, 6, 8) = onnx::Add(%a, %b)\n%2 : Float(1, 6, 12, 16) = "
            "onnx::ConvTranspose[kernel_shape=[2, 2], strides=[2, 2]](%1, %w)",
            (4, 6, 2, 2),
        ),
        (
            '%"x"<FLOAT,[1,4,6,8]> = ::Relu(%"a")\n'
            '%"y"<FLOAT,[1,6,12,16]> = ::ConvTranspose(%"x", %"w") '
            "{group=2, kernel_shape=[2, 2], strides=[2, 2]}",
            (4, 3, 2, 2),
        ),
        (
            "g (float[1,4,6,8] X, float[a,b,c,d] W) => (float[1,6,12,16] Y) {\n"
            "  Y = ConvTranspose <kernel_shape = [2, 2], strides = [2, 2]> (X, V)\n}",
            (4, 6, 2, 2),
        ),
    ],
)
def test_the_channels_of_an_output_that_is_printed_are_the_weights(text: str, w: Shape) -> None:
    read = _one(text)
    assert (read.case.w_shape, read.notes) == (w, ())


@pytest.mark.parametrize(
    "text", [str(NODE), str(NODE).replace("\n", " "), f"My node is:\n{NODE}\nWhat is it?"]
)
def test_a_node_as_protobuf_prints_it(text: str) -> None:
    read = _one(text, x=(1, 4, 5, 6), w=(4, 6, 3, 2))
    assert read.case.attributes.given() == {"auto_pad": "SAME_UPPER", "strides": (2, 1)}
    assert (read.case.x_shape, read.case.w_shape) == ((1, 4, 5, 6), (4, 6, 3, 2))
    assert read.case.bias
    with pytest.raises(NamesOpen, match=r"Y is input \* 2 on D1"):
        _one(text)


@pytest.mark.parametrize(
    "text",
    [
        "input 3 x 16 x 16, deconvolution s=2, k=3 and p=1",
        "transposed convolution with k = 3, s = 2, p = 1 on 3x16x16",
        "deconvolution, input 3x16x16: kernel 3, stride 2, padding 1",
    ],
)
def test_letters_of_attributes_and_one_image_in_words(text: str) -> None:
    case = _one(text).case
    assert (case.x_shape, case.y_shape()) == ((1, 3, 16, 16), (1, 4, 31, 31))


def test_what_is_no_message_is_no_node() -> None:
    for text in (
        'op_type: "ConvTranspose" attribute {',
        'op_type: "ConvTranspose" } {',
        "a: {b: [",
    ):
        with pytest.raises(Unreadable):
            _one(text)


def test_the_opset_of_a_text_that_makes_a_model() -> None:
    text = 'helper.make_node("ConvTranspose", ["X", "W"], ["Y"], kernel_shape=[3])\n'
    assert _one(text).case.opset == 11
    assert _one(f'{text}helper.make_opsetid("", 13)').case.opset == 13
    assert _one(f'{text}make_opsetid("", 13)\nmake_opsetid("", 9)').case.opset == 11


@pytest.mark.parametrize(
    "text",
    [
        f"torch::nn::ConvTranspose2d({OPTIONS})",
        f"torch::nn::ConvTranspose2d up({OPTIONS});",
        f"torch::nn::ConvTranspose2d up{{{OPTIONS}}};",
        f"auto up = nn::ConvTranspose2d({OPTIONS.replace('4)', '{4,4})')});",
        f"auto options = {OPTIONS};\ntorch::nn::ConvTranspose2d up(options);",
        f"auto options = {OPTIONS.replace('.', chr(10) + '  .')};",
        f'torch::nn::ConvTranspose2d up{{nullptr}};\nup = register_module("up", '
        f"torch::nn::ConvTranspose2d({OPTIONS}));",
        f"nn::ConvTranspose2d({OPTIONS.replace('.padding', '  // twice' + chr(10) + '.padding')})",
        f"torch::nn::ConvTranspose2d({OPTIONS}.bias(true).output_padding({{0, 0}}))",
        f"torch::nn::ConvTranspose2d({OPTIONS.replace('4)', '/*kernel=*/4)')})",
    ],
)
def test_libtorch(text: str) -> None:
    assert _one(text).case == _one(UP).case


@pytest.mark.parametrize(
    "text",
    [
        '%0 = "onnx.ConvTranspose"(%x, %w) {kernel_shape = [3, 2], strides = [2, 1]} : '
        "(tensor<1x4x5x6xf16>, tensor<4x6x3x2xf16>) -> tensor<1x6x11x7xf16>",
        '%0 = "onnx.ConvTranspose"(%x, %w, %b) <{strides = array<i64: 2, 1>}> '
        '{group = 1 : si64, onnx_node_name = "up"} : (tensor<1x4x5x6xf16>, tensor<4x6x3x2xf16>, '
        "none) -> tensor<*xf16>",
        '%2 = torch.operator "onnx.ConvTranspose"(%arg0, %arg1) {torch.onnx.strides = '
        "[2 : si64, 1 : si64]} : (!torch.vtensor<[1,4,5,6],f16>, !torch.vtensor<[4,6,3,2],f16>) "
        "-> !torch.vtensor<[1,6,11,7],f16>",
        '"onnx.ConvTranspose"(%x, %w) {kernel_shape = [3, 2], strides = [2, 1]} : '
        "(tensor<1x4x5x6xf16>, tensor<*xf16>) -> tensor<?x6x?x?xf16>",
    ],
)
def test_nodes_of_mlir(text: str) -> None:
    read = _one(text)
    assert (read.case.x_shape, read.case.w_shape) == ((1, 4, 5, 6), (4, 6, 3, 2))
    assert (read.case.attributes.strides, read.case.bias) == ((2, 1), False)
    assert (read.case.dtype, read.notes) == ("float16", ())


def test_attributes_of_mlir_are_those_of_onnx() -> None:
    node = '"onnx.ConvTranspose"(%x, %w) {{kernel_shape = [3, 3], {} = [2, 2]}}'
    assert _one(node.format("strides")).case.attributes.strides == (2, 2)
    with pytest.raises(Unreadable, match="stride is no attribute of ConvTranspose"):
        _one(node.format("stride"))


@pytest.mark.parametrize("text", ["auto y = x.{}", "y = x->{}", "return torch::relu(x.{});"])
def test_a_method_of_a_tensor_in_cpp(text: str) -> None:
    call = "conv_transpose2d(w, b, {2, 2}, {1, 1})"
    read = _one(text.format(call), w=(4, 6, 4, 4)).case
    assert (read.attributes.strides, read.attributes.pads) == ((2, 2), (1, 1, 1, 1))
    with pytest.raises(Unreadable, match="bias=2: accepted is a tensor"):
        _one("x.conv_transpose2d(w, b, 2, 1)")


@pytest.mark.parametrize(
    "text",
    [
        'candle_nn::conv_transpose2d(16, 8, 4, {}, vb.pp("up"))?',
        "let up = conv_transpose2d_no_bias(16, 8, 4, {}, vb)?;",
        "nn::conv_transpose2d(&vs, 16, 8, 4, {})",
        'let cfg = {};\nlet up = conv_transpose2d(16, 8, 4, cfg, vb.pp("up"))?;',
    ],
)
def test_layers_in_rust_with_what_their_configuration_says(text: str) -> None:
    config = "ConvTranspose2dConfig { stride: 2, padding: 1, ..Default::default() }"
    read = _one(text.replace("{}", config)).case
    assert read.w_shape == (16, 8, 4, 4)
    assert (read.attributes.strides, read.attributes.pads) == ((2, 2), (1, 1, 1, 1))
    assert _one(text.replace("{}", "Default::default()")).case.attributes.given() == {}
    with pytest.raises(NamesOpen, match=r"the text leaves (other|cfg) open"):
        _one(text.replace("{}", "other"))


def test_libtorch_without_a_bias_and_its_functions() -> None:
    read = _one(f"torch::nn::ConvTranspose2d({OPTIONS}.bias(false).output_padding(1))").case
    assert (read.bias, read.attributes.output_padding) == (False, (1, 1))
    wanted = _one("F.conv_transpose2d(x, w, stride=2, padding=1)", w=(16, 8, 4, 4)).case
    for text in (
        "F::conv_transpose2d(x, w, F::ConvTranspose2dFuncOptions().stride(2).padding(1));",
        "torch::conv_transpose2d(x, w, {}, {2, 2}, /*padding=*/1)",
    ):
        assert _one(text, w=(16, 8, 4, 4)).case == wanted
    with pytest.raises(Unreadable, match="stide: no such argument: did you mean stride"):
        _one("torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(16, 8, 4).stide(2))")


@pytest.mark.parametrize(
    ("text", "w", "y"),
    [
        (
            'layer { type: "Deconvolution" convolution_param { num_output: 8 kernel_size: 4 '
            "stride: 2 pad: 1 } }",
            (4, 8, 4, 4),
            (10, 10),
        ),
        (
            'input: "data"\ninput_shape { dim: 1 dim: 16 dim: 7 dim: 9 }\nlayer {\n  name: "up"\n'
            '  type: "Deconvolution"\n  bottom: "data"\n  param { lr_mult: 0 }  # fixed\n'
            "  convolution_param {\n    num_output: 16\n    group: 16\n    bias_term: false\n"
            "    kernel_h: 4\n    kernel_w: 3\n    stride_h: 2\n    pad_w: 1\n"
            '    weight_filler { type: "bilinear" }\n  }\n}',
            (16, 1, 4, 3),
            (16, 9),
        ),
        (
            'layer { type: "Input" top: "data" input_param { shape: { dim: 1 dim: 3 dim: 4 dim: 4 }'
            ' } }\nlayer { bottom: "data" type: "Deconvolution" convolution_param { num_output: 8 '
            "kernel_size: 4 kernel_size: 3 } }",
            (3, 8, 4, 3),
            (7, 6),
        ),
        (
            "layers { type: DECONVOLUTION convolution_param { num_output: 8 kernel_size: 4 } }",
            (4, 8, 4, 4),
            (8, 8),
        ),
    ],
)
def test_layers_of_caffe(text: str, w: tuple[int, ...], y: tuple[int, ...]) -> None:
    case = _one(text).case
    assert (case.w_shape, case.y_shape()[2:]) == (w, y)


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        (
            "auto_pad: NOTSET / dilations: 1, 1 / kernel_shape: 4, 3 / pads: 1, 0, 1, 0 / "
            "strides: 2, 3",
            {"auto_pad": "NOTSET", "dilations": (1, 1), "kernel_shape": (4, 3)}
            | {"pads": (1, 0, 1, 0), "strides": (2, 3)},
        ),
        (
            "kernel_shape: 4, 3\ngroup: 2\npads: 1, 0, 1, 0\nstrides: 2, 3\n",
            {"kernel_shape": (4, 3), "group": 2, "pads": (1, 0, 1, 0), "strides": (2, 3)},
        ),
        (
            "strides=[2,2] kernel_shape=[3,3] auto_pad=SAME_UPPER",
            {"auto_pad": "SAME_UPPER", "kernel_shape": (3, 3), "strides": (2, 2)},
        ),
        (
            "kernel_shape: 4, 3, strides: 2, 3, pads: 1, 1, 1, 1",
            {"kernel_shape": (4, 3), "pads": (1, 1, 1, 1), "strides": (2, 3)},
        ),
        ("kernel_shape=[4] pads=[1, 0]", {"kernel_shape": (4,), "pads": (1, 0)}),
        (
            "does ONNX Runtime handle SAME_UPPER with stride 4 kernel 2?",
            {"auto_pad": "SAME_UPPER", "kernel_shape": (2, 2), "strides": (4, 4)},
        ),
        (
            "a ConvTranspose with a 3x3 kernel, stride 2, padding 1 and output padding 1",
            {"kernel_shape": (3, 3), "output_padding": (1, 1)}
            | {"pads": (1, 1, 1, 1), "strides": (2, 2)},
        ),
        ("kernel size of 4 and stride of 2 in 1D", {"kernel_shape": (4,), "strides": (2,)}),
    ],
)
def test_attributes_without_a_call(text: str, attributes: dict[str, object]) -> None:
    assert _one(text).case.attributes.given() == attributes


def test_a_padding_that_is_a_word_is_of_keras() -> None:
    read = _one("deconvolution with kernel 4x4, padding same and stride 2x2")
    assert read.origin.framework == "keras"
    assert read.case.y_shape()[2:] == (10, 10)
    with pytest.raises(NamesOpen, match="leaves kernel open"):
        _one("padding: SAME / stride_h: 2 / stride_w: 2")


@pytest.mark.parametrize(
    "text",
    [
        "Conv with kernel 3, stride 2",
        "stride 2",
        "which backends round down?",
        'layer { type: "Convolution" convolution_param { kernel_size: 4 stride: 2 } }',
    ],
)
def test_what_says_no_one_call_is_told_what_can_be_read(text: str) -> None:
    with pytest.raises(Unreadable, match="no call is in it; accepted are a case id") as found:
        _one(text)
    assert "the Ask section of a run's page reads questions" in str(found.value)
    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        (
            "kernel_shape=[3,3] strides=[2,2] pads=[0,0,-1,-1]",
            {"kernel_shape": (3, 3), "strides": (2, 2), "pads": (0, 0, -1, -1)},
        ),
        ("kernel 3, pads 0 1 0 1", {"kernel_shape": (3, 3), "pads": (0, 1, 0, 1)}),
        ("kernel 3, pads: 0 1 0 1", {"kernel_shape": (3, 3), "pads": (0, 1, 0, 1)}),
        ("kernel 3, pads 0, 1, 0, 1", {"kernel_shape": (3, 3), "pads": (0, 1, 0, 1)}),
        ("kernel 3 strides: 2 3", {"kernel_shape": (3, 3), "strides": (2, 3)}),
        ("kernel 3, stride 2, 64 channels", {"kernel_shape": (3, 3), "strides": (2, 2)}),
        ("kernel 3, stride 2, without padding", {"kernel_shape": (3, 3), "strides": (2, 2)}),
        (
            "kernel_h: 3 kernel_w: 3 stride_h: 2 pad_h: 1",
            {"kernel_shape": (3, 3), "strides": (2, 1), "pads": (1, 0, 1, 0)},
        ),
    ],
)
def test_numbers_without_a_call(text: str, attributes: dict[str, object]) -> None:
    assert _one(text).case.attributes.given() == attributes


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("kernel 3 stride 2.5", r"'.5' is not read"),
        ("kernel 3 stride 2 without padding 1", "'without padding 1' is not read"),
        ("kernel 3 stride 2, 1 and 2", "'and 2' is not read"),
        ("kernel 3 stride 2 pad 1/2", "'/2' is not read"),
        ("kernel 3 stride two pad 1", "'stride two pad 1' is not read"),
        ("kernel 3 stride 2, dilated", "'dilated' is not read"),
        ("kernel 3 stride 2 or kernel 4 stride 2?", "kernel_shape is said twice, as 3 and as 4"),
        ("kernel 4 stride 2, kernel 3", "kernel_shape is said twice, as 4 and as 3"),
        ("kernel 4 stride 2 group 2 3", "accepted is an integer"),
        ("kernel 4 stride 2 padding same group 2", "whose layer has no group; accepted are"),
        ("kernel 4 stride 2 padding same pads 1", "whose layer has no pads; accepted are"),
        ("kernel 4 stride 2 padding same SAME_LOWER", "whose layer has no SAME_LOWER"),
    ],
)
def test_what_is_not_read_of_attributes_is_told(text: str, unread: str) -> None:
    with pytest.raises(Unreadable, match=unread):
        _one(text)


def test_a_stride_that_is_negative_is_refused() -> None:
    refused = _one("kernel 3 stride -2").case.refusal()
    assert refused is not None
    assert "-2" in str(refused)


def test_layers_of_keras_in_words() -> None:
    three = _one("kernel (3,3,3), stride 2, padding='same'").case
    assert (three.rank, three.y_shape()[2:]) == (3, (10, 10, 10))
    extra = _one("kernel 3, stride 2, padding same, output padding 0, dilation 1, group 1")
    assert (
        extra.case.y_shape()
        == _one("Conv2DTranspose(4, 3, strides=2, padding='same', output_padding=0)").case.y_shape()
    )


def test_an_opset_that_is_stated_is_one_that_there_is() -> None:
    text = f"{NODE}opset_import {{ version: %d }}"
    shapes = {"x": (1, 4, 5, 6), "w": (4, 6, 3, 2)}
    with pytest.raises(Unreadable, match="opset 0: accepted is 1 or more"):
        _one(text % 0, **shapes)
    newer = _one(text % 9999, **shapes)
    assert newer.case.opset == NEWEST_OPSET >= onnx.defs.onnx_opset_version()
    assert any("states opset 9999, which is not known here" in note for note in newer.notes)
    assert _one(text % 17, dtype="float16", **shapes).case.opset == 17
    read = _one(text % 11, dtype="bfloat16", **shapes)
    assert read.case.opset == 22
    assert any("states opset 11, whose ConvTranspose has no bfloat16" in n for n in read.notes)


def test_jax_has_the_channels_first_unless_it_says_otherwise() -> None:
    call = "lax.conv_general_dilated(x, w, (1, 1), ((1, 1), (1, 1)), lhs_dilation=(2, 2){})"
    w, last = (16, 8, 3, 3), ', dimension_numbers=("NHWC", "HWIO", "NHWC")'
    for numbers, sizes in (("", "1x16x7x9"), (last, "1x7x9x16"), (last, "1x16x7x9")):
        read = _one(f"{call.format(numbers)}  # on {sizes} input", w=w)
        assert read.case.x_shape == (1, 16, 7, 9)
        assert not any("channels are not those" in note for note in read.notes)
