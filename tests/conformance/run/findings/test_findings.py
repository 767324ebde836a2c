"""What judgements add up to: one finding for each explanation, stale declarations, mixed readings,
drafts for a person to review."""

import re
import tomllib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from convtranspose_cases import Case, make, suite_cases
from convtranspose_cases.notation import find_call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.candidates import SINGLES, differs, fits
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.run.drafts.propose import propose
from convtranspose_conformance.run.findings.ledger import Ledger
from convtranspose_conformance.run.findings.under_way import ExplainedSoFar
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.deviation_files import DeviationError, parse
from convtranspose_conformance.verdict.deviations import Deviation, Differs
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.verdict.reply import Ask, AskOf, judged
from convtranspose_conformance.worker.observation import (
    Observation,
    Seen,
    returned,
    stated,
    stopped,
)
from convtranspose_reports import BackendLine, Check, Finding, Header, Outcome, Run, Verdict
from support.simulated import Rule, follows, last_input_dropped

ENTRY = replace(next(e for e in BUILT_IN if e.name == "onnx-reference"), version="2.5")
OUT = Check.OUTPUT


def _case(x: Any, k: Any, **given: Any) -> Case:
    return make("findings", x, k, **given)


NEGATIVE = [
    _case((x,), (1,), strides=(3,), auto_pad=pad)
    for x in (3, 4, 5)
    for pad in ("SAME_UPPER", "SAME_LOWER")
]
POSITIVE = [
    _case((4,), (3,), strides=(2,), auto_pad="SAME_UPPER")
]  # answered right: not every auto_pad is ignored
LARGE = _case((10,), (1,), strides=(3,), auto_pad="SAME_UPPER")  # first by name, not by size
GROUPED = [_case((x,), (2,), c=4, m=4, group=2, bias=True) for x in (3, 4)]
ODD_NEGATIVE = [_case((x,), (2,), strides=(5,), auto_pad="SAME_UPPER") for x in (3, 4)]


def _declared(
    how: str, when: str = "group >= 1", *, name: str = "it", versions: str = "==2.*"
) -> Deviation:
    text = (
        f'backend = "{ENTRY.name}"\n[[deviation]]\nname = "{name}"\ncheck = "output"\nversions '
        f'= "{versions}"\nwhen = "{when}"\n'
    )
    return parse(
        f'{text}{how}\ncause = "framework"\nreason = "because"\n', "test.toml", [ENTRY.name]
    )[0]


def _under(case: Case, *names: str) -> Observation:
    readings = tuple(n for n in names if ":" in n)
    answer = Asked(case).answer(
        Explanation(readings=readings, faults=tuple(n for n in names if ":" not in n))
    )
    return returned(answer.golden.expected())


CORE_ASKED = frozenset({"seeds", "core"})


def _ledger(
    seen: list[tuple[Case, Observation]],
    *deviations: Deviation,
    entry: Entry = ENTRY,
    check: Check = OUT,
) -> tuple[Ledger, list[str]]:
    asked = [Asked(case) for case, _ in seen]
    ledger, ids = Ledger(list(deviations), asked), []
    for number, (_, observation) in enumerate(seen):
        reply = judged(entry, asked[number], check, observation, deviations)
        ids.append(ledger.enter(number, reply))
    return ledger, ids


def _findings(
    seen: list[tuple[Case, Observation]],
    *deviations: Deviation,
    whole: bool = True,
    exercised: frozenset[str] = CORE_ASKED,
    entry: Entry = ENTRY,
) -> list[Finding]:
    return _ledger(seen, *deviations, entry=entry)[0].findings(whole=whole, exercised=exercised)


CLAMPED = _declared('reading = "C:clamped"', "auto_pad in ('SAME_UPPER', 'SAME_LOWER')")


def test_a_right_backend_has_no_findings() -> None:
    assert _findings([(case, _under(case)) for case in NEGATIVE + GROUPED]) == []


def test_one_finding_for_each_explanation() -> None:
    seen = [(case, _under(case, "C:clamped")) for case in NEGATIVE] + [
        (case, _under(case, "bias_of_first_group")) for case in GROUPED
    ]
    ledger, ids = _ledger([*seen, (POSITIVE[0], _under(POSITIVE[0]))])
    findings = ledger.findings(whole=True, exercised=CORE_ASKED)
    assert {(f.kind, f.name, f.cases, f.verdict) for f in findings} == {
        ("reading", "C:clamped", 6, Verdict.FAILS),
        ("fault", "bias_of_first_group", 2, Verdict.FAILS),
    }
    assert all(id.startswith("?") for id in ids[:-1])
    assert ids[-1] == ""
    renamed = [ledger.renamed()[id] for id in ids[:-1]]
    assert (
        renamed
        == ["onnx-reference/output/undeclared/C:clamped"] * 6
        + ["onnx-reference/output/undeclared/bias_of_first_group"] * 2
    )
    assert set(renamed) == {f.id for f in findings}


def test_the_smallest_case_is_the_example() -> None:
    (finding,) = _findings(
        [(case, _under(case, "C:clamped")) for case in (*reversed(NEGATIVE), LARGE)]
    )
    assert finding.example is not None
    assert finding.example.case == "findings/x_3_k_1_auto_same_lower_strides_3"
    assert (finding.example.expected_shape, finding.example.actual_shape) == (
        "[1, 1, 9]",
        "[1, 1, 7]",
    )
    assert "C" in finding.clauses
    assert "clamps" in finding.sentence


def test_findings_do_not_depend_on_the_order_of_arrival() -> None:
    seen = [(case, _under(case, "C:clamped")) for case in NEGATIVE] + [
        (c, stopped(Seen.REFUSED, "run", "E", f"no {c.name}")) for c in GROUPED
    ]
    assert _findings(seen) == _findings(seen[::-1])


def test_what_is_declared_is_one_green_finding() -> None:
    seen = [(case, _under(case, "C:clamped")) for case in NEGATIVE]
    (found,) = _findings(seen, CLAMPED)
    assert (found.id, found.verdict, found.cases, found.kind, found.name, found.note) == (
        "onnx-reference/output/it",
        Verdict.DEVIATES,
        6,
        "reading",
        "C:clamped",
        "",
    )
    (elsewhere,) = _findings(seen, CLAMPED, entry=replace(ENTRY, version="3.0"))
    assert (elsewhere.verdict, elsewhere.note) == (Verdict.DEVIATES, "unverified here")


def test_a_declaration_that_is_contradicted_is_stale() -> None:
    seen = [(NEGATIVE[0], _under(NEGATIVE[0], "C:clamped")), (NEGATIVE[1], _under(NEGATIVE[1]))]
    found = {f.kind: f for f in _findings(seen, CLAMPED)}
    assert set(found) == {"reading", "stale"}
    stale = found["stale"]
    assert (stale.verdict, stale.cases, stale.id) == (
        Verdict.STALE,
        1,
        "onnx-reference/output/it/stale",
    )
    assert NEGATIVE[1].id in stale.sentence
    assert "test.toml:2" in stale.sentence
    assert "it" in stale.sentence


def test_a_declaration_that_nothing_shows_is_stale_where_core_was_asked() -> None:
    seen = [(case, _under(case)) for case in GROUPED]
    (stale,) = _findings(seen, CLAMPED)
    assert stale.kind == "stale"
    assert "no case of this run shows it" in stale.sentence
    assert _findings(seen, CLAMPED, exercised=frozenset()) == []
    assert _findings(seen, CLAMPED, whole=False) == []


def test_contradictions_of_a_part_of_a_run_are_not_judged() -> None:
    assert _findings([(NEGATIVE[0], _under(NEGATIVE[0]))], CLAMPED, whole=False) == []
    (stale,) = _findings([(NEGATIVE[0], _under(NEGATIVE[0]))], CLAMPED, exercised=frozenset())
    assert stale.kind == "stale"


def test_a_declaration_for_another_version_or_backend_is_never_stale() -> None:
    seen = [(case, _under(case)) for case in NEGATIVE]
    assert _findings(seen, CLAMPED, entry=replace(ENTRY, version="3.0")) == []
    assert _findings(seen, replace(CLAMPED, backend="torch-cpu")) == _findings(
        seen, replace(CLAMPED, backend="torch-cpu"), exercised=frozenset()
    )


def test_two_declarations_in_one_case_are_both_exercised() -> None:
    case = _case((4,), (1,), strides=(3,), auto_pad="SAME_UPPER", c=4, m=4, group=2, bias=True)
    groups = _declared('fault = "bias_of_first_group"', "group > 1 and bias", name="groups")
    found = _findings([(case, _under(case, "C:clamped", "bias_of_first_group"))], CLAMPED, groups)
    assert [f.verdict for f in found] == [Verdict.DEVIATES]


def test_mixed_readings_of_an_open_clause_are_a_green_finding() -> None:
    one, other = ODD_NEGATIVE
    (finding,) = _findings([(one, _under(one)), (other, _under(other, "E:truncated"))])
    assert (finding.kind, finding.name, finding.verdict, finding.cases) == (
        "inconsistent",
        "E",
        Verdict.CONFORMS,
        2,
    )
    assert "floored on 1" in finding.sentence
    assert "truncated on 1" in finding.sentence
    assert (
        _findings([(one, _under(one, "E:truncated")), (other, _under(other, "E:truncated"))]) == []
    )


def test_unexplained_differences_are_grouped_by_what_is_seen() -> None:
    seen = [
        (case, stopped(Seen.REFUSED, "run", "ValueError", f"size {i} of {i + 7}"))
        for i, case in enumerate(NEGATIVE)
    ]
    (finding,) = _findings(seen)
    assert (finding.kind, finding.cases, finding.name) == (
        "unexplained",
        6,
        "REJECTED: ValueError: size N of N",
    )
    assert finding.reason.startswith("no condition was found that fresh calls bear out; so in ")
    noise = [(case, returned(np.full(case.y_shape(), 99, np.float32))) for case in NEGATIVE]
    (finding,) = _findings(noise)
    assert (finding.kind, finding.name) == ("unexplained", "VALUES_DIFFER")
    assert "in no simple pattern" in finding.sentence


WIDE = [_case((x,), (4,), c=3, m=2, n=2) for x in (6, 7)]


def _asking(rule: Rule) -> AskOf:
    """A backend that can be asked more, and does as the rule says."""

    def ask_of(entry: Entry, check: Check) -> Ask:
        return lambda cases: [judged(entry, a, check, rule(a)) for a in map(Asked, cases)]

    return ask_of


def test_the_sentence_and_the_card_say_the_same_numbers() -> None:
    """The card shows a smaller call than any that is recorded, and the sentence is of that."""
    ledger, _ = _ledger([(case, last_input_dropped(Asked(case))) for case in WIDE])
    (finding,) = ledger.findings(
        whole=False, exercised=frozenset(), ask_of=_asking(last_input_dropped)
    )
    assert finding.example is not None
    assert finding.example.case.startswith("call/")
    counted = re.search(r"\d+ of \d+ values differ", finding.sentence)
    assert counted is not None
    assert finding.example.differing.startswith(counted[0])
    assert finding.sentence.endswith("; so in the smallest call found that shows it")
    recorded = [judged(ENTRY, Asked(c), OUT, last_input_dropped(Asked(c))) for c in WIDE]
    assert not any(each.judgement.reason.startswith(counted[0]) for each in recorded)


def test_the_smallest_case_of_what_is_not_declared_is_none_that_is() -> None:
    """Declared is what it does to one output channel: no smaller call that shows it is news."""
    rule, declared = follows("bias_missing"), _declared('fault = "bias_missing"', "M == 1")
    several = [_case((x,), (4,), c=3, m=2, bias=True) for x in (6, 7)]
    ledger, _ = _ledger([(case, rule(Asked(case))) for case in several], declared)
    (found,) = ledger.findings(whole=False, exercised=frozenset(), ask_of=_asking(rule))
    assert found.verdict is Verdict.FAILS
    assert found.example is not None
    shown = find_call(found.example.case)
    assert shown.maps == 2
    assert shown.x_shape == (1, 1, 1)


def test_findings_of_static_shapes_are_apart() -> None:
    ledger, _ = _ledger([(case, stated((1, 1, 1))) for case in NEGATIVE], check=Check.OUTPUT_SHAPE)
    (found,) = ledger.findings(whole=True, exercised=CORE_ASKED)
    assert (found.check, found.cases) == (Check.OUTPUT_SHAPE, 6)
    assert found.example is not None
    assert found.example.actual == "[1, 1, 1]"


def _fitting(asked: Asked, seen: Observation) -> set[str]:
    answered = judged(ENTRY, asked, OUT, seen)
    return {e.name for e in SINGLES if fits(e, answered) and differs(e, OUT, asked)}


def test_what_is_told_is_of_one_backend() -> None:
    """And of no wrong answer, while the declared ones are shown."""
    other = replace(ENTRY, name="other")
    theirs = replace(CLAMPED, backend="other")
    steps: list[ExplainedSoFar] = []
    seen = [(case, _under(case, "C:clamped")) for case in NEGATIVE]
    seen += [(case, _under(case, "bias_of_first_group")) for case in GROUPED]
    asked = [Asked(case) for case, _ in seen]
    ledger = Ledger([CLAMPED, theirs], asked)
    for entry, declared in ((ENTRY, CLAMPED), (other, theirs)):
        for number, (_, observation) in enumerate(seen):
            ledger.enter(number, judged(entry, asked[number], OUT, observation, [declared]))
    ledger.findings(whole=False, exercised=frozenset(), tell=steps.append)
    assert {step.questions for step in steps} == {0}
    assert [(step.backend, step.wrong, step.done, step.findings) for step in steps] == [
        (ENTRY.name, 0, 0, 1),
        (ENTRY.name, 0, 1, 1),
        ("other", 0, 0, 1),
        ("other", 0, 1, 1),
        (ENTRY.name, 2, 0, 0),
        (ENTRY.name, 2, 0, 1),
        (ENTRY.name, 2, 1, 1),
        ("other", 2, 0, 0),
        ("other", 2, 0, 1),
        ("other", 2, 1, 1),
    ]


def test_a_diagnosis_reproduces_all_of_the_output() -> None:
    asked = Asked(GROUPED[0])
    assert _fitting(asked, _under(GROUPED[0], "bias_twice")) == {"bias_twice"}
    near = _under(GROUPED[0], "bias_twice").array().copy()
    near[0, 0, 0] += 1000
    assert _fitting(asked, returned(near)) == set()
    assert _fitting(asked, stopped(Seen.CRASHED, "run", "SIGSEGV", "SIGSEGV")) == set()


def test_a_refusal_is_diagnosed_as_the_reading_that_refuses() -> None:
    asked = Asked(_case((4,), (3,), strides=(2,), output_shape=(12,)))
    assert _fitting(asked, stopped(Seen.REFUSED, "run", "E", "no")) == {
        "J:refused",
        "F:no_pads",
        "G:pads_used",
    }


def _off(case: Case, by: int) -> Observation:
    """The output, each number by so many units in the last place too far from 0."""
    asked = Asked(case)
    Y = asked.answer().golden.expected().copy()
    Y.view(np.uint16)[...] += by
    assert judge(asked, Comparisons(OUT, returned(Y)), [], "1").outcome is Outcome.INEXACT
    return returned(Y)


def test_precision_is_diagnosed_by_class() -> None:
    cases = [_case((5, 5), (3, 3), c=c, m=4, dtype="float16", data="dense") for c in (6, 7, 8)]
    (found,) = _findings([(case, _off(case, 4)) for case in cases])
    assert (found.kind, found.name) == ("accuracy", "accumulates in dtype")


def test_one_or_two_inexact_answers_name_no_class() -> None:
    cases = [_case((5, 5), (3, 3), c=c, m=4, dtype="float16", data="dense") for c in (7, 8)]
    assert {found.kind for found in _findings([(case, _off(case, 4)) for case in cases])} == {
        "unexplained"
    }


# Drafts


def _header(version: str) -> Header:
    asked = BackendLine(
        name=ENTRY.name,
        title="",
        route="",
        version=version,
        device="cpu",
        usable=True,
        asked=True,
    )
    return Header(
        suite_version="0",
        seed=0,
        environment={},
        suites=[],
        clauses=[],
        features={},
        backends=[asked],
    )


def _proposed(seen: list[tuple[Case, Observation]]) -> str:
    header = _header("2.5")
    return _reviewed(
        propose(Run(header=header, cases=[], records=[], findings=_findings(seen), footer=None))
    )


def _reviewed(draft: str) -> str:
    """The draft without the line that keeps it from being used; nothing else is changed."""
    if "[[deviation]]" not in draft:
        return draft
    with pytest.raises(DeviationError, match=r"draft\.toml:2: draft = true"):
        parse(draft, "draft.toml", [ENTRY.name])
    return draft.replace("draft = true\n", "")


@pytest.mark.parametrize(
    "message",
    [
        "no kernel for 3 axes",
        "Not implemented: group 2",
        "NaN in W [1, 2]",
        'says "quoted" \\ back',
        "ungültig \u2264 3",
        "broken \U0001f4a5 4",
    ],
)
def test_a_draft_of_a_refusal_covers_what_was_seen(message: str) -> None:
    seen = [(case, stopped(Seen.REFUSED, "run", "RuntimeError", message)) for case in GROUPED]
    drafted = parse(_proposed(seen), "draft.toml", [ENTRY.name])
    assert len(drafted) == 1
    assert {f.verdict for f in _findings(seen, *drafted)} == {Verdict.DEVIATES}


@pytest.mark.parametrize("name", ["C:clamped", "bias_of_first_group"])
def test_a_draft_of_a_difference_covers_what_was_seen(name: str) -> None:
    seen = [(case, _under(case, name)) for case in (NEGATIVE if ":" in name else GROUPED)] + [
        (POSITIVE[0], _under(POSITIVE[0]))
    ]
    text = _proposed(seen)
    assert "DRAFT" in text
    assert "REVIEW" in text
    assert tomllib.loads(text)
    assert {f.verdict for f in _findings(seen, *parse(text, "draft.toml", [ENTRY.name]))} == {
        Verdict.DEVIATES
    }


def test_what_is_unexplained_is_drafted_as_a_difference_without_a_rule() -> None:
    seen = [(case, returned(np.full(case.y_shape(), 99, np.float32))) for case in NEGATIVE]
    text = _proposed(seen)
    assert "no rule reproduces it" in text
    (drafted,) = parse(text, "draft.toml", [ENTRY.name])
    assert (drafted.kind, drafted.differs) == ("differs", Differs(outcome=Outcome.VALUES_DIFFER))
    assert {f.verdict for f in _findings(seen, drafted)} == {Verdict.DEVIATES}


def test_drafts_for_a_backend_without_a_version_can_be_read() -> None:
    seen = [(case, _under(case, "bias_missing")) for case in GROUPED]
    text = _proposed(seen)
    assert 'versions = "==2.5"' in text
    entry = replace(ENTRY, version="unknown")
    found = _ledger(seen, entry=entry)[0].findings(whole=True, exercised=CORE_ASKED)
    header = _header("unknown")
    assert parse(
        _reviewed(propose(Run(header=header, cases=[], records=[], findings=found, footer=None))),
        "draft.toml",
        [ENTRY.name],
    )


def test_nothing_to_propose() -> None:
    assert parse('backend = "mine"\n' + _proposed([]), "draft.toml", ["mine"]) == []


def test_gradients_are_explained_by_what_outputs_showed() -> None:
    """Dilations are ignored: dY is larger than such an output, and is refused."""
    cases = [c for c in suite_cases("gradients") if c.attributes.dilations and c.op != "Conv"]
    asked = [Asked(case) for case in cases]
    ledger = Ledger([], asked)
    refused = stopped(Seen.REFUSED, "run", "ValueError", "dY is of another shape")
    for number, each in enumerate(asked):
        ignored = follows("dilations_ignored")(each)
        ledger.enter(number, judged(ENTRY, each, Check.OUTPUT, ignored))
        if each.answer(Explanation(faults=("dilations_ignored",))).shape != each.answer().shape:
            ledger.enter(number, judged(ENTRY, each, Check.GRADIENT, refused))
    found = ledger.findings(whole=False, exercised=frozenset())
    assert {(f.check, f.name) for f in found} == {
        (Check.OUTPUT, "dilations_ignored"),
        (Check.GRADIENT, "dilations_ignored"),
    }
