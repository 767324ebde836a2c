"""Three right implementations that share no code with the reference, asked in process as a worker
asks, and what the suite says of them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from composed import Composed
from convtranspose_cases import SUITES, Case
from convtranspose_conformance.backends.api import Backend, Call
from convtranspose_conformance.rules.answers import Asked
from convtranspose_conformance.verdict.compare import Comparisons
from convtranspose_conformance.verdict.judge import judge
from convtranspose_conformance.worker import serving
from convtranspose_reports import Check, Verdict

RIGHT = {
    "jax": "jax_conv:JaxConv",
    "im2col": "im2col:Im2col",
    "torch-float64": "torch_float64:TorchFloat64",
}
# XLA takes subnormal numbers for 0 and multiplies the zeros that it puts around the inputs
NOT_ASKED = {("jax", "special")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What one case's check came to; `reason` says why where it does not conform."""

    implementation: str
    suite: str
    case: str
    check: str
    verdict: Verdict
    reason: str


def started(name: str) -> Backend:
    """The implementation, its framework imported."""
    module, _, kind = RIGHT[name].partition(":")
    convolution: Backend = getattr(import_module(module), kind)()
    return Composed(convolution)


def asked_suites(name: str) -> list[str]:
    return [suite for suite in SUITES if (name, suite) not in NOT_ASKED]


@lru_cache(1000)
def _asked(case: Case) -> Asked:
    """With the numbers and goldens that the three share, whoever is asked first."""
    return Asked(case)


def verdicts(backends: dict[str, Backend], cases: Iterable[Case]) -> Iterator[Asking]:
    """Every verdict on every case, without declarations; the numbers and goldens of a case are
    worked out once for all."""
    for case in cases:
        asked = _asked(case)
        for name, backend in backends.items():
            if (name, case.suite) not in NOT_ASKED:
                yield from _of_case(name, backend, asked)


def _of_case(name: str, backend: Backend, asked: Asked) -> Iterator[Asking]:
    case = asked.case
    for check in [check for check in case.checks if check in backend.checks]:
        kind, seen = serving.answer(backend, Call.of(case, *asked.arrays()), check)
        if kind != "seen":
            raise RuntimeError(f"{name} on {case.id}: {seen}")
        judgement = judge(asked, Comparisons(Check(check), seen), [], "1")
        reason = "" if judgement.verdict is Verdict.CONFORMS else judgement.reason
        yield Asking(
            implementation=name,
            suite=case.suite,
            case=case.id,
            check=check,
            verdict=judgement.verdict,
            reason=reason,
        )


def counted(found: Iterable[Asking]) -> Counter[tuple[str, str, str]]:
    """(implementation, suite, verdict) -> checks."""
    return Counter((each.implementation, each.suite, str(each.verdict)) for each in found)
