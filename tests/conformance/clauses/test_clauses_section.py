"""The section of clauses: every reading drawn, and who follows it."""

import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from convtranspose_cases.clauses import CLAUSES
from convtranspose_conformance.ask.section import PAGE
from convtranspose_conformance.clauses.pictured import CALLS, pictured
from convtranspose_conformance.clauses.section import CLAUSES_SECTION
from convtranspose_reports import (
    BackendLine,
    CaseLine,
    Check,
    ClauseLine,
    Finding,
    Footer,
    Header,
    Outcome,
    Record,
    Run,
    Verdict,
    View,
)
from convtranspose_reports.page.page import page

DISPUTED = [label for label, clause in CLAUSES.items() if clause.readings]
READ = "C:clamped + D:output_padding_adds_size"


def test_every_clause_that_is_read_in_several_ways_has_calls_and_a_sentence() -> None:
    assert set(CALLS) == set(DISPUTED)
    assert {label for label, clause in CLAUSES.items() if clause.settled} == set(DISPUTED)


@pytest.mark.parametrize("label", DISPUTED)
def test_each_reading_parts_from_the_text_on_a_call_of_its_clause(label: str) -> None:
    clause, pictures = CLAUSES[label], [*pictured(CLAUSES[label])]
    parted = {
        name
        for picture in pictures
        for name, told in picture.readings.items()
        if told != picture.readings[clause.text]
    }
    computing = {"empty_channels_and_output_computed"}  # of a call with channels, as the text
    assert parted == {reading.name for reading in clause.readings} - computing


BY_HAND = {
    # natural size 3 * 2 + 1 = 7; SAME wants 3 * 3 = 9: total -2
    "C": {
        "zeros_split": "size 9: 1 zero at the begin, 1 zero at the end",
        "clamped": "size 7: nothing at the begin, nothing at the end",
        "zeros_at_end": "size 9: nothing at the begin, 2 zeros at the end",
    },
    # natural size 5, SAME wants 6: total -1, and the begin is -1 / 2: -1 or 0
    "E": {
        "floored": "size 6: 1 zero at the begin, nothing at the end",
        "truncated": "size 6: nothing at the begin, 1 zero at the end",
        "zeros_at_end": "size 6: nothing at the begin, 1 zero at the end",
    },
    # natural size 4, output_shape 3: total 1
    "F": {
        "extra_at_begin": "size 3: 1 cropped at the begin, nothing at the end",
        "extra_at_end": "size 3: nothing at the begin, 1 cropped at the end",
        "no_pads": "refused",
    },
    "W": {
        "edge": "1/2 X[0] + 3/8 X[1] + 1/8 X[2]; 1/8 X[1] + 3/8 X[2] + 1/2 X[3]",
        "outside_left_out": "3/7 X[0] + 3/7 X[1] + 1/7 X[2]; 1/7 X[1] + 3/7 X[2] + 3/7 X[3]",
    },
    "K": {
        "below_max": "size 6: nothing at the begin, nothing at the end",
        "below_stride": "refused",
    },
}


@pytest.mark.parametrize("label", BY_HAND)
def test_what_is_said_of_a_call_is_what_comes_out_by_hand(label: str) -> None:
    (picture,) = pictured(CLAUSES[label])
    assert {name: words for name, (words, _) in picture.readings.items()} == BY_HAND[label]


@pytest.mark.parametrize("label", DISPUTED)
def test_a_picture_has_a_square_for_each_place_or_share(label: str) -> None:
    for picture in pictured(CLAUSES[label]):
        for words, drawn in picture.readings.values():
            kinds = re.findall(r'class="(kept|zero|cropped)"', drawn)
            size = re.match(r"size (\d+)", words)
            shares = words.count("X[")  # of a resize: the inputs that each output weighs
            assert len(kinds) - kinds.count("cropped") == (int(size[1]) if size else shares)
            zeros = sum(int(n) for n in re.findall(r"(\d+) zero", words))
            assert kinds.count("zero") == zeros


def backend(name: str) -> BackendLine:
    return BackendLine(
        name=name, title=name, route="call", version="1", device="cpu", usable=True, asked=True
    )


def record(case: str, name: str, verdict: Verdict, **given: Any) -> Record:
    outcome = {Verdict.CONFORMS: Outcome.AGREES, Verdict.UNSUPPORTED: Outcome.UNSUPPORTED}
    return Record(
        case=case,
        backend=name,
        check=given.pop("check", Check.OUTPUT),
        outcome=outcome.get(verdict, Outcome.SHAPE_DIFFERS),
        verdict=verdict,
        **given,
    )


@pytest.fixture
def run() -> Run:
    cases = [
        CaseLine(name=f"core/{n}", suite="core", summary="s", features=[], clauses=["C", "D", "E"])
        for n in range(3)
    ]
    finding = Finding(
        id="b/output/clamps",
        backend="b",
        check=Check.OUTPUT,
        verdict=Verdict.DEVIATES,
        kind="reading",
        name=READ,
        sentence="clamps",
        cases=2,
    )
    clamps = {"verdict": Verdict.DEVIATES, "finding": finding.id}
    records = [
        *(record(f"core/{n}", "a", Verdict.CONFORMS, follows={"E": ["floored"]}) for n in range(3)),
        record("core/0", "b", Verdict.CONFORMS, follows={"E": ["floored", "truncated"]}),
        *(record(f"core/{n}", "b", **clamps) for n in (1, 2)),  # type: ignore[arg-type]
        record("core/0", "b", Verdict.CONFORMS, check=Check.OUTPUT_SHAPE),  # counted by its output
        *(record(f"core/{n}", "c", Verdict.UNSUPPORTED) for n in range(3)),
    ]
    header = Header(
        suite_version="1",
        seed=0,
        environment={},
        backends=[backend(name) for name in "abc"],
        suites=[],
        clauses=[
            ClauseLine(label=c.label, title=c.title, says=c.says, open=c.open, readings={})
            for c in CLAUSES.values()
        ],
        features={},
    )
    footer = Footer(records=len(records), exit_status=0, finished="now", seconds=1.0)
    return Run(header=header, cases=cases, records=records, findings=[finding], footer=footer)


def shares(run: Run, label: str) -> dict[str, dict[str, tuple[int, int]]]:
    view = View(run=run, backends=run.header.backends, findings=run.findings, anchors={})
    shown: Any = CLAUSES_SECTION.given(view)["shown"]
    (clause,) = [each for each in shown if each.clause.label == label]
    return {
        name: {reading: (share.fits, share.answers) for reading, share in row.items()}
        for name, row in clause.followed.items()
    }


def test_of_an_explicit_clause_counts_what_conforms_and_what_a_reading_explains(run: Run) -> None:
    told = shares(run, "C")
    assert told["a"] == {"zeros_split": (3, 3), "clamped": (0, 3), "zeros_at_end": (0, 3)}
    assert told["b"] == {"zeros_split": (1, 3), "clamped": (2, 3), "zeros_at_end": (0, 3)}
    assert told["c"] == {"zeros_split": (0, 0), "clamped": (0, 0), "zeros_at_end": (0, 0)}
    assert shares(run, "D")["b"]["output_padding_adds_size"] == (2, 3)


def test_of_an_open_clause_counts_what_records_say(run: Run) -> None:
    told = shares(run, "E")
    assert told["a"] == {"floored": (3, 3), "truncated": (0, 3), "zeros_at_end": (0, 3)}
    assert told["b"] == {"floored": (1, 1), "truncated": (1, 1), "zeros_at_end": (0, 1)}


def test_the_page_has_a_card_for_each_with_a_lasting_address(run: Run) -> None:
    text = page(run, PAGE)
    for label in DISPUTED:
        assert f'id="clause-{label}"' in text
    assert "3 of 3" in text
    assert 'href="#readings"' in text


def test_a_run_that_knew_fewer_clauses_has_them_all_the_same(run: Run) -> None:
    header = msgspec.structs.replace(run.header, clauses=[])
    text = page(replace(run, header=header), PAGE)
    assert all(f'id="clause-{label}"' in text for label in DISPUTED)
