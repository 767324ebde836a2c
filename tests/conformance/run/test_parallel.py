"""Several questions wait in a worker: who is to blame for a death, and what is asked again."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.rules import answers as rules_answers
from convtranspose_conformance.run import asked_cases
from convtranspose_conformance.run.asking import conversation, parallel
from convtranspose_conformance.run.asking.parallel import ask_all, conversations
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.worker import process
from convtranspose_conformance.worker.messages import read_call, written
from convtranspose_conformance.worker.observation import Seen
from support.marked_run import GUILTY, SOME_CASES

# nothing hangs here: a case that waits for a processor on a busy machine is none that hangs
LIMITS = process.Limits(memory_gib=2.0)


def answers(jobs: int, name: str = "misbehaving:Segfaults") -> dict[str, dict[str, Any]]:
    plan = selection.plan(backends=[name], patterns=[SOME_CASES], limits=LIMITS, jobs=jobs)
    found: dict[str, dict[str, Any]] = {}
    for _, number, seen in ask_all(Session(plan), lambda *_: None):
        case = plan.cases[number].id
        assert case not in found
        found[case] = seen
    return found


def test_one_worker_or_three_the_guilty_are_the_same() -> None:
    one, three = answers(1), answers(3)
    assert list(one) != []
    assert one == {case: three[case] for case in one}
    assert {case for case, seen in one.items() if seen["output"].seen is Seen.CRASHED} == GUILTY


def test_nothing_that_was_answered_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every question is handed over once, and once more for each death before its answer; the
    guilty one once more, alone."""
    sent: list[bytes] = []
    hand_over = process.Worker._hand_over

    def counted(self: process.Worker, waiting: Any) -> None:
        sent.extend(each.question for each in waiting)
        hand_over(self, waiting)

    monkeypatch.setattr(process.Worker, "_hand_over", counted)
    monkeypatch.setattr(process, "MOST_WAITING", 2)
    found = answers(1)
    behind_a_death = len(GUILTY)  # one question at most waits behind the guilty one
    assert len(found) <= len(sent) <= len(found) + behind_a_death + len(GUILTY)


def test_workers_start_before_anything_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run writes before its first record takes none of the time of their imports."""
    begun = list[str]()
    begin = process.Worker.begin

    def begins(worker: process.Worker) -> None:
        begun.append(worker.entry.name)
        begin(worker)

    monkeypatch.setattr(process.Worker, "begin", begins)
    plan = selection.plan(backends=["textbook:Textbook"], patterns=[SOME_CASES], jobs=1)
    with conversations(Session(plan), lambda *_: None):
        assert begun == ["textbook:Textbook"]


@pytest.mark.parametrize("jobs", [1, 8])
def test_of_many_cases_backends_take_turns(monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    """The same answers, each case worked out once for all of them, though few are kept; a slow
    backend's sample, whole turns of which may be asked nothing, a backend that dies, and one that
    does not start."""
    names = ["textbook:Textbook", "misbehaving:Segfaults", "textbook:Correct", "starting:Exiting"]
    chosen = selection.plan(backends=names, patterns=["core/x_5_k_*"], limits=LIMITS, jobs=jobs)
    chosen = replace(chosen, sampled=True, cases=chosen.cases[::6])
    chosen.entries[2:3] = [replace(chosen.entries[2], sample=30)]
    whole = _found(chosen)

    drawn = Counter[str]()
    worked_out = rules_answers.tensors

    def counted(case: Case, seed: int = 0) -> Any:
        drawn[case.id] += 1
        return worked_out(case, seed)

    monkeypatch.setattr(rules_answers, "tensors", counted)
    for module in (asked_cases, parallel):
        monkeypatch.setattr(module, "RECENT", 24)
    monkeypatch.setattr(asked_cases, "MOST", 5)
    monkeypatch.setattr(parallel, "LEAST_OF_A_TURN", 4)
    monkeypatch.setattr(conversation, "AHEAD_CASES", 4)
    assert _found(chosen) == whole
    assert len(whole) > 60
    if jobs == 1:
        assert max(drawn.values()) == 1


def _found(plan: Plan) -> dict[tuple[str, str], dict[str, Any]]:
    asked = ask_all(Session(plan), lambda *_: None)
    found = {(entry.name, plan.cases[n].id): seen for entry, n, seen in asked}
    assert len(found) == len(plan.entries) * len(plan.cases)
    return found


def test_what_waits_behind_a_question_that_is_asked_again_is_handed_over() -> None:
    """Also where so many wait that none is put behind them: else the next one seems to hang."""
    limits = process.Limits(case_s=15)
    patterns = ["seeds/stride_*", "core/x_5_k_[1-4]_dilations_1_strides_2", "invalid/pads_minus*"]
    patterns.append("accuracy/x_4_4_k_3_3_c1_*")
    backends = ["refusing:NoDoubles"]  # two calls that it does not refuse take all memory
    plan = selection.plan(backends=backends, patterns=patterns, limits=limits, jobs=1)
    found = [
        each for _, _, seen in ask_all(Session(plan), lambda *_: None) for each in seen.values()
    ]
    assert {each.once for each in found} == {""}
    assert [each.seen for each in found].count(Seen.OUT_OF_MEMORY) == 2


def test_a_question_says_the_whole_call() -> None:
    from convtranspose_conformance.backends.api import Call
    from convtranspose_conformance.rules.answers import Asked

    for case in suite_cases("gradients")[:40]:
        call = Call.of(case, *Asked(case).arrays())
        again = read_call(written(call))
        assert again.attributes == call.attributes
        assert len(again.arrays) == len(call.arrays)
        for mine, theirs in zip(again.arrays, call.arrays, strict=True):
            assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape)
            assert mine.tobytes() == theirs.tobytes()
            assert mine.flags.writeable
