"""Refusals and deaths in whole runs: one bug is one finding, with a condition that fresh calls bear
out on both sides, or with its cases."""

from pathlib import Path

import pytest

from convtranspose_cases import find_case
from convtranspose_cases.notation import find_call
from convtranspose_conformance.run.execution import execute
from convtranspose_conformance.run.planning import selection
from convtranspose_conformance.worker.process import Limits
from convtranspose_reports import Finding, Outcome

LIMITS = Limits(case_s=20.0, start_s=120.0, memory_gib=2.0)


@pytest.fixture
def findings(tmp_path: Path):
    """The findings of a run over some of `core`."""

    def run(name: str, pattern: str) -> list[Finding]:
        plan = selection.plan(
            backends=[f"stopping:{name}"], patterns=[pattern], limits=LIMITS, jobs=1
        )
        return execute(plan, tmp_path / name).findings

    return run


def test_one_death_is_one_finding_whatever_the_log_says(findings):
    (found,) = findings("Chatty", "core/x_5_k_3*")
    assert (found.kind, found.name, found.where) == ("error", "CRASHED: SIGSEGV", "group > 1")
    assert found.cases > 5


def test_a_death_gets_its_condition_and_is_made_small(findings):
    """Depthwise with output_padding above the pad: no statement of a list says that."""
    (finding,) = findings("Depthwise", "core/*output_padding*")
    assert (finding.kind, finding.name) == ("error", "CRASHED: SIGABRT: Check failed: [N] <= [N]")
    above = "any([o > e for o, e in zip(output_padding, pads[rank:])])"
    assert finding.where == f"1 < group == C == M and {above}"
    assert finding.example is not None
    assert finding.example.case.startswith("call/")
    small = find_call(finding.example.case)
    assert (small.rank, small.group, small.x_shape[1:]) == (1, 2, (2, 1))
    assert "Check failed" in finding.example.actual


def test_quantities_are_compared_with_each_other(findings):
    (found,) = findings("SmallKernels", "core/x_5_k_?_*strides*")
    assert found.where == "any([k <= s for k, s in zip(effective_kernel, strides)])"


def test_an_absent_attribute_is_another_call_than_its_default(findings):
    found = findings("WithoutStrides", "core/x_[45]_k_?_*")
    assert {each.name: each.where for each in found} == {
        "REJECTED: KeyError: 'strides'": "'strides' not in given",
        "REJECTED: ValueError: auto_pad NOTSET is not known": (
            "auto_pad == 'NOTSET' and 'auto_pad' in given"
        ),
    }


def test_groups_are_one_finding(findings):
    (found,) = findings("ByGroup", "core/x_5_k_3*")
    assert (found.where, found.kind) == ("group > 1", "error")
    assert found.name == "REJECTED: NotImplementedError: group=N at N in"


def test_what_no_condition_tells_apart_is_shown_by_its_cases(findings):
    (found,) = findings("ByTheMoon", "core/x_5_k_3*")
    assert (found.kind, found.where) == ("unexplained", "")
    assert found.reason.startswith("no condition was found that fresh calls bear out; so in core/")
    listed = found.reason.partition("so in ")[2].split(", ")
    assert all(find_case(name).id == name for name in listed[:5])
    assert Outcome.REJECTED in found.name
