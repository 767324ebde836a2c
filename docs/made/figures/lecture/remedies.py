"""The tables of remedies against checkerboards, made of `remedies.json`."""

import json
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

from .. import FIGURES
from ..given.decoder import results as decoder

Row = tuple[str, ...]
Rows = dict[tuple[int, int], dict[str, dict[str, Any]]]  # kernel and stride -> remedy -> row


@cache
def results() -> dict[str, Any]:
    """What was measured of remedies."""
    found: dict[str, Any] = json.loads((FIGURES / "remedies.json").read_text(encoding="utf-8"))
    return found


@cache
def dream() -> dict[str, Any]:
    """What was measured of gradient ascent."""
    found: dict[str, Any] = json.loads((FIGURES / "dream.json").read_text(encoding="utf-8"))
    return found


def by_call() -> Rows:
    """The rows of each call."""
    rows: Rows = {}
    for row in results()["rows"]:
        rows.setdefault((row["kernel"], row["stride"]), {})[row["remedy"]] = row
    return rows


def named(kernel: int, stride: int) -> str:
    """A call as the lecture has it."""
    return f"filter {kernel}, stride {stride}"


def _short(value: Fraction | float) -> str:
    return f"{float(value):.3f}" if value else "0"


def _table(cell: Callable[[dict[str, Any]], str]) -> tuple[Row, list[Row]]:
    rows = by_call()
    remedies = list(next(iter(rows.values())))
    lines = [(named(*call), *(cell(of[name]) for name in remedies)) for call, of in rows.items()]
    return ("2-D", *remedies), lines


def unevenness() -> tuple[Row, list[Row]]:
    """With weights of one, and the mean over random weights."""
    return _table(lambda row: f"{_short(Fraction(row['ones']))} / {_short(row['random_mean'])}")


def noise() -> tuple[Row, list[Row]]:
    """Of the variance that noise has by phase, with weights of one."""
    return _table(lambda row: _short(Fraction(row["noise"])))


def costs() -> tuple[Row, list[Row]]:
    """Products per output, those of a layer over those of the ConvTranspose, and the time."""
    figures, rows = results(), by_call()
    remedies = list(next(iter(rows.values())))
    lines = []
    for number, (call, of) in enumerate(rows.items()):
        own = of[remedies[0]]["products"]
        cells = []
        for name in remedies:
            took = [by[name][number] for by in figures["times"].values()]
            spent = "" if name == remedies[0] else "; " + _range(took)
            times = f"{of[name]['products'] / own:.2f}"
            cells.append(f"{of[name]['products_per_output']}; {times}{spent}")
        lines.append((named(*call), *cells))
    return ("2-D", *remedies), lines


def _range(values: list[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f}"


FRAMEWORKS = ("PyTorch", "TensorFlow", "ONNX Runtime", "JAX")
KERNELS = {  # what the lecture and its sources name -> the remedy
    "A kernel that the stride divides": "a kernel that the stride divides",
    "Resize-convolution, nearest": "nearest Resize, Conv",
    "Resize-convolution, linear": "linear Resize, Conv",
    "Sub-pixel convolution": "sub-pixel",
    "Sub-pixel convolution, ICNR": "sub-pixel, ICNR",
}


def by_item() -> tuple[Row, list[Row]]:
    """Every remedy, where it is checked, and in which frameworks."""
    asked = "`benchmarks/lecture/remedies.py`"
    lines = []
    for item, name in KERNELS.items():
        of = [rows[name]["seen"] for rows in by_call().values()]
        cells = [_kernels([seen[f] for seen in of]) if f in of[0] else NOT for f in FRAMEWORKS]
        lines.append((item, f"{asked}: its kernel", str(len(of)), *cells))
    icnr = [row["equal"] for row in results()["icnr"]]
    cells = [_equal([row.get(f) for row in icnr]) for f in FRAMEWORKS]
    lines.append(("ICNR is a Resize of the convolution", asked, str(len(icnr)), *cells))
    shifted = [row["equal"] for row in dream()["patterns"]]
    asked = "`benchmarks/lecture/dream.py`"
    item = "Jitter: shifted gradients add up to the jittered overlap"
    cells = [_equal([row.get(f) for row in shifted]) for f in FRAMEWORKS]
    lines.append((item, asked, str(len(shifted)), *cells))
    lines.append(("DeepDream, one position and shifted", asked, *_dreams()))
    lines.append(("A decoder from the same numbers, end to end", *_decoder()))
    return ("item", "where", "number", *FRAMEWORKS), lines


NOT = "not asked"


def _kernels(seen: list[dict[str, float]]) -> str:
    exact = sum(each["off"] == each["elsewhere"] == 0 for each in seen)
    rounded = len(seen) - exact
    return f"{exact} equal" + (f", {rounded} rounded" if rounded else "")


def _equal(each: list[bool | None]) -> str:
    if None in each:
        return NOT
    return f"{sum(map(bool, each))} equal" + (", others not" if not all(each) else "")


def _dreams() -> list[str]:
    """Contrasts after every step, against PyTorch's."""
    rows = dream()["dreams"]
    cells = [str(len(rows)), "measured"]
    for framework in FRAMEWORKS[1:]:
        if framework not in rows[0]["contrast"]:
            cells.append(NOT)
            continue
        pairs = [
            pair
            for row in rows
            for pair in zip(row["contrast"][framework], row["contrast"]["PyTorch"], strict=True)
        ]
        cells.append(f"PyTorch's within {max(abs(one - other) for one, other in pairs):.0e}")
    return cells


def _decoder() -> list[str]:
    """How far each network is from the reference at its end, over the largest element."""
    ends = {row["network"].split(",")[0]: row["apart"][-1] for row in reversed(decoder()["rows"])}
    asked = {"PyTorch": "PyTorch", "TensorFlow": "Keras", "ONNX Runtime": "ONNX"}
    cells = [f"within {ends[asked[f]]:.1e}" if f in asked else NOT for f in FRAMEWORKS]
    return ["`benchmarks/given/decoder.py`, `seeds/decoder_*`", str(len(ends)), *cells]


def agreement() -> str:
    """How many of the kernels are the reference's."""
    figures = results()
    seen = [each for row in figures["rows"] for each in row["seen"].values()]
    exact = sum(each["off"] == each["elsewhere"] == 0 for each in seen)
    worst = max(each["off"] for each in seen)
    icnr = [equal for row in figures["icnr"] for equal in row["equal"].values()]
    names = list(figures["rows"][0]["seen"])
    return (
        f"An impulse through each remedy shows its kernel. {', '.join(names[:-1])} and {names[-1]} "
        f"were asked for {len(figures['rows'])} each: {exact} of {len(seen)} are the reference's "
        f"bit for bit, the others within {worst:.0e} of the largest tap (a linear Resize by 3, "
        f"whose thirds are rounded). Sub-pixel convolutions with ICNR, scales 2, 3 and 4, equal "
        f"the nearest Resize of the convolution in {sum(icnr)} of {len(icnr)} cases, bit for bit."
    )


def dreamed() -> tuple[Row, list[Row]]:
    """What repeats at the network's stride after all steps."""
    frameworks = list(dream()["dreams"][0]["share"])
    lines = []
    for row in dream()["dreams"]:
        cells = [_dreamed(row, name, -1) for name in frameworks]
        first = _dreamed(row, frameworks[0], 0)
        lines.append((f"filter {row['kernel']}, {row['way']}", first, *cells))
    return ("contrast, share", "first step", *(f"{name}, all" for name in frameworks)), lines


def _dreamed(row: dict[str, Any], framework: str, step: int) -> str:
    return f"{row['contrast'][framework][step]:.3f}, {row['share'][framework][step]:.1%}"
