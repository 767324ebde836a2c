"""Questions about what the operator's text says are answered by its clauses. Nothing of which a
part was not understood is answered with yes or no."""

import pytest

from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.ask.section import PAGE
from convtranspose_reports import CaseLine, Verdict, write_report

ORT = "onnxruntime-cpu"


@pytest.fixture
def view(opened, tmp_path, fake):
    cases = [
        CaseLine(
            name=f"core/{name}",
            suite="core",
            summary=name,
            features=["output_shape", "zero-size dimensions"],
            clauses=["G"],
        )
        for name in ("one", "two")
    ]
    records = [fake.record(case.name, ORT) for case in cases[:1]]
    finding = fake.finding("G:pads_kept", ORT, kind="reading")
    records.append(
        fake.record(cases[1].name, ORT, Verdict.DEVIATES, finding=finding.id),
    )
    backends = [fake.backend(ORT, title="ONNX Runtime, CPU", version="1.31.1")]
    told = {"output_shape": "an output_shape", "zero-size dimensions": "a size of 0"}
    run = fake.run(records, (finding,), cases, backends=backends, features=told)
    return opened(write_report(tmp_path, run, PAGE).as_uri())


def typed(view, question):
    view.fill("#asked [name=layer]", question)
    return " ".join(view.locator("#ask-said").inner_text().split())


# a question -> the clauses that answer it
OF_THE_TEXT = {
    "are pads ignored when output_shape is given?": "G",
    "which end gets the extra element, SAME_UPPER or SAME_LOWER?": "A",
    "does SAME_UPPER put the extra padding at the end or the beginning?": "A",
    "what is the difference between SAME_UPPER and SAME_LOWER?": "A",
    "Is padding symmetric under SAME_UPPER?": "A",
    "what happens to odd padding with SAME_LOWER?": "A",
    "which padding does SAME_UPPER use?": "A",
    "what is the total padding under SAME_LOWER?": "A",
    "what size does SAME_UPPER give in opset 1?": "B",
    "what happens when the kernel is smaller than the stride under SAME_UPPER?": "C",
    "does output_padding change the output size with auto_pad SAME?": "D",
    "how is a negative odd total padding rounded?": "E",
    "with output_shape and NOTSET, where does the extra element of an odd total go?": "F",
    "can I use pads together with auto_pad?": "H",
    "can output_shape be smaller than the input?": "I",
    "may output_shape be larger than the natural size?": "J",
    "must output_padding be less than the stride?": "K",
    "does output_shape include batch and channels?": "L",
    "what if the output size is negative?": "M",
    "does kernel_shape have to match W?": "O",
    "what does VALID mean?": "P",
    "are empty inputs allowed?": "R",
    "what is the formula for the output size?": "S",
    "does the spec say who rounds nearest ties?": "V",
    "what does clause H mean?": "H",
}


def test_clauses_answer_what_the_text_says(view):
    for question, label in OF_THE_TEXT.items():
        says, clause = typed(view, question), CLAUSES[label]
        assert says.startswith(f"{label}, {clause.title}: {' '.join(clause.says.split())}"), (
            question
        )
        link = view.locator("#ask-said a").first.get_attribute("href")
        assert link == (f"#clause-{label}" if clause.readings else "#readings"), question
        assert view.locator("#ask-answer").text_content() == "", question


def test_who_is_named_has_the_readings_that_it_follows(view):
    says = typed(view, "does onnxruntime ignore pads when output_shape is given?")
    assert says.startswith(
        "G, pads beside output_shape: If output_shape is given, pads are ignored."
    )
    assert "onnxruntime-cpu: pads_ignored, 1 of 1 answers" in says
    assert "onnxruntime-cpu: yes" not in says


def test_a_backend_that_this_run_did_not_ask_is_said_to_be_none_of_it(view):
    says = typed(view, "is output_shape right in pytorch?")
    assert says.startswith("torch-cpu was not asked in this run.")
    assert "undefined" not in says


# a part of each is not understood
NOT_WHOLE = {
    "are pads multiplied by three when output_shape is given?": ["multiplied"],
    "does onnxruntime frobnicate output_shape?": ["frobnicate"],
    "does onnxruntime frobnicate stride 2?": ["frobnicate"],
    "are filters ignored when output_shape is given?": ["filters ignored"],
}


def test_neither_yes_nor_no_where_a_part_was_not_understood(view):
    for question, left in NOT_WHOLE.items():
        says = typed(view, question).lower()
        assert view.locator("#ask-said .flag q").all_text_contents() == left, question
        for word in (": yes", ": no.", ": not always", "✓ yes", "≠ no"):
            assert word not in says, question


def test_a_call_with_numbers_is_a_call_and_has_the_clause_below(view):
    says = typed(view, "does ONNX Runtime accept SAME_UPPER with output_padding 1, stride 2?")
    assert says.startswith("ONNX Runtime, CPU 1.31: ")
    assert "Read: auto_pad SAME_UPPER" in says
    assert says.endswith(
        "D, SAME with output_padding: The output is input * stride whatever output_padding is; "
        "output_padding enters total_padding. Its readings, and who follows which"
    )
