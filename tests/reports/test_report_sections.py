from dataclasses import replace

import jinja2
import pytest
from msgspec import structs

from convtranspose_reports import (
    SECTIONS,
    ComputesLine,
    PlaceLine,
    RoundingLine,
    Section,
    Verdict,
    write_report,
)
from convtranspose_reports.compatibility import computes_text
from convtranspose_reports.page.page import page
from convtranspose_reports.page.self_contained import environment_of

TEMPLATE = """{% from "_macros.html.j2" import plural %}
<p>{{ plural(cases|length, "case", "cases") }}: {{ cases|join(", ") }}</p>
"""


@pytest.fixture
def names(tmp_path):
    """A section that this package knows nothing of, with a template of its own."""
    template = tmp_path / "names.html.j2"
    template.write_text(TEMPLATE)
    return Section(
        id="names",
        title="Names",
        heading="The names of all <cases>",
        template=template,
        given=lambda view: {"cases": [case.name for case in view.run.cases]},
        shown_when="cases",
    )


def entries(view):
    return view.eval_on_selector_all(
        "nav[aria-label=Sections] a",
        "links => links.map(link => [link.getAttribute('href'), link.textContent])",
    )


def headings(view):
    return view.eval_on_selector_all(
        "main > section",
        "all => all.map(one => [one.id, document.getElementById("
        "one.getAttribute('aria-labelledby')).textContent])",
    )


def test_templates_are_compiled_once_for_all_pages(fake, names, monkeypatch):
    run, sections = fake.run([fake.record("a")]), (*SECTIONS, names)
    first = page(run, sections)
    for package in ("convtranspose_reports.page", "convtranspose_conformance.explain.pages"):
        assert environment_of(package) is environment_of(package)
    monkeypatch.setattr(
        jinja2.Environment, "compile", lambda *_, **__: pytest.fail("compiled anew")
    )
    assert page(run, sections) == first


def test_a_section_of_ones_own_is_on_the_page_and_in_the_navigation(opened, tmp_path, fake, names):
    run = fake.run([fake.record("a"), fake.record("b & c")])
    view = opened(write_report(tmp_path, run, (SECTIONS[0], names, *SECTIONS[1:])).as_uri())
    first = SECTIONS[0]
    assert entries(view)[:2] == [[f"#{first.id}", first.title], ["#names", "Names"]]
    assert entries(view)[-1] == ["#environment", "Environment"]
    assert headings(view)[1] == ["names", "The names of all <cases>"]
    assert view.locator("#names p").text_content() == "2 cases: a, b & c"
    view.click("nav a[href='#names']")
    assert view.evaluate("document.getElementById('names').getBoundingClientRect().top < 100")


def test_what_has_nothing_to_show_is_in_neither(opened, tmp_path, fake, names):
    view = opened(write_report(tmp_path, fake.run([]), (*SECTIONS, names)).as_uri())
    expected = [[each.id, each.heading or each.title] for each in SECTIONS if not each.shown_when]
    assert headings(view) == expected
    assert [href for href, _ in entries(view)] == [f"#{name}" for name, _ in expected]


@pytest.mark.parametrize("verdict", [Verdict.FAILS, Verdict.CONFORMS])
def test_a_run_that_was_cut_short_claims_no_agreement(tmp_path, fake, verdict):
    cut = replace(fake.run([fake.record("a", "wrong", verdict)]), footer=None)
    text = write_report(tmp_path, cut).read_text()
    assert "None: every answer is the text" not in text
    assert "was cut short before its differences were explained" in text
    assert ("1 answer that fails</a>" in text) is (verdict is Verdict.FAILS)
    assert "They come first in the list" not in text


COMPUTES = ComputesLine(
    backend="right",
    version="1.0",
    places=[
        PlaceLine(
            padding="VALID",
            begin="max(0, stride - 1)",
            size="natural",
            begin_by_text="0",
            size_by_text="natural",
            as_text=False,
            read=51,
            asked=52,
        )
    ],
    rounding=[
        RoundingLine(
            dtype="float16",
            routes=["taps", "channels"],
            width="float16",
            order="",
            bias="added after the sum was rounded",
            fused="no",
            inputs="",
            subnormals="kept",
        )
    ],
)


def test_what_was_measured_of_a_backend_stands_beside_the_text(tmp_path, fake):
    run = fake.run([fake.record("a")])
    plain = write_report(tmp_path / "plain", run)
    assert 'id="computes"' not in plain.read_text()
    other = structs.replace(COMPUTES, backend="not-asked")
    header = structs.replace(run.header, computes=[COMPUTES, other])
    told = write_report(tmp_path / "told", replace(run, header=header))
    html, markdown = told.read_text(), computes_text([COMPUTES])
    for word in ("max(0, stride - 1)", "51 of 52", "added after the sum was rounded"):
        assert word in html
        assert word in markdown
    section = html[html.index('id="computes"') :]
    assert "not-asked" not in section[: section.index("</section>")]


def test_every_section_has_an_anchor_a_title_and_a_template_of_its_own():
    for name in ("id", "title", "template"):
        assert len({getattr(section, name) for section in SECTIONS}) == len(SECTIONS)


def test_a_template_sees_only_what_its_section_is_given(fake, tmp_path):
    template = tmp_path / "curious.html.j2"
    template.write_text("{{ findings }}")
    curious = Section(id="curious", title="Curious", template=template)
    failed: dict[str, str] = {}
    page(fake.run([]), [curious], failed)
    assert failed["section 'Curious'"].startswith("UndefinedError: 'findings' is undefined")
