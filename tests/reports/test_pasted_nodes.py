"""What is pasted into the box as it stands in models and code: nodes with their bias, groups,
Keras's own sizes, functions with their tensors; and questions about the page itself."""

import re

import pytest
from playwright.sync_api import expect

from convtranspose_conformance.ask.section import PAGE
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reports import write_report

NODES = (
    "helper.make_node('ConvTranspose', ['X', 'W', 'B'], ['Y'], strides=[2, 2], group=2)",
    "%Y = ConvTranspose[group = 2, strides = [2, 2]](%X, %W, %B)",
    "Y = ConvTranspose <group: int = 2, strides: ints = [2, 2]> (X, W, B)",
    "ConvTranspose(X, W, B, strides=[2, 2], group=2)",
    "group=2 strides=[2, 2] bias",
    'op_type: "ConvTranspose" input: "X" input: "W" input: "B" attribute { name: "group" i: 2 } '
    'attribute { name: "strides" ints: 2 ints: 2 }',
)
# what is pasted -> Y, as `explain` has it
SIZES = {
    "Conv2DTranspose(8, (2, 2), strides=(3, 3))": "1 × 8 × 15 × 15",
    "Conv1DTranspose(1, 2, strides=3, padding='same', use_bias=False)": "1 × 1 × 15",
    "Conv2DTranspose(8, 3, strides=2, padding='same', output_padding=1)": "1 × 8 × 10 × 10",
    "Conv2DTranspose(8, 4, strides=2, padding='same', output_padding=1)": "1 × 8 × 9 × 9",
    "Conv2DTranspose(8, 5, strides=3, padding='valid', output_padding=2)": "1 × 8 × 19 × 19",
    "tf.layers.conv2d_transpose(x, 64, 5, strides=2, padding='same')": "1 × 64 × 10 × 10",
    "paddle.nn.Conv2DTranspose(4, 6, 3)": "1 × 6 × 7 × 7",
    "flax.linen.ConvTranspose(8, (2, 2), (3, 3), padding='VALID')": "1 × 8 × 15 × 15",
    "F.conv_transpose2d(torch.randn(1,16,7,7), torch.randn(16,4,3,3), stride=2, groups=2)": (
        "1 × 8 × 15 × 15"
    ),
    "tf.nn.conv2d_transpose(tf.zeros([1,5,5,8]), tf.zeros([3,3,6,8]), [1,10,10,6], 2, 'SAME')": (
        "1 × 6 × 10 × 10"
    ),
}
PADDED = {  # with the pads that PyTorch's code needs
    "Conv1DTranspose(1, 2, strides=3, padding='same', use_bias=False)": "output_padding [1]",
    "Conv2DTranspose(8, 3, strides=2, padding='same', output_padding=1)": "pads [0, 0, 1, 1]",
}
REFUSED = {
    "Conv2DTranspose(8, 3, strides=2, dilation_rate=2)": "beside strides, which Keras refuses",
    "Conv2DTranspose(8, 3, strides=2, output_padding=2)": "output_padding 2, which Keras refuses",
    "Conv2DTranspose(8, 3, strides=2, groups=2)": "groups=2",
    "Conv2dTranspose(16, 8, 3)": "MindSpore's layer",
    "nn.ConvTranspose2d(16, 8, 3, stride=2, stride=3)": "stride twice",
}
WAYS = {
    "which output_padding do I need to get 64 from 32 with kernel 3 stride 2": "With pads "
    "[1, 1, 1, 1] and output_padding [1, 1] it is 64x64.",
    "what padding gives exactly double the size with kernel 4 stride 2": "With pads [1, 1, 1, 1] "
    "it is 10x10, 2 times the input whatever its size.",
    "kernel 5 stride 3 triples the size: which padding?": "With pads [1, 1, 1, 1] it is 15x15, 3 "
    "times the input whatever its size.",
    "kernel 3 stride 2 padding 1 output_padding 1 doubles the input": "Y is 10x10, 2 times the "
    "input whatever its size.",
    "what output_padding should I use for kernel 5 stride 3 on 10 to get 30": "With pads "
    "[1, 1, 1, 1] it is 30x30.",
    "nn.ConvTranspose2d(16, 8, 3, stride=2) on 8x8 gives 16x16": "With pads [1, 1, 1, 1] and "
    "output_padding [1, 1] it is 16x16.",
    "kernel 3 stride 1 on 8x8 gives 9x9": "With pads [0, 0, 1, 1] it is 9x9.",
    "which pads does auto_pad SAME_LOWER with kernel 4 stride 3 on 7 give": "its pads are "
    "[1, 1, 0, 0]: begins, then ends.",
    "what pads for output_shape 10 kernel 3 stride 2 on 5": "its pads are [1, 1, 0, 0]: begins",
    "kernel 4 stride 2 padding 1 on 8x8, 2x the input?": "Y is 16x16, 2 times the input whatever "
    "its size.",
}
OF_THE_PAGE = {
    "how do I report this bug?": "Bug report, to paste",
    "which of my models are affected?": "convtranspose check model.onnx",
    "who is right?": "The operator’s text decides",
    "what does deviates mean?": "How to read it",
    "is it safe to use onnxruntime for my layer?": "Paste the layer",
    "float16 sums": "was not asked in this run",
}


@pytest.fixture
def view(opened, tmp_path, fake):
    backends = [
        fake.backend("torch-cpu", title="PyTorch, CPU", version="2.13.0"),
        fake.backend("onnx-reference", title="onnx ReferenceEvaluator", version="1.23.2"),
    ]
    records = [fake.record("a", each.name) for each in backends]
    return opened(write_report(tmp_path, fake.run(records, backends=backends), PAGE).as_uri())


def asked(view, text):
    """What is said to a text, Y's size, and what each does."""
    view.fill("#asked [name=layer]", text)
    size = view.locator("#ask-answer .big strong")
    does = {
        re.sub(r" [\d.]+ .*", "", each): each
        for each in (" ".join(e.split()) for e in view.locator(".does li").all_inner_texts())
    }
    says = " ".join(view.locator("#ask-said").inner_text().split())
    return says, size.text_content() if size.count() else "", does


def test_a_third_input_of_a_node_is_its_bias(view):
    for text in NODES:
        says, _, does = asked(view, text)
        assert "a bias" in says, text
        assert "Not understood" not in says, text
        assert "channels 4 · maps 4" in says, text  # as many as tell runtimes apart
        assert "raises" in does["onnx ReferenceEvaluator"], text
    says, _, does = asked(view, NODES[3].replace(", B", ""))
    assert "a bias" not in says


def test_layers_have_the_sizes_of_their_own_frameworks(view):
    for text, y in SIZES.items():
        says, size, _ = asked(view, text)
        assert (size, "Not understood" in says) == (y, False), text
        assert PADDED.get(text, "") in says, text


def test_explain_has_the_same_sizes(view):
    for text, y in SIZES.items():
        (read,) = subjects(text)
        channels = 0 if "M" in read.assumed else read.case.maps
        assert [channels, *read.case.y_shape()[2:]] == [*map(int, y.split(" × ")[1:])], text


def test_what_its_framework_refuses_has_no_verdict(view):
    for text, says in REFUSED.items():
        said, size, does = asked(view, text)
        assert says in said, text
        assert (size, does) == ("", {}), text


def test_no_bias_is_none(view):
    for none in ("None", "0", "False"):
        assert "a bias" not in asked(view, f"nn.ConvTranspose2d(16, 8, 3, bias={none})")[0]


def test_what_is_said_of_others_is_of_the_processor_that_the_run_told_of(opened, tmp_path, fake):
    flags = "avx2 fma f16c avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni"
    backends = [
        fake.backend("torch-cpu", title="PyTorch, CPU", version="2.13.0", kernels={"flags": flags})
    ]
    run = fake.run([fake.record("a", "torch-cpu")], backends=backends)
    view = opened(write_report(tmp_path, run, PAGE).as_uri())
    does = asked(view, "nn.ConvTranspose2d(4, 4, 3, stride=2, groups=2, bias=False)")[2]
    assert "no AVX2" not in does["TensorFlow, CPU"]


def test_what_nobody_ran_is_said_to_be_worked_out(view):
    asked(view, "nn.ConvTranspose2d(16, 8, 3)")
    assert "Worked out from what is known" in view.locator("#ask-answer").inner_text()


def test_an_output_padding_that_makes_the_size_is_named(view):
    says = asked(view, "kernel 3 stride 2 padding 1 on 32x32 gives 63x63 instead of 64x64")[0]
    assert "With output_padding [1, 1] it is 64x64" in says


@pytest.mark.parametrize("text", WAYS)
def test_pads_and_output_padding_that_make_a_size_are_found(view, text):
    """Looked for, or where another size comes out; for every input where that can be said."""
    says = asked(view, text)[0]
    assert WAYS[text] in says
    assert "Not understood" not in says


def test_what_makes_the_size_is_a_call_to_be_asked(view):
    asked(view, "which output_padding do I need to get 64 from 32 with kernel 3 stride 2")
    view.get_by_role("link", name="That call").click()
    expect(view.locator("#ask-answer .big").first).to_contain_text("1 × 1 × 64 × 64")


def test_a_size_that_nothing_makes_is_said_to_be_none(view):
    says = asked(view, "kernel 3 stride 2 on 8x8 gives 40x40")[0]
    assert "no pads of 0 and more make it 40x40" in says


def test_double_is_a_type_where_no_size_stands_behind_it(view):
    assert "dtype float64" in asked(view, "kernel 3 stride 2 in double")[0]


def test_questions_about_the_page_lead_where_it_says_that(view):
    for text, says in OF_THE_PAGE.items():
        assert says in asked(view, text)[0], text
    assert view.locator("#how-to-read").count() == 1


def test_short_names_say_output_padding(view):
    assert asked(view, "k3 s2 p1 op1")[1] == "1 × 1 × 10 × 10"
