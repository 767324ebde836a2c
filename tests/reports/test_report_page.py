from itertools import pairwise

import pytest
from playwright.sync_api import expect

from convtranspose_reports import Check, Verdict, write_report
from convtranspose_reports.page.bug_report import bug_report

CHECKS = (Check.OUTPUT, Check.OUTPUT_SHAPE)

CONFORMS, DEVIATES, FAILS, STALE = (
    Verdict[name] for name in ("CONFORMS", "DEVIATES", "FAILS", "STALE")
)
ATTACK = (
    "</script><script>document.title='owned'</script><img src=x "
    "onerror=\"document.title='owned'\"> {{ 1 }} ${1}"
)


@pytest.fixture
def run(fake):
    features = [["group"], ["strides"], ["group", "strides"], []]
    cases = [fake.case(f"case{i}", *features[i % 4]) for i in range(240)]
    records = [
        fake.record(
            case.name,
            name,
            verdict,
            check=check,
            reason=ATTACK if name == "wrong" else "",
            finding=found,
        )
        for i, case in enumerate(cases)
        for name, verdict, found in [
            ("right", CONFORMS, ""),
            ("wrong", *((FAILS, "wrong-" + ATTACK) if i < 30 else (DEVIATES, "wrong-flip"))),
        ]
        for check in (Check.OUTPUT, Check.OUTPUT_SHAPE)
    ]
    findings = (
        fake.finding("flip", cases=420, example=fake.example(actual=ATTACK)),
        fake.finding(
            ATTACK,
            verdict=FAILS,
            sentence=ATTACK,
            cases=60,
            reason=ATTACK,
            example=fake.example(reproducer=ATTACK),
        ),
        fake.finding(
            "script", verdict=STALE, upstream=["javascript:document.title='owned'"], note=ATTACK
        ),
    )
    absent = fake.backend("absent", usable=False, asked=False, reason=ATTACK)
    backends = [fake.backend("right"), fake.backend("wrong", title=ATTACK, version=ATTACK), absent]
    return fake.run(records, findings, cases, backends=backends, environment={ATTACK: ATTACK})


@pytest.fixture
def address(tmp_path, run):
    return write_report(tmp_path, run).as_uri()


def shown(view):
    return [
        [cell.strip() for cell in row]
        for row in view.eval_on_selector_all(
            "#answers tbody tr:not(.detail)",
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))",
        )
    ]


def test_what_a_backend_says_is_text(opened, address):
    view = opened(address)
    assert view.title() == "ConvTranspose conformance: red"
    assert view.locator("script").count() == 2
    assert view.locator("img").count() == 0
    assert view.locator("a[href^='javascript']").count() == 0
    assert view.locator("details.fails .title").text_content() == ATTACK
    assert view.locator("details.fails > .reproducer pre").text_content() == ATTACK
    assert ATTACK in view.locator("details.fails .report pre").text_content()
    assert view.locator("#answers .clamped").first.text_content() == ATTACK


def test_a_count_of_a_cell_of_the_matrix_shows_exactly_its_answers(opened, address, run):
    view = opened(address)
    cell = view.locator("td.cell", has=view.locator("summary:has-text('strides, wrong:')")).first
    cell.locator("summary").click()
    cell.get_by_role("link", name="deviates").click()
    expect(view.locator("#shown")).to_contain_text("210 of")
    assert view.input_value("[name=verdict]") == "deviates"
    names = {case.name for case in run.cases if "strides" in case.features}
    wanted = sorted(
        (r.case, "wrong", str(r.check))
        for r in run.records
        if r.case in names and r.backend == "wrong" and r.verdict is DEVIATES
    )
    rows = shown(view)
    for _ in range(2):
        view.click("#next")
        rows += shown(view)
    assert view.locator("#next").is_disabled()
    assert sorted((row[4], row[1], row[3]) for row in rows) == wanted


def test_the_address_keeps_the_filter(opened, address):
    view = opened(address)
    view.select_option("[name=verdict]", "fails")
    view.fill("[name=q]", "CASE7 owned")
    assert view.evaluate("location.hash") == "#cases?verdict=fails&q=CASE7+owned"
    again = opened(address + "#cases?verdict=fails&q=CASE7+owned")
    assert again.input_value("[name=q]") == "CASE7 owned"
    assert [(row[0].partition(",")[0], row[1], *row[3:]) for row in shown(again)] == [
        ("✗ fails", "wrong", check, "case7") for check in CHECKS
    ]
    again.click("#filters button[type=reset]")
    expect(again.locator("#shown")).to_contain_text("960 of 960")
    assert again.evaluate("location.hash") == "#cases"


def test_an_address_of_another_run_shows_nothing(opened, address):
    view = opened(address + "#cases?backend=elsewhere")
    assert view.input_value("[name=backend]") == "elsewhere"
    assert shown(view) == []


def test_a_row_expands_and_leads_to_its_discrepancy(opened, address):
    view = opened(address + "#cases?backend=wrong&verdict=deviates")
    view.locator("#answers .toggle").first.click()
    detail = view.locator("tr.detail")
    assert "summary of case30" in detail.text_content()
    assert ATTACK in detail.text_content()
    card = view.locator("details.finding.deviates")
    assert card.get_attribute("open") is None
    detail.locator("a[href^='#finding/']").click()
    expect(card).to_have_attribute("open", "")
    view.locator("#answers .toggle").first.click()
    assert detail.count() == 0


def test_failing_cards_are_open_and_first(opened, address):
    view = opened(address)
    cards = view.eval_on_selector_all(
        "details.finding", "cards => cards.map(card => [card.classList[1], card.open])"
    )
    assert cards == [["fails", True], ["stale", True], ["deviates", False]]
    assert (
        "Red: 60 answers differ in a way that nobody declared, 1 declaration is stale"
        in view.locator(".outcome").text_content()
    )


def test_differing_numbers_are_marked(opened, tmp_path, fake):
    example = fake.example(expected="[[[1 2 3]]]", actual="[[[1 5 3]]]")
    records = [fake.record("a", "wrong", DEVIATES, finding="wrong-flip")]
    view = opened(
        write_report(tmp_path, fake.run(records, (fake.finding("flip", example=example),))).as_uri()
    )
    assert view.locator("mark").all_text_contents() == ["2", "5"]


def test_a_card_has_its_bug_report(opened, tmp_path, fake):
    finding = fake.finding("flip", example=fake.example())
    run = fake.run(
        [fake.record("a", "wrong", DEVIATES, finding="wrong-flip")], (finding, fake.finding("bare"))
    )
    view = opened(write_report(tmp_path, run).as_uri())
    reports = view.locator("details.report")
    assert reports.count() == 1
    view.eval_on_selector_all(
        "details.finding", "cards => cards.forEach(card => { card.open = true; })"
    )
    assert not reports.locator("pre").is_visible()
    reports.locator("summary").click()
    assert reports.locator("pre").is_visible()
    assert reports.locator("pre").text_content() == bug_report(run, finding)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_the_parts_of_a_card_are_one_below_the_other(opened, tmp_path, fake, width, scheme):
    example = fake.example(arithmetic="Y[0] = " + "X[0] * W[0] + " * 20 + "B[0]\n  = 3")
    run = fake.run(
        [fake.record("a", "wrong", FAILS, finding="wrong-flip")],
        (fake.finding("flip", verdict=FAILS, example=example),),
    )
    view = opened(write_report(tmp_path, run).as_uri(), width)
    view.emulate_media(color_scheme=scheme)
    view.locator("details.report summary").click()
    boxes = [
        view.locator(f"details.fails {part}").bounding_box()
        for part in (".arithmetic", "> .reproducer", ".report", ".report pre")
    ]
    card = view.locator("details.fails").bounding_box()
    assert all(
        above["y"] + above["height"] + 8 <= below["y"] for above, below in pairwise(boxes[:3])
    )
    assert {round(box["width"]) for box in boxes[:3]} == {round(boxes[0]["width"])}
    assert all(
        card["x"] < box["x"] and box["x"] + box["width"] < card["x"] + card["width"]
        for box in boxes
    )
    wide = view.locator("details.fails .report pre")
    assert wide.evaluate(
        "pre => pre.scrollWidth <= pre.clientWidth"
    )  # prose: its long lines are broken


@pytest.mark.parametrize("width", [360, 1600])
def test_only_tables_scroll_sideways(opened, address, width):
    view = opened(address, width)
    view.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    view.locator("#answers .toggle").first.click()
    assert view.evaluate("document.documentElement.scrollWidth") == width


def test_everything_but_the_case_table_works_without_script(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(address)
    assert view.locator("#cases noscript p").is_visible()
    assert view.locator("details.fails pre").first.is_visible()
    assert not view.locator("#filters").is_visible()
    assert not view.locator("#answers").is_visible()
    context.close()


@pytest.mark.parametrize("records", [0, 1])
def test_a_run_without_news(opened, tmp_path, fake, records):
    run = fake.run([fake.record("a")][:records], backends=[fake.backend("right")])
    view = opened(write_report(tmp_path, run).as_uri())
    assert ("Nothing ran" if not records else "Green: no difference was found") in view.locator(
        ".outcome .big"
    ).text_content()
    expect(view.locator("#shown")).to_contain_text(f"{records} of {records} answers")


def test_a_backend_that_answered_nothing_is_named_at_the_top(opened, tmp_path, fake):
    declined = {"reason": "no kernel", "finding": "wrong-no-kernel"}
    records = [fake.record("a"), fake.record("a", "wrong", Verdict.DECLINED, **declined)]
    view = opened(write_report(tmp_path, fake.run(records)).as_uri())
    assert (
        "No pass: 1 implementation answered too little"
        in view.locator(".outcome .big").text_content()
    )
    assert "wrong answered nothing (1 declined)" in view.locator(".outcome .news").text_content()
    assert "answered 0 % 0 of 1" in " ".join(view.locator(".tile").nth(1).text_content().split())
    view.locator(".outcome .news a").click()
    expect(view.locator("#shown")).to_contain_text("1 of 2 answers")


def test_the_keyboard_is_soon_at_the_answers(opened, tmp_path, fake):
    features = {f"feature{i}": "said" for i in range(20)}
    cases = [fake.case(f"case{i}", f"feature{i}") for i in range(20)]
    records = [
        fake.record(case.name, name, DEVIATES, finding=f"{name}-rule{i}")
        for i, case in enumerate(cases)
        for name in ("right", "wrong")
    ]
    findings = tuple(
        fake.finding(f"rule{i}", name, example=fake.example())
        for i in range(20)
        for name in ("right", "wrong")
    )
    run = fake.run(records, findings, cases, features=features)
    view = opened(write_report(tmp_path, run).as_uri())
    stops = 0
    while not view.evaluate("document.activeElement.matches('#answers .toggle')"):
        view.keyboard.press("Tab")
        stops += 1
        assert stops <= 60
    assert stops >= 15


def focused(view):
    return view.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()")


def test_arrows_go_through_the_matrix_and_the_cards(opened, address):
    view = opened(address)
    view.focus("#matrix td summary")
    cells = []
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "ArrowDown"):
        view.keyboard.press(key)
        cells.append(focused(view).partition(":")[0])
    assert cells == [
        "strides, wrong",
        "group, wrong",
        "group, right",
        "strides, right",
        "group, wrong",
        "group, wrong",
    ]
    view.focus("details.fails > summary")
    view.keyboard.press("ArrowDown")
    assert view.evaluate("document.activeElement.parentElement.className") == "finding stale"
    view.keyboard.press("ArrowDown")
    view.keyboard.press("Enter")
    expect(view.locator("details.deviates").first).to_have_attribute("open", "")
    view.keyboard.press("Tab")
    assert view.evaluate("document.activeElement.closest('details.deviates') !== null")


def test_a_link_and_a_key_lead_to_the_search(opened, address):
    view = opened(address)
    view.keyboard.press("Tab")
    assert focused(view) == "Skip to the search in all answers"
    view.keyboard.press("Enter")
    view.keyboard.type("case7")
    assert view.input_value("[name=q]") == "case7"
    view.focus("#matrix td summary")
    view.keyboard.press("/")
    view.keyboard.type("/1")
    assert view.input_value("[name=q]") == "case7/1"


def test_landmarks_have_names_of_their_own_and_links_the_names_that_they_show(opened, address):
    view = opened(address)
    names = view.eval_on_selector_all(
        "nav, section, [role=region]",
        "all => all.map(one => one.ariaLabel || one.getAttribute('aria-labelledby'))",
    )
    assert None not in names
    assert len(set(names)) == len(names)
    assert view.locator(":is(a, button, summary)[aria-label]").count() == 0
