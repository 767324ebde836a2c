import tomllib
from pathlib import Path

import pytest

from convtranspose_reports import Run, write_report
from convtranspose_reports.page.citation import AUTHORS, citation, description

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


@pytest.mark.parametrize("title", ["Right", '"><script>document.title = 1</script>'])
def test_the_page_says_what_it_is_and_how_to_cite_it(opened, tmp_path, fake, title):
    backends = [fake.backend("right", title=title), fake.backend("wrong")]
    run = fake.run([fake.record("a")], backends=backends)
    view = opened(write_report(tmp_path, run).as_uri())
    meta = view.locator("meta[name=description]").get_attribute("content")
    assert meta == description(run)
    assert f"{title} 1.0" in meta
    assert view.locator("#cite q").text_content() == citation(run)
