"""The factors of the N-D grid, and the case that one value of each makes. Every combination of
values is legal."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...case import Case, make

FACTORS: dict[str, list[Any]] = {
    "rank": [2, 1, 3],
    "kernel": ["3_2_2", "2_3_1", "1_1_1", "4_3_2"],
    "strides": ["absent", "2_3_2", "3_1_2", "1_2_1"],
    "dilations": ["absent", "2_1_2", "1_3_2"],
    "padding": [
        "absent", "symmetric", "asymmetric", "large", "VALID", "SAME_UPPER", "SAME_LOWER",
        "crop_1", "crop_3", "beyond_1", "beyond_2",
        "SAME_UPPER_crop_2", "SAME_LOWER_crop_1", "SAME_UPPER_beyond_1", "VALID_crop_1",
        "ignored_pads_crop_1",
    ],
    "output_padding": ["absent", "largest", "one"],
    "channels": ["1_1_1", "1_2_3", "2_2_2", "2_4_6", "2_6_2", "3_3_6"],
    "bias": [False, True],
    "batch": [1, 2],
    "initializer": [True, False],
    "numbers": [
        "float32 integers", "float32 dense", "float32 sparse", "float32 wide-x", "float32 wide-w",
        "float64 integers", "float64 dense",
        "float16 integers", "float16 wide",
        "bfloat16 sparse", "bfloat16 wide",
    ],
}  # fmt: skip
ROWS = Path(__file__).with_name("triples.tsv")  # made by `covering.py`
SEPARATOR = "\t"
_INPUTS = {1: (5,), 2: (4, 3), 3: (3, 2, 4)}


def triple(text: str, rank: int) -> tuple[int, ...]:
    """The first `rank` sizes of a value such as "3_2_2"."""
    return tuple(map(int, text.split("_")))[:rank]


def rows() -> Iterator[dict[str, Any]]:
    """Factor -> value, row by row: every combination of three values stands in at least one.

    Raises ValueError where what is kept is of other factors.
    """
    return kept_rows(FACTORS, ROWS)


def kept_rows(factors: Mapping[str, list[Any]], path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a covering array as a file keeps them. Raises ValueError where they are of other
    factors."""
    titles, *lines = path.read_text(encoding="utf-8").splitlines()
    known = [{str(value): value for value in values} for values in factors.values()]
    try:
        if titles.split(SEPARATOR) != list(factors):
            raise ValueError(titles)
        for line in lines:
            texts = zip(factors, known, line.split(SEPARATOR), strict=True)
            yield {factor: values[text] for factor, values, text in texts}
    except (KeyError, ValueError) as error:
        raise ValueError(
            f"{path}: of other factors than FACTORS has now ({error}); accepted is what `python -m "
            "convtranspose_cases.suites.grids.covering` writes"
        ) from error


def case_of(suite: str, row: Mapping[str, Any]) -> Case:
    """The case of one row of the covering array: factor name -> value."""
    rank = row["rank"]
    x, k, ones = _INPUTS[rank], triple(row["kernel"], rank), (1,) * rank
    strides = ones if row["strides"] == "absent" else triple(row["strides"], rank)
    dilations = ones if row["dilations"] == "absent" else triple(row["dilations"], rank)
    limits = [max(s, d) - 1 for s, d in zip(strides, dilations, strict=True)]
    extra = {
        "absent": (0,) * rank,
        "largest": tuple(limits),
        "one": tuple(min(limit, 1) for limit in limits),
    }[row["output_padding"]]
    natural = [
        s * (i - 1) + o + (j - 1) * d + 1
        for s, i, o, j, d in zip(strides, x, extra, k, dilations, strict=True)
    ]
    group, c, m = map(int, row["channels"].split("_"))
    dtype, data = row["numbers"].split()
    given: dict[str, Any] = {
        name: values
        for name, values in (("strides", strides), ("dilations", dilations))
        if row[name] != "absent"
    }
    if row["output_padding"] != "absent":
        given["output_padding"] = extra
    if group > 1:
        given["group"] = group
    given |= {name: row[name] for name in ("bias", "initializer")}
    given |= {"dtype": dtype, "data": data, **_padding(row["padding"], natural)}
    return make(suite, x, k, n=row["batch"], c=c, m=m, **given)


def _padding(kind: str, natural: list[int]) -> dict[str, Any]:
    """pads, auto_pad and output_shape by name; never more than the natural size leaves."""
    rank = len(natural)
    if kind == "absent":
        return {}
    if kind in ("symmetric", "asymmetric", "large"):
        begin = {"symmetric": (1, 1, 1), "asymmetric": (0, 1, 2), "large": (3, 2, 4)}[kind]
        end = {"symmetric": (1, 1, 1), "asymmetric": (2, 0, 1), "large": (2, 4, 3)}[kind]
        fitted = [
            _fit(b, e, size) for b, e, size in zip(begin[:rank], end[:rank], natural, strict=True)
        ]
        return {"pads": tuple(b for b, _ in fitted) + tuple(e for _, e in fitted)}
    auto = next(
        (word for word in ("VALID", "SAME_UPPER", "SAME_LOWER") if kind.startswith(word)), None
    )
    given: dict[str, Any] = {"auto_pad": auto} if auto else {}
    if kind != auto:
        direction, steps = kind.removeprefix("ignored_pads_").removeprefix(f"{auto}_").split("_")
        by = int(steps) * (-1 if direction == "crop" else 1)
        given["output_shape"] = tuple(max(size + by, 1) for size in natural)
    if kind.startswith("ignored_pads"):
        given["pads"] = (1, 0, 2)[:rank] + (0, 1, 1)[:rank]
    return given


def _fit(begin: int, end: int, natural: int) -> tuple[int, int]:
    begin = min(begin, natural - 1)
    return begin, min(end, natural - 1 - begin)
