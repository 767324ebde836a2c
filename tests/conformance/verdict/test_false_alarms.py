"""Right implementations that share no code with the reference are never accused: whole small suites
and a spread sample of the large ones.

`python benchmarks/alarms/false_alarms.py` asks everything; what it found is kept beside it and held
against the suites here.
"""

import ast
import json
from collections import Counter
from functools import cache

import ml_dtypes
import numpy as np
import pytest

import from_text
from convtranspose_cases import SUITES, Case, suite_cases
from convtranspose_conformance.backends.api import Backend, Call, Gradients
from convtranspose_reports import Verdict
from support import BACKENDS, ROOT
from support.right import NOT_ASKED, RIGHT, Asking, asked_suites, counted, started, verdicts

PUBLISHED = json.loads(
    (ROOT / "benchmarks" / "figures" / "false_alarms.json").read_text(encoding="utf-8")
)
CHECKS = ("output", "rejection", "gradient", "repeatability")
WHOLE = ("seeds", "special", "invalid", "gradients", "repeatability")
SPREAD = {
    "exhaustive-1d": 1000
}  # so many cases of a suite for each that is asked; 20 where nothing is said
JAX_COMPILES = {
    "gradients": 16,
    "repeatability": 8,
    "core": 80,
    "random": 100,
    "exhaustive-1d": 2000,
}  # a program for nearly every case


def _step(name: str, suite: str) -> int:
    if name == "jax" and suite in JAX_COMPILES:
        return JAX_COMPILES[suite]
    return 1 if suite in WHOLE else SPREAD.get(suite, 20)


@cache
def _implementation(name: str) -> Backend:
    if name == "jax":
        pytest.importorskip("jax")
    return started(name)


def _asked(name: str, backend: Backend, suites: list[str]) -> list[Asking]:
    cases: list[Case] = [
        case for suite in suites for case in suite_cases(suite)[:: _step(name, suite)]
    ]
    return list(verdicts({name: backend}, cases))


@pytest.mark.parametrize(
    ("name", "suite"),
    [(name, suite) for suite in SUITES for name in RIGHT if suite in asked_suites(name)],
)
def test_a_right_implementation_never_fails(name: str, suite: str) -> None:
    found = _asked(name, _implementation(name), [suite])
    assert [(v.case, v.check, v.reason) for v in found if v.verdict is Verdict.FAILS] == []
    conforming = [v for v in found if v.verdict is Verdict.CONFORMS]
    others = Counter(v.reason for v in found if v.verdict is not Verdict.CONFORMS)
    assert others.total() <= max(1, 0.05 * len(found)), others
    assert conforming


class _Off(Backend):
    """The column matrix with one element too much added."""

    checks = CHECKS

    def __init__(self) -> None:
        self._right, self._calls = started("im2col"), 0

    def versions(self) -> dict[str, str]:
        return {}

    def run(self, call: Call) -> np.ndarray:
        self._calls += 1
        return self._right.run(call) + call.X.dtype.type(self._calls)

    def gradients(self, call: Call, dY: np.ndarray) -> Gradients:
        dX, dW, dB = self._right.gradients(call, dY)
        return dX, dW + dW.dtype.type(1), dB


@pytest.mark.parametrize("suite", ["seeds", "gradients", "repeatability"])
def test_the_same_asking_accuses_a_wrong_one(suite: str) -> None:
    found = _asked("im2col", _Off(), [suite])
    assert counted(found)["im2col", suite, "fails"] > 0.9 * len(found)


def test_what_is_special_to_jax_is_left_out_for_it_alone() -> None:
    assert {("jax", "special")} == NOT_ASKED
    assert list(verdicts({"jax": _Off()}, suite_cases("special")[:3])) == []


def test_the_three_import_nothing_of_the_suite_but_what_a_backend_is() -> None:
    modules = [target.partition(":")[0] for target in RIGHT.values()] + ["from_text"]
    for module in modules:
        tree = ast.parse((BACKENDS / f"{module}.py").read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for name in node.names
        }
        assert {name for name in imported if name and name.startswith("convtranspose")} == {
            "convtranspose_conformance.backends.api"
        }


def test_rounding_once_is_not_rounding_twice() -> None:
    """float64 just above the middle of two bfloat16 numbers, by less than float32 sees."""
    values = np.array(
        [
            1 + 2.0**-8 + 2.0**-40,
            1 + 2.0**-8,
            1 + 3 * 2.0**-8,
            2.0**-134 + 2.0**-170,
            2.0**-134,
            np.inf,
            -np.inf,
            3.4e38,
        ]
    )
    expected = [1 + 2.0**-7, 1.0, 1 + 2.0**-6, 2.0**-133, 0.0, np.inf, -np.inf, np.inf]
    assert (
        from_text.rounded(values, np.dtype(ml_dtypes.bfloat16)).astype(np.float64).tolist()
        == expected
    )
    assert np.isnan(
        from_text.rounded(np.array([np.nan]), np.dtype(ml_dtypes.bfloat16)).astype(np.float64)
    ).all()


# What is published


def test_the_published_run_asked_every_suite_as_it_is() -> None:
    counts = {
        (row["implementation"], row["suite"]): sum(row["verdicts"].values())
        for row in PUBLISHED["rows"]
    }
    due = {
        (name, suite): sum(len(set(case.checks) & set(CHECKS)) for case in suite_cases(suite))
        for name in RIGHT
        for suite in SUITES
    }
    assert counts == {key: n for key, n in due.items() if key not in NOT_ASKED}, (
        "run python benchmarks/alarms/false_alarms.py SUITE"
    )


@pytest.mark.parametrize("name", RIGHT)
def test_the_published_run_has_no_false_alarm(name: str) -> None:
    rows = [row for row in PUBLISHED["rows"] if row["implementation"] == name]
    assert [row["fails"] for row in rows] == [[]] * len(rows)
    verdicts = sum((Counter(row["verdicts"]) for row in rows), Counter[str]())
    assert set(verdicts) <= {"conforms", "unsupported"}
    assert verdicts.total() >= 50_000
    assert verdicts["unsupported"] < 0.001 * verdicts.total()


def test_an_empty_call_is_what_the_frameworks_cannot_say() -> None:
    backend = _implementation("torch-float64")
    (found,) = verdicts(
        {"torch-float64": backend},
        [next(case for case in suite_cases("core") if 0 in case.x_shape)],
    )
    assert (found.verdict, found.reason) == (Verdict.UNSUPPORTED, "an empty X or W")
