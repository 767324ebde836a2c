"""The factors of Conv's grid, and the case that one value of each makes. Every combination of
values is legal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...case import Case, make, opset_for
from .conv_transpose import FACTORS as TRANSPOSED
from .conv_transpose import kept_rows, triple

FACTORS: dict[str, list[Any]] = {
    name: TRANSPOSED[name] for name in ("rank", "kernel", "strides", "dilations")
} | {
    "padding": ["absent", "symmetric", "asymmetric", "large", "VALID", "SAME_UPPER", "SAME_LOWER"],
    **{name: TRANSPOSED[name] for name in ("channels", "bias", "batch", "initializer", "numbers")},
    "opset": [11, 1, 22],
}
ROWS = Path(__file__).with_name("pairs.tsv")  # made by `covering.py`
_INPUTS = {1: (9,), 2: (8, 7), 3: (7, 7, 4)}  # no effective kernel is larger
_PADS = {
    "symmetric": ((1, 1, 1), (1, 1, 1)),
    "asymmetric": ((0, 1, 2), (2, 0, 1)),
    "large": ((3, 2, 4), (2, 4, 3)),
}


def rows() -> Iterator[dict[str, Any]]:
    """Factor -> value, row by row: every combination of two values stands in at least one. Raises
    ValueError where what is kept is of other factors."""
    return kept_rows(FACTORS, ROWS)


def case_of(suite: str, row: Mapping[str, Any]) -> Case:
    """The case of one row; bfloat16, which older texts have not, is of its own oldest one."""
    rank = row["rank"]
    group, c, m = map(int, row["channels"].split("_"))
    dtype, data = row["numbers"].split()
    given: dict[str, Any] = {
        name: triple(row[name], rank) for name in ("strides", "dilations") if row[name] != "absent"
    }
    if row["padding"] in _PADS:
        begin, end = _PADS[row["padding"]]
        given["pads"] = begin[:rank] + end[:rank]
    elif row["padding"] != "absent":
        given["auto_pad"] = row["padding"]
    if group > 1:
        given["group"] = group
    given |= {name: row[name] for name in ("bias", "initializer")}
    opset = max(row["opset"], opset_for(dtype)) if dtype == "bfloat16" else row["opset"]
    return make(
        suite,
        _INPUTS[rank],
        triple(row["kernel"], rank),
        op="Conv",
        n=row["batch"],
        c=c,
        m=m,
        dtype=dtype,
        data=data,
        opset=opset,
        **given,
    )
