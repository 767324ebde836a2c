"""What is typed into the search of all answers, and the addresses that last."""

import pytest
from playwright.sync_api import expect

from convtranspose_reports import CaseLine, Verdict, write_report
from convtranspose_reports.page.addresses import finding_address

CALLS = {
    "plain": "ConvTranspose X[1, 1, 5, 5] W[1, 1, 3, 3] (float32, integers, opset 11, W constant)",
    "strided": "ConvTranspose X[1, 1, 5, 5] W[1, 1, 2, 2] auto_pad='SAME_UPPER', strides=[4, 4] "
    "(float32, integers, opset 11, W constant)",
    "mixed": "ConvTranspose X[2, 4, 5, 5] W[4, 1, 2, 3] B[2] group=2, pads=[1, 0, 1, 0], "
    "strides=[2, 3] (float16, dense, opset 22, W graph input)",
    "conv": "Conv X[1, 1, 5] W[1, 1, 2] dilations=[4] (float32, integers, opset 11, W constant)",
}


@pytest.fixture
def address(tmp_path, fake):
    cases = [
        CaseLine(name=f"core/{name}", suite="core", summary=says, features=["group"], clauses=["A"])
        for name, says in CALLS.items()
    ]
    records = [
        fake.record(case.name, backend, verdict, finding="onnxruntime-cpu/output/flip" * deviates)
        for case in cases
        for backend, verdict, deviates in (
            ("torch-cpu", Verdict.CONFORMS, False),
            ("onnxruntime-cpu", Verdict.DEVIATES, True),
        )
    ]
    found = fake.finding("flip", "onnxruntime-cpu", id="onnxruntime-cpu/output/flip", cases=4)
    backends = [fake.backend("torch-cpu"), fake.backend("onnxruntime-cpu")]
    return write_report(tmp_path, fake.run(records, (found,), cases, backends=backends)).as_uri()


def names(view):
    return view.eval_on_selector_all(
        "#answers tbody tr", "rows => rows.map(row => row.cells[4].textContent)"
    )


SEARCHES = {
    "stride=4 kernel=2 auto_pad=SAME_UPPER backend=ort": ["strided"],
    "strides=[2, 3] backend=ort": ["mixed"],
    "strides=[2,3] backend=torch": ["mixed"],
    "strides=2x3 backend=torch": ["mixed"],
    "stride=1 op=ConvTranspose backend=torch": ["plain"],
    "kernel=3 backend=torch": ["plain"],
    "kernel=[2, 3] backend=torch": ["mixed"],
    "input=5 dilation=4 backend=torch": ["conv"],
    "group=2 bias=yes dtype=float16 opset=22 backend=torch": ["mixed"],
    "pads=[1, 0, 1, 0] backend=torch": ["mixed"],
    "X=[1, 1, 5, 5] backend=torch": ["plain", "strided"],
    "case=core/plain backend=torch": ["plain"],
    "verdict=deviates case=core/plain": ["plain"],
    "W[1, 1, 2] backend=torch": ["conv"],
    "clause=A feature=group group=2 backend=torch": ["mixed"],
    "stride=5": [],
    "colour=red": [],
}


def test_the_search_understands_attributes_and_lists(opened, address):
    view = opened(address)
    for typed, wanted in SEARCHES.items():
        view.fill("[name=q]", typed)
        assert names(view) == [f"core/{name}" for name in wanted], typed


def test_the_worst_answers_are_first_and_stand_before_the_name(opened, address):
    view = opened(address)
    first = view.locator("#answers tbody tr").first
    assert first.locator("th").text_content().startswith("≠ deviates")
    assert view.locator("#answers thead th").all_text_contents()[-1] == "Case"


def test_a_case_has_a_lasting_address(opened, address):
    view = opened(address + "#case/core/mixed")
    assert names(view) == ["core/mixed"] * 2
    view.locator("#answers .toggle").first.click()
    assert view.locator("tr.detail a[href='#case/core/mixed']").count() == 1
    view.evaluate("location.hash = '#case/core/conv'")
    expect(view.locator("#answers td.id").first).to_have_text("core/conv")


def test_a_finding_has_a_lasting_address(opened, address):
    view = opened(address + "#finding/onnxruntime-cpu/output/flip")
    expect(view.locator("details.finding")).to_have_attribute("open", "")


def test_addresses_follow_from_names_alone():
    assert finding_address("torch-cpu/output/a_b") == "finding/torch-cpu/output/a_b"
    strange = [finding_address(name) for name in ("a b", "a-b", "a  b", "a" * 300, "a" * 301)]
    assert len(set(strange)) == len(strange)
    assert all(len(each) < 130 for each in strange)
    assert not any(letter in "".join(strange) for letter in ' "#?%<>&')
