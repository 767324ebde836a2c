"""What changed from release to release: which differences are gone, and which are new."""

import pytest

from convtranspose_reports import Verdict, compare, history_section, with_changes, write_report
from convtranspose_reports.page.sections import SECTIONS
from convtranspose_reports.runs.history import History, Release, ReleaseDifference, changed, steps

C, D = Verdict.CONFORMS, Verdict.DEVIATES
PULL = "https://github.com/microsoft/onnxruntime/pull/29446"


def difference(*cases: int, says: str = "turns <b>W</b>", upstream: tuple[str, ...] = ()):
    return ReleaseDifference(says=says, cases=list(cases), upstream=list(upstream))


@pytest.fixture
def known():
    counts = ((10, 4), (10, 4), (1_012, 3))
    return History(
        releases=[
            Release(version=f"1.{n}", date=f"2026-0{n}-01" if n else "", verdicts={C: c, D: d})
            for n, (c, d) in enumerate(counts)
        ],
        shown={
            "right/rejection/few": difference(1, 1, 0),
            "right/output/gone": difference(3, 3, 0, upstream=(PULL,)),
            "right/output/new": difference(0, 0, 1, says="is new"),
            "right/output/still": difference(2, 2, 5, says="goes on", upstream=(PULL,)),
            "right/output/always": difference(7, 7, 7, says="always does"),
        },
    )


def test_a_step_has_what_is_gone_and_new_and_of_other_cases(known):
    newest, first = steps(known)
    assert (newest.before.version, newest.release.version) == ("1.1", "1.2")
    told = [[turn.id for turn in turns] for turns in (newest.ended, newest.begun, newest.resized)]
    assert told == [
        ["right/output/gone", "right/rejection/few"],
        ["right/output/new"],
        ["right/output/still"],
    ]
    assert [(turn.before, turn.after) for turn in newest.resized] == [(2, 5)]
    assert newest.sentence == "2 differences are gone, 1 is new; 1\u202f002 more answers conform"
    assert first.is_quiet
    assert first.sentence == "nothing changed"


@pytest.mark.parametrize(
    ("version", "newest", "is_known"),
    [("1.2+cpu", "1.2", True), ("1.1", "1.1", True), ("2", "1.2", False)],
)
def test_the_first_step_is_to_the_release_that_the_run_asked(
    fake, known, version, newest, is_known
):
    told = changed(fake.backend("right", version=version), known)
    assert told.newest is not None
    assert (told.newest.release.version, told.is_known) == (newest, is_known)
    assert len(told.others) == 1
    assert changed(fake.backend("right"), None).newest is None
    alone = History(releases=known.releases[:1], shown={})
    assert changed(fake.backend("right"), alone).newest is None


def sections(known):
    told = history_section(lambda: {"right": known})
    return [told if section.id == told.id else section for section in SECTIONS]


@pytest.fixture
def run(fake):
    backends = [fake.backend("right", version="1.2"), fake.backend("wrong")]
    found = fake.finding("new", "right", id="right/output/new")
    records = [fake.record("a"), fake.record("a", "wrong")]
    return fake.run(records, (found,), backends=backends)


def test_beside_a_step_in_which_nothing_changed_stands_the_last_that_changed_something(fake, known):
    """And of a step upstream is named where it ended, or began, the difference."""
    releases = [*known.releases, Release(version="1.3", date="", verdicts={C: 1_012, D: 3})]
    shown = {
        name: ReleaseDifference(says=d.says, cases=[*d.cases, d.cases[-1]], upstream=d.upstream)
        for name, d in known.shown.items()
    }
    shown["right/output/new"] = ReleaseDifference(
        says="", cases=[0, 0, 1, 1], upstream=["https://x/ended"], begun_by=[PULL]
    )
    told = changed(fake.backend("right", version="1.3"), History(releases=releases, shown=shown))
    assert [step and step.release.version for step in (told.newest, told.last)] == ["1.3", "1.2"]
    assert [step.release.version for step in told.others] == ["1.1"]
    assert [list(turn.upstream) for turn in told.last.begun] == [[PULL]]
    assert [list(turn.upstream) for turn in told.last.ended] == [[PULL], []]
    assert [list(turn.upstream) for turn in told.last.resized] == [[]]
    first = changed(fake.backend("right", version="1.2"), known)
    assert first.last is None


def test_the_page_tells_it_of_every_backend(opened, tmp_path, run, known):
    view = opened(write_report(tmp_path, run, sections(known)).as_uri())
    changes = view.locator("[id='changes/right']")
    assert " ".join(changes.locator(".step").first.text_content().split()) == (
        "Right 1.2 (2026-02-01), since 1.1 (2026-01-01): "
        "2 differences are gone, 1 is new; 1 002 more answers conform."
    )
    turns = [" ".join(each.split()) for each in changes.locator("> .turns li").all_text_contents()]
    assert turns == [
        "new is new output, 1 case the finding",
        "no longer turns <b>W</b> output, 3 cases microsoft/onnxruntime#29446 (merged)",
        "no longer turns <b>W</b> rejection, 1 case",
        "still goes on output, 5 cases, 2 before",
    ]
    assert "were read on" in view.locator("#changes").text_content()
    changes.get_by_role("link", name="the finding").click()
    assert view.url.endswith("#finding/right/output/new")
    section = " ".join(view.locator("#changes").text_content().split())
    assert "nothing is recorded of what changed: Wrong 1.0." in section
    assert "Since an earlier run: none was given." in section


def test_beside_an_earlier_run_both_are_told_and_come_first(opened, tmp_path, run, known):
    page = write_report(tmp_path, run, with_changes(compare(run, run), sections(known)))
    view = opened(page.as_uri())
    assert view.locator("main > section").first.get_attribute("id") == "changes"
    assert view.locator("[id='changes']").count() == 1
    titles = view.locator("#changes h3").all_text_contents()
    assert titles == ["Since the run before", "From release to release"]
    assert "and since the earlier run, comes first" in view.locator("header").text_content()


def test_without_any_history_it_is_said_that_nothing_is_recorded(opened, tmp_path, run):
    view = opened(write_report(tmp_path, run).as_uri())
    assert "nothing is recorded of what changed: Right 1.2, Wrong 1.0." in " ".join(
        view.locator("#changes").text_content().split()
    )
    assert view.locator("#changes details").count() == 0
