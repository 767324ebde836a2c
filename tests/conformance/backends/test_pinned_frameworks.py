"""The pinned frameworks themselves, asked once; then judged again and again under other
declarations."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial

import pytest

from convtranspose_cases import Case
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.registry import BUILT_IN
from convtranspose_conformance.rules.answers import Explanation
from convtranspose_conformance.rules.predicate import Predicate
from convtranspose_conformance.run.asking.conversation import AnsweredCase
from convtranspose_conformance.run.asking.on_demand import FollowUp
from convtranspose_conformance.run.findings.group import Group
from convtranspose_conformance.run.planning.plan import Plan
from convtranspose_conformance.run.planning.selection import plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.reply import Ask, AskOf, Reply
from convtranspose_conformance.worker.process import Limits, Worker
from convtranspose_reports import Check, Run, Verdict, exit_status
from convtranspose_reports.runs.accuracy import accuracies
from support import ROOT

BACKENDS = tuple(entry.name for entry in BUILT_IN if entry.device == "cpu")
LIMITS = Limits(case_s=20)  # a declared hang takes all of it, and of a processor
PINNED = dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.M))


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[str, Worker]]:
    """One process a backend: a framework is imported once for all suites, as in one run of all."""
    with ExitStack() as opened:
        entries = plan(limits=LIMITS, backends=BACKENDS, suites=["seeds"]).entries
        yield {e.name: opened.enter_context(Worker(e, LIMITS)) for e in entries}


COMPOSED = ("resize", "subpixel")


@pytest.fixture(scope="module", autouse=True)
def examples_once() -> Iterator[None]:
    """An example of what is declared is looked for once, whatever else is declared with it."""
    kept, whole = {}, Group.example

    def example(group, holds, ask_of, entries, deaths=0):
        first, declared = group.smallest, group.smallest.judgement.deviation
        if declared is None:
            return whole(group, holds, ask_of, entries, deaths)
        of = first.entry.name, first.check, declared.id, first.case.id, first.asked.seed
        if of not in kept:
            kept[of] = whole(group, holds, ask_of, entries, deaths)
        return kept[of]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Group, "example", example)
        yield


class Asked:
    """A plan whose frameworks have answered, and the plainer calls on which the credit of their
    refusals hangs."""

    def __init__(self, chosen: Plan, workers: dict[str, Worker]) -> None:
        self.plan, self._workers = chosen, workers
        self._session = session = Session(chosen)
        self._asked = session.asked
        self._plainer: dict[tuple[str, Check, str], list[Reply]] = {}
        self._answers = [
            answered for e in chosen.entries for answered in self._heard(e, workers[e.name])
        ]
        with FollowUp(chosen.limits, workers, chosen.seed) as follow_up:
            session.settle(partial(self._asking, follow_up.ask_of))

    def _heard(self, entry: Entry, worker: Worker) -> Iterator[AnsweredCase]:
        """What a worker answers to the plan's cases, judged as it comes."""
        worker.limits = self.plan.limits
        self._session.told(entry.name, worker.start(), worker.kernels)
        for number in range(len(self.plan.cases)):
            declared = partial(self._session.predicts, entry, number)
            checks = self.plan.checks(entry, number)
            found = worker.ask(self._session.call(number), checks, declared) if checks else {}
            self._session.judged(entry, number, found)
            yield entry, number, found

    def _asking(self, ask_of: AskOf, entry: Entry, check: Check) -> Ask:
        def ask(cases: Sequence[Case]) -> list[Reply]:
            replies = list(ask_of(entry, check)(cases))
            (case,) = cases
            self._plainer[entry.name, check, case.id] = replies
            return replies

        return ask

    def _asked_before(self, entry: Entry, check: Check) -> Ask:
        return lambda cases: [
            reply for case in cases for reply in self._plainer.get((entry.name, check, case.id), [])
        ]

    def here(self, *checks: str) -> list[Deviation]:
        """The plan's declarations of these checks that speak of the kernels which answered."""
        told = [d.told(self._session.kernels.get(d.backend, {})) for d in self.plan.deviations]
        return [d for d in told if d.backend in BACKENDS and d.fits and d.check in checks]

    @cached_property
    def run(self) -> Run:
        """By the plan's own declarations, as the answers were judged when they came."""
        return self._session.run(0.0, self._asked_before)

    def judged(self, deviations: list[Deviation], backend: str | None = None) -> Run:
        """Anew; what fails is looked into by asking the backend more."""
        session = self._judged(deviations, backend, self._answers)
        session.settle(self._asked_before)
        with FollowUp(self.plan.limits, self._workers, self.plan.seed) as follow_up:
            return session.run(0.0, follow_up.ask_of)

    def red_without(self, gone: Deviation, deviations: list[Deviation]) -> tuple[bool, int]:
        """Does a record fail, and which exit status do the records alone lead to, where `gone` is
        not among the deviations? The search for what explains a failure, which takes most of the
        time, is left out, and so are the answers of which it does not speak."""
        spoken_of = [
            (entry, number, {gone.check: found[gone.check]})
            for entry, number, found in self._answers
            if entry.name == gone.backend
            and gone.check in found
            and gone.concerns(self.plan.cases[number], gone.check)
        ]
        session = self._judged(deviations, gone.backend, spoken_of)
        session.settle(self._asked_before)
        records = session.records()
        fails = any(each.verdict is Verdict.FAILS for each in records)
        return fails, exit_status(session.header(), records, [])

    def _judged(
        self, deviations: list[Deviation], backend: str | None, answers: list[AnsweredCase]
    ) -> Session:
        entries = [e for e in self.plan.entries if backend in (None, e.name)]
        session = Session(replace(self.plan, entries=entries, deviations=deviations), self._asked)
        for name, kernels in self._session.kernels.items():
            session.told(name, self._session.versions[name], kernels)
        for entry, number, found in answers:
            if entry in entries:
                session.judged(entry, number, found)
        return session


@pytest.fixture(scope="module")
def core(workers) -> Asked:
    chosen = plan(limits=LIMITS, backends=BACKENDS, suites=["seeds", "core", "special", "invalid"])
    versions = {e.name: e.installed_version().partition("+")[0] for e in chosen.entries}
    if any(PINNED[e.distributions[0]] != versions[e.name] for e in chosen.entries):
        pytest.skip(f"declarations are for other versions than {versions}")
    return Asked(chosen, workers)


def red(run: Run) -> list[str]:
    return [
        f"{f.verdict} {f.id}: {f.sentence}"
        for f in run.findings
        if f.verdict in (Verdict.FAILS, Verdict.STALE)
    ]


def test_green_because_every_difference_is_declared(core):
    run = core.run
    assert red(run) == []
    assert run.footer.exit_status == 0
    assert {r.backend for r in run.records} == set(BACKENDS)
    assert any(r.verdict is Verdict.DEVIATES for r in run.records)


def test_removing_any_declaration_turns_the_run_red_and_names_what_it_said(core):
    here = core.here(*Check)
    mine = [
        d
        for d in here
        if d.check in ("output", "output_shape") and (d.error is None or not d.error.undefined)
        if d.suite not in (*COMPOSED, "random")
    ]
    assert len(mine) > 20
    assert core.red_without(mine[0], here) == (False, 0)
    explained = {gone.backend: gone for gone in mine if not _says_one_rule(gone)}.values()
    for gone in mine:
        left = [d for d in here if d is not gone]
        if not _says_one_rule(gone) and gone not in explained:
            assert core.red_without(gone, left) == (True, 1), f"nothing fails without {gone.id}"
            continue
        run = core.judged(left, gone.backend)
        failing = [f for f in run.findings if f.verdict is Verdict.FAILS]
        assert failing, f"nothing fails without {gone.id}"
        assert run.footer.exit_status == 1
        if _says_one_rule(gone):
            names = {name for f in failing for name in re.split(r" [|+] ", f.name)}
            assert names & {*gone.explanation.readings, *gone.explanation.faults}, gone.id


def test_composed_calls_are_green_and_red_without_any_of_their_declarations(workers):
    """Resize before a convolution, and DepthToSpace behind one."""
    able = [name for name in BACKENDS if name != "tensorflow-cpu-backprop-input"]
    asked = Asked(plan(limits=LIMITS, backends=able, suites=COMPOSED), workers)
    assert red(asked.run) == []
    here = asked.here(*Check)
    mine = [d for d in here if d.suite in COMPOSED and not d.undefined]
    assert len(mine) > 8
    for gone in mine:
        left = [d for d in here if d is not gone]
        assert asked.red_without(gone, left) == (True, 1), f"nothing fails without {gone.id}"


def _says_one_rule(declared: Deviation) -> bool:
    """Has it one rule, which a finding names once the declaration is gone? A few special values
    bear no condition out by themselves."""
    rules = declared.explanation or Explanation()
    return len(rules.readings + rules.faults) == 1 and declared.suite != "special"


@pytest.fixture(scope="module")
def others(workers) -> Asked:
    """The suites of the other checks."""
    chosen = plan(limits=LIMITS, backends=BACKENDS, suites=["gradients", "repeatability"])
    return Asked(chosen, workers)


def test_gradients_and_repetitions_are_green_because_every_difference_is_declared(core, others):
    run = others.run
    assert red(run) == []
    assert {r.backend for r in run.records} == set(BACKENDS) - {"onnx-shape-inference"}
    here = others.here("gradient", "repeatability")
    assert len(here) > 10
    mine = [d for d in here if d.error is None or not d.error.undefined]
    explained = {(gone.backend, gone.check): gone for gone in mine}.values()
    for gone in mine:
        left = [d for d in others.plan.deviations if d.id != gone.id]
        assert others.red_without(gone, left) == (True, 1), f"nothing fails without {gone.id}"
        if gone in explained:
            findings = others.judged(left, gone.backend).findings
            assert Verdict.FAILS in {f.verdict for f in findings}, f"no finding without {gone.id}"


def test_precision_is_green_and_of_the_class_that_is_declared(core, workers):
    asked = Asked(plan(limits=LIMITS, backends=BACKENDS, suites=["accuracy"]), workers)
    run = asked.run
    assert red(run) == []
    found = {(each.backend, each.dtype): each.name for each in accuracies(run)}
    assert {backend for backend, _ in found} == set(BACKENDS) - {"onnx-shape-inference"}
    dense = {
        case.dtype: case for case in asked.plan.cases if case.data == "dense" and not case.bias
    }
    for (backend, dtype), name in found.items():
        declared = {
            d.accuracy
            for d in asked.here("output")
            if d.backend == backend and d.accuracy and d.concerns(dense[dtype], Check.OUTPUT)
        }
        right = {
            "correctly rounded",
            "float64 accumulation" if dtype == "float64" else "float32 accumulation",
        }
        assert name in (declared or right), (backend, dtype, name)


def test_a_false_declaration_is_stale(core):
    true = next(d for d in core.plan.deviations if d.backend == "onnxruntime-cpu" and d.explanation)
    for false in (
        replace(
            true,
            name="false_reading",
            when=Predicate("True"),
            explanation=Explanation(readings=("D:half_kernel_pads",)),
        ),
        replace(
            true,
            name="false_fault",
            when=Predicate("group > 1 and bias"),
            explanation=Explanation(faults=("bias_of_first_group",)),
        ),
        replace(
            true,
            name="never",
            when=Predicate("auto_pad == 'nowhere'"),
            explanation=Explanation(faults=("kernel_flipped",)),
        ),
    ):
        run = core.judged([*core.plan.deviations, false], "onnxruntime-cpu")
        assert [f.verdict for f in run.findings if f.id.startswith(false.id)] == [Verdict.STALE]
        assert false.name in red(run)[0]


def test_declarations_for_other_versions_are_green_and_unverified(core):
    run = core.judged([replace(d, versions="==0.1") for d in core.plan.deviations])
    assert red(run) == []
    assert {r.note for r in run.records if r.verdict is Verdict.DEVIATES} == {"unverified here"}


def test_green_with_another_data_seed_and_on_2000_random_cases(core, workers):
    chosen = plan(limits=LIMITS, backends=BACKENDS, suites=["random"], seed=20261122)
    assert len(chosen.cases) == 2000
    asked = Asked(chosen, workers)
    assert red(asked.run) == []
    here = asked.here(*Check)
    for gone in (d for d in here if d.suite == "random"):
        left = [d for d in here if d is not gone]
        shown = any(gone.concerns(case, gone.check) for case in chosen.cases)
        assert asked.red_without(gone, left) == ((True, 1) if shown else (False, 0)), gone.id
