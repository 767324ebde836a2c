import tomllib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from convtranspose_reports import Run, Verdict, write_report, write_run
from convtranspose_reports.page.badge import badge, badges
from convtranspose_reports.page.citation import AUTHORS, bibtex, citation, description
from convtranspose_reports.runs.store import remove_report

ROOT = Path(__file__).parents[2]


def test_the_file_names_the_project_as_it_is_built():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    assert f"version: {project['version']}" in lines
    assert f"title: {project['name']}" in lines
    assert f"license: {project['license']}" in lines
    assert f"  - name: {AUTHORS}" in lines


def test_a_report_is_cited_by_suite_seed_date_and_versions(fake):
    run = fake.run([fake.record("a")], partial="--case a")
    assert citation(run).endswith(
        "Report of convtranspose-conformance 0.1, data seed 1, run of 2026-01-01. "
        "Partial: --case a. Backends: right 1.0, wrong 1.0."
    )
    cut = Run(header=run.header, cases=run.cases, records=run.records)
    assert "a run that was cut short" in citation(cut)


def test_a_commit_is_cited_where_it_is_known(fake):
    run = fake.run([fake.record("a")], environment={"commit": "0123456789abcdef"})
    assert "conformance 0.1, commit 0123456789ab, data seed 1" in citation(run)


def test_an_entry_of_a_bibliography_cannot_be_broken_out_of(fake):
    run = fake.run([fake.record("a")], backends=[fake.backend("right", version="1}, x = {2\\")])
    entry = bibtex(run)
    assert entry.startswith("@software{convtranspose-conformance,\n  author = {{")
    assert "right 1, x = 2.}" in entry
    assert entry.count("{") == entry.count("}")


@pytest.mark.parametrize("title", ["Right", '"><script>document.title = 1</script>'])
def test_the_page_says_what_it_is_and_how_to_cite_it(opened, tmp_path, fake, title):
    backends = [fake.backend("right", title=title), fake.backend("wrong")]
    run = fake.run([fake.record("a")], backends=backends)
    view = opened(write_report(tmp_path, run).as_uri())
    meta = view.locator("meta[name=description]").get_attribute("content")
    assert meta == description(run)
    assert f"{title} 1.0" in meta
    assert view.locator("#cited q").text_content() == citation(run)


def test_the_raw_files_are_beside_the_page(opened, tmp_path, fake):
    run = fake.run([fake.record("a"), fake.record("a", "wrong")])
    write_run(tmp_path, run)
    view = opened(write_report(tmp_path, run).as_uri())
    links = view.eval_on_selector_all("#cite dd a", "all => all.map(a => a.getAttribute('href'))")
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert set(links) == files - {"index.html"}
    assert view.locator("#cite svg title").text_content() == (
        "ConvTranspose: every difference declared"
    )


def test_the_badge_says_what_the_run_says(fake):
    assert "undeclared differences" in badge(fake.run([fake.record("a", verdict=Verdict.FAILS)]))
    assert "nothing ran" in badge(fake.run([]))


def test_a_backends_badge_has_its_share_and_its_day(fake):
    right = [fake.record(f"case {i}") for i in range(3)]
    wrong = fake.record("wrong", verdict=Verdict.DEVIATES)
    silent = fake.record("silent", verdict=Verdict.UNSUPPORTED)
    run = fake.run([*right, wrong, silent])
    svg = badges(run)["right.svg"]
    assert f"75 % right of 80 % answered, {run.footer.finished[:10]}" in svg
    assert "answered nothing" in badges(run)["wrong.svg"]


def test_a_backends_badge_stays_in_its_folder_and_text_stays_text(fake):
    hostile = "../<b>&x:y@cpu"
    record = msgspec.structs.replace(fake.record("a"), backend=hostile)
    run = fake.run([record])
    line = msgspec.structs.replace(run.header.backends[0], name=hostile)
    header = msgspec.structs.replace(run.header, backends=[line])
    ((name, svg),) = badges(replace(run, header=header)).items()
    assert "/" not in name
    assert "<b>" not in svg
    assert "&lt;b&gt;&amp;x:y@cpu" in svg


def test_backends_whose_names_come_to_the_same_have_badges_of_their_own(fake):
    names = ["a:b", "a_b", "a@b"]
    run = fake.run([msgspec.structs.replace(fake.record("x"), backend=name) for name in names])
    lines = [msgspec.structs.replace(run.header.backends[0], name=name) for name in names]
    header = msgspec.structs.replace(run.header, backends=lines)
    made = badges(replace(run, header=header))
    assert len(made) == 3
    assert "ConvTranspose a_b " in made["a_b.svg"]
    assert len({name.lower() for name in made}) == 3


def test_badges_of_others_stay_where_a_run_begins_anew(fake, tmp_path):
    write_report(tmp_path, fake.run([fake.record("a")]))
    mine = tmp_path / "badges" / "mine.svg"
    mine.write_text("<svg><title>coverage</title></svg>", encoding="utf-8")
    remove_report(tmp_path)
    assert list((tmp_path / "badges").iterdir()) == [mine]
    mine.unlink()
    write_report(tmp_path, fake.run([fake.record("a")]))
    remove_report(tmp_path)
    assert list(tmp_path.iterdir()) == []
