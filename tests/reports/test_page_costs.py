"""What the page of many answers costs a reader: it is laid out and compared as far as it is seen,
and a search is done over numbers."""

import msgspec
import pytest
from playwright.sync_api import expect

from convtranspose_reports import Verdict, write_report

ANSWERS, CASES = 100_000, 20_000
MOST_MB = 1.0
MOST_TO_OPEN_S, MOST_TO_SEARCH_S = 2.0, 0.15  # of the processor
SEARCHES = ("x_4", "stride=2", "kernel=3 stride=2", "backend=b1 verdict=deviates", "shape", "")


@pytest.fixture
def many(tmp_path, fake):
    """The page of 10^5 answers of five backends."""
    names = [f"core/x_{i % 50}_k_{i % 7}_number_{i}" for i in range(CASES)]
    cases = [
        msgspec.structs.replace(
            fake.case(name, *(["group", "strides"][: i % 3])),
            summary=f"ConvTranspose X[1, 1, {i % 50}] W[1, 1, {i % 7}] strides=[{1 + i % 3}] "
            "(float32, integers, opset 11, W constant)",
        )
        for i, name in enumerate(names)
    ]
    records = [
        fake.record(name, f"b{b}", Verdict.DEVIATES, reason=f"shape 1x1x{i % 500}")
        if (i + b) % 5 == 0
        else fake.record(name, f"b{b}")
        for b in range(ANSWERS // CASES)
        for i, name in enumerate(names)
    ]
    backends = [fake.backend(f"b{b}") for b in range(ANSWERS // CASES)]
    run = fake.run(records, (), cases, backends=backends)
    return write_report(tmp_path, run)


@pytest.fixture
def view(chromium, many):
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def spent(view):
    """Seconds of the processor that the page has taken until now, by what."""
    session = view.context.new_cdp_session(view)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    return lambda name: next(
        metric["value"]
        for metric in session.send("Performance.getMetrics")["metrics"]
        if metric["name"] == name
    )


def test_many_answers_are_opened_and_searched_at_once(view, spent, many):
    assert many.stat().st_size < MOST_MB * 1e6
    view.goto(many.as_uri())
    expect(view.locator("#shown")).to_contain_text("of 100\u202f000 answers")
    assert spent("TaskDuration") < MOST_TO_OPEN_S
    expect(view.locator("#compared")).not_to_be_empty()
    for text in SEARCHES:
        before = spent("ScriptDuration")
        view.fill("#search", text)
        assert spent("ScriptDuration") - before < MOST_TO_SEARCH_S, text
    before = spent("ScriptDuration")
    view.evaluate("document.querySelectorAll('#compared-features input')[1].click()")
    assert spent("ScriptDuration") - before < MOST_TO_SEARCH_S
    expect(view.locator("#agreement")).to_contain_text("agree on strides")


SEEN = "element => element.checkVisibility({contentVisibilityAuto: true})"


def test_what_is_not_in_sight_is_laid_out_last(opened, chromium, tmp_path, fake):
    example = fake.example(reproducer="print(1)\n" * 99)
    found = fake.finding("flip", example=example)
    cases = [fake.case(f"case{i}", "group") for i in range(99)]
    records = [
        fake.record(case.name, "wrong", Verdict.DEVIATES, finding=found.id) for case in cases
    ]
    address = write_report(tmp_path, fake.run(records, (found,), cases)).as_uri()
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    machine = page.locator("#environment p, #environment table").first
    assert not machine.evaluate(SEEN)
    for _ in range(50):  # a busy browser lays out later, and what it lays out moves what is below
        machine.scroll_into_view_if_needed()
        if machine.evaluate(SEEN):
            break
        page.wait_for_timeout(100)
    assert machine.evaluate(SEEN)
    context.close()
    view = opened(address)
    laid_out = view.locator("#environment p, #environment table").first.element_handle()
    view.wait_for_function(SEEN, arg=laid_out)  # when nothing else is to be done
    view.evaluate("location.hash = '#finding/wrong-flip'")
    script = view.locator("details.deviates > .reproducer pre")
    expect(script).to_have_attribute("tabindex", "0")  # it scrolls, so that it has to be a stop
