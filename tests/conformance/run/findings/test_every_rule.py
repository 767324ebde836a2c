"""What several rules explain together is shown by a call on which each of them makes a
difference."""

from collections.abc import Sequence

import pytest

from convtranspose_cases import Case, make
from convtranspose_cases.notation import find_call
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.run.findings import differences
from convtranspose_conformance.run.findings.ledger import Ledger
from convtranspose_conformance.verdict.reply import Ask, Reply, judged
from convtranspose_conformance.worker.observation import returned
from convtranspose_reports import Check

ENTRY = next(e for e in BUILT_IN if e.name == "onnx-reference")
BOTH = Explanation(faults=("bias_of_first_group", "kernel_flipped"))
ONE_SHOWN = make("t", (2,), (2,))  # smaller: no bias
BOTH_SHOWN = make("t", (4,), (3,), c=4, m=4, group=2, bias=True, strides=(2,))


def _reply(case: Case) -> Reply:
    asked = Asked(case)
    seen = returned(asked.answer(BOTH).golden.expected())
    return judged(ENTRY, asked, Check.OUTPUT, seen)


def _ask_of(entry: Entry, check: Check) -> Ask:
    return lambda cases: [_reply(case) for case in cases]


def _found(monkeypatch: pytest.MonkeyPatch, *cases: Case) -> str:
    def diagnosed(wrong: Sequence[Reply], *_: object, **__: object) -> list[Diagnosis]:
        return [Diagnosis(kind="fault", explanations=(BOTH,))] * len(wrong)

    monkeypatch.setattr(differences, "diagnose", diagnosed)
    ledger = Ledger([], [Asked(case) for case in cases])
    for number, case in enumerate(cases):
        ledger.enter(number, _reply(case))
    (found,) = ledger.findings(whole=False, exercised=frozenset(), ask_of=_ask_of)
    assert found.cases == len(cases)
    assert found.example is not None
    return found.example.case


def test_an_example_shows_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = find_call(_found(monkeypatch, ONE_SHOWN, BOTH_SHOWN))
    assert shown.bias
    assert shown.group > 1
    assert max(shown.w_shape[2:]) > 1
    assert shown.x_shape < BOTH_SHOWN.x_shape


def test_where_no_call_shows_both_the_smallest_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not find_call(_found(monkeypatch, ONE_SHOWN)).bias
