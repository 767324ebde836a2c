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
BOTH = ["dilations", "group"]
# case -> features, and the verdicts of the three
CASES = {
    "both_1": (BOTH, (C, C, C)),
    "both_2": (BOTH, (C, D, C)),
    "both_3": (BOTH, (C, D, D)),
    "both_4": (BOTH, (C, U, C)),
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
        fake.record(f"core/{name}", backend, verdict, finding=f"{backend}-flip" * (verdict is D))
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
    told = {"dilations": "a dilation above 1", "group": "more than one group"}
    found = [fake.finding("flip", name, sentence="turns <b>W</b> round.") for name in BACKENDS]
    run = fake.run(records, tuple(found), lines, backends=backends, features=told)
    return write_report(tmp_path, run, PAGE).as_uri()


@pytest.fixture(params=[1400, 390])
def view(opened, address, request):
    return opened(address, request.param)


def typed(view, question):
    """What is answered to a question that is typed; it has to be in sight."""
    view.fill("#asked [name=layer]", question)
    expect(view.locator("#ask-said > :first-child")).to_be_in_viewport()
    assert unquote_plus(view.url.partition("#ask?layer=")[2]) == question
    return " ".join(view.locator("#ask-said").inner_text().split())


def test_does_it_handle_this_call(view):
    says = typed(view, HANDLES)
    assert says.startswith("ONNX Runtime, CPU 1.31: differs: 18x18 instead of 20x20, because ")
    assert "Copy" not in says
    assert view.locator("#ask-answer .big strong").text_content() == "1 × 1 × 20 × 20"


def test_how_do_i_write_it(view):
    says = typed(view, WRITES)
    assert says.startswith("TensorFlow, CPU 2.21: conforms. output_padding is said by the output's")
    assert 'tf.nn.conv2d_transpose(x, w, [1, 12, 12, 1], strides=[2, 2], padding="VALID")' in says
    assert "torch" not in says


def test_what_are_sums_kept_in(view):
    says = typed(view, SUMS)
    assert says.startswith(
        "float16: torch-cpu: accumulates in float16; onnxruntime-cpu: float32 accumulation."
    )
    view.locator("#ask-said").get_by_role("link", name="Accuracy").click()
    expect(view.locator("#accuracy-title")).to_be_in_viewport()


def test_what_changed(view):
    newest, last = [s for s in steps(histories()[ORT]) if s.release.date[:7] == "2026-10"]
    says = typed(view, CHANGED)
    assert says.startswith("PyTorch, CPU 2.13.0 (2026-07-08), since ")
    assert (
        "ONNX Runtime, CPU 1.31.1 (2026-10-26), since 1.31.0 (2026-10-09): nothing changed. "
        f"The last change before that: 1.31.0 (2026-10-09), since 1.30.0 (2026-09-10): "
        f"{last.sentence}."
    ) in says
    assert newest.is_quiet
    assert last.ended
    for turn in last.ended:
        assert f"gone {turn.difference.says} {turn.check}, {turn.before} cases" in says
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


def test_which_of_three_agree(view):
    says = typed(view, AGREE)
    assert says.startswith(
        "torch-cpu, tensorflow-cpu and onnxruntime-cpu agree in 1 of the 3 cases with dilations "
        "and group that all of them answer; of 4 that were asked, tensorflow-cpu answers 3. "
        "torch-cpu and tensorflow-cpu agree in 1 of the 3 cases that both answer "
        "torch-cpu and onnxruntime-cpu agree in 3 of the 4 cases that both answer "
        "tensorflow-cpu and onnxruntime-cpu agree in 2 of the 3 cases that both answer "
        "They part in 1 case. tensorflow-cpu: turns <b>W</b> round. "
        "They part in 1 case. tensorflow-cpu and onnxruntime-cpu: turns <b>W</b> round. "
    )
    view.get_by_role("link", name="Case by case").click()
    expect(view.locator("#agreement")).to_contain_text("agree in 1 of the 3 cases")
    assert view.locator("#comparison tbody tr").count() == 4
    assert "features=dilations%2Cgroup" in view.url


def test_they_can_be_picked_in_words(view, opened):
    view.fill("#comparing [name=words]", "dilations + group: pytorch, onnx runtime")
    sentence = "torch-cpu and onnxruntime-cpu agree in 3 of the 4 cases with dilations and group"
    expect(view.locator("#agreement")).to_contain_text(sentence)
    assert "#compare?backends=torch-cpu%2Connxruntime-cpu&features=dilations%2Cgroup" in view.url
    again = opened(view.url)
    assert again.locator("#partings li").all_text_contents() == [
        "They part in 1 case. onnxruntime-cpu: turns <b>W</b> round."
    ]


SAID_OTHERWISE = {
    "onnx runtime same_upper stride=4 kernel=2": "ONNX Runtime, CPU 1.31: differs: 18x18",
    "Is SAME_UPPER ok in ORT with strides [4,4] and a 2x2 kernel?": "ONNX Runtime, CPU 1.31: dif",
    "TensorFlow equivalent of output_padding=1 stride=2": "TensorFlow, CPU 2.21: conforms.",
    "does ORT use float32 accumulators for half": "float16: onnxruntime-cpu: float32 accumulation",
    "what's new in ort": "ONNX Runtime, CPU 1.31.1",
    "onnxruntime 1.30 vs 1.31": "ONNX Runtime, CPU 1.31.1",
    "dilation & groups in pytorch and ort": "torch-cpu and onnxruntime-cpu agree in 3 of the 4",
    "can tensorflow dilate groups? dilations with groups": "tensorflow-cpu, of 4 cases with "
    "dilations and group: 1 conform, 2 deviate, 1 cannot be said in one call.",
    "what is love": "Nothing on this page is known by these words.",
    "what is <img src=x onerror=alert(1)>": "Nothing on this page is known by these words.",
}


def test_they_are_understood_in_other_words(opened, address):
    view = opened(address)
    for question, begins in SAID_OTHERWISE.items():
        assert typed(view, question).startswith(begins), question
    assert view.locator("img, #ask b").count() == 0


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
