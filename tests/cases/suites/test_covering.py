"""The rows of the grid are kept, not worked out: they are what the covering array gives, and speak
of the factors of today."""

import pytest

from convtranspose_cases.suites.grids import conv_transpose as grid
from convtranspose_cases.suites.grids import covering


def test_the_rows_kept_are_those_of_the_covering_array() -> None:
    assert grid.ROWS.read_text(encoding="utf-8") == covering.text()


@pytest.mark.parametrize(
    ("factor", "values"), [("batch", [1, 3]), ("bias", [False]), ("another", [0])]
)
def test_rows_of_other_factors_are_refused(
    factor: str, values: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(grid.FACTORS, factor, values)
    with pytest.raises(ValueError, match=r"triples\.tsv: of other factors .*grids\.covering"):
        list(grid.rows())
