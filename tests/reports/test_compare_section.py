"""Cases as rows, backends as columns: who agrees on what."""

import pytest
from playwright.sync_api import expect

from convtranspose_reports import CaseLine, Check, Outcome, Verdict, write_report

BACKENDS = ("torch-cpu", "tensorflow-cpu", "onnxruntime-cpu")
C, D, U = Verdict.CONFORMS, Verdict.DEVIATES, Verdict.UNSUPPORTED
# case -> features, and what each backend answers: its verdict, and what is said of it
CASES = {
    "all_right": (["group", "strides"], ((C, ""), (C, ""), (C, ""))),
    "one_wrong": (["strides"], ((C, ""), (D, "9 values differ"), (C, ""))),
    "wrong_alike": (["group"], ((U, "no word for it"), (D, "size 7"), (D, "size 7"))),
    "wrong_otherwise": (["group"], ((U, "no word for it"), (D, "size 7"), (D, "size <b>8</b>"))),
    "alone": (["strides"], ((U, "no word for it"), (U, "no word for it"), (C, ""))),
}


@pytest.fixture
def address(tmp_path, fake):
    lines = [
        CaseLine(
            name=f"core/{name}",
            suite="core",
            summary=f"ConvTranspose X[1, 1, {5 + n}] W[1, 1, 3] strides=[2] "
            "(float32, integers, opset 11, W constant)",
            features=features,
            clauses=["A"],
        )
        for n, (name, (features, _)) in enumerate(CASES.items())
    ]
    records = [
        fake.record(f"core/{name}", backend, verdict, reason=reason, check=check, **outcome)
        for name, (_, told) in CASES.items()
        for backend, (verdict, reason) in zip(BACKENDS, told, strict=True)
        for check, outcome in (
            (Check.OUTPUT, {"outcome": Outcome.SHAPE_DIFFERS} if verdict is D else {}),
        )
    ]
    records += [fake.record("core/all_right", "onnx-shape-inference", check=Check.OUTPUT_SHAPE)]
    records += [fake.record("core/all_right", "torch-cpu", check=Check.OUTPUT_SHAPE)]
    backends = [fake.backend(name) for name in (*BACKENDS, "onnx-shape-inference")]
    return write_report(tmp_path, fake.run(records, (), lines, backends=backends)).as_uri()


def rows(view):
    expect(view.locator("#compared")).not_to_be_empty()  # compared when nothing else is to be done
    return view.eval_on_selector_all(
        "#comparison tbody tr",
        "rows => rows.map(row => [row.querySelector('button').textContent.slice(5),"
        " ...[...row.querySelectorAll('td .unseen')].map(word => word.textContent)])",
    )


def said(view):
    expect(view.locator("#compared")).not_to_be_empty()
    return view.locator("#compared").text_content()


def test_every_case_is_a_row_and_every_backend_a_column(opened, address):
    view = opened(address)
    assert rows(view) == [
        [name, *(verdict.value for verdict, _ in told)] for name, (_, told) in CASES.items()
    ]
    columns = view.locator("#comparison thead th").all_text_contents()
    assert columns == ["Case", *(f"{name} 1.0" for name in BACKENDS)]
    assert said(view) == (
        "5 cases: 4 of them are answered by two or more, which agree in 2 and differ in 2."
    )


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("differ", ["one_wrong", "wrong_otherwise"]),
        ("same", ["all_right", "wrong_alike"]),
        ("gap", ["wrong_alike", "wrong_otherwise", "alone"]),
    ],
)
def test_rows_are_those_that_are_asked_for(opened, address, wanted, names):
    view = opened(address)
    view.select_option("#comparing [name=rows]", wanted)
    assert [row[0] for row in rows(view)] == names


def test_backends_and_features_are_chosen_and_the_address_holds_them(opened, address):
    view = opened(address)
    view.get_by_role("checkbox", name="torch-cpu").uncheck()
    view.locator("#comparing summary").click()
    view.get_by_role("checkbox", name="group").check()
    view.select_option("#comparing [name=rows]", "differ")
    assert rows(view) == [["wrong_otherwise", "deviates", "deviates"]]
    assert said(view) == "3 cases: they agree in 2 and differ in 1."
    view.fill("#comparing [name=search]", "input=5")
    assert said(view) == "1 case: they agree in 1 and differ in 0."
    view.fill("#comparing [name=search]", "")
    again = opened(view.url)
    assert rows(again) == [["wrong_otherwise", "deviates", "deviates"]]
    assert again.locator("#compared-says").text_content() == "group"


def test_the_search_is_that_of_all_answers(opened, address):
    view = opened(address + "#compare?q=stride=2+X=[1,1,6]")
    assert [row[0] for row in rows(view)] == ["one_wrong"]
    view.fill("#comparing [name=search]", "backend=ort verdict=deviates")
    assert [row[0] for row in rows(view)] == ["wrong_alike", "wrong_otherwise"]


def test_a_row_opens_into_every_answer_as_text(opened, address):
    view = opened(address)
    toggle = view.locator("#comparison").get_by_role("button", name="core/wrong_otherwise")
    toggle.click()
    detail = view.locator("#comparison .detail")
    expect(detail).to_contain_text("size <b>8</b>")
    expect(detail).to_contain_text("no word for it")
    assert detail.locator("b").count() == 0
    assert detail.locator("dt").all_text_contents() == list(BACKENDS)
    detail.get_by_role("link", name="every answer to this case").click()
    expect(view.locator("#answers tbody tr")).to_have_count(3)
    toggle.click()
    expect(view.locator("#comparison .detail")).to_have_count(0)


def test_shapes_that_are_foretold_are_compared_apart(opened, address):
    view = opened(address)
    view.select_option("#comparing [name=of]", "output_shape")
    shown = view.locator("#compared-backends label:visible").all_text_contents()
    assert [name.strip() for name in shown] == ["torch-cpu", "onnx-shape-inference"]
    assert [row[0] for row in rows(view)] == ["all_right"]
    view.select_option("#comparing [name=of]", "computed")
    assert len(rows(view)) == len(CASES)


def test_without_a_backend_nothing_is_compared(opened, address):
    view = opened(address)
    for name in BACKENDS:
        view.get_by_role("checkbox", name=name).uncheck()
    assert said(view) == "No backend is chosen."
    assert said(opened(view.url)) == "No backend is chosen."
    expect(view.locator("#comparison")).to_be_hidden()


def test_every_two_that_both_answer_have_how_often_they_agree(opened, address):
    view = opened(address + "#compare?features=group")
    pairs = view.locator("#compared-pairs li")
    assert pairs.all_text_contents() == [
        "torch-cpu and tensorflow-cpu agree in 1 of 1",
        "torch-cpu and onnxruntime-cpu agree in 1 of 1",
        "tensorflow-cpu and onnxruntime-cpu agree in 2 of 3",
    ]
    view.evaluate("location.hash = '#compare?backends=torch-cpu,onnxruntime-cpu'")
    assert pairs.count() == 0
