"""Backends that a plain run does not ask: how they are asked, their samples, and what is declared
of them, which is stale where a backend has been repaired. No framework is needed."""

import re
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from convtranspose_cases import Case, suite_cases
from convtranspose_conformance.backends.entry import Entry
from convtranspose_conformance.backends.on_request import ON_REQUEST
from convtranspose_conformance.backends.registry import BUILT_IN, named
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.run.planning.plan import Plan, is_sampled
from convtranspose_conformance.run.planning.selection import SelectionError, entries, plan
from convtranspose_conformance.run.session import Session
from convtranspose_conformance.verdict.deviation_files import declared, parse
from convtranspose_conformance.verdict.deviations import Deviation
from convtranspose_conformance.verdict.judge import predicts_a_difference
from convtranspose_conformance.worker.observation import Observation, Seen, returned, stopped
from convtranspose_reports import Verdict
from support import ROOT
from support.showing import is_undefined, showing, size
from support.simulated import follows

PINNED = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "constraints.txt").read_text(), re.M))
OURS = {entry.name: replace(entry, version=PINNED[entry.distributions[0]]) for entry in ON_REQUEST}
DECLARED = [d for d in declared(OURS) if not is_undefined(d)]
BY_CHANCE = [d for d in declared(OURS) if is_undefined(d)]  # now and then right: never stale
AVX512 = "avx avx2 avx512f avx512bw avx512_bf16"
AMX = f"{AVX512} avx512_fp16 amx_bf16"
MACHINES = (
    {"onednn": "off", "aten": "avx2", "flags": "avx avx2"},
    {"onednn": "float32 bfloat16", "isa": "avx512_core_bf16", "aten": "avx512", "flags": AVX512},
    {
        "onednn": "float32 bfloat16",
        "isa": "avx512_core_vnni",
        "aten": "avx512",
        "flags": "avx avx2 avx512f avx512bw",
    },
    {
        "onednn": "float32 bfloat16 float16",
        "isa": "avx512_core_amx",
        "aten": "avx512",
        "flags": AMX,
    },
    {"onednn": "float32 bfloat16", "isa": "avx2", "aten": "avx2", "flags": "avx avx2"},
)
Answering = Callable[[Deviation, Asked], Observation]
SLOW = Entry(name="slow", title="Slow", route="-", target="-:-", distributions=(), sample=4)


@pytest.mark.parametrize("target", sorted({entry.target for entry in ON_REQUEST}))
def test_an_adapter_is_one_short_file(target: str) -> None:
    found = find_spec(target.partition(":")[0])
    assert found is not None
    assert found.origin is not None
    assert len(Path(found.origin).read_text(encoding="utf-8").splitlines()) < 75


def test_a_plain_run_asks_none_of_them() -> None:
    asked, listed = entries([])
    names = {entry.name for entry in asked} | {entry.name for entry, _ in listed}
    assert names >= {entry.name for entry in BUILT_IN}
    assert not names & OURS.keys()


def test_all_backends_asks_or_lists_each_of_them() -> None:
    asked, listed = entries([], every=True)
    assert {entry.name for entry in asked} | {entry.name for entry, _ in listed} >= OURS.keys()


def test_a_framework_that_is_needed_besides_is_missed_by_name() -> None:
    entry = replace(SLOW, needs=("nowhere-to-be-found", "neither-is-this"))
    assert entry.why_unusable() == "nowhere-to-be-found is not installed"


def test_a_sample_is_the_same_share_of_every_run() -> None:
    core = suite_cases("core")
    sampled = [case for case in core if is_sampled(case, SLOW.sample)]
    assert 0.2 < len(sampled) / len(core) < 0.3
    both = Plan(entries=[SLOW], listed=[], suites=["core"], cases=core, deviations=[])
    assert [c for n, c in enumerate(core) if both.checks(SLOW, n)] == sampled


def test_a_sample_is_said_beside_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = Plan(
        entries=[SLOW], listed=[], suites=["seeds"], cases=suite_cases("seeds"), deviations=[]
    )
    assert Session(chosen).header().backends[0].title == "Slow (a sample: 1 of 4 cases)"


@pytest.mark.parametrize("sample", [1, 4])
def test_a_declaration_of_no_case_in_the_sample_is_not_stale(sample: int) -> None:
    pool = suite_cases("core")
    first = next(c for c in pool if not is_sampled(c, 4) and c.dtype == "float32" and c.bias)
    text = (
        'backend = "slow:slow"\n[[deviation]]\nname = "d"\ncheck = "output"\nversions = ""\n'
        f'when = "X == {list(first.x_shape)} and W == {list(first.w_shape)} and bias"\n'
        'cause = "text"\nreason = "r"\nfault = "bias_twice"\n'
    )
    (known,) = parse(text, "d.toml", ())
    cases = [*[c for c in pool if is_sampled(c, 4)][:40], first]
    cases = [c for c in cases if c is first or not known.concerns(c, "output")]
    entry = replace(SLOW, name="slow:slow", checks=("output",), sample=sample)
    session = Session(
        Plan(entries=[entry], listed=[], suites=["core"], cases=cases, deviations=[known])
    )
    for number, asked in enumerate(session.asked):
        if session.plan.checks(entry, number):
            session.judged(entry, number, {"output": follows("")(asked)})
    findings = [finding.verdict for finding in session.run(0.0).findings]
    assert findings.count(Verdict.STALE) == (sample == 1)


def test_cases_that_are_named_are_asked_though_they_are_in_no_sample() -> None:
    named = plan(backends=["onnx-reference"], patterns=["seeds/*"])
    assert all(named.checks(SLOW, number) for number in range(len(named.cases)))


def test_a_provider_is_asked_by_its_name_and_has_to_prove_itself() -> None:
    entry = named("onnxruntime:CPUExecutionProvider")
    assert (entry.arguments, entry.device) == (("CPUExecutionProvider", False, True), "cpu")
    assert named("onnxruntime:CUDAExecutionProvider").device == "cuda"
    with pytest.raises(SelectionError, match="nobody"):
        entries(["nobody"])


def _repaired(declared: Deviation, asked: Asked) -> Observation:
    """What a backend does that follows the text, or, of a forbidden call, refuses."""
    if declared.check == "rejection":
        return stopped(Seen.REFUSED, "call", "ValueError", "no")
    return follows("", check=declared.check)(asked)


def _refused(declared: Deviation, pool: list[Case]) -> list[Case]:
    """A case that is refused as declared, where a reading would allow that of a backend which
    answers the plainer call."""
    concerned = [case for case in pool if declared.concerns(case, declared.check)]
    return concerned[:1] if declared.kind == "error" else []


def _of_one_product(declared: Deviation, pool: list[Case]) -> list[Case]:
    """A case whose outputs are one product each: nothing is rounded there, and a rule of where
    they land shows all the same."""
    shown = (
        case
        for case in pool
        if declared.explanation is not None
        and declared.concerns(case, declared.check)
        and predicts_a_difference(declared, Asked(case))
    )
    return list(islice(shown, 1))


def _shown(declared: Deviation) -> tuple[Deviation, list[Case]]:
    """The declaration on the first machine where cases show it, and these cases."""
    seeds = (0, 1) if declared.suite == "random" else (0,)
    pool = sorted((c for seed in seeds for c in suite_cases(declared.suite, seed)), key=size)
    for there in (declared.told(kernels) for kernels in MACHINES):
        found = there.fits and (
            showing([there], pool) or _refused(there, pool) or _of_one_product(there, pool)
        )
        if found:
            return there, found
    raise AssertionError("no case shows it")


def _session(declared: Deviation, cases: list[Case], answer: Answering) -> Session:
    """A run of these cases, of a backend that answers so."""
    entry = replace(OURS[declared.backend], sample=1)
    chosen = Plan(
        entries=[entry],
        listed=[],
        suites=[declared.suite],
        cases=cases,
        deviations=[declared],
        sampled=False,
    )
    session = Session(chosen)
    for number, asked in enumerate(session.asked):
        session.judged(entry, number, {declared.check: answer(declared, asked)})
    return session


def _of_another_type(declared: Deviation, asked: Asked) -> Observation:
    """What a backend does that returns integers, or derives nothing."""
    if declared.check == "gradient":
        return stopped(Seen.REFUSED, "gradient", "ValueError", "no")
    return returned(np.ones([size or 0 for size in asked.answer().shape], np.int64))


@pytest.mark.parametrize("declared", DECLARED, ids=lambda d: d.id)
def test_a_declaration_is_stale_where_the_backend_is_repaired(declared: Deviation) -> None:
    run = _session(*_shown(declared), _repaired).run(0.0)
    found = [finding.verdict for finding in run.findings if finding.id.startswith(declared.id)]
    assert found == [Verdict.STALE]


@pytest.mark.parametrize("declared", BY_CHANCE, ids=lambda d: d.id)
def test_what_differs_by_chance_is_red_where_it_differs_otherwise(declared: Deviation) -> None:
    there, cases = _shown(declared)
    (record,) = _session(there, cases[:1], _of_another_type).run(0.0).records
    assert record.verdict is Verdict.FAILS
