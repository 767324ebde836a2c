"""Printed nodes and layers that are not whole, or whose fields are of another kind than they are to
be: each is read, or ends with an error that a user can meet."""

import contextlib
import warnings

import pytest

from convtranspose_conformance.explain import Subject, Unreadable
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_conformance.explain.inputs.subject import LeftOutWarning
from convtranspose_conformance.explain.inputs.written.printed.forms import as_calls

NODE = 'op_type: "ConvTranspose" '
DECONVOLUTION = 'type: "Deconvolution" convolution_param { num_output: 8 kernel_size: 4 } '
CLOSED = (
    'node {\n  input: "X"\n  input: "W"\n  op_type: "ConvTranspose"\n'
    '  attribute { name: "kernel_shape" ints: 3 ints: 3 }\n}\n'
)
PLAIN = "m = nn.ConvTranspose2d(16, 8, 3)\n"


def _read(text: str) -> list[Subject]:
    with warnings.catch_warnings(record=True):
        return subjects(text)


@pytest.mark.parametrize(
    "text",
    [
        NODE + "attribute { ints: 2 }",
        NODE + "attribute: 3",
        NODE + 'attribute { name: "strides" ints { a: 1 } }',
        NODE + 'attribute { name: "group" i: [] }',
        NODE + "input: 3",
        NODE + "input { a: 1 }",
        f"node {{ {NODE} }} initializer {{ name: 5 dims: 2 }}",
        f"node {{ {NODE} }} initializer {{ name {{ a: 1 }} dims: 2 }}",
        f'node {{ {NODE} }} initializer {{ name: "W" dims: "a" data_type {{ a: 1 }} }}',
        f'node {{ {NODE} }} node {{ op_type: "Constant" attribute: 3 }}',
        f'node {{ {NODE} }} node {{ op_type: "Constant" attribute {{ t: 3 }} }}',
        f"node {{ {NODE} }} type {{ tensor_type {{ elem_type {{ a: 1 }} }} }}",
        f"node {{ {NODE} }} opset_import {{ version {{ a: 1 }} }}",
        f"node {{ {NODE} }} opset_import {{ version: 9 domain: [] }}",
        f"{NODE} i: {'9' * 5000} ints: {'9' * 5000}",
        f'input: "data" input_shape: 3 layer {{ {DECONVOLUTION} }}',
        f'layer {{ type: "Input" top: "data" input_param {{ }} }} layer {{ {DECONVOLUTION} }}',
        f"layer {{ bottom {{ a: 1 }} {DECONVOLUTION} }}",
        'layer { type: "Deconvolution" }',
        'layer { type: "Deconvolution" convolution_param: 3 }',
        'layer { type: "Deconvolution" convolution_param { num_output { a: 1 } } }',
        "float[1,16,²,7] X\nY = ConvTranspose <strides: ints = [2, 2]> (X, W)",
        f"float[1,16,{'9' * 5000},7] X\nY = ConvTranspose <strides: ints = [2, 2]> (X, W)",
        "ConvTranspose(X[1, 16, ², 7], strides=[2, 2])",
        'key: } op_type: "ConvTranspose"',
        "paddle.nn.functional.conv2d_transpose(x, w, None, 2, 1, 0, 3, 0)",
        f"F.conv_transpose2d(x, torch.randn(8, {'9' * 30}, 3, k))",
        f"mx.sym.Deconvolution(x, kernel=k, stride=s, adj=(s[0], s[{'9' * 30}]))",
        "nn.ConvTranspose2d(f, f, 4 // []**level, stride=4 // 2**level)",
        "c = [4, 8,  * k - 3]\nnn.ConvTranspose2d(*c)",
        "from torch.nn import Module, ConvTranspose-1d as Up\nx = Up(x, 3, 4, 2, 1)",
        '%0 = "onnx.ConvTranspose"(%x, %w) {strides = [2, 1]} : (tensor<1x4x5x6xf16>) -> '
        "tensor<1x6x11x7xf16>",
    ],
)
def test_no_malformed_text_ends_in_a_traceback(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert _read(text)


def test_an_attribute_without_a_name_is_left_out() -> None:
    text = 'op_type: "ConvTranspose" attribute { ints: 2 } attribute { name: "group" i: 2 }'
    assert as_calls(text) == "ConvTranspose(group=2)"


@pytest.mark.parametrize("text", [PLAIN + CLOSED, CLOSED + PLAIN, f"{CLOSED}# then\n{PLAIN}"])
def test_a_call_beside_a_message_is_kept_in_its_line(text: str) -> None:
    lines = {
        each.origin.line: (each.origin.framework, each.case.attributes.kernel_shape or (0, 0))
        for each in _read(text)
    }
    at = text.count("\n", 0, text.index("nn.")) + 1
    node = text.count("\n", 0, text.index("op_type")) + 1
    assert lines[at][0] == "torch"
    assert lines[node] == ("onnx", (3, 3))


def test_every_message_of_a_text_is_read() -> None:
    assert [each.origin.line for each in _read(f"{CLOSED}and the other:\n{CLOSED}")] == [4, 11]


@pytest.mark.parametrize("beside", [PLAIN, CLOSED])
def test_a_node_that_is_not_closed_is_told(beside: str) -> None:
    with pytest.warns(LeftOutWarning, match=r"ConvTranspose\(\.\.\.\) is not closed"):
        assert len(subjects(beside + CLOSED.removesuffix("}\n}\n"))) == 1


def test_a_setter_of_libtorch_that_is_not_closed_is_told() -> None:
    for text in (
        "ConvTranspose2dOptions(16, 8, 3).stride(2",
        "auto o = torch::nn::ConvTranspose2dOptions(16, 8, 3).bias(false).stride(2",
    ):
        with pytest.raises(Unreadable, match="not closed"):
            _read(text)


def test_libtorch_from_the_global_namespace() -> None:
    (read,) = _read("::torch::nn::ConvTranspose2d(::torch::nn::ConvTranspose2dOptions(16, 8, 3))")
    assert read.case.w_shape == (16, 8, 3, 3)


@pytest.mark.parametrize("nested", ["(", "[", "{", "-", "not ", "1 + (", "a(", "a[", "f(x=["])
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "nn.ConvTranspose2d(4, 8, {}",
        "nn.ConvTranspose2d(4, 8, {}3)",
        "k = {}3\nnn.ConvTranspose2d(4, 8, k)",
        "w = torch.tensor({}3)\nF.conv_transpose2d(x, w)",
        "strides=[2, 2] kernel_shape={}",
        "ConvTranspose[strides = {}] (x, w)",
        "torch::nn::ConvTranspose2dOptions{}",
        'op_type: "ConvTranspose" attribute: {}',
        'type: "Deconvolution" convolution_param {} num_output: 3',
    ],
)
def test_brackets_in_brackets_are_an_error_of_one_screen(text: str, nested: str) -> None:
    told = ""
    try:
        _read(text.replace("{}", nested * 5000))
    except Unreadable as error:
        told = str(error)
    assert len(told) < 1500
