"""Five questions that a stranger has, asked of the page alone: typed or picked, and answered by a
sentence that is in sight, with the address holding the question."""

from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import expect

from convtranspose_conformance.ask.section import EXAMPLES
from convtranspose_conformance.run.findings.since import histories
from convtranspose_conformance.run.page import PAGE
from convtranspose_reports import CaseLine, Outcome, Verdict, write_report
from convtranspose_reports.runs.history import steps

TORCH, TENSORFLOW, ORT = BACKENDS = ("torch-cpu", "tensorflow-cpu", "onnxruntime-cpu")
TITLES = {
    TORCH: ("PyTorch, CPU", "2.13.0"),
    TENSORFLOW: ("TensorFlow, CPU", "2.21.0"),
    ORT: ("ONNX Runtime, CPU", "1.31.1"),
}
C, D, U = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED
B = "deviates where there is a bias"
BOTH = ["dilations", "group"]
OF = {D: "-flip", B: "-bias"}
# case -> features, and the verdicts of the three
CASES = {
    "both_1": (BOTH, (C, C, C)),
    "both_2": (BOTH, (C, D, C)),
    "both_3": (BOTH, (C, D, D)),
    "both_4": (BOTH, (C, U, C)),
    "both_5": ([*BOTH, "bias"], (C, C, B)),
    "dilated": (["dilations"], (C, C, D)),
    "grouped": (["group"], (D, C, C)),
}
HANDLES, WRITES, SUMS, CHANGED, AGREE = (
    "does ONNX Runtime handle SAME_UPPER with stride 4 kernel 2?",
    "how do I write output_padding in TensorFlow?",
    "does float16 accumulate in float32?",
    "what changed since the last version?",
    "which of torch, tensorflow and onnxruntime agree on dilations with groups?",
)


def fingerprint(fake, backend, wrong, dtype="float16"):
    """Records from which the class of a backend's sums follows."""
    for data in ("integers", "sparse", "dense"):
        for n in (1, 36, 9216):
            fails = wrong and n > 1 and data != "integers"
            figures = {"r": 300.0 if fails else 0.75} if data == "dense" else {}
            seen = {
                "outcome": Outcome.INEXACT if fails else Outcome.AGREES,
                "measured": fake.measured(data, n, dtype, **figures),
            }
            yield fake.record(f"core/{dtype}_{data}_{n}", backend, D if fails else C, **seen)


@pytest.fixture
def address(tmp_path, fake):
    records = [
        fake.record(
            f"core/{name}",
            backend,
            D if verdict is B else verdict,
            finding=OF.get(verdict, "") and f"{backend}{OF[verdict]}",
        )
        for name, (_, verdicts) in CASES.items()
        for backend, verdict in zip(BACKENDS, verdicts, strict=True)
    ]
    records += [*fingerprint(fake, TORCH, wrong=True), *fingerprint(fake, ORT, wrong=False)]
    records += fingerprint(fake, ORT, wrong=False, dtype="float32")
    features = {f"core/{name}": of for name, (of, _) in CASES.items()}
    lines = [
        CaseLine(
            name=name, suite="core", summary=name, features=features.get(name, []), clauses=["A"]
        )
        for name in dict.fromkeys(record.case for record in records)
    ]
    backends = [fake.backend(n, title=t, version=v) for n, (t, v) in TITLES.items()]
    backends.append(fake.backend("tensorflow-cuda", usable=False, asked=False))
    told = {"dilations": "a dilation above 1", "group": "more than one group", "bias": "a B"}
    found = [fake.finding("flip", name, sentence="turns <b>W</b> round.") for name in BACKENDS]
    found.append(fake.finding("bias", ORT, sentence="adds B twice.", where="bias"))
    run = fake.run(records, tuple(found), lines, backends=backends, features=told)
    return write_report(tmp_path, run, PAGE).as_uri()


@pytest.fixture(params=[1400, 390])
def view(opened, address, request):
    return opened(address, request.param)


def typed(view, question, *, as_words=True):
    """What is answered to a question that is typed; it has to be in sight."""
    view.fill("#asked [name=layer]", question)
    expect(view.locator("#ask-said > :first-child")).to_be_in_viewport()
    if as_words:
        assert unquote_plus(view.url.partition("#ask?layer=")[2]) == question
    return " ".join(view.locator("#ask-said").inner_text().split())


def test_does_it_handle_this_call(view):
    says = typed(view, HANDLES)
    assert says.startswith("ONNX Runtime, CPU 1.31: ≠ No: it returns 18x18 instead of 20x20, bec")
    assert says.endswith(
        "As code of ONNX Read: auto_pad SAME_UPPER · kernel 2 · strides 4 · ONNX Runtime, CPU. "
        "Assumed: input 5."
    )
    assert view.locator("#ask-answer .counted").text_content() == (
        "Of 6 backends 1 conforms, 4 differ, 1 cannot say it in one call."
    )
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 1 × 20 × 20"


def test_how_do_i_write_it(view):
    says = typed(view, WRITES)
    assert says.startswith(
        "TensorFlow: output_padding is said by the shape of the output that the call is told. "
        "As code of TensorFlow Copy"
    )
    assert "TensorFlow, CPU 2.21: ✓ conforms: 12x12, as the text asks." in says
    assert says.endswith("Assumed: input 5 · kernel 3 · strides 2 · output_padding 1.")
    assert 'tf.nn.conv2d_transpose(x, w, [1, 12, 12, 1], strides=[2, 2], padding="VALID")' in says
    assert "torch" not in says


def test_what_are_sums_kept_in(view):
    says = typed(view, SUMS)
    assert says.startswith(
        "float16: yes, in onnxruntime-cpu; no in torch-cpu: accumulates in float16."
    )
    view.locator("#ask-said").get_by_role("link", name="Accuracy").click()
    expect(view.locator("#accuracy-title")).to_be_in_viewport()


def test_what_changed(view):
    newest, last = [s for s in steps(histories()[ORT]) if s.release.date[:7] == "2026-10"]
    says = typed(view, CHANGED)
    assert says.startswith(
        "Since the release before nothing changed in any of them; what the last change of each "
        "was: PyTorch, CPU 2.13.0 (2026-07-08), since "
    )
    assert (
        "ONNX Runtime, CPU 1.31.1 (2026-10-26), since 1.31.0 (2026-10-09): nothing changed. "
        f"The last change before that: 1.31.0 (2026-10-09), since 1.30.0 (2026-09-10): "
        f"{last.sentence}."
    ) in says
    assert newest.is_quiet
    assert last.ended
    for turn in last.ended:
        assert f"no longer {turn.difference.says} {turn.check}, {turn.before} cases" in says
    view.get_by_role("link", name="What changed").last.click()
    expect(view.locator("[id='changes/onnxruntime-cpu']")).to_be_in_viewport()
    assert typed(view, "what changed in pytorch?").startswith("PyTorch, CPU 2.13.0 (2026-07-08), ")


def test_what_changed_is_a_click_away_in_the_head_and_in_the_navigation(view):
    for link in (view.locator("header a[href='#changes']"), view.locator("nav a[href='#changes']")):
        link.click()
        expect(view.locator("#changes-title")).to_be_in_viewport()
    section = view.locator("#changes")
    own = section.locator("[id='changes/onnxruntime-cpu']")
    own.get_by_text("other steps").click()
    pulls = own.get_by_role("link", name="microsoft/onnxruntime#")
    assert pulls.count() > 3
    assert pulls.first.is_visible()


THREE = (
    "No two of torch-cpu, tensorflow-cpu and onnxruntime-cpu agree on dilations and group. "
    "Of 5 cases with dilations and group so many can be said in one call: tensorflow-cpu 4. "
)


def test_which_of_three_agree(view):
    says = typed(view, AGREE)
    assert says.startswith(
        f"{THREE}torch-cpu and tensorflow-cpu the same in 2 of the 4 cases that both answer: "
        "2 part over these "
        "torch-cpu and onnxruntime-cpu the same in 3 of the 5 cases that both answer: "
        "1 part over these and 1 part over something else "
        "tensorflow-cpu and onnxruntime-cpu the same in 2 of the 4 cases that both answer: "
        "1 part over these and 1 part over something else "
        "They part in 1 case. tensorflow-cpu: turns <b>W</b> round. "
        "They part in 1 case. tensorflow-cpu and onnxruntime-cpu: turns <b>W</b> round. "
        "Over something else, in 1 case: onnxruntime-cpu: adds B twice. "
    )
    view.get_by_role("link", name="Case by case").click()
    expect(view.locator("#agreement")).to_contain_text("No two of torch-cpu, tensorflow-cpu and")
    assert view.locator("#comparison tbody tr").count() == 5
    assert "features=dilations%2Cgroup" in view.url


def test_those_agree_whom_only_something_else_parts(view):
    says = typed(view, "which of pytorch and onnxruntime agree on groups with a bias?")
    assert says.startswith(
        "torch-cpu and onnxruntime-cpu part over group and bias: the same in 0 of the 1 case that "
    )
    says = typed(view, "which frameworks agree on groups?")
    assert "Assumed: PyTorch, CPU · TensorFlow, CPU · ONNX Runtime, CPU." in says


def test_they_can_be_picked_in_words(view, opened):
    view.fill("#comparing [name=words]", "dilations + group: pytorch, onnx runtime")
    sentence = (
        "torch-cpu and onnxruntime-cpu part over dilations and group: the same in 3 of the 5 cases"
    )
    expect(view.locator("#agreement")).to_contain_text(sentence)
    assert "#compare?backends=torch-cpu%2Connxruntime-cpu&features=dilations%2Cgroup" in view.url
    again = opened(view.url)
    assert again.locator("#partings li").all_text_contents() == [
        "They part in 1 case. onnxruntime-cpu: turns <b>W</b> round.",
        "Over something else, in 1 case: onnxruntime-cpu: adds B twice.",
    ]


SAID_OTHERWISE = {
    "onnx runtime same_upper stride=4 kernel=2": "ONNX Runtime, CPU 1.31: ≠ differs: it returns",
    "Is SAME_UPPER ok in ORT with strides [4,4] and a 2x2 kernel?": "ONNX Runtime, CPU 1.31: ≠ No",
    "does PyTorch do output_padding 1 with stride 2": "PyTorch, CPU 2.13: ✓ Yes: 12x12, as",
    "can PyTorch do SAME_UPPER, stride 2?": "PyTorch, CPU 2.13: – Not in one call: conv_transpose",
    "does ORT refuse output_padding 3 with stride 2?": "ONNX Runtime, CPU 1.31: ✓ It refuses, as",
    "TensorFlow equivalent of output_padding=1 stride=2": "TensorFlow: output_padding is said by",
    "port nn.ConvTranspose2d(2, 2, 3, bias=False) to TensorFlow": "TensorFlow: one call says it.",
    "output_padding=1 in Keras": "This page knows nothing of Keras: it has PyTorch, CPU; Tensor",
    "does ORT use float32 accumulators for half": "float16: yes, in onnxruntime-cpu.",
    "is fp16 summed in fp32 on pytorch cpu": "float16: no in torch-cpu: accumulates in float16.",
    "what's new in ort": "ONNX Runtime, CPU 1.31.1",
    "onnxruntime 1.30 vs 1.31": "ONNX Runtime, CPU: 1.31.1 (2026-10-26), since 1.31.0 (2026-10-09)",
    "what changed in onnxruntime 1.30": "ONNX Runtime, CPU: 1.30.0 (2026-09-10), since 1.29.0",
    "is onnxruntime broken in 1.17?": "ONNX Runtime, CPU: 1.17 was not asked; the oldest release ",
    "does ORT handle SAME_UPPER?": "ONNX Runtime, CPU 1.31: ≠ Not always: 5x5, as the text asks.",
    "does SAME_UPPER work with stride 2 kernel 3 in ORT 1.20": "ONNX Runtime, CPU 1.31: ✓ Yes: 10",
    "does TensorRT support output_padding?": "This page knows nothing of TensorRT: it has PyTorch",
    "is stride 2 right on CUDA in pytorch": "This page knows nothing of CUDA: it has PyTorch, CPU",
    "does pytorch accept an empty batch?": "PyTorch, CPU 2.13: ✓ Yes: 7x7, as the text asks. Read:",
    "does kernel 3 stride 2 make checkerboards": "axes D1, D2: Overlap: uneven, outputs away from",
    "Conv2d(3, 8, 3, stride=2)": "This box works out calls of ConvTranspose. ",
    "is ORT faster than pytorch for transposed conv?": "Nothing on this page is known by these wor",
    "Conv SAME_UPPER stride 4 kernel 2 in ORT": "This box works out calls of ConvTranspose.",
    "does jax agree with pytorch": "This page knows nothing of JAX: it has PyTorch, CPU;",
    "is it broken in onnxruntime?": "onnxruntime-cpu: not always. Of ",
    "bugs in tensorflow": "tensorflow-cpu, of ",
    "do ORT and TF give the same for stride 4 kernel 2 SAME_UPPER": "TensorFlow, CPU 2.21: ≠ No:",
    "what does clause K mean?": "K: Less than",
    "gradient in pytorch": "Not understood: gradient No sentence of this page answers that; what",
    "dilation & groups in pytorch and ort": "torch-cpu and onnxruntime-cpu part over dilations",
    "can tensorflow do dilations with groups?": "tensorflow-cpu: not always. Of 5 cases with dilat",
    "dilations with groups in tensorflow, supported": "tensorflow-cpu, of 5 cases with dilations "
    "and group: 2 conform, 2 deviate, 1 cannot be said in one call. 2 cases: turns <b>W</b> round.",
    "does pytorch handle float64": "Nothing on this page is known by these words.",
    "hello": "Nothing on this page is known by these words.",
    "what is love": "Nothing on this page is known by these words.",
    "what is <img src=x onerror=alert(1)>": "Nothing on this page is known by these words.",
}


def test_they_are_understood_in_other_words(opened, address):
    view = opened(address)
    for question, begins in SAID_OTHERWISE.items():
        assert typed(view, question).startswith(begins), question
    assert view.locator("img, #ask b").count() == 0


# what is typed -> what of it was read, assumed and not understood
READ = {
    "kernel is only 2": ("kernel 2", "input 5 · strides 1", []),
    "k=2 s=4": ("kernel 2 · strides 4", "input 5", []),
    "k4s2p1": ("kernel 4 · strides 2 · pads 1", "input 5", []),
    "a 3x3 kernel, stride (2, 1) on a 7 by 5 input": (
        "strides (2, 1) · kernel [3, 3] · input [7, 5]", "", [],
    ),
    "2 groups, 64 channels, 3D": (
        "axes 3 · group 2 · channels 64", "input 5 · kernel 3 · strides 1 · maps 4", [],
    ),
    "padding same with stride 2": ("auto_pad SAME_UPPER · strides 2", "input 5 · kernel 3", []),
    "output_padding=2 dilation=3": (
        "output_padding 2 · dilations 3", "input 5 · kernel 3 · strides 1", [],
    ),
    "kernel 2 with frobnication 7": ("kernel 2", "input 5 · strides 1", ["frobnication 7"]),
    "stride=2 frobnicate=3": ("strides 2", "input 5 · kernel 3", ["frobnicate=3"]),
    "nn.ConvTranspose2d(cin, 8, 3, device='cpu')": (
        "maps 8 · kernel 3 · a bias", "input 5", ["in_channels=cin"],
    ),
    "Conv1DTranspose(8, 4, activation='relu')": (
        "maps 8 · kernel 4 · axes 1 · a bias", "input 5", ["activation='relu'"],
    ),
    "nn.ConvTranspose2d(2, 8, 3, padding_mode='reflect')": (
        "channels 2 · maps 8 · kernel 3 · a bias", "input 5", ["padding_mode='reflect'"],
    ),
    "nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False) on a 1x64x16x16 input in float16": (
        "channels 64 · maps 32 · kernel 4 · strides 2 · pads [1, 1, 1, 1] · batch 1 · "
        "input [16, 16] · dtype float16", "", [],
    ),
    "nn.ConvTranspose2d(2, 8, 4, 2, 1) 16x17, what size?": (
        "channels 2 · maps 8 · kernel 4 · strides 2 · pads [1, 1, 1, 1] · a bias · input [16, 17]",
        "", [],
    ),
    "ConvTranspose2d(8, 8, 5, stride=3, padding=2), input 16, output_size=(48, 47)": (
        "channels 8 · maps 8 · kernel 5 · strides 3 · pads [2, 2, 2, 2] · a bias · "
        "output_padding [2, 1] · input 16", "", [],
    ),
    "k = 4 up = nn.ConvTranspose2d(c, 8, k, stride=k // 2)": (
        "maps 8 · kernel 4 · strides 2 · a bias", "input 5", ["in_channels=c"],
    ),
    "F.conv_transpose2d(x, w, stride=2) with x of shape (2, 8, 14, 15), w of (8, 4, 3, 2)": (
        "strides 2 · channels 8 · maps 4 · kernel [3, 2] · batch 2 · input [14, 15]", "", [],
    ),
    "stride 4 kernel 2 same": ("kernel 2 · strides 4 · auto_pad SAME_UPPER", "input 5", []),
    "stride (4) kernel (2,) SAMEUPPER": (
        "auto_pad SAME_UPPER · kernel 2 · strides 4", "input 5", [],
    ),
    "Conv2DTranspose(8, 3) input (2, 16, 17, 4)": (
        "maps 8 · kernel 3 · a bias · batch 2 · channels 4 · input [16, 17]", "", [],
    ),
    "input 1x3x64x64, kernel 4, stride 2, pad 1": (
        "pads 1 · kernel 4 · strides 2 · batch 1 · channels 3 · input [64, 64]", "", [],
    ),
    "padding=(1, 0) kernel 3 stride of two": (
        "pads [1, 0, 1, 0] · kernel 3 · strides 2", "input 5", [],
    ),
    "SAME_UPPER with stride 2, not SAME_LOWER": (
        "auto_pad SAME_UPPER · strides 2", "input 5 · kernel 3", ["SAME_LOWER", "not"],
    ),
    "stride 2 or stride 3": ("strides 2", "input 5 · kernel 3", ["stride 3"]),
    "group=2 with 3 input channels": (
        "group 2 · channels 3", "input 5 · kernel 3 · strides 1 · maps 4", [],
    ),
    "strid 3 kernal 5": (
        "kernel 5 · strides 3 · “strid” as stride · “kernal” as kernel", "input 5", [],
    ),
    "ConvTranspose1d with kernel 4": ("axes 1 · kernel 4", "input 5 · strides 1", []),
    "stride 2 with groups": ("strides 2", "input 5 · kernel 3", ["group"]),
}  # fmt: skip


def test_what_is_read_is_said_and_what_is_not(opened, address):
    view = opened(address)
    for question, (read, assumed, left) in READ.items():
        says = typed(view, question, as_words=False)
        assert f"Read: {read}." in says, question
        assert (f"Assumed: {assumed}." in says) if assumed else ("Assumed" not in says), question
        assert view.locator("#ask-said .flag q").all_text_contents() == left, question


def test_there_is_no_verdict_where_a_number_or_a_not_was_not_understood(opened, address):
    view = opened(address)
    for question in (
        "does ORT handle stride 4 kernel 3 5",
        "nn.ConvTranspose2d(1, 1, k, stride=s) in onnxruntime",
        "output_padding >= stride 2 pytorch",
        "does ORT not handle dilations 2?",
        "everything except tensorflow with stride 2",
    ):
        says = typed(view, question)
        assert (
            "So there is neither size nor verdict. The call as far as it was read has both." in says
        )
        assert view.locator("#ask-answer").text_content() == "", question
        assert view.locator("#ask-said .badge").count() == 0, question


def test_a_release_that_the_page_is_not_of_is_said(opened, address):
    view = opened(address)
    says = typed(view, "does SAME_UPPER work with stride 2 kernel 3 in ORT 1.20")
    assert "That is of 1.31, not of 1.20: what changed from release to release." in says
    assert "That is of" not in typed(view, "is stride 2 right in ORT 1.31.1")


def test_a_backend_that_was_asked_and_is_not_predicted_is_no_stranger(opened, tmp_path, fake):
    backends = [fake.backend("jax-cpu", version="0.10.2")]
    run = fake.run([fake.record("a", "jax-cpu")], backends=backends)
    view = opened(write_report(tmp_path, run, PAGE).as_uri())
    view.fill("#asked [name=layer]", "does JAX handle stride 2 kernel 3")
    says = view.locator("#ask-said .lead")
    assert says.text_content() == (
        "What JAX does is not worked out ahead of a call here; its answers to the recorded cases: "
        "jax-cpu."
    )
    says.get_by_role("link").click()
    expect(view.locator("#shown")).to_have_text("1 of 1 answers")


def test_what_was_assumed_is_held_against_other_numbers(opened, address):
    view = opened(address)
    says = typed(view, "does ORT handle SAME_UPPER?")
    assert "But with strides 4 it differs: it returns 19x19 instead of 20x20, because " in says
    assert (
        "With other numbers than were assumed: TensorFlow, CPU differs, as with "
        in view.locator("#ask-answer .counted").text_content()
    )
    typed(view, "does ORT handle SAME_UPPER, kernel 2, stride 2, input 7?")
    assert "other numbers" not in view.locator("#ask-answer .counted").text_content()


def test_the_type_is_left_open_where_none_is_named(opened, tmp_path, fake):
    kernels = {"flags": "avx2 avx512f avx512_fp16", "onednn": "float32 bfloat16 float16"}
    backends = [fake.backend(TENSORFLOW, version="2.21.0", kernels=kernels)]
    run = fake.run([fake.record("a", TENSORFLOW)], backends=backends)
    view = opened(write_report(tmp_path, run, PAGE).as_uri())
    lead = view.locator("#ask-said .lead").first
    view.fill("#asked [name=layer]", "does TF handle dilations 2, groups 2, kernel 3, stride 1")
    assert "≠ Not always: 9x9, as the text asks" in lead.text_content()
    assert " But with dtype float64 it raises: (InvalidArgumentError)" in lead.text_content()
    view.fill("#asked [name=layer]", "does TF handle dilations 2, groups 2, kernel 3 in float32")
    assert "✓ Yes: 9x9, as the text asks" in lead.text_content()
    assert "But with dtype" not in lead.text_content()


def test_the_numbers_of_a_case_are_part_of_its_question(opened, address):
    view = opened(address)
    says = "ConvTranspose X[1, 1, 3] W[1, 1, 3] strides=[2] (float32, special-inf-w, opset 11, W)"
    view.fill("#asked [name=layer]", says)
    assert view.input_value("[name=data]") == "special-inf-w"
    assert "data=special-inf-w" in view.url
    assert opened(view.url).input_value("[name=data]") == "special-inf-w"


def test_the_examples_are_answered_by_one_click_and_from_their_address(opened, address):
    for text in EXAMPLES:
        view = opened(address)
        view.locator(".examples").get_by_role("link", name=text, exact=True).click()
        says = view.locator("#ask-said > :first-child")
        expect(says).to_be_in_viewport()
        assert "Nothing" not in says.text_content()
        again = opened(view.url).locator("#ask-said > :first-child")
        expect(again).to_have_text(says.text_content())


def test_a_field_that_is_changed_makes_a_call_of_it(opened, address):
    view = opened(address)
    typed(view, AGREE)
    assert view.locator("#ask-answer").text_content() == ""
    view.fill("[name=strides]", "2")
    assert view.locator("#ask-said").text_content() == ""
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 1 × 11 × 11"
    assert "#ask?" in view.url
    assert "strides=2" in view.url
