"""What is pasted into the box as people have it: listings, libtorch, misspelt names, tensors.
Where something that decides was not understood there is neither size nor verdict."""

from importlib.resources import files

import pytest

from convtranspose_conformance.ask.section import PAGE, SCRIPTS, script
from convtranspose_conformance.explain.inputs.read import subjects
from convtranspose_reports import write_report


@pytest.fixture
def view(opened, tmp_path, fake):
    backends = [fake.backend("torch-cpu", title="PyTorch, CPU", version="2.13.0")]
    run = fake.run([fake.record("a", "torch-cpu")], backends=backends)
    return opened(write_report(tmp_path, run, PAGE).as_uri())


def pasted(view, text):
    """What is said to a text that is pasted, its lines too, and Y's size below it."""
    view.fill("#asked [name=layer]", "")
    view.focus("#asked [name=layer]")
    view.evaluate("(text) => document.execCommand('insertText', false, text)", text)
    size = view.locator("#ask-answer .big strong")
    says = " ".join(view.locator("#ask-said").inner_text().split())
    return says, size.text_content() if size.count() else ""


LISTING = """auto_pad: NOTSET
dilations: 1, 1
kernel_shape: 4, 3
pads: 1, 0, 1, 0
strides: 2, 3"""
CPP = "torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions("
# what is pasted -> what was read, and Y's size where X's is 5 unless it is told
UNDERSTOOD = {
    LISTING: (
        "dilations [1, 1] · kernel [4, 3] · pads [1, 0, 1, 0] · strides [2, 3]",
        "1 × 1 × 10 × 15",
    ),
    LISTING.replace(": ", " "): (
        "pads [1, 0, 1, 0] · kernel [4, 3] · strides [2, 3] · dilations [1, 1]",
        "1 × 1 × 10 × 15",
    ),
    f"type: ConvTranspose\nmodule: ai.onnx v11\nname: /up1/ConvTranspose\n{LISTING}": (
        "pads [1, 0, 1, 0] · kernel [4, 3] · strides [2, 3] · dilations [1, 1] · opset 11",
        "1 × 1 × 10 × 15",
    ),
    "dilations: 1\nkernel_shape: 4\npads: 1, 1\nstrides: 2": (
        "pads [1, 1] · dilations 1 · kernel 4 · strides 2 · axes 1",
        "1 × 1 × 10",
    ),
    "(0): ConvTranspose2d(16, 8, kernel_size=(3, 3), stride=(2, 2), bias=False)": (
        "channels 16 · maps 8 · kernel (3, 3) · strides (2, 2)",
        "1 × 8 × 11 × 11",
    ),
    "Conv2DTranspose(8, 3, strides=2, input_shape=(None, None, 3))": (
        "maps 8 · kernel 3 · strides 2 · a bias · channels 3",
        "1 × 8 × 11 × 11",
    ),
    "what size for kernel_shape: 4, 3 and strides: 2, 3?": (
        "kernel [4, 3] · strides [2, 3]",
        "1 × 1 × 12 × 15",
    ),
    "kernel 4, 3 groups, stride 2": ("kernel 4 · strides 2 · group 3", "1 × 6 × 12 × 12"),
    f"{CPP}16, 8, 3).stride(2).padding(1).output_padding(1).bias(false))": (
        "channels 16 · maps 8 · kernel 3 · strides 2 · output_padding 1 · pads [1, 1, 1, 1]",
        "1 × 8 × 10 × 10",
    ),
    f"auto up = {CPP}16, 8, {{3, 4}})\n    .stride({{2, 1}})\n    .padding({{1, 0}}));": (
        "channels 16 · maps 8 · kernel [3, 4] · strides [2, 1] · pads [1, 0, 1, 0] · a bias",
        "1 × 8 × 9 × 8",
    ),
    f'up = register_module("up", {CPP}4, 4, 3).groups(2).padding_mode(torch::kZeros)));': (
        "channels 4 · maps 4 · kernel 3 · group 2 · a bias",
        "1 × 4 × 7 × 7",
    ),
    "torch::nn::ConvTranspose2d up(torch::nn::ConvTranspose2dOptions(4, 4, 3).dilation(2));": (
        "channels 4 · maps 4 · kernel 3 · dilations 2 · a bias",
        "1 × 4 × 9 × 9",
    ),
    "torch::nn::ConvTranspose1dOptions(16, 8, 3).stride(2)": (
        "channels 16 · maps 8 · kernel 3 · strides 2 · axes 1 · a bias",
        "1 × 8 × 11",
    ),
    "F::conv_transpose2d(x, w, F::ConvTranspose2dFuncOptions().stride(2).padding(1))": (
        "strides 2 · pads [1, 1, 1, 1]",
        "1 × 1 × 9 × 9",
    ),
}


def test_listings_and_libtorch_are_read_whole(view):
    for text, (read, y) in UNDERSTOOD.items():
        says, size = pasted(view, text)
        assert f"Read: {read}. Assumed: input 5" in says, text
        assert "Not understood" not in says, text
        assert size == y, text


# what is pasted -> what is said of it
NOT_UNDERSTOOD = {
    "nn.ConvTranspose2d(16, 8, 3, stide=2)": "stide=2 (did you mean stride?)",
    "Conv2DTranspose(8, 3, sride=2)": "sride=2 (did you mean strides?)",
    "nn.ConvTranspose2d(16, 8, 3, biass=False)": "biass=False (did you mean bias?)",
    "stide=4 kernel=2": "stide=4 (did you mean stride?)",
    "torch::nn::ConvTranspose2dOptions(16, 8, 3).paddin(1)": "paddin=1 (did you mean padding?)",
    "stride=2 frobnicate=3": "frobnicate=3",
    "kernel_shape: 4, 3\nstrides: 2, 3\n7, 7": "7, 7",
    "nn.ConvTranspose2d(16, 8, 3, strides=2)": "strides=2 (did you mean stride?)",
    "Conv2DTranspose(8, 3, dilation=2)": "dilation=2",
    "tf.nn.conv2d_transpose(x, w, [2, 10, 9, 3], stride=[1, 2, 3, 1])": (
        "stride=[1, 2, 3, 1] (did you mean strides?)"
    ),
    "jax.lax.conv_transpose(x, w, stride=(2, 2), padding='SAME')": (
        "stride=(2, 2) (did you mean strides?)"
    ),
}


def test_neither_size_nor_verdict_where_something_decisive_was_not_understood(view):
    for text, left in NOT_UNDERSTOOD.items():
        says, size = pasted(view, text)
        assert says.startswith(f"Not understood: {left}. So there is neither size nor ver"), text
        assert (size, view.locator("#ask-answer").text_content()) == ("", ""), text


def test_the_call_as_far_as_it_was_read_is_one_click_away(view):
    pasted(view, "nn.ConvTranspose2d(16, 8, 3, stide=2)")
    view.get_by_role("link", name="The call as far as it was read").click()
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 8 × 7 × 7"
    assert view.locator("#ask-said").text_content() == ""


def test_the_lines_of_an_address_stay_apart(view):
    view.evaluate(
        "(text) => { location.hash = 'ask?' + new URLSearchParams({ layer: text }) }", LISTING
    )
    view.wait_for_function("document.querySelector('#ask-answer .big')?.textContent.includes('15')")


def test_without_scripts_nothing_is_promised_that_explain_does_not_do(view, chromium):
    page = chromium.new_page(java_script_enabled=False)
    page.goto(view.url)
    says = page.locator("noscript").first.inner_text()
    page.close()
    assert "It does not read questions in words" in says


LAYER = "nn.ConvTranspose2d(16, 8, 3, stride=2)"
OF_SHAPE = "· batch 1 · input [7, 7]"
# what stands beside a layer -> the end of what was read, and Y's size
BESIDE = {
    f"{LAYER}\ngiven x of shape (1, 16, 7, 7)": (OF_SHAPE, "1 × 8 × 15 × 15"),
    f"{LAYER}  # input torch.Size([1, 16, 7, 7])": (OF_SHAPE, "1 × 8 × 15 × 15"),
    f"{LAYER} with a tensor of shape (1, 16, 7, 7)": (OF_SHAPE, "1 × 8 × 15 × 15"),
    f"{LAYER} for (1, 16, 7, 7)": (OF_SHAPE, "1 × 8 × 15 × 15"),
    f"x = torch.zeros((1, 16, 7, 7))\nup = {LAYER}": (OF_SHAPE, "1 × 8 × 15 × 15"),
    f"{LAYER}\nx = torch.randn(1, 16, 7, 7, dtype=torch.float16)": (
        f"· dtype float16 {OF_SHAPE}",
        "1 × 8 × 15 × 15",
    ),
    f"{LAYER}  # x.shape == (16, 7, 9)": ("· a bias · input [7, 9]", "1 × 8 × 15 × 19"),
    f"{LAYER}  # x: [1, 16, 7, 7] -> [1, 8, 15, 15]": (
        f"{OF_SHAPE} · an output of [1, 8, 15, 15]",
        "1 × 8 × 15 × 15",
    ),
    f"nn.Sequential({LAYER}, nn.BatchNorm2d(8), nn.ReLU6())(torch.ones(1, 16, 7, 7))": (
        OF_SHAPE,
        "1 × 8 × 15 × 15",
    ),
    "Conv2DTranspose(8, 3, strides=2, input_shape=(7, 9, 16))": (
        "· a bias · input [7, 9] · channels 16",
        "1 × 8 × 15 × 19",
    ),
    "inp = keras.Input(shape=(7, 9, 16))\ny = Conv2DTranspose(8, 3, strides=2)(inp)": (
        "· a bias · channels 16 · input [7, 9]",
        "1 × 8 × 15 × 19",
    ),
}


def test_sizes_beside_a_layer_are_those_of_its_input(view):
    for text, (read, y) in BESIDE.items():
        says, size = pasted(view, text)
        assert f"{read}." in says, text
        assert not any(word in says for word in ("Not understood", "Assumed", "PyTorch")), text
        assert size == y, text


# a question -> what was read of sizes, and what is said of the output that it has
OUTPUTS = {
    "Why does ONNX Runtime return 13x13 for SAME_UPPER strides=2 kernel 2 on 7x7?": (
        "input [7, 7] · an output of 13x13",
        "By the operator's text Y is 14x14, not 13x13.",
    ),
    "got 13x13 instead of 14x14 for a 7x7 input, SAME_UPPER, stride 2, kernel 2": (
        "input [7, 7] · an output of 13x13 · an output of 14x14",
        "By the operator's text Y is 14x14, not 13x13.",
    ),
    "kernel 3, stride 2, pads 1: upsample 7x7 to 13x13?": (
        "input [7, 7] · an output of 13x13",
        "By the operator's text Y is 13x13, as the question has it.",
    ),
    f"{LAYER} gives torch.Size([1, 8, 15, 15]), expected 14x14; input 1x16x7x7": (
        "input [7, 7] · an output of [1, 8, 15, 15] · an output of 14x14",
        "By the operator's text Y is 15x15, not 14x14.",
    ),
    "stride: 2\nkernel: 3\ninput: 5\noutput: 11": ("an output of 11", "Y is 11x11, as the"),
    "kernel 4 stride 2 input 7, output size is 16": ("input 7 · an output of 16", "Y is 16x16, as"),
}


def test_what_is_returned_or_expected_is_an_output(view):
    for text, (read, told) in OUTPUTS.items():
        says, _ = pasted(view, text)
        assert read in says, text
        assert told in says, text
        assert "Not understood" not in says, text


def test_an_attribute_that_is_told_apart_is_no_output(view):
    for text in ("stride 2 instead of 3", "stride 2, not 3"):
        says, size = pasted(view, text)
        assert "an output" not in says
        assert size == "", text


MIRRORED = (
    "JAX does not mirror the kernel: W of ONNX is this kernel with its spatial axes reversed."
)


def test_jax_is_read_and_its_kernel_is_not_mirrored(view):
    text = 'jax.lax.conv_transpose(x, w, strides=(2, 2), padding="SAME")'
    says, size = pasted(view, text)
    assert says.startswith(MIRRORED)
    assert "Read: strides (2, 2) · auto_pad SAME_UPPER. Assumed: input 5 · kernel 3." in says
    assert size == "1 × 1 × 10 × 10"
    says, _ = pasted(view, text.replace('"SAME"', '"SAME", transpose_kernel=True'))
    assert MIRRORED not in says
    says, size = pasted(view, "nn.ConvTranspose(features=8, kernel_size=(3, 4), strides=(2, 2))")
    assert says.startswith(MIRRORED)
    assert size == "1 × 8 × 10 × 10"


PLACED = """(texts) => texts.map((text) => {
  const { fields, left } = readAsked(text), { begins, y } = placed(callOf(fields));
  return left.length ? left : [...begins, ...y];
})"""


def test_jax_pads_as_explain_has_it(chromium):
    page = chromium.new_page()
    of_page = files("convtranspose_reports.page").joinpath("static", "script")
    scripts = ["const data = null, knowledge = { backends: [] };"]
    scripts.append(of_page.joinpath("meaning.js").read_text("utf-8"))
    scripts += [
        script(name).read_text("utf-8") for name in SCRIPTS[: SCRIPTS.index("questions/ask.js")]
    ]
    page.add_script_tag(content="\n".join(scripts))
    texts, right = [], []
    for k in range(1, 6):
        for s in range(1, 5):
            for padding in ('"SAME"', '"VALID"', "((1, 2),)", "((0, 5),)"):
                call = f"jax.lax.conv_transpose(x, w, ({s},), {padding})"
                case = subjects(call, (1, 1, 4), (1, 1, k))[0].case
                texts.append(f"{call} with x of shape (1, 4, 1), w of ({k}, 1, 1)")
                if case.refusal() is not None:
                    right.append([f"padding={padding}"])
                    continue
                right.append([*case.geometry().begins, *case.y_shape()])
    placed = page.evaluate(PLACED, texts)
    page.close()
    for text, told, expected in zip(texts, placed, right, strict=True):
        assert told == expected, text
