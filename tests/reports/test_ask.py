"""The box in which one asks about a call."""

import re
from collections import Counter
from importlib.resources import files

import pytest
from playwright.sync_api import expect

from convtranspose_conformance.ask.knowledge import knowledge
from convtranspose_conformance.ask.section import PAGE, SCRIPTS, script
from convtranspose_conformance.verdict.machine import NAMES as MACHINE
from convtranspose_reports import CaseLine, Verdict, write_report

SAME = "finding/onnxruntime-cpu/output/same_negative_total_clamped"


@pytest.fixture
def address(tmp_path, fake):
    summaries = {
        k: f"ConvTranspose X[1, 1, 5, 5] W[1, 1, {k}, {k}] strides=[4, 4] "
        "(float32, integers, opset 11, W constant)"
        for k in (2, 3)
    }
    cases = [
        CaseLine(name=f"core/k_{k}", suite="core", summary=summary, features=[], clauses=[])
        for k, summary in summaries.items()
    ]
    records = [fake.record(case.name, "onnxruntime-cpu", Verdict.DEVIATES) for case in cases]
    found = fake.finding(
        "same", "onnxruntime-cpu", id="onnxruntime-cpu/output/same_negative_total_clamped"
    )
    backends = [fake.backend("onnxruntime-cpu", version="1.31.1", kernels={"flags": "avx2"})]
    run = fake.run(records, (found,), cases, backends=backends)
    return write_report(tmp_path, run, PAGE).as_uri()


def says(view, title):
    row = view.locator(".does li", has=view.locator(f"strong:has-text('{title}')")).first
    return " ".join(row.text_content().split())


def test_the_address_holds_the_question_and_the_page_answers_it(opened, address):
    view = opened(address + "#ask?strides=4&kernel=2&auto_pad=SAME_UPPER")
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 1 × 20 × 20"
    assert "differs 18x18 instead of 20x20, because ComputeTotalPad" in says(view, "ONNX Runtime")
    assert "not in one call conv_transpose has no padding='same'" in says(view, "PyTorch")
    assert "total_padding = 18 − 20 = -2" in view.locator(".ask-parts").text_content()
    assert view.locator("svg.axis").count() == 1
    assert "F.pad(Y, (1, 1, 1, 1))" in view.locator("#ask-answer pre").first.text_content()
    near = view.locator("#ask-answer a[href^='#case/']").all_text_contents()
    assert near == ["core/k_2", "core/k_3"]
    view.locator(f".does a[href='#{SAME}']").click()
    expect(view.locator("details.finding")).to_have_attribute("open", "")
    view.evaluate("location.hash = '#ask?strides=2&axes=1&input=[4]'")
    expect(view.locator("#ask-answer .big strong")).to_have_text("1 × 1 × 9")
    assert view.input_value("[name=auto_pad]") == "NOTSET"


def test_what_is_typed_is_asked_and_stands_in_the_address(opened, address):
    view = opened(address)
    assert view.input_value("[name=dtype]") == "float32"
    view.fill("[name=strides]", "[2, 3]")
    view.select_option("[name=auto_pad]", "SAME_LOWER")
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 1 × 10 × 15"
    again = opened(view.url)
    assert again.locator("#ask-answer .big strong").text_content() == "1 × 1 × 10 × 15"


def test_a_forbidden_call_and_a_wrong_number_are_said(opened, address):
    view = opened(address + "#ask?strides=2&pads=1&auto_pad=SAME_UPPER")
    assert "none beside auto_pad = SAME_UPPER (clause H)" in (
        view.locator("#ask-answer .big").text_content()
    )
    assert says(view, "ONNX Runtime").endswith("✓ refuses as the text does")
    view.fill("[name=strides]", "two")
    assert "strides: found two, accepted are whole numbers" in (
        view.locator("#ask-answer .flag").text_content()
    )
    view.fill("[name=strides]", "99999999999")
    assert "accepted are numbers up to 2147483647" in view.locator(".flag").last.text_content()


def test_an_address_is_text(opened, address):
    view = opened(address + "#ask?strides=%3Cimg%20src=x%20onerror=alert(1)%3E&auto_pad=%3Cb%3E")
    assert view.locator("img, #ask b").count() == 0
    assert "<img src=x onerror=alert(1)>" in view.locator("#ask-answer .flag").text_content()


LAYERS = {
    "nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1)": {
        "axes": "2", "channels": "16", "maps": "8", "kernel": "3", "strides": "2",
        "pads": "[1, 1, 1, 1]", "output_padding": "1", "auto_pad": "NOTSET", "output_shape": "",
        "bias": "yes",
    },
    "ConvTranspose1d(in_channels=4, out_channels=2, kernel_size=(5,), padding=(2,), bias=False)": {
        "axes": "1", "channels": "4", "maps": "2", "kernel": "(5,)", "pads": "[2, 2]",
        "auto_pad": "NOTSET", "output_shape": "", "bias": "",
    },
    "F.conv_transpose3d(x, w, None, 2, 0, 1)": {
        "axes": "3", "strides": "2", "pads": "", "output_padding": "1", "auto_pad": "NOTSET",
        "output_shape": "", "bias": "",
    },
    "tf.keras.layers.Conv2DTranspose(8, 3, strides=(2, 2), padding='same', use_bias=False)": {
        "axes": "2", "maps": "8", "kernel": "3", "strides": "(2, 2)", "pads": "",
        "auto_pad": "SAME_UPPER", "output_shape": "", "bias": "",
    },
    "Conv1DTranspose(8, 4, 2, 'same', output_padding=1)": {
        "axes": "1", "maps": "8", "kernel": "4", "strides": "2", "pads": "[1, 2]",
        "auto_pad": "NOTSET", "output_shape": "", "bias": "yes",
    },
    "stride=4 kernel=2 auto_pad=SAME_UPPER": {
        "strides": "4", "kernel": "2", "auto_pad": "SAME_UPPER",
    },
    "kernel_shape: [3, 4], strides: [1, 2], pads: [0, 1, 0, 1]": {
        "axes": "2", "kernel": "[3, 4]", "strides": "[1, 2]", "pads": "[0, 1, 0, 1]",
    },
    "ConvTranspose X[2, 4, 5] W[4, 1, 3] B[2] auto_pad='VALID', group=2 "
    "(float16, dense, opset 22)": {
        "axes": "1", "batch": "2", "channels": "4", "maps": "2", "input": "[5]", "kernel": "[3]",
        "auto_pad": "VALID", "group": "2", "bias": "yes", "dtype": "float16", "opset": "22",
        "data": "dense",
    },
    "nn.ConvTranspose2d(8, 8, 4, stride=2*2, padding=(4 - 2) // 2)": {
        "axes": "2", "channels": "8", "maps": "8", "kernel": "4", "strides": "4",
        "pads": "[1, 1, 1, 1]", "auto_pad": "NOTSET", "output_shape": "", "bias": "yes",
    },
    "nn.ConvTranspose2d(8, c * 2, 3, padding=k // 2)": {
        "axes": "2", "channels": "8", "kernel": "3", "pads": "", "auto_pad": "NOTSET",
        "output_shape": "", "bias": "yes",
    },
    "tf.nn.conv2d_transpose(x, w, [2, 10, 9, 3], strides=[1, 2, 3, 1], padding='SAME')": {
        "axes": "2", "batch": "2", "maps": "3", "input": "[5, 3]", "strides": "[2, 3]", "bias": "",
        "auto_pad": "SAME_UPPER",
    },
    "tf.nn.conv1d_transpose(x, w, [1, 12, 3], 2, 'VALID')": {
        "axes": "1", "batch": "1", "maps": "3", "input": "[5]", "strides": "[2]", "bias": "",
        "auto_pad": "NOTSET", "output_padding": "[1]",
    },
    "nothing of the kind": {},
}  # fmt: skip


READ = """(text) => {
  const { fields, settled = (fields) => ({ fields }) } = layerIn(text) ?? fromAttributes(text);
  return settled(fields).fields;
}"""


def test_layers_and_attributes_are_read(chromium):
    page = chromium.new_page()
    of_page = files("convtranspose_reports.page").joinpath("static", "script")
    texts = [of_page.joinpath("meaning.js").read_text("utf-8")]
    texts += [
        script(name).read_text("utf-8") for name in SCRIPTS[: SCRIPTS.index("questions/ask.js")]
    ]
    page.add_script_tag(content="\n".join(texts))
    for text, question in LAYERS.items():
        read = page.evaluate(READ, text)
        assert read == question, text
    page.close()


def test_the_name_of_a_case_is_asked_as_the_case(opened, address):
    view = opened(address)
    view.fill("[name=layer]", "core/k_2")
    expect(view.locator("#ask-answer .big strong")).to_have_text("1 × 1 × 18 × 18")
    assert view.locator(".nearest li").first.text_content() == "core/k_2the same call"
    assert "Assumed" not in view.locator("#ask-said").text_content()
    view.fill("[name=layer]", "core/none_of_these")
    assert "Nothing on this page" in view.locator("#ask-said .flag").text_content()


def test_a_pasted_layer_fills_the_form(opened, address):
    view = opened(address)
    view.fill("[name=layer]", "nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, groups=2)")
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 4 × 9 × 9"
    assert view.input_value("[name=pads]") == "[1, 1, 1, 1]"
    assert view.is_checked("[name=bias]")
    assert "kernel" not in view.locator(".flag").all_text_contents()


def test_brackets_in_brackets_are_answered_on_one_screen(opened, address):
    view = opened(address)
    texts = (
        *("{}", "strides={} kernel=3", "nn.ConvTranspose2d(4, 4, {}", "Conv2DTranspose(4, {})"),
        *("lax.conv_transpose(x, w, {})", "torch::nn::ConvTranspose2dOptions(4, 4, {}"),
        *("what does torch do with stride {}?", 'op_type: "ConvTranspose" attribute {}'),
    )
    brackets = ("(", "[", "{", "-", "1*(", "a(", "([{")
    nested = [each * 5000 for each in brackets] + ["(" * 5000 + "2" + ")" * 5000]
    for text in (text.format(each) for text in texts for each in nested):
        view.fill("[name=layer]", text)
        assert len(" ".join(view.locator("#ask-said").all_text_contents())) < 3000, text[:60]
    view.fill("[name=layer]", "nn.ConvTranspose2d(4, 4, (7 - 4) // 1, stride=2)")
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 4 × 11 × 11"


def test_a_text_that_is_too_long_to_be_a_question_is_told_so(opened, address):
    view = opened(address)
    view.fill("[name=layer]", "nn.ConvTranspose2d(4, 4, 3) " * 1000)
    assert "28000 characters: those of up to 20000" in view.locator("#ask-said").text_content()


def test_a_backend_of_another_version_than_is_declared_is_named(opened, tmp_path, fake):
    backends = [fake.backend("torch-cpu", version="2.99.0")]
    run = fake.run([fake.record("a", "torch-cpu")], backends=backends)
    view = opened(write_report(tmp_path, run, PAGE).as_uri())
    assert "This run asked 2.99.0, of which nothing is declared" in says(view, "PyTorch")


def test_what_is_written_is_a_call_of_its_own(opened, address):
    view = opened(address + "#ask?strides=4&kernel=2&auto_pad=SAME_UPPER")
    view.fill("[name=layer]", "strides=2 kernel=3 pads=1 output_padding=1")
    expect(view.locator("#ask-answer .big strong")).to_have_text("1 × 1 × 10 × 10")
    assert view.input_value("[name=auto_pad]") == "NOTSET"


def test_no_two_scripts_of_the_page_give_the_same_name() -> None:
    """They are one script, and the page is blank where one of them declares what another has."""
    of_page = files("convtranspose_reports.page").joinpath("static", "script")
    texts = [
        *(file.read_text("utf-8") for file in of_page.iterdir() if file.name.endswith(".js")),
        *(script(name).read_text("utf-8") for name in SCRIPTS),
    ]
    declared = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
    names = [name for text in texts for name in declared.findall(text)]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def _spoken_of(condition: object) -> set[str]:
    """The names in a compiled condition."""
    if not isinstance(condition, list):
        return set()
    own = {condition[1]} if condition[:1] == ["name"] else set()
    bound = set(condition[2]) if condition[:1] == ["for"] else set()
    return own.union(*map(_spoken_of, condition)) - bound


def test_the_page_knows_every_fact_that_a_declaration_speaks_of() -> None:
    text = script("call/facts.js").read_text("utf-8")
    known = set(re.findall(r"\b(\w+): (?:\(|rankOf|mapsOf|groupOf)", text))
    backends = knowledge({})["backends"]
    conditions = [each["when"] for backend in backends for each in backend["declared"]]
    spoken = set[str]().union(*map(_spoken_of, conditions))
    assert spoken - known - set(MACHINE) == set()
