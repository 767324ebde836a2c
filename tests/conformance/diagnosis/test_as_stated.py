"""What is about to be said is held against calls that no search asked, under exactly its
condition."""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import product

import numpy as np
import pytest

from convtranspose_cases import Case, make
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.diagnosis.as_stated import Parts, borne_out
from convtranspose_conformance.diagnosis.candidates import fits
from convtranspose_conformance.diagnosis.conditions.contrast import meets
from convtranspose_conformance.diagnosis.evidence import Evidence
from convtranspose_conformance.diagnosis.fresh_calls import held_out_cases
from convtranspose_conformance.diagnosis.measured.named import named
from convtranspose_conformance.diagnosis.measured.stated import stated
from convtranspose_conformance.diagnosis.result import Diagnosis
from convtranspose_conformance.diagnosis.thresholds import OF_A_RIVAL
from convtranspose_conformance.rules.answers import Asked, Explanation
from convtranspose_conformance.verdict.reply import Reply, judged
from convtranspose_conformance.worker.observation import Observation, Seen, returned, stopped
from convtranspose_reports import Check
from support.simulated import Rule, Simulated, follows

BIASED = [
    make("stated", (x,) * rank, (2,) * rank, m=2, bias=True)
    for x, rank in product((3, 4, 5), (1, 2))
]

STRIDED = [
    make("stated", (x,) * rank, (2,) * rank, m=2, bias=True, strides=(2,) * rank)
    for x, rank in product((3, 4, 5), (1, 2))
]


def _evidence(rule: Rule, cases: Sequence[Case], pool: Sequence[Case] = BIASED) -> Evidence:
    backend = Simulated(rule)
    replies = backend.ask(cases)
    wrong, right = ([r for r in replies if r.wrong is w] for w in (True, False))
    return Evidence(wrong, right, Check.OUTPUT, ask=backend.ask, pool=lambda: pool)


def _said(evidence: Evidence, *faults: str, where: str = "") -> dict[int, Diagnosis]:
    rule = Explanation(faults=faults)
    said = Diagnosis(kind="fault", explanations=(rule,), where=where, seen_where=where)
    return dict.fromkeys(range(len(evidence.wrong)), said)


def test_what_holds_stays_as_it_was_said() -> None:
    evidence = _evidence(follows("bias_twice"), BIASED)
    said = _said(evidence, "bias_twice")
    assert borne_out(evidence, said, Parts()) == (said, [])


@pytest.mark.parametrize("of_its_own", [False, True])
def test_a_statement_that_is_too_wide_is_said_of_the_part_that_is_true(of_its_own: bool) -> None:
    """A condition joins that of the diagnosis, or that in the name of each of its rules."""
    evidence = _evidence(follows("bias_twice", lambda case: case.rank == 2), BIASED)
    name = "bias_twice where M > 0" if of_its_own else "bias_twice"
    (said,) = set(borne_out(evidence, _said(evidence, name), Parts())[0].values())
    where = said.explanations[0].name.partition(" where ")[2] if of_its_own else said.where
    true = [case for case in held_out_cases() if case.bias and meets(where, case)]
    assert true
    assert all(case.rank == 2 for case in true), where


def test_what_no_condition_makes_true_is_not_said() -> None:
    evidence = _evidence(follows("bias_twice", lambda case: len(case.id) % 2 == 1), BIASED)
    assert borne_out(evidence, _said(evidence, "bias_twice"), Parts())[0] == {}


@pytest.mark.parametrize("asked_no_more", [False, True])
def test_what_cannot_be_put_on_trial_is_said_where_the_backend_still_answers(
    asked_no_more: bool,
) -> None:
    """On the answers to calls held out no verdict may hang, and a call that kills is not asked
    again; of a backend that is asked no more nobody knows what it would have said."""
    backend = Simulated(follows("bias_twice"))
    dies = judged(BUILT_IN[0], Asked(STRIDED[0]), Check.OUTPUT, stopped(Seen.CRASHED, "", "", ""))
    wrong = [dies, *backend.ask(BIASED)]
    known = {case.id for case in BIASED}

    def ask(cases: Sequence[Case]) -> list[Reply]:
        return backend.ask([c for c in cases if c.id in known and not asked_no_more])

    evidence = Evidence(wrong, [], Check.OUTPUT, ask=ask, pool=lambda: BIASED)
    said = {i: each for i, each in _said(evidence, "bias_twice").items() if i}
    assert borne_out(evidence, said, Parts())[0] == ({} if asked_no_more else said)


def test_calls_in_which_a_condition_matters_are_asked_first() -> None:
    """It is false in few calls: those without it are hardly among 40 at random."""
    rare = "not (rank == 3 and max(dilations) > 2)"
    rule = Explanation(faults=("kernel_flipped", f"bias_twice where {rare}"))
    wider = Explanation(faults=("kernel_flipped", "bias_twice"))
    evidence = _evidence(follows("kernel_flipped"), BIASED)
    first, without = (
        evidence.held_out(rule, "", BIASED, frozenset(), rivals)[:OF_A_RIVAL]
        for rivals in ([wider], [])
    )
    assert not any(meets(rare, each.case) for each in first)
    assert any(meets(rare, each.case) for each in without)


@pytest.mark.parametrize("otherwise", ["bias_missing", "bias_twice"])
def test_what_no_call_held_out_shows_is_not_said(otherwise: str) -> None:
    """Each of them is explained by what is declared: nothing speaks against it, and nothing for
    it."""
    known = {case.id for case in BIASED}
    first, then = (Explanation(faults=(name,)) for name in ("bias_twice", otherwise))

    def rule(asked: Asked) -> Observation:
        return returned(asked.answer(first if asked.case.id in known else then).golden.expected())

    backend = Simulated(rule)
    declared = [Explanation(faults=("bias_missing",))]
    evidence = Evidence(
        list(backend.ask(BIASED)),
        [],
        Check.OUTPUT,
        ask=backend.ask,
        pool=lambda: BIASED,
        declared=declared,
    )
    said = _said(evidence, "bias_twice")
    assert borne_out(evidence, said, Parts())[0] == (said if otherwise == "bias_twice" else {})


# no call held out is one
RARE = "N == 1 and C == 5 and M == 7"


@pytest.mark.parametrize("is_true", [True, False])
def test_what_calls_held_out_do_not_speak_of_is_put_to_calls_beside_its_own(is_true: bool) -> None:
    """It was found of calls with a stride of 1; of the calls beside them with 2 it is false, and of
    those with 1 it is said: calls beside bear that out, too."""
    cases = [
        make("rare", (x,) * rank, (2,) * rank, c=5, m=7, bias=True, strides=(1,) * rank)
        for x, rank in product((3, 4, 5), (1, 2))
    ]
    assert not any(meets(RARE, case) for case in held_out_cases())

    def unit(case: Case) -> bool:
        return is_true or max(case.attributes.strides or (1,)) == 1

    evidence = _evidence(follows("bias_twice", unit), cases, cases)
    stood = set(borne_out(evidence, _said(evidence, "bias_twice", where=RARE), Parts())[0].values())
    assert is_true == any(d.where == RARE for d in stood)
    strided = make("rare", (3,), (2,), c=5, m=7, bias=True, strides=(2,))
    assert [meets(d.where, strided) for d in stood] == [is_true]


@pytest.mark.parametrize("answers", [True, False])
def test_calls_that_are_the_same_along_every_axis_bear_out_as_one(answers: bool) -> None:
    """Where a backend refuses whatever has other sizes, calls of one size in other types, of other
    numbers or with defaults written down are many, and show next to nothing of a condition."""
    rare = partial(make, "rare", (5,), (3,), c=5, m=7, bias=True, pads=(1, 1))
    cases = [
        rare(strides=(1,), data=data, initializer=constant)
        for data in ("integers", "ones", "ascending")
        for constant in (True, False)
    ]
    known = {cases[0].axes, rare(strides=(2,)).axes}

    def rule(asked: Asked) -> Observation:
        if not answers and asked.case.axes not in known:
            return stopped(Seen.REFUSED, "run", "RuntimeError", "no")
        return follows("bias_twice", lambda case: case.axes[0].stride == 1)(asked)

    evidence = _evidence(rule, cases, cases)
    said = _said(evidence, "bias_twice", where=RARE)
    assert bool(borne_out(evidence, said, Parts())[0]) == answers


def test_rules_that_meet_in_one_answer_are_each_tried_alone() -> None:
    """The kernel is flipped, and no condition tells the calls in which bias is added twice, too:
    that is not said, and the other is said all the same."""
    flipped = Explanation(faults=("kernel_flipped",))
    both = Explanation(faults=("kernel_flipped", "bias_twice"))

    def rule(asked: Asked) -> Observation:
        twice = len(asked.case.id) % 2 == 1
        return returned(asked.answer(both if twice else flipped).golden.expected())

    evidence = _evidence(rule, BIASED)
    both_said = _said(evidence, "kernel_flipped", "bias_twice where M > 0")
    alone = _said(evidence, "kernel_flipped")
    odd = {i for i, each in enumerate(evidence.wrong) if len(each.case.id) % 2 == 1}
    named = {i: (both_said if i in odd else alone)[i] for i in both_said}
    kept, against = borne_out(evidence, named, Parts())
    assert odd
    assert kept == {i: said for i, said in alone.items() if i not in odd}
    assert against


def test_what_is_true_beside_something_unexplained_stands() -> None:
    """Each output has as many elements as the uncropped one, and begins where no rule says."""
    size = "size = natural"

    def rule(asked: Asked) -> Observation:
        Y = asked.answer(Explanation(faults=(size,))).golden.expected()
        return returned(np.roll(Y, len(asked.case.id) % 3, axis=-1))

    padded = [
        make("stated", (x,) * rank, (3,) * rank, pads=(1,) * 2 * rank)
        for x, rank in product((3, 4, 5), (1, 2))
    ]
    evidence = _evidence(rule, padded, padded)
    said = _said(evidence, size)
    assert borne_out(evidence, said, Parts()) == (said, [])


def test_what_stood_beside_something_that_fell_is_tried_again_without_it() -> None:
    """Of one axis strides are ignored together with a second bias in half of the calls, which no
    condition tells apart: that is not said of these, and so the first explains them no more."""
    twice, ignored = Explanation(faults=("bias_twice",)), Explanation(faults=("strides_ignored",))
    both = Explanation(faults=("strides_ignored", "bias_twice"))

    def rule(asked: Asked) -> Observation:
        alone = asked.case.rank == 1 and len(asked.case.id) % 2 == 1
        return returned(asked.answer(ignored if alone else both).golden.expected())

    evidence = _evidence(rule, STRIDED, STRIDED)
    diagnoses = {
        name: Diagnosis(kind="fault", explanations=(name,), where="", seen_where="")
        for name in (ignored, twice)
    }
    named = {
        i: diagnoses[twice if each.case.rank == 2 else ignored]
        for i, each in enumerate(evidence.wrong)
    }
    parts = Parts(of={d: name for name, d in diagnoses.items()}, whole=lambda reply: iter([both]))
    stood = set(borne_out(evidence, named, parts)[0].values())
    assert all(d.where for d in stood)
    assert all(
        fits(_all_of(stood, reply.case), reply)
        for reply in evidence.held_out(ignored, "", STRIDED, frozenset())
        if any(meets(d.where, reply.case) for d in stood)
    )


def test_several_rules_are_put_to_more_calls_and_each_call_is_asked_once() -> None:
    one, several = ("strides_ignored",), ("strides_ignored", "bias_twice where M > 1")
    asked = list[int]()
    for names in (one, several):
        backend = Simulated(follows(""))
        backend.answers = partial(_answers, Explanation(faults=names))  # type: ignore[method-assign]
        replies = list(backend.ask(STRIDED))
        evidence = Evidence(replies, [], Check.OUTPUT, ask=backend.ask, pool=lambda: STRIDED)
        said = _said(evidence, *names)
        assert borne_out(evidence, said, Parts()) == (said, [])
        assert len(backend.more) == len({case.id for case in backend.more})
        asked.append(len(backend.more))
    assert asked[1] > 2 * asked[0]


def _answers(rule: Explanation, case: Case) -> Reply:
    asked = Asked(case)
    return judged(BUILT_IN[0], asked, Check.OUTPUT, returned(asked.answer(rule).golden.expected()))


def _all_of(said: Iterable[Diagnosis], case: Case) -> Explanation:
    names = (d.explanations[0].faults[0] for d in said if meets(d.where, case))
    return Explanation(faults=tuple(names))


def test_begins_that_go_with_steps_are_stated_with_them() -> None:
    """Also of an answer in which they change nothing: the text's own follow from the steps."""
    begin, steps = "begin = text_begin", "dilation = min(stride, dilation)"
    cases = [  # total padding 2, and 1 with the steps of the rule: its half rounded up is 1
        make("steps", (x,), (2,), strides=(s,), dilations=(s + 1,), auto_pad="SAME_LOWER")
        for x, s in product((3, 4), (1, 2))
    ]
    model = Explanation(faults=(begin, steps))

    def both(asked: Asked) -> Observation:
        return returned(asked.answer(model).golden.expected())

    evidence = _evidence(both, cases)
    found, _ = stated(
        evidence, model, range(len(evidence.wrong)), lambda model, reply: iter([model])
    )
    assert {d.explanations[0].faults for d in found.values()} == {(begin, steps)}


def test_a_measured_rule_that_says_less_takes_the_name_under_a_condition() -> None:
    measured = "begin = pad_begin + pad_end on axes with pad_end > 0"
    cases = [make("crops", (4,), (3,), pads=(a, b)) for a, b in product((0, 1, 2), (0, 1))]
    others = [
        make("crops", (x,), (k,), **given)
        for x, k in product((5, 6), (3, 4))
        for given in ({"auto_pad": "SAME_UPPER"}, {"pads": (0, 1)}, {"pads": (1, 0)})
    ]

    def given_alone(case: Case) -> bool:
        return case.attributes.auto_pad in (None, "NOTSET")

    evidence = _evidence(follows("crops_at_begin", given_alone), cases, others)
    name, _, where = named(evidence, measured).partition(" where ")
    assert name == "crops_at_begin"
    assert where
