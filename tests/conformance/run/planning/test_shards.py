"""Shards hold each case once, and cost alike."""

import pytest

from convtranspose_cases import suite_cases
from convtranspose_conformance.run.planning.selection import cases_of
from convtranspose_conformance.run.planning.shards import cost, shard


@pytest.mark.parametrize("n", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("suites", [["core"], ["core", "accuracy"]], ids="+".join)
def test_shards_hold_each_case_once_and_cost_alike(suites: list[str], n: int) -> None:
    whole, _ = cases_of(suites, (), "", 0)
    parts = [cases_of(suites, (), f"{i}/{n}", 0)[0] for i in range(1, n + 1)]
    assert sorted(c.id for part in parts for c in part) == sorted(c.id for c in whole)
    order = {case.id: number for number, case in enumerate(whole)}
    assert all(part == sorted(part, key=lambda c: order[c.id]) for part in parts)
    costs = [sum(map(cost, part)) for part in parts]
    dearest = max(map(cost, whole))
    assert max(costs) - min(costs) <= dearest
    assert n > 7 or suites != ["core"] or max(costs) <= 1.05 * min(costs)


def test_a_shard_beyond_the_cases_is_empty() -> None:
    cases = suite_cases("seeds")[:3]
    assert [len(shard(cases, i, 10**18)) for i in (1, 2, 3, 4, 10**18)] == [1, 1, 1, 0, 0]
